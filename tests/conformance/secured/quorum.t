  $ . "$HELPERS"; . "$AS"
  $ try as admin metadata-quorum describe --status | grep -oE '^(exit .*|[A-Za-z]+:)'
  exit 0
  ClusterId:
  LeaderId:
  LeaderEpoch:
  HighWatermark:
  MaxFollowerLag:
  MaxFollowerLagTimeMs:
  CurrentVoters:
  CurrentObservers:
  $ fails as bob metadata-quorum describe --status
  exit 1
  org.apache.kafka.common.errors.ClusterAuthorizationException: Cluster authorization failed.
  $ fails as bob metadata-quorum describe --replication
  exit 1
  org.apache.kafka.common.errors.ClusterAuthorizationException: Cluster authorization failed.
  $ as alice cluster cluster-id | grep -c '^Cluster ID: .'
  1
  $ fails as bob cluster unregister --id 7 | sed -E 's/Request Request\(.*\) needs/REQUEST needs/'
  exit 1
  org.apache.kafka.common.errors.ClusterAuthorizationException: REQUEST needs ALTER permission.
  $ as bob broker-api-versions 2>/dev/null | same | head -1
  BOOTSTRAP (id: 1 rack: null isFenced: false) -> (
