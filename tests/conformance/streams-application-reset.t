  $ . "$HELPERS"
  $ S() { kafka-streams-application-reset.sh --bootstrap-server $B "$@"; }
  $ quietly kafka-topics.sh --bootstrap-server $B --create --topic own-sr
  $ try S --application-id own-sr-app --input-topics own-sr --dry-run --to-earliest
  exit 0
  ----Dry run displays the actions which will be performed when running Streams Reset Tool----
  Reset-offsets for input topics [own-sr]
  Following input topics offsets will be reset to (for consumer group own-sr-app)
  Topic: own-sr Partition: 0 Offset: 0
  Done.
  Deleting inferred internal topics []
  Done.
  $ try S --application-id own-sr-app --input-topics own-nonesuch --dry-run
  exit 1
  ----Dry run displays the actions which will be performed when running Streams Reset Tool----
  Reset-offsets for input topics [own-nonesuch]
  Following input topics are not found, skipping them
  Topic: own-nonesuch
  Deleting inferred internal topics []
  Done.
  $ fails S
  exit 1
  Missing required option(s) [application-id]
  $ fails S --application-id own-sr-app --to-earliest --to-latest
  exit 1
  Option "[to-earliest]" can't be used with option "[to-latest]"
  $ fails S --application-id own-sr-app --input-topics own-sr --to-datetime yesterday
  exit 1
  Reset-offsets for input topics [own-sr]
  $ fails S --nonesuch
  exit 1
  nonesuch is not a recognized option
  $ quietly kafka-consumer-groups.sh --bootstrap-server $B --delete --group own-sr-app
  $ quietly kafka-topics.sh --bootstrap-server $B --delete --topic own-sr
