  $ . "$HELPERS"
  $ quietly kafka-topics.sh --bootstrap-server $B --create --topic own-sc
  $ for group in a b c d; do quietly kafka-configs.sh --bootstrap-server $B --alter --group own-sc-$group --add-config share.auto.offset.reset=earliest; done
  $ printf 'k1|one\nk2|two\nk3|three\n' | kafka-console-producer.sh --bootstrap-server $B --topic own-sc --reader-property parse.key=true --reader-property key.separator='|' 2>&1 | same

Printed: accepted, rejected, released.

  $ C() { kafka-console-share-consumer.sh --bootstrap-server $B --topic own-sc "$@"; }
  $ try C --group own-sc-a --max-messages 3 --timeout-ms 20000
  exit 0
  one
  two
  three
  Processed a total of 3 messages
  $ try C --group own-sc-a --timeout-ms 3000
  exit 0
  org.apache.kafka.common.errors.TimeoutException: null
  Processed a total of 0 messages
  $ try C --group own-sc-b --max-messages 3 --timeout-ms 20000 --formatter-property print.key=true --formatter-property print.delivery=true --release
  exit 0
  Delivery:1\tk1\tone (esc)
  Delivery:1\tk2\ttwo (esc)
  Delivery:1\tk3\tthree (esc)
  Processed a total of 3 messages
  $ try C --group own-sc-b --max-messages 3 --timeout-ms 20000 --formatter-property print.delivery=true --reject
  exit 0
  Delivery:2\tone (esc)
  Delivery:2\ttwo (esc)
  Delivery:2\tthree (esc)
  Processed a total of 3 messages
  $ try C --group own-sc-b --timeout-ms 3000
  exit 0
  org.apache.kafka.common.errors.TimeoutException: null
  Processed a total of 0 messages
  $ fails kafka-console-share-consumer.sh --bootstrap-server $B
  exit 1
  --topic is a required argument
  $ fails kafka-console-share-consumer.sh --topic own-sc
  exit 1
  Missing required argument "[bootstrap-server]"
  $ fails C --release --reject
  exit 1
  At most one of --reject and --release may be specified.
  $ fails C --formatter nonesuch.Formatter
  exit 1
  nonesuch.Formatter
  $ fails C --timeout-ms soon
  exit 1
  Cannot parse argument 'soon' of option timeout-ms
  $ fails C --group a --command-property group.id=b
  exit 1
  The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--consumer-config') do not match. Detected group ids: 'a', 'b'
  $ fails C --command-config nonesuch.properties
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ fails C --nonesuch
  exit 1
  nonesuch is not a recognized option

Measured.

  $ P() { kafka-share-consumer-perf-test.sh --bootstrap-server $B --topic own-sc "$@"; }
  $ P --group own-sc-c --num-records 3 --timeout 20000 --hide-header 2>/dev/null | same | awk -F', ' '{ print NF, $6 }'
  7 3
  $ P --group own-sc-c --num-records 1 --timeout 1000 2>/dev/null | same | head -1
  start.time, end.time, data.consumed.in.MB, MB.sec, nMsg.sec, data.consumed.in.nMsg, fetch.time.ms
  $ fails P
  exit 1
  Exactly one of the following arguments is required: [messages], [num-records]
  $ fails kafka-share-consumer-perf-test.sh --topic own-sc --num-records 1
  exit 1
  Missing required argument "[bootstrap-server]"
  $ fails kafka-share-consumer-perf-test.sh --bootstrap-server $B --num-records 1
  exit 1
  Missing required argument "[topic]"
  $ fails P --num-records 1 --messages 1
  exit 1
  Exactly one of the following arguments is required: [messages], [num-records]
  $ code P --num-records many
  exit 1
  $ code P --num-records 1 --threads 0
  exit 1
  $ fails P --num-records 1 --nonesuch
  exit 1
  nonesuch is not a recognized option

Verified.

  $ V() { kafka-verifiable-share-consumer.sh --bootstrap-server $B --topic own-sc "$@"; }
  $ V --group-id own-sc-d --max-messages 3 --offset-reset-strategy earliest 2>/dev/null | grep -oE '"name":"[a-z_]+"' | sort -u
  "name":"offset_reset_strategy_set"
  "name":"offsets_acknowledged"
  "name":"records_consumed"
  "name":"shutdown_complete"
  "name":"startup_complete"
  $ code V
  exit 1
  $ code kafka-verifiable-share-consumer.sh --topic own-sc --group-id own-sc-d
  exit 1
  $ code V --group-id own-sc-d --acknowledgement-mode nonesuch
  exit 1
  $ code V --group-id own-sc-d --max-messages many
  exit 1
  $ code V --group-id own-sc-d --nonesuch
  exit 1
  $ quietly kafka-share-groups.sh --bootstrap-server $B --delete --group own-sc-a --group own-sc-b --group own-sc-c --group own-sc-d
  $ quietly kafka-topics.sh --bootstrap-server $B --delete --topic own-sc
