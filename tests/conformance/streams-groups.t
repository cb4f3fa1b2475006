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
  $ fails S --list --describe
  exit 1
  Option [describe] takes one of these options: IN ANY ORDER
  $ fails kafka-streams-groups.sh --list
  exit 1
  Missing required argument "[bootstrap-server]"
  $ fails S --nonesuch
  exit 1
  nonesuch is not a recognized option
