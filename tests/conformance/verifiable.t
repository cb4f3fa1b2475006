  $ . "$HELPERS"
  $ quietly kafka-topics.sh --bootstrap-server $B --create --topic own-vf
  $ events() { same | sed -E 's/"timestamp":[0-9]+/"timestamp":T/; s/"(avg|target)_throughput":-?[0-9.]+/"\1_throughput":X/g'; }
  $ P() { kafka-verifiable-producer.sh --bootstrap-server $B --topic own-vf "$@"; }

Each record of a producer, and the sums.

  $ P --max-messages 2 --throughput 100 --acks -1 2>/dev/null | events | tr , '\n' | tr -d '{}' | sort
  "acked":2
  "avg_throughput":X
  "key":null
  "key":null
  "name":"producer_send_success"
  "name":"producer_send_success"
  "name":"shutdown_complete"
  "name":"startup_complete"
  "name":"tool_data"
  "offset":0
  "offset":1
  "partition":0
  "partition":0
  "sent":2
  "target_throughput":X
  "timestamp":T
  "timestamp":T
  "timestamp":T
  "timestamp":T
  "timestamp":T
  "topic":"own-vf"
  "topic":"own-vf"
  "value":"0"
  "value":"1"
  $ P --max-messages 1 --message-create-time 1000 2>/dev/null | grep -c '"name":"producer_send_success"'
  1
  $ code P --max-messages x
  exit 1
  $ code P --throughput x
  exit 1
  $ code P --nonesuch
  exit 1
  $ code P --value-prefix x
  exit 1
  $ code P --command-config nonesuch.properties --max-messages 1
  exit 1
  $ code kafka-verifiable-producer.sh --bootstrap-server $B
  exit 1
  $ code kafka-verifiable-producer.sh --topic own-vf
  exit 1

A consumer's.

  $ C() { kafka-verifiable-consumer.sh --bootstrap-server $B --topic own-vf "$@"; }
  $ C --group-id own-vf --max-messages 3 --reset-policy earliest 2>/dev/null | grep -oE '"name":"[a-z_]+"' | sort -u
  "name":"offsets_committed"
  "name":"partitions_assigned"
  "name":"partitions_revoked"
  "name":"records_consumed"
  "name":"shutdown_complete"
  "name":"shutdown_requested"
  "name":"startup_complete"
  $ C --group-id own-vf2 --max-messages 1 --reset-policy earliest --verbose --group-protocol consumer 2>/dev/null | grep -oE '"name":"record_data".*"value":"[0-9]+"' | tr , '\n' | sed 's/"timestamp":.*//' | sort
  "key":null
  "name":"record_data"
  "value":"0"
  $ code C
  exit 1
  $ code C --group-id own-vf --max-messages x
  exit 1
  $ code C --group-id own-vf --session-timeout x
  exit 1
  $ code C --group-id own-vf --group-protocol nonesuch
  exit 1
  $ code C --group-id own-vf --assignment-strategy nonesuch.Assignor --max-messages 1
  exit 1
  $ code kafka-verifiable-consumer.sh --topic own-vf --group-id own-vf
  exit 1
  $ quietly kafka-consumer-groups.sh --bootstrap-server $B --delete --group own-vf --group own-vf2
  $ quietly kafka-topics.sh --bootstrap-server $B --delete --topic own-vf
