  $ . "$HELPERS"
  $ G() { kafka-consumer-groups.sh --bootstrap-server $B "$@"; }
  $ quietly G --delete --group own-cg; quietly kafka-topics.sh --bootstrap-server $B --delete --topic 'own-cg-.*'
  $ quietly kafka-topics.sh --bootstrap-server $B --create --topic own-cg-a --partitions 2
  $ for p in 1 2 3 4 5 6; do echo $p; done | kafka-console-producer.sh --bootstrap-server $B --topic own-cg-a 2>/dev/null
  $ R() { try G --group own-cg --reset-offsets "$@" | tr -s ' '; }

Resetting a group that is not there yet, in all ways.

  $ R --topic own-cg-a --to-earliest --execute
  exit 0
  
  GROUP TOPIC PARTITION NEW-OFFSET
  own-cg own-cg-a 0 0
  own-cg own-cg-a 1 0
  $ R --topic own-cg-a:0 --to-offset 9999 --dry-run | sed 's/ [0-9]*$/ END/'
  exit END
  
  GROUP TOPIC PARTITION NEW-OFFSET
  own-cg own-cg-a 0 END
  $ R --topic own-cg-a:0 --shift-by -5 --dry-run
  exit 0
  
  GROUP TOPIC PARTITION NEW-OFFSET
  own-cg own-cg-a 0 0
  $ R --topic own-cg-a:1 --to-current --dry-run
  exit 0
  
  GROUP TOPIC PARTITION NEW-OFFSET
  own-cg own-cg-a 1 0
  $ R --topic own-cg-a:0,1 --by-duration P1D --dry-run | sed 's/Partition [01] /Partition N /'
  exit 0
  
  Warn: Partition N from topic own-cg-a is empty. Falling back to latest known offset.
  
  GROUP TOPIC PARTITION NEW-OFFSET
  own-cg own-cg-a 0 0
  own-cg own-cg-a 1 0
  $ R --all-topics --to-datetime 2020-01-01T00:00:00.000 --export --dry-run | sed 's/Partition [01] /Partition N /'
  exit 0
  
  Warn: Partition N from topic own-cg-a is empty. Falling back to latest known offset.
  own-cg-a,0,0
  own-cg-a,1,0
  
  $ R --topic own-cg-a --to-earliest
  exit 0
  
  GROUP TOPIC PARTITION NEW-OFFSET
  own-cg own-cg-a 0 0
  own-cg own-cg-a 1 0
  WARN: No action will be performed as the --execute option is missing. In version 5.0, this command will require either --dry-run or --execute to be specified. You should add the --dry-run option explicitly if you are scripting this command and want to keep the current default behavior without prompting.
  $ printf 'own-cg-a,0,0\n' > plan.csv; R --from-file plan.csv --dry-run
  exit 0
  
  GROUP TOPIC PARTITION NEW-OFFSET
  own-cg own-cg-a 0 0
  $ printf 'own-cg-a,zero,0\n' > bad.csv; R --from-file bad.csv --dry-run | sed 2q
  exit 0
  
  $ R --topic own-cg-a --dry-run | sed 2q
  exit 1
  Option '[reset-offsets]' requires one of the following scenarios: IN ANY ORDER
  $ R --topic own-cg-a --to-earliest --to-latest --dry-run | sed 2q
  exit 1
  Option "[to-earliest]" can't be used with option "[to-latest]"
  $ R --topic own-cg-nonesuch --to-earliest --dry-run | sed 3q
  exit 0
  
  Error: Executing consumer group command failed due to This server does not host this topic-partition.
  $ R --topic own-cg-a:7 --to-earliest --dry-run | sed 3q
  exit 0
  
  Error: Executing consumer group command failed due to The partitions "own-cg-a-7" do not exist
  $ R --topic own-cg-a --to-datetime yesterday --dry-run | sed 3q
  exit 0
  
  Error: Executing consumer group command failed due to java.text.ParseException: Error parsing timestamp. It does not contain a 'T' according to ISO8601 format
  $ R --topic own-cg-a --by-duration 5m --dry-run | sed 3q
  exit 0
  
  Error: Executing consumer group command failed due to Text cannot be parsed to a Duration

