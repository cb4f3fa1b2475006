  $ . "$HELPERS"
  $ C() { kafka-configs.sh --bootstrap-server $B "$@"; }
  $ quietly kafka-topics.sh --bootstrap-server $B --delete --topic own-cf
  $ quietly kafka-topics.sh --bootstrap-server $B --create --topic own-cf
  $ try C --alter --topic own-cf --add-config 'cleanup.policy=[compact,delete],retention.ms=5000'
  exit 0
  Completed updating config for topic own-cf.
  $ try C --describe --topic own-cf
  exit 0
  Dynamic configs for topic own-cf are:
    cleanup.policy=compact,delete sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete, DEFAULT_CONFIG:log.cleanup.policy=delete}
    retention.ms=5000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=5000}
  $ C --describe --topic own-cf --all 2>/dev/null | grep -E '^  (min.insync|cleanup|retention.ms)' | sort
    cleanup.policy=compact,delete sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete, DEFAULT_CONFIG:log.cleanup.policy=delete}
    min.insync.replicas=1 sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:min.insync.replicas=1, DEFAULT_CONFIG:min.insync.replicas=1}
    retention.ms=5000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=5000}
  $ try C --alter --entity-type topics --entity-name own-cf --delete-config retention.ms
  exit 0
  Completed updating config for topic own-cf.
  $ fails C --alter --topic own-cf --delete-config retention.ms
  exit 0
  Completed updating config for topic own-cf.
  $ fails C --alter --topic own-cf --add-config retention.ms=soon | sed 's/args .*/args/'
  exit 1
  Error while executing config command with args
  $ try C --alter --topic own-cf --add-config retention.ms=soon | tail -1
  org.apache.kafka.common.errors.InvalidConfigurationException: Invalid value soon for configuration retention.ms: Not a number of type LONG
  $ try C --alter --topic own-cf --add-config nonesuch=1 | tail -1
  org.apache.kafka.common.errors.InvalidConfigurationException: Unknown topic config name: nonesuch
  $ fails C --alter --topic own-cf --add-config retention.ms
  exit 1
  requirement failed: Invalid entity config: all configs to be added must be in the format "key=val" or  "key=[val1,val2]" to group values which contain commas.
  $ fails C --alter --topic own-cf
  exit 1
  At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter
  $ quietly kafka-topics.sh --bootstrap-server $B --delete --topic own-cf
