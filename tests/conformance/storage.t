  $ . "$HELPERS"
  $ printf 'process.roles=broker,controller\nnode.id=3\ncontroller.quorum.bootstrap.servers=localhost:1\nlisteners=PLAINTEXT://localhost:2,CONTROLLER://localhost:1\ncontroller.listener.names=CONTROLLER\nlog.dirs=%s/data\n' "$PWD" > s.properties
  $ mkdir data
  $ fails kafka-storage.sh format -c s.properties -t nonesuch
  exit 1
  Because controller.quorum.voters is not set on this controller, you must specify one of the following: --standalone, --initial-controllers, or --no-initial-controllers.
  $ fails kafka-storage.sh format -c nonesuch.properties -t AAAAAAAAAAAAAAAAAAAAAQ
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ fails kafka-storage.sh format -c s.properties -t AAAAAAAAAAAAAAAAAAAAAQ
  exit 1
  Because controller.quorum.voters is not set on this controller, you must specify one of the following: --standalone, --initial-controllers, or --no-initial-controllers.
  $ fails kafka-storage.sh format -c s.properties -t AAAAAAAAAAAAAAAAAAAAAQ --standalone --no-initial-controllers
  exit 1
  usage: kafka-storage format [-h] --config CONFIG --cluster-id CLUSTER_ID
  $ fails kafka-storage.sh format -c s.properties -t AAAAAAAAAAAAAAAAAAAAAQ --standalone --add-scram nonesuch
  exit 1
  Failed to find equals sign in SCRAM argument 'nonesuch'
  $ fails kafka-storage.sh format -c s.properties -t AAAAAAAAAAAAAAAAAAAAAQ --standalone --feature nonesuch=1
  exit 1
  Unsupported feature: nonesuch. Supported features are: eligible.leader.replicas.version, group.version, kraft.version, share.version, streams.version, transaction.version
  $ kafka-storage.sh format -c s.properties -t AAAAAAAAAAAAAAAAAAAAAQ --standalone --release-version 4.1-IV1 2>&1 | same | tail -1
  Formatting dynamic metadata voter directory HERE/data with metadata.version 4.1-IV1.
  $ try kafka-storage.sh info -c s.properties | sed -E 's/directory.id=[^,]*/directory.id=ID/'
  exit 0
  Found log directory:
    HERE/data
  
  Found metadata: {cluster.id=AAAAAAAAAAAAAAAAAAAAAQ, directory.id=ID, node.id=3, version=1}
  
  $ try kafka-storage.sh version-mapping --release-version 4.1-IV1
  exit 0
  metadata.version=27 (4.1-IV1)
  kraft.version=1
  transaction.version=2
  group.version=1
  eligible.leader.replicas.version=1
  share.version=0
  streams.version=0
  $ try kafka-storage.sh feature-dependencies --feature transaction.version=2
  exit 0
  transaction.version=2 has no dependencies.
  $ fails kafka-storage.sh feature-dependencies --feature nonesuch=1
  exit 1
  Unknown feature: nonesuch
  $ code kafka-storage.sh
  exit 1
  $ code kafka-storage.sh nonesuch
  exit 1

