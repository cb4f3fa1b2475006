  $ . "$HELPERS"
  $ code kafka-cluster.sh
  exit 1
  $ code kafka-cluster.sh nonesuch
  exit 1
  $ code kafka-cluster.sh cluster-id
  exit 1
  $ code kafka-cluster.sh unregister --bootstrap-server $B
  exit 1
  $ try kafka-cluster.sh cluster-id --bootstrap-server $B | sed -E 's/: .*/: ID/'
  exit 0
  Cluster ID: ID
  $ try kafka-cluster.sh list-endpoints --bootstrap-server $B | tr -s ' ' | sed -E 's/[0-9]{4,5}/PORT/'
  exit 0
  ID HOST PORT RACK STATE ENDPOINT_TYPE
  1 localhost PORT null unfenced broker
  $ code kafka-cluster.sh cluster-id --bootstrap-server $B --bootstrap-controller $B
  exit 1
  $ fails kafka-broker-api-versions.sh
  exit 1
  This tool helps to retrieve broker version information.
  $ fails kafka-broker-api-versions.sh --bootstrap-server $B --nonesuch
  exit 1
  nonesuch is not a recognized option
  $ kafka-broker-api-versions.sh --bootstrap-server $B 2>/dev/null | head -1 | same
  BOOTSTRAP (id: 1 rack: null isFenced: false) -> (
  $ fails kafka-replica-verification.sh
  exit 1
  Validate that all replicas for a set of topics have the same data.
  $ fails kafka-replica-verification.sh --broker-list $B --nonesuch
  exit 1
  nonesuch is not a recognized option
  $ try kafka-cluster.sh list-endpoints --bootstrap-controller $B --include-fenced-brokers
  exit 1
  The option --include-fenced-brokers is only supported with --bootstrap-server option
