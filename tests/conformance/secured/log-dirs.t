  $ . "$HELPERS"; . "$AS"
  $ quietly as alice topics --create --topic own-ld
  $ try as admin log-dirs --describe --topic-list own-ld | grep -o '"partition":"own-ld-0"'
  "partition":"own-ld-0"
  $ fails as alice log-dirs --describe --topic-list own-ld
  exit 1
  Querying brokers for log directories information
  $ try as bob log-dirs --describe | sed 2q
  exit 1
  Querying brokers for log directories information
  $ quietly as alice topics --delete --topic own-ld