What is described.

  $ try G --describe --group own-cg --state | tr -s ' ' | grep -v '^$'
  exit 0
  GROUP COORDINATOR (ID) ASSIGNMENT-STRATEGY STATE #MEMBERS
  own-cg BOOTSTRAP (1) - Empty 0
  Consumer group 'own-cg' has no active members.
  $ try G --describe --group own-cg --members
  exit 0
  
  GROUP           CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS
  
  Consumer group 'own-cg' has no active members.
  $ try G --describe --group own-cg-nonesuch
  exit 0
  
  Error: Executing consumer group command failed due to org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-cg-nonesuch not found.
  org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-cg-nonesuch not found.
  $ try G --describe --group own-cg-nonesuch --members --verbose
  exit 0
  
  Error: Executing consumer group command failed due to org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-cg-nonesuch not found.
  org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-cg-nonesuch not found.
  $ try G --describe --group own-cg-nonesuch --state
  exit 0
  
  Error: Executing consumer group command failed due to org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-cg-nonesuch not found.
  org.apache.kafka.common.errors.GroupIdNotFoundException: Group own-cg-nonesuch not found.
  $ fails G --describe --group own-cg --offsets --members
  exit 1
  Option [describe] takes at most one of these options: IN ANY ORDER
  $ fails G --describe --group own-cg --state Stable
  exit 1
  Option [describe] does not take a value for [state]
  $ fails G --describe
  exit 1
  Option [describe] takes one of these options: IN ANY ORDER
  $ try G --list --state Empty --type classic | grep -E 'exit|own-cg$' | tr -s ' '
  exit 0
  $ fails G --list --state nonesuch
  exit 1
  Invalid state list 'nonesuch'. Valid states are: IN ANY ORDER
  $ fails G --list --type nonesuch
  exit 1
  Invalid types list 'nonesuch'. Valid types are: IN ANY ORDER

Deleting offsets and groups.

  $ try G --delete-offsets --group own-cg --topic own-cg-a:1 | tr -s ' '
  exit 0
  Request succeeded for deleting offsets from group own-cg.
  
  TOPIC PARTITION STATUS
  own-cg-a 1 Successful
  $ try G --delete-offsets --group own-cg --topic own-cg-nonesuch | tr -s ' '
  exit 0
  Request succeeded for deleting offsets from group own-cg.
  
  TOPIC PARTITION STATUS
  own-cg-nonesuch - Error: org.apache.kafka.common.errors.UnknownTopicOrPartitionException: This server does not host this topic-partition.
  $ try G --delete-offsets --group own-cg-nonesuch --topic own-cg-a
  exit 0
  
  Error: The group id does not exist.
  
  TOPIC           PARTITION  STATUS
  own-cg-a        0          Error: org.apache.kafka.common.errors.GroupIdNotFoundException: The group id does not exist.
  own-cg-a        1          Error: org.apache.kafka.common.errors.GroupIdNotFoundException: The group id does not exist.
  $ fails G --delete-offsets --group own-cg
  exit 1
  Option [delete-offsets] takes the following options: IN ANY ORDER
  $ try G --delete --group own-cg-nonesuch
  exit 0
  
  Error: Deletion of some consumer groups failed:
  * Group 'own-cg-nonesuch' could not be deleted due to: org.apache.kafka.common.errors.GroupIdNotFoundException: The group id does not exist.
  $ try G --delete --group own-cg
  exit 0
  Deletion of requested consumer groups ('own-cg') was successful.
  $ fails G --delete
  exit 1
  Option [delete] takes one of these options: IN ANY ORDER
  $ fails G --delete --group own-cg --topic own-cg-a
  exit 1
  The consumer does not support topic-specific offset deletion from a consumer group.

Too few options, and too many.

  $ fails kafka-consumer-groups.sh --list
  exit 1
  Missing required argument "[bootstrap-server]"
  $ fails G
  exit 1
  Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets, --validate-regex
  $ fails G --list --describe
  exit 1
  Option [describe] takes one of these options: IN ANY ORDER
  $ fails G --describe --all-groups --group own-cg
  exit 1
  Option "[group]" can't be used with option "[all-groups]"
  $ quietly kafka-topics.sh --bootstrap-server $B --delete --topic 'own-cg-.*'
