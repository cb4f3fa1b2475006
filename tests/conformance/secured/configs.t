  $ . "$HELPERS"; . "$AS"
  $ quietly as alice topics --create --topic own-c
  $ try as alice configs --alter --topic own-c --add-config retention.ms=1000
  exit 0
  Completed updating config for topic own-c.
  $ try as alice configs --describe --topic own-c
  exit 0
  Dynamic configs for topic own-c are:
    retention.ms=1000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=1000}
  $ fails as alice configs --alter --topic own-c --add-config retention.ms=soon | sed 's/args .*/args/'
  exit 1
  Error while executing config command with args
  $ try as alice configs --alter --topic own-c --delete-config retention.ms
  exit 0
  Completed updating config for topic own-c.
  $ try as admin configs --describe --broker-defaults
  exit 0
  Default configs for brokers in the cluster are:
    min.insync.replicas=1 sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:min.insync.replicas=1}
  $ try as admin configs --alter --broker-defaults --add-config log.cleaner.threads=1
  exit 0
  Completed updating default config for brokers in the cluster.
  $ try as admin configs --alter --broker-defaults --delete-config log.cleaner.threads
  exit 0
  Completed updating default config for brokers in the cluster.
  $ quietly as alice topics --delete --topic own-c
