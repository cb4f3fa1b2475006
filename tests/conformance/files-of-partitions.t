  $ . "$HELPERS"
  $ quietly kafka-topics.sh --bootstrap-server $B --delete --topic 'own-fp.*'
  $ quietly kafka-topics.sh --bootstrap-server $B --create --topic own-fp
  $ printf 'k1=v1\nk2=v2\n' | kafka-console-producer.sh --bootstrap-server $B --topic own-fp --reader-property parse.key=true --reader-property key.separator== 2>/dev/null

Where partitions begin and end.

  $ O() { kafka-get-offsets.sh --bootstrap-server $B "$@"; }
  $ try O --topic own-fp
  exit 0
  own-fp:0:2
  $ try O --topic own-fp --time earliest
  exit 0
  own-fp:0:0
  $ try O --topic own-fp --time -3 | sed 's/:[0-9]*$/:N/'
  exit 0
  own-fp:0:N
  $ try O --topic own-fp --time 0
  exit 0
  own-fp:0:0
  $ try O --topic-partitions own-fp:0-1 --exclude-internal-topics
  exit 0
  own-fp:0:2
  $ fails O --topic own-nonesuch
  exit 1
  Error occurred: Could not match any topic-partitions with the specified filters
  $ fails O --topic own-fp --partitions 4
  exit 1
  Error occurred: Could not match any topic-partitions with the specified filters
  $ fails O --topic own-fp --partitions x
  exit 1
  Error occurred: --partitions expects a comma separated list of numeric partition ids, but received: x
  $ fails O --topic own-fp --time soon
  exit 1
  Error occurred: Malformed time argument soon. Please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or earliest-local / -5 or latest-tiered / -6 or earliest-pending-upload, or a specified long format timestamp
  $ fails O --topic own-fp --topic-partitions own-fp
  exit 1
  Error occurred: --topic-partitions cannot be used with --topic or --partitions
  $ fails O --topic-partitions a:b:c
  exit 1
  Error occurred: org.apache.kafka.tools.TerseException: Invalid rule specification: a:b:c
  $ fails kafka-get-offsets.sh --topic own-fp
  exit 1
  Missing required argument "[bootstrap-server]"

Deleting their beginning.

  $ D() { kafka-delete-records.sh --bootstrap-server $B "$@"; }
  $ echo '{"partitions": [{"topic": "own-fp", "partition": 0, "offset": 1}], "version": 1}' > ok.json; try D --offset-json-file ok.json
  exit 0
  Executing records delete operation
  Records delete operation completed:
  partition: own-fp-0\tlow_watermark: 1 (esc)
  $ echo '{"partitions": [{"topic": "own-fp", "partition": 0, "offset": 99}], "version": 1}' > far.json; try D --offset-json-file far.json
  exit 0
  Executing records delete operation
  Records delete operation completed:
  partition: own-fp-0\terror: org.apache.kafka.common.errors.OffsetOutOfRangeException: The requested offset is not within the range of offsets maintained by the server. (esc)
  $ echo '{"partitions": []}' > empty.json; try D --offset-json-file empty.json
  exit 0
  Executing records delete operation
  Records delete operation completed:
  $ echo '{"partitions": 1, "version": 9}' > version.json; fails D --offset-json-file version.json
  exit 1
  Not supported version field value 9
  $ fails D --offset-json-file nonesuch.json
  exit 1
  Unable to read file nonesuch.json
  $ fails D
  exit 1
  Missing required argument "[offset-json-file]"
  $ fails kafka-delete-records.sh --offset-json-file ok.json
  exit 1
  Missing required argument "[bootstrap-server]"

In the folders of brokers.

  $ L() { kafka-log-dirs.sh --bootstrap-server $B "$@"; }
  $ try L --describe --topic-list own-fp --broker-list 1 | grep -o '"partition":"own-fp-0"'
  "partition":"own-fp-0"
  $ fails L --describe --broker-list 4711
  exit 1
  ERROR: The given brokers do not exist from --broker-list: 4711. Current existent brokers: 1
  $ fails L --describe --broker-list x
  exit 1
  For input string: "x"
  $ fails L
  exit 1
  Missing required argument "[describe]"
  $ fails kafka-log-dirs.sh --describe
  exit 1
  Missing required argument "[bootstrap-server]"

The files themselves.

  $ X() { kafka-dump-log.sh "$@" 2>&1 | same | sed -E 's/CreateTime: [0-9]+/CreateTime: T/; s/crc: [0-9]+/crc: C/; s/producerId: [0-9]+/producerId: P/'; }
  $ cd "$DATA/own-fp-0"
  $ X --files 00000000000000000000.log --print-data-log
  Dumping 00000000000000000000.log
  Log starting offset: 0
  baseOffset: 0 lastOffset: 1 count: 2 baseSequence: 0 lastSequence: 1 producerId: P producerEpoch: 0 partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: T size: 83 magic: 2 compresscodec: none crc: C isvalid: true
  | offset: 0 CreateTime: T keySize: 2 valueSize: 2 sequence: 0 headerKeys: [] key: k1 payload: v1
  | offset: 1 CreateTime: T keySize: 2 valueSize: 2 sequence: 1 headerKeys: [] key: k2 payload: v2
  $ X --files 00000000000000000000.log --skip-record-metadata --print-data-log --max-bytes 10
  Dumping 00000000000000000000.log
  Log starting offset: 0
  $ fails kafka-dump-log.sh --files nonesuch.log
  exit 1
  Dumping nonesuch.log
  $ fails kafka-dump-log.sh
  exit 1
  This tool helps to parse a log file and dump its contents to the console, useful for debugging a seemingly corrupt log segment.
  $ fails kafka-dump-log.sh --files partition.metadata
  exit 0
  Dumping partition.metadata
  $ cd - > /dev/null
  $ quietly kafka-topics.sh --bootstrap-server $B --delete --topic own-fp
