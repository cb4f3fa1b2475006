  $ . "$HELPERS"; . "$AS"
  $ quietly as alice topics --create --topic own-cd
  $ D() { try as "$@" | sed 's/args .*/args/' | sed 3q; }
  $ D bob configs --describe --topic own-cd
  exit 0
  The topic 'own-cd' doesn't exist and doesn't have dynamic config.
  $ D bob configs --alter --topic own-cd --add-config retention.ms=1
  exit 1
  Error while executing config command with args
  org.apache.kafka.common.errors.TopicAuthorizationException: Topic authorization failed.
  $ D alice configs --alter --broker-defaults --add-config log.cleaner.threads=2
  exit 1
  Error while executing config command with args
  org.apache.kafka.common.errors.ClusterAuthorizationException: Cluster authorization failed.
  $ D alice configs --describe --broker 1
  exit 1
  Dynamic configs for broker 1 are:
  Error while executing config command with args
  $ quietly as alice topics --delete --topic own-cd
