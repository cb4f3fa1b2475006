  $ . "$HELPERS"
  $ quietly kafka-topics.sh --bootstrap-server $B --create --topic own-pf
  $ shape() { same | sed -E 's/[0-9]+\.[0-9]+/X/g; s/(, )[0-9]+ ms/\1N ms/g; s/[0-9-]{10} [0-9:]+/TIME/g'; }
  $ kafka-producer-perf-test.sh --topic own-pf --num-records 50 --payload-monotonic --throughput -1 --bootstrap-server $B 2>&1 | shape
  50 records sent, X records/sec (X MB/sec), X ms avg latency, X ms max latency, N ms 50th, N ms 95th, N ms 99th, N ms Xth.
  $ printf 'one;two' > payloads; kafka-producer-perf-test.sh --topic own-pf --num-records 10 --payload-file payloads --payload-delimiter ';' --throughput 1000 --command-property bootstrap.servers=$B 2>&1 | shape
  Reading payloads from: HERE/payloads
  Number of records read: 2
  10 records sent, X records/sec (X MB/sec), X ms avg latency, X ms max latency, N ms 50th, N ms 95th, N ms 99th, N ms Xth.
  $ kafka-consumer-perf-test.sh --bootstrap-server $B --topic own-pf --num-records 60 --timeout 10000 --hide-header 2>&1 | same | awk -F', ' '{ print NF, $5 }'
  10 60
  $ fails kafka-consumer-perf-test.sh --bootstrap-server $B --topic own-pf
  exit 1
  Exactly one of the following arguments is required: [messages], [num-records]
  $ fails kafka-consumer-perf-test.sh --topic own-pf --num-records 1
  exit 1
  Missing required argument "[bootstrap-server]"
  $ fails kafka-consumer-perf-test.sh --bootstrap-server $B --topic own-pf --include own --num-records 1
  exit 1
  Exactly one of the following arguments is required: [topic], [include]
  $ code kafka-producer-perf-test.sh --topic own-pf --num-records 1 --throughput 1
  exit 1
  $ code kafka-producer-perf-test.sh --topic own-pf --num-records 1 --throughput 1 --record-size 0 --bootstrap-server $B
  exit 1
  $ code kafka-producer-perf-test.sh --topic own-pf --num-records x --throughput 1 --record-size 1 --bootstrap-server $B
  exit 1
  $ fails kafka-producer-perf-test.sh --topic own-pf --num-records 1 --throughput 1 --payload-file nonesuch --bootstrap-server $B
  exit 1
  Reading payloads from: HERE/nonesuch
  $ fails kafka-e2e-latency.sh --bootstrap-server $B --topic own-pf --num-records 1 --producer-acks 2 --record-size 10
  exit 1
  Invalid value for --producer-acks. Latency testing requires synchronous acknowledgement. Please use '1' or 'all'.
  $ fails kafka-e2e-latency.sh --bootstrap-server $B --topic own-pf --num-records 1 --record-size 10
  exit 1
  Missing required argument "[producer-acks]"
  $ fails kafka-e2e-latency.sh --bootstrap-server $B --topic own-pf --num-records 1 --producer-acks 1 --record-size 10 --num-headers -1
  exit 1
  Value for --num-headers must be a non-negative integer.
  $ code kafka-verifiable-producer.sh --topic own-pf
  exit 1
  $ code kafka-verifiable-producer.sh --bootstrap-server $B --topic own-pf --acks 7
  exit 1
  $ kafka-verifiable-producer.sh --bootstrap-server $B --topic own-pf --max-messages 2 --value-prefix 3 --repeating-keys 1 2>/dev/null | grep -o '"value":"[^"]*"'
  "value":"3.0"
  "value":"3.1"
  $ code kafka-verifiable-consumer.sh --bootstrap-server $B --topic own-pf
  exit 1
  $ code kafka-verifiable-consumer.sh --bootstrap-server $B --topic own-pf --group-id g --reset-policy nonesuch
  exit 1
  $ quietly kafka-topics.sh --bootstrap-server $B --delete --topic own-pf
