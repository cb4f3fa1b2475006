  $ . "$HELPERS"
  $ C() { kafka-configs.sh --bootstrap-server $B "$@"; }
  $ fails C --describe --topic own-nonesuch
  exit 0
  The topic 'own-nonesuch' doesn't exist and doesn't have dynamic config.
  $ try C --alter --topic own-nonesuch --add-config retention.ms=1 | tail -1
  org.apache.kafka.common.errors.UnknownTopicOrPartitionException: The topic 'own-nonesuch' does not exist.
  $ try C --alter --group own-cf-g --add-config consumer.session.timeout.ms=50000
  exit 0
  Completed updating config for group own-cf-g.
  $ try C --describe --group own-cf-g
  exit 0
  Dynamic configs for group own-cf-g are:
    consumer.session.timeout.ms=50000 sensitive=false synonyms={DYNAMIC_GROUP_CONFIG:consumer.session.timeout.ms=50000, DEFAULT_CONFIG:group.consumer.session.timeout.ms=45000}
  $ try C --alter --group own-cf-g --delete-config consumer.session.timeout.ms
  exit 0
  Completed updating config for group own-cf-g.
  $ try C --alter --group own-cf-g --add-config consumer.session.timeout.ms=1 | tail -1
  org.apache.kafka.common.errors.InvalidConfigurationException: consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms
  $ fails C --describe --broker 4711 --all | sed 's/args .*/args/'
  exit 1
  All configs for broker 4711 are:
  $ fails C --alter --broker nonesuch --add-config a=b
  exit 1
  The entity name for brokers must be a valid integer broker id, but it is: nonesuch
  $ fails C --describe --entity-type nonesuch
  exit 1
  Invalid entity type nonesuch, the entity type must be one of topics, clients, users, brokers, ips, client-metrics, groups, broker-loggers with a --bootstrap-server or --bootstrap-controller argument
  $ fails C --describe
  exit 1
  At least one entity type must be specified
  $ fails C
  exit 1
  Command must include exactly one action: --describe, --alter
