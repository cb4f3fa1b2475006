  $ . "$HELPERS"
  $ quietly kafka-topics.sh --bootstrap-server $B --delete --topic 'own-cs-.*'
  $ quietly kafka-topics.sh --bootstrap-server $B --create --topic own-cs-a --partitions 2
  $ P() { kafka-console-producer.sh --bootstrap-server $B --topic own-cs-a "$@" 2>&1 | same; }
  $ C() { kafka-console-consumer.sh --bootstrap-server $B --topic own-cs-a --timeout-ms 8000 "$@"; }

Keys, headers, and nulls.

  $ printf 'h1:a,h2:b\tk|v\nNULL\tNULL|NULL\nh1:\tk|\n' | P --reader-property parse.key=true --reader-property parse.headers=true --reader-property key.separator='|' --reader-property null.marker=NULL
  $ C --from-beginning --max-messages 3 --formatter-property print.key=true --formatter-property print.headers=true --formatter-property key.separator='|' --formatter-property headers.separator=';' --formatter-property null.literal=- 2>/dev/null | sort
  NO_HEADERS|-|-
  h1:a;h2:b|k|v
  h1:|k|
  $ C --from-beginning --max-messages 3 --formatter-property print.value=false --formatter-property print.key=true 2>/dev/null | sort
  k
  k
  null
  $ echo no-separator | P --reader-property parse.key=true
  org.apache.kafka.common.KafkaException: No key separator found on line number 1: 'no-separator'
  $ echo no-separator | P --reader-property parse.key=true --reader-property ignore.error=true
  $ C --from-beginning --max-messages 4 2>/dev/null | grep -c no-sep
  1

A partition, and offsets.

  $ quietly kafka-topics.sh --bootstrap-server $B --create --topic own-cs-b
  $ seq 5 | kafka-console-producer.sh --bootstrap-server $B --topic own-cs-b --batch-size 1 --compression-codec gzip --request-required-acks all 2>/dev/null
  $ D() { kafka-console-consumer.sh --bootstrap-server $B --topic own-cs-b --timeout-ms 8000 "$@"; }
  $ D --partition 0 --offset 3 --max-messages 2 2>&1 | same
  4
  5
  Processed a total of 2 messages
  $ D --partition 0 --offset earliest --max-messages 1 --skip-message-on-error 2>&1 | same
  1
  Processed a total of 1 messages
  $ D --partition 0 --offset 2 --max-messages 1 --formatter-property print.partition=true --formatter-property print.offset=true --formatter-property print.timestamp=true --formatter-property line.separator=@ 2>/dev/null | same; echo
  CreateTime:TIME\tPartition:0\tOffset:2\t3@ (esc)

Wrong options.

  $ fails D --offset 3
  exit 1
  The partition is required when offset is specified.
  $ fails D --partition 0 --offset middle
  exit 1
  The provided offset value 'middle' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.
  $ fails D --partition 0 --offset -3
  exit 1
  The provided offset value '-3' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.
  $ fails D --partition x
  exit 1
  Cannot parse argument 'x' of option partition
  $ fails D --from-beginning --partition 0 --offset 1
  exit 1
  Options from-beginning and offset cannot be specified together.
  $ fails D --group a --consumer-property group.id=b
  exit 1
  The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--consumer.config') do not match. Detected group ids: 'a', 'b'
  $ fails D --isolation-level nonesuch
  exit 1
  org.apache.kafka.common.config.ConfigException: Invalid value nonesuch for configuration isolation.level: String must be one of: read_committed, read_uncommitted
  $ fails D --formatter nonesuch.Formatter
  exit 1
  nonesuch.Formatter
  $ fails kafka-console-consumer.sh --topic own-cs-b
  exit 1
  Missing required argument "[bootstrap-server]"
  $ fails kafka-console-consumer.sh --bootstrap-server $B
  exit 1
  Exactly one of the following arguments is required: [topic], [include]
  $ fails kafka-console-consumer.sh --bootstrap-server $B --include a --topic b
  exit 1
  Exactly one of the following arguments is required: [topic], [include]
  $ fails kafka-console-producer.sh --bootstrap-server $B
  exit 1
  Missing required argument "[topic]"
  $ fails kafka-console-producer.sh --topic own-cs-b
  exit 1
  Error while validating the bootstrap address
  $ fails kafka-console-producer.sh --bootstrap-server $B --topic own-cs-b --compression-codec nonesuch
  exit 1
  org.apache.kafka.common.config.ConfigException: Invalid value nonesuch for configuration compression.type: String must be one of: none, gzip, snappy, lz4, zstd
  $ fails kafka-console-producer.sh --bootstrap-server localhost --topic own-cs-b
  exit 1
  Please provide valid host:port like host1:9091,host2:9092
  $ fails kafka-console-producer.sh --bootstrap-server $B --topic own-cs-b --timeout soon
  exit 1
  Cannot parse argument 'soon' of option timeout
  $ quietly kafka-topics.sh --bootstrap-server $B --delete --topic 'own-cs-.*'
