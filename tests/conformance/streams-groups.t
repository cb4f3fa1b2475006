  $ . "$HELPERS"
  $ S() { kafka-streams-groups.sh --bootstrap-server $B "$@"; }
  $ try S --list
  exit 0
  $ try S --describe --group own-st-nonesuch
  exit 1
  
  Error: Executing streams group command failed due to org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-st-nonesuch not found.
  org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-st-nonesuch not found.
  $ try S --describe --group own-st-nonesuch --state
  exit 1
  
  Error: Executing streams group command failed due to org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-st-nonesuch not found.
  org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-st-nonesuch not found.
  $ fails S --list --state nonesuch
  exit 1
  Invalid state list 'nonesuch'. Valid states are: IN ANY ORDER
  $ fails S --describe
  exit 1
  Option [describe] takes one of these options: IN ANY ORDER
  $ fails S
  exit 1
  Command must include exactly one action: --list, --describe, --delete, --reset-offsets, or --delete-offsets.
  $ fails S --list --timeout x
  exit 1
  Cannot parse argument 'x' of option timeout
  $ fails S --describe --group g --timeout 1.5
  exit 1
  Cannot parse argument '1.5' of option timeout
  $ fails S --reset-offsets --group g --all-input-topics --dry-run --to-offset x
  exit 1
  Cannot parse argument 'x' of option to-offset
  $ fails S --describe --group g --timeout 0 | sed -E 's/(node assignment).*/\1/'
  exit 1
  Error: Executing streams group command failed due to org.apache.kafka.common.errors.TimeoutException: Timed out waiting for a node assignment
  $ fails S --describe --group g --timeout -1 | sed -E 's/(node assignment).*/\1/'
  exit 1
  Error: Executing streams group command failed due to org.apache.kafka.common.errors.TimeoutException: Timed out waiting for a node assignment
  $ fails S --list --describe
  exit 1
  Option [describe] takes one of these options: IN ANY ORDER
  $ fails kafka-streams-groups.sh --list
  exit 1
  Missing required argument "[bootstrap-server]"
  $ fails S --nonesuch
  exit 1
  nonesuch is not a recognized option
