  $ . "$HELPERS"
  $ quietly kafka-topics.sh --bootstrap-server $B --create --topic own-ms

The producer's.

  $ P() { kafka-producer-perf-test.sh --topic own-ms --bootstrap-server $B "$@"; }
  $ code P --num-records 1 --throughput 1
  exit 1
  $ code P --num-records 0 --throughput 1 --record-size 1
  exit 1
  $ code P --num-records 1 --throughput x --record-size 1
  exit 1
  $ code P --num-records 1 --throughput 1 --record-size 1 --payload-file f
  exit 1
  $ code P --num-records 1 --throughput 1 --payload-monotonic --record-size 1
  exit 1
  $ code P --throughput 1 --record-size 1
  exit 1
  $ fails P --num-records 1 --throughput 1 --record-size -1
  exit 1
  usage: kafka-producer-perf-test
  $ code P --num-records 1 --throughput 1 --record-size 1 --command-property acks
  exit 1
  $ code P --num-records 1 --throughput 1 --record-size 1 --command-config nonesuch.properties
  exit 1
  $ code P --num-records 1 --throughput 1 --record-size 1 --transaction-duration-ms 0
  exit 1
  $ code P --num-records 1 --throughput 1 --record-size 1 --nonesuch
  exit 1
  $ : > empty; fails P --num-records 1 --throughput 1 --payload-file empty
  exit 1
  Reading payloads from: HERE/empty
  $ P --num-records 3 --record-size 10 --throughput -1 --print-metrics 2>&1 | same | grep -oE 'producer-metrics:record-send-total:\{[^}]*\} +: 3.000' | sed -E 's/client-id=[^}]*/client-id=ID/; s/ +/ /'
  producer-metrics:record-send-total:{client-id=ID} : 3.000

The consumer's.

  $ C() { kafka-consumer-perf-test.sh --bootstrap-server $B "$@"; }
  $ C --topic own-ms --num-records 3 --timeout 20000 2>/dev/null | head -1
  start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec
  $ C --include 'own-m.*' --num-records 3 --timeout 20000 --hide-header 2>/dev/null | awk -F', ' '{ print NF, $5 }'
  10 3
  $ code C --topic own-ms --num-records x
  exit 1
  $ fails C --topic own-ms --num-records 1 --messages 1
  exit 1
  Exactly one of the following arguments is required: [messages], [num-records]
  $ code C --topic own-ms --num-records 1 --reporting-interval 0
  exit 1
  $ code C --topic own-ms --num-records 1 --date-format nonesuch
  exit 1
  $ code C --topic own-ms --num-records 1 --command-config nonesuch.properties
  exit 1
  $ code C --topic own-ms --num-records 1 --command-property nonesuch
  exit 0
  $ fails C --topic own-ms --num-records 1 --nonesuch
  exit 1
  nonesuch is not a recognized option
  $ fails C --num-records 1
  exit 1
  Exactly one of the following arguments is required: [topic], [include]

From end to end.

  $ E() { kafka-e2e-latency.sh --bootstrap-server $B --topic own-ms "$@"; }
  $ E --num-records 3 --producer-acks all --record-size 10 2>&1 | same | sed -E 's/[0-9]+(\.[0-9]+)?/N/g'
  N\tN (esc)
  Avg latency: N ms
  Percentiles: Nth = N, Nth = N, Nth = N
  $ E --num-records 2 --producer-acks 1 --record-size 10 --record-key-size 4 --num-headers 1 --record-header-key-size 2 --record-header-size 3 2>&1 | same | tail -1 | sed -E 's/[0-9]+/N/g'
  Percentiles: Nth = N, Nth = N, N.Nth = N
  $ fails E --num-records 0 --producer-acks 1 --record-size 10
  exit 1
  Value for --num-records must be a positive integer.
  $ fails E --num-records x --producer-acks 1 --record-size 10
  exit 1
  Cannot parse argument 'x' of option num-records
  $ fails E --num-records 1 --producer-acks 1 --record-size -1
  exit 1
  Value for --record-size must be a non-negative integer.
  $ fails E --num-records 1 --producer-acks 1 --record-size 10 --record-key-size -1
  exit 1
  Value for --record-key-size must be a non-negative integer.
  $ fails E --num-records 1 --producer-acks 1
  exit 1
  Missing required argument "[record-size]"
  $ fails E --producer-acks 1 --record-size 10
  exit 1
  Missing required argument "[num-records]"
  $ fails E --num-records 1 --producer-acks 1 --record-size 10 --command-config nonesuch.properties | sed 's/^java.nio.file.NoSuchFileException: //'
  exit 1
  nonesuch.properties
  $ fails E --num-records 1 --producer-acks 1 --record-size 10 --nonesuch
  exit 1
  nonesuch is not a recognized option
  $ code kafka-e2e-latency.sh
  exit 1
  $ code kafka-e2e-latency.sh $B own-ms 1 1
  exit 1

Replicas.

  $ R() { try kafka-replica-verification.sh "$@" | grep -v '^WARN\|^$' | sed 2q; }
  $ R
  exit 1
  Validate that all replicas for a set of topics have the same data.
  $ R --broker-list nonesuch
  exit 1
  Please provide valid host:port like host1:9091,host2:9092
  $ code kafka-replica-verification.sh --broker-list $B --topics-include 'own-nonesuch'
  exit 1
  $ R --broker-list $B --topics-include '['
  exit 1
  [ is an invalid regex
  $ R --broker-list $B --time x
  exit 1
  Cannot parse argument 'x' of option time
  $ R --broker-list $B --fetch-size x
  exit 1
  Cannot parse argument 'x' of option fetch-size
  $ R --broker-list $B --nonesuch
  exit 1
  nonesuch is not a recognized option
  $ quietly kafka-topics.sh --bootstrap-server $B --delete --topic own-ms
