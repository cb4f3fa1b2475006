  $ . "$HELPERS"
  $ Q() { kafka-metadata-quorum.sh --bootstrap-server $B "$@"; }
  $ fails Q remove-controller --controller-id 9 --controller-directory-id AAAAAAAAAAAAAAAAAAAAAg
  exit 1
  org.apache.kafka.common.errors.UnsupportedVersionException: Cluster doesn't support removing voter because the kraft.version feature is 0