Formatting again, and what is missing.

  $ refused() { fails "$@" | sed -E 's/^java\.lang\.[A-Za-z]+: //'; }
  $ refused kafka-storage.sh format -c s.properties -t AAAAAAAAAAAAAAAAAAAAAQ --standalone
  exit 1
  Log directory HERE/data is already formatted. Use --ignore-formatted to ignore this directory and format the others.
  $ try kafka-storage.sh format -c s.properties -t AAAAAAAAAAAAAAAAAAAAAQ --standalone --ignore-formatted
  exit 0
  All of the log directories are already formatted.
  $ refused kafka-storage.sh format -c s.properties -t BBBBBBBBBBBBBBBBBBBBBQ --standalone --ignore-formatted
  exit 1
  Invalid cluster.id in: HERE/data/meta.properties. Expected BBBBBBBBBBBBBBBBBBBBBQ, but read AAAAAAAAAAAAAAAAAAAAAQ
  $ refused kafka-storage.sh format -c s.properties --standalone
  exit 1
  usage: kafka-storage format [-h] --config CONFIG --cluster-id CLUSTER_ID
  $ refused kafka-storage.sh format -t AAAAAAAAAAAAAAAAAAAAAQ --standalone
  exit 1
  usage: kafka-storage format [-h] --config CONFIG --cluster-id CLUSTER_ID
  $ refused kafka-storage.sh format -c s.properties -t AAAAAAAAAAAAAAAAAAAAAQ --standalone --release-version 9.9
  exit 1
  Unknown metadata.version '9.9'. Supported metadata.version are: 3.3-IV3, 3.4-IV0, 3.5-IV0, 3.5-IV1, 3.5-IV2, 3.6-IV0, 3.6-IV1, 3.6-IV2, 3.7-IV0, 3.7-IV1, 3.7-IV2, 3.7-IV3, 3.7-IV4, 3.8-IV0, 3.9-IV0, 4.0-IV0, 4.0-IV1, 4.0-IV2, 4.0-IV3, 4.1-IV0, 4.1-IV1, 4.2-IV0, 4.2-IV1, 4.3-IV0
  $ refused kafka-storage.sh format -c s.properties -t AAAAAAAAAAAAAAAAAAAAAQ --standalone --feature nonesuch
  exit 1
  Can't parse feature=level string nonesuch: equals sign not found.
  $ refused kafka-storage.sh format -c s.properties -t AAAAAAAAAAAAAAAAAAAAAQ --standalone --feature group.version=9
  exit 1
  No feature:group.version with feature level 9
  $ refused kafka-storage.sh format -c s.properties -t AAAAAAAAAAAAAAAAAAAAAQ --initial-controllers nonesuch
  exit 1
  No @ found in dynamic voter string.
  $ refused kafka-storage.sh format -c s.properties -t AAAAAAAAAAAAAAAAAAAAAQ --standalone --add-scram 'SCRAM-SHA-256=[password=x]'
  exit 1
  You must supply 'name' to add-scram
  $ refused kafka-storage.sh format -c s.properties -t AAAAAAAAAAAAAAAAAAAAAQ --standalone --add-scram 'SCRAM-SHA-256=[name=x]'
  exit 1
  You must supply one of 'password' or 'saltedpassword' to add-scram
  $ refused kafka-storage.sh format -c s.properties -t AAAAAAAAAAAAAAAAAAAAAQ --standalone --add-scram 'PLAIN=[name=x,password=y]'
  exit 1
  The add-scram mechanism PLAIN is not supported.
  $ refused kafka-storage.sh info -c nonesuch.properties
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ refused kafka-storage.sh info
  exit 1
  usage: kafka-storage info [-h] --config CONFIG
  $ sed 's,/data,/other,' s.properties > other.properties; try kafka-storage.sh info -c other.properties
  exit 1
  Found problem:
    HERE/other does not exist
  
  $ mkdir other; try kafka-storage.sh info -c other.properties
  exit 1
  Found log directory:
    HERE/other
  
  Found problem:
    HERE/other is not formatted.
  
  $ echo version=9 > other/meta.properties; code kafka-storage.sh info -c other.properties
  exit 1
  $ grep -v log.dirs s.properties > none.properties; refused kafka-storage.sh info -c none.properties | sed 's,/tmp/.*,/tmp,'
  exit 1
  Found problem:
  $ kafka-storage.sh random-uuid 2>/dev/null | grep -cE '^[A-Za-z0-9_-]{22}$'
  1
  $ refused kafka-storage.sh version-mapping --release-version 9.9
  exit 1
  Unknown metadata.version '9.9'. Supported metadata.version are: 3.3-IV3, 3.4-IV0, 3.5-IV0, 3.5-IV1, 3.5-IV2, 3.6-IV0, 3.6-IV1, 3.6-IV2, 3.7-IV0, 3.7-IV1, 3.7-IV2, 3.7-IV3, 3.7-IV4, 3.8-IV0, 3.9-IV0, 4.0-IV0, 4.0-IV1, 4.0-IV2, 4.0-IV3, 4.1-IV0, 4.1-IV1, 4.2-IV0, 4.2-IV1, 4.3-IV0, 4.4-IV0
  $ refused kafka-storage.sh feature-dependencies --feature nonesuch
  exit 1
  Invalid feature format: nonesuch. Expected format: 'feature=version' (e.g. 'group.version=1')
