  $ . "$HELPERS"
  $ Q() { kafka-metadata-quorum.sh --bootstrap-server $B "$@"; }
  $ try Q describe --status | grep -oE '^(exit .*|[A-Za-z]+:)'
  exit 0
  ClusterId:
  LeaderId:
  LeaderEpoch:
  HighWatermark:
  MaxFollowerLag:
  MaxFollowerLagTimeMs:
  CurrentVoters:
  CurrentObservers:
  $ try Q describe --replication --human-readable | sed 2q | tr '\t' ' ' | tr -s ' '
  exit 0
  NodeId DirectoryId LogEndOffset Lag LastFetchTimestamp LastCaughtUpTimestamp Status
  $ code Q describe
  exit 1
  $ code Q describe --status --replication
  exit 1
  $ fails Q remove-controller --controller-id 9
  exit 1
  usage: kafka-metadata-quorum (--bootstrap-server BOOTSTRAP_SERVER |
  $ fails Q remove-controller --controller-id 9 --controller-directory-id nonesuch
  exit 1
  Failed to parse --controller-directory-id: Input string `nonesuch` decoded as 6 bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID
  $ fails Q add-controller
  exit 1
  You must supply the configuration file of the controller you are adding when using add-controller.
  $ code kafka-metadata-quorum.sh describe --status
  exit 1
  $ code Q nonesuch
  exit 1
