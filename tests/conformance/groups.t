  $ . "$HELPERS"
  $ fails kafka-groups.sh --list
  exit 1
  Missing required option(s) [bootstrap-server]
  $ fails kafka-groups.sh --bootstrap-server $B
  exit 1
  Command must include exactly one action: --list.
  $ fails kafka-groups.sh --bootstrap-server $B --list --group-type nonesuch
  exit 1
  --group-type must be a valid group type.
  $ fails kafka-groups.sh --bootstrap-server $B --list --consumer --share
  exit 1
  Option "[consumer]" can't be used with option "[share]"
  $ fails kafka-groups.sh --bootstrap-server $B --list --consumer --group-type share
  exit 1
  Option "[consumer]" can't be used with option "[group-type]"
  $ try kafka-groups.sh --bootstrap-server $B --list --protocol nonesuch
  exit 0
  GROUP                TYPE                 PROTOCOL
  $ try kafka-groups.sh --bootstrap-server $B --list --streams
  exit 0
  GROUP                TYPE                 PROTOCOL
