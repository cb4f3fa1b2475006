  $ . "$HELPERS"
  $ R() { kafka-reassign-partitions.sh --bootstrap-server $B "$@"; }
  $ quietly kafka-topics.sh --bootstrap-server $B --create --topic own-ra --partitions 2
  $ echo '{"version": 1, "topics": [{"topic": "own-ra"}]}' > topics.json
  $ try R --generate --topics-to-move-json-file topics.json --broker-list 1 --disable-rack-aware | sed -E 's/"log_dirs":\[[^]]*\]/"log_dirs":[]/g'
  exit 0
  Current partition replica assignment
  {"version":1,"partitions":[{"topic":"own-ra","partition":0,"replicas":[1],"log_dirs":[]},{"topic":"own-ra","partition":1,"replicas":[1],"log_dirs":[]}]}
  
  Proposed partition reassignment configuration
  {"version":1,"partitions":[{"topic":"own-ra","partition":0,"replicas":[1],"log_dirs":[]},{"topic":"own-ra","partition":1,"replicas":[1],"log_dirs":[]}]}
  $ fails R --generate --topics-to-move-json-file topics.json --broker-list 4711
  exit 1
  Error: All brokers are currently fenced, or have all their log directories cordoned.
  $ fails R --generate --topics-to-move-json-file topics.json --broker-list 1,1
  exit 1
  Error: Broker list contains duplicate entries: [1]
  $ fails R --generate --broker-list 1
  exit 1
  Missing required argument "[topics-to-move-json-file]"
  $ echo '{"version": 1, "partitions": [{"topic": "own-ra", "partition": 0, "replicas": [1, 1]}]}' > twice.json; fails R --execute --reassignment-json-file twice.json
  exit 1
  Error: Partition replica lists may not contain duplicate entries: own-ra-0 contains multiple entries for 1
  $ echo '{"version": 1, "partitions": [{"topic": "own-ra", "partition": 0, "replicas": []}]}' > none.json; fails R --execute --reassignment-json-file none.json
  exit 1
  Error: Partition replica list cannot be empty
  $ echo '{"version": 1, "partitions": []}' > empty.json; fails R --execute --reassignment-json-file empty.json
  exit 1
  Error: Partition reassignment list cannot be empty
  $ echo '{"version": 1, "partitions": [{"topic": "own-ra", "partition": 7, "replicas": [1]}]}' > seven.json; fails R --execute --reassignment-json-file seven.json
  exit 1
  Error: org.apache.kafka.common.errors.UnknownTopicOrPartitionException: Unable to find partition: own-ra-7
  $ echo '{"version": 1, "partitions": [{"topic": "own-ra", "partition": 0, "replicas": [1]}]}' > plan.json
  $ try R --execute --reassignment-json-file plan.json --replica-alter-log-dirs-throttle 1000 --timeout 5000 | sed -E 's/"log_dirs":\[[^]]*\]/"log_dirs":[]/g'
  exit 0
  Current partition replica assignment
  
  {"version":1,"partitions":[{"topic":"own-ra","partition":0,"replicas":[1],"log_dirs":[]}]}
  
  Save this to use as the --reassignment-json-file option during rollback
  Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.
  The replica-alter-dir throttle limit was set to 1000 B/s
  Successfully started partition reassignment for own-ra-0
  $ try R --verify --reassignment-json-file plan.json
  exit 0
  Status of partition reassignment:
  Reassignment of partition own-ra-0 is completed.
  
  Clearing broker-level throttles on broker 1
  Clearing topic-level throttles on topic own-ra
  $ try R --verify --reassignment-json-file seven.json
  exit 0
  Status of partition reassignment:
  There is no active reassignment of partition own-ra-7, but replica set is  rather than 1.
  
  Clearing broker-level throttles on broker 1
  Clearing topic-level throttles on topic own-ra
  $ try R --list
  exit 0
  No partition reassignments found.
  $ fails R --cancel
  exit 1
  Missing required argument "[reassignment-json-file]"
  $ fails R
  exit 1
  Command must include exactly one action: --generate, --execute, --verify, --cancel, --list
  $ fails R --list --verify
  exit 1
  Command must include exactly one action: --generate, --execute, --verify, --cancel, --list
  $ fails R --list --reassignment-json-file plan.json
  exit 1
  Option "[reassignment-json-file]" can't be used with action "[list]"
  $ fails R --execute --reassignment-json-file nonesuch.json | sed 's/: No such .*//'
  exit 1
  Error: Unable to read file nonesuch.json
  $ fails kafka-reassign-partitions.sh --list
  exit 1
  Please specify either --bootstrap-server or --bootstrap-controller
  $ quietly kafka-topics.sh --bootstrap-server $B --delete --topic own-ra
