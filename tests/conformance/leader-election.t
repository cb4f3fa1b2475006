  $ . "$HELPERS"
  $ E() { kafka-leader-election.sh --bootstrap-server $B "$@"; }
  $ quietly kafka-topics.sh --bootstrap-server $B --create --topic own-le --partitions 2
  $ try E --election-type PREFERRED --topic own-le --partition 1
  exit 0
  Valid replica already elected for partitions own-le-1
  $ fails E --election-type nonesuch --topic own-le --partition 1
  exit 1
  Cannot parse argument 'nonesuch' of option election-type
  $ fails E --election-type preferred
  exit 1
  One and only one of the following options is required: topic, all-topic-partitions, path-to-json-file
  $ fails E --election-type preferred --topic own-le
  exit 1
  Missing required option(s): partition
  $ fails E --election-type preferred --topic own-le --partition x
  exit 1
  Cannot parse argument 'x' of option partition
  $ fails E --election-type preferred --all-topic-partitions --topic own-le --partition 0
  exit 1
  One and only one of the following options is required: topic, all-topic-partitions, path-to-json-file
  $ echo '{"partitions": [{"topic": "own-le", "partition": 0}, {"topic": "own-le", "partition": 0}]}' > twice.json; fails E --election-type preferred --path-to-json-file twice.json
  exit 1
  Replica election data contains duplicate partitions: [own-le-0]
  $ echo '{"partition": []}' > wrong.json; fails E --election-type preferred --path-to-json-file wrong.json
  exit 1
  Replica election data is missing "partitions" field
  $ fails E --election-type preferred --path-to-json-file nonesuch.json | sed -E 's/^java.io.IOException: //; s/: No such file.*//'
  exit 1
  Unable to read file nonesuch.json
  $ fails E --topic own-le --partition 1
  exit 1
  Missing required option(s): election-type
  $ fails kafka-leader-election.sh --election-type preferred --all-topic-partitions
  exit 1
  Missing required option(s): bootstrap-server
  $ quietly kafka-topics.sh --bootstrap-server $B --delete --topic own-le
