  $ . "$HELPERS"
  $ S() { kafka-share-groups.sh --bootstrap-server $B "$@"; }
  $ try S --describe --group own-sg-nonesuch
  exit 0
  
  Error: Executing share group command failed due to org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-sg-nonesuch not found.
  org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-sg-nonesuch not found.
  $ try S --describe --group own-sg-nonesuch --members
  exit 0
  
  Error: Executing share group command failed due to org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-sg-nonesuch not found.
  org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-sg-nonesuch not found.
  $ try S --describe --group own-sg-nonesuch --state
  exit 0
  
  Error: Executing share group command failed due to org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-sg-nonesuch not found.
  org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-sg-nonesuch not found.
  $ try S --delete --group own-sg-nonesuch
  exit 0
  
  Error: Deletion of some share groups failed:
  * Group 'own-sg-nonesuch' could not be deleted due to: java.lang.IllegalArgumentException: Group 'own-sg-nonesuch' is not a share group.
  $ try S --delete-offsets --group own-sg-nonesuch --topic own-sg
  exit 0
  
  Error: Group own-sg-nonesuch not found.
  
  TOPIC           STATUS
  own-sg          Error: Group own-sg-nonesuch not found.
  $ fails S --reset-offsets --group own-sg-nonesuch --topic own-sg --to-earliest
  exit 1
  Option [reset-offsets] takes the option: [execute] or [dry-run]
  $ fails S --list --state nonesuch
  exit 1
  Invalid state list 'nonesuch'. Valid states are: IN ANY ORDER
  $ fails S --describe
  exit 1
  Option [describe] takes one of these options: IN ANY ORDER
  $ fails S
  exit 1
  Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets.
  $ fails S --list --describe
  exit 1
  Option [describe] takes one of these options: IN ANY ORDER
  $ fails kafka-share-groups.sh --list
  exit 1
  Missing required argument "[bootstrap-server]"
  $ fails S --nonesuch
  exit 1
  nonesuch is not a recognized option

  $ fails S --list --timeout x
  exit 0
  Error: Executing share group command failed due to Cannot parse argument 'x' of option timeout
  $ fails S --describe --group g --timeout 1.5
  exit 0
  Error: Executing share group command failed due to Cannot parse argument '1.5' of option timeout
  $ fails S --describe --group g --timeout 0 | sed -E 's/(node assignment).*/\1/'
  exit 0
  Error: Executing share group command failed due to org.apache.kafka.common.errors.TimeoutException: Timed out waiting for a node assignment
  $ fails S --describe --group g --timeout -1 | sed -E 's/(node assignment).*/\1/'
  exit 0
  Error: Executing share group command failed due to org.apache.kafka.common.errors.TimeoutException: Timed out waiting for a node assignment
