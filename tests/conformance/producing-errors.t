  $ . "$HELPERS"
  $ quietly kafka-topics.sh --bootstrap-server $B --create --topic own-pe
  $ P() { kafka-console-producer.sh --bootstrap-server $B --topic own-pe "$@" 2>&1 | same | sed 1q; }
  $ echo x | P --acks 7
  acks is not a recognized option
  $ echo x | P --request-required-acks 7
  org.apache.kafka.common.config.ConfigException: Invalid value 7 for configuration acks: String must be one of: all, -1, 0, 1
  $ echo x | P --batch-size x
  Cannot parse argument 'x' of option batch-size
  $ echo x | P --reader-property nonesuch
  $ echo x | P --command-property acks
  org.apache.kafka.common.config.ConfigException: Invalid value  for configuration acks: String must be one of: all, -1, 0, 1
  $ echo x | P --command-property acks=7
  org.apache.kafka.common.config.ConfigException: Invalid value 7 for configuration acks: String must be one of: all, -1, 0, 1
  $ echo x | P --command-config nonesuch.properties
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ echo x | P --line-reader nonesuch.Reader
  java.lang.ClassNotFoundException: nonesuch.Reader
  $ echo x | P --message-send-max-retries x
  Cannot parse argument 'x' of option message-send-max-retries
  $ echo x | P --nonesuch
  nonesuch is not a recognized option
  $ echo x | P extra
  $ echo x | P --producer-property acks=1 --command-property acks=1
  Options --command-property and --producer-property cannot be specified together.
  $ printf 'a\tb\n' | P --reader-property parse.headers=true
  org.apache.kafka.common.KafkaException: No header key separator found in pair 'a' on line number 1
  $ printf 'novalue\tb\n' | P --reader-property parse.headers=true --reader-property headers.key.separator==
  org.apache.kafka.common.KafkaException: No header key separator found in pair 'novalue' on line number 1
  $ printf 'a:b\n' | P --reader-property parse.headers=true --reader-property parse.key=true
  org.apache.kafka.common.KafkaException: No headers delimiter found on line number 1: 'a:b'
  $ printf 'NULL\n' | P --reader-property parse.key=true --reader-property key.separator=
  $ echo x | kafka-console-producer.sh --bootstrap-server $B --topic 'no such' --command-property max.block.ms=20000 2>&1 | same | sed 2q
  org.apache.kafka.common.errors.InvalidTopicException: Invalid topics: [no such]
  $ echo x | kafka-console-producer.sh --bootstrap-server $B --topic '' --command-property max.block.ms=20000 2>&1 | same | sed 2q
  org.apache.kafka.common.errors.InvalidTopicException: Invalid topics: []
  $ head -c 2000000 /dev/zero | tr '\0' x | kafka-console-producer.sh --bootstrap-server $B --topic own-pe 2>&1 | same | cut -c1-150 | sed 2q
  org.apache.kafka.common.errors.RecordTooLargeException: The message is 2000088 bytes when serialized which is larger than 1048576, which is the value 
  $ fails kafka-console-producer.sh --bootstrap-server $B:x --topic own-pe
  exit 1
  Please provide valid host:port like host1:9091,host2:9092
  $ fails kafka-console-producer.sh --bootstrap-server , --topic own-pe
  exit 1
  Please provide valid host:port like host1:9091,host2:9092
  $ try kafka-get-offsets.sh --bootstrap-server $B --topic own-pe
  exit 0
  own-pe:0:3
  $ quietly kafka-topics.sh --bootstrap-server $B --delete --topic own-pe
