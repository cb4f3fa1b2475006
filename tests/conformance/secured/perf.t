  $ . "$HELPERS"; . "$AS"
  $ quietly as alice topics --create --topic own-pf
  $ shape() { same | sed -E 's/[0-9]+\.[0-9]+/X/g; s/(, )[0-9]+ ms/\1N ms/g'; }
  $ as alice producer-perf-test --topic own-pf --num-records 20 --record-size 10 --throughput -1 2>&1 | shape
  20 records sent, X records/sec (X MB/sec), X ms avg latency, X ms max latency, N ms 50th, N ms 95th, N ms 99th, N ms Xth.
  $ as alice consumer-perf-test --topic own-pf --group own-pf --num-records 20 --timeout 20000 --hide-header 2>&1 | same | awk -F', ' '{ print NF, $5 }'
  10 20
  $ as admin e2e-latency --topic own-pf --num-records 2 --producer-acks all --record-size 10 2>&1 | same | sed -E 's/[0-9]+(\.[0-9]+)?/N/g' | tail -2
  Avg latency: N ms
  Percentiles: Nth = N, Nth = N, Nth = N
  $ as bob producer-perf-test --topic own-pf --num-records 1 --record-size 10 --throughput -1 2>&1 | same | grep -o 'Not authorized to access topics: .*' | sort -u
  Not authorized to access topics: [own-pf]
  $ quietly as alice consumer-groups --delete --group own-pf
  $ quietly as alice topics --delete --topic own-pf
