  $ . "$HELPERS"
  $ M() { kafka-client-metrics.sh --bootstrap-server $B "$@"; }
  $ quietly M --delete --name own-cm
  $ try M --alter --name own-cm --metrics org.apache.kafka.producer. --match 'client_id=a.*,client_software_name=x' --interval 5000
  exit 0
  Altered client metrics config for own-cm.
  $ try M --describe --name own-cm
  exit 0
  Client metrics configs for own-cm are:
    interval.ms=5000
    match=client_id=a.*,client_software_name=x
    metrics=org.apache.kafka.producer.
  $ try kafka-configs.sh --bootstrap-server $B --describe --entity-type client-metrics --entity-name own-cm
  exit 0
  Dynamic configs for client-metric own-cm are:
    interval.ms=5000 sensitive=false synonyms={DYNAMIC_CLIENT_METRICS_CONFIG:interval.ms=5000}
    match=client_id=a.*,client_software_name=x sensitive=false synonyms={DYNAMIC_CLIENT_METRICS_CONFIG:match=client_id=a.*,client_software_name=x}
    metrics=org.apache.kafka.producer. sensitive=false synonyms={DYNAMIC_CLIENT_METRICS_CONFIG:metrics=org.apache.kafka.producer.}
  $ try kafka-configs.sh --bootstrap-server $B --describe --client-metrics own-cm --all
  exit 0
  All configs for client-metric own-cm are:
    interval.ms=5000 sensitive=false synonyms={DYNAMIC_CLIENT_METRICS_CONFIG:interval.ms=5000}
    match=client_id=a.*,client_software_name=x sensitive=false synonyms={DYNAMIC_CLIENT_METRICS_CONFIG:match=client_id=a.*,client_software_name=x}
    metrics=org.apache.kafka.producer. sensitive=false synonyms={DYNAMIC_CLIENT_METRICS_CONFIG:metrics=org.apache.kafka.producer.}
  $ try M --alter --name own-cm --interval 50
  exit 1
  Error while executing client metrics command : Invalid value 50 for interval.ms, interval must be between 100 and 3600000 (1 hour)
  $ try M --alter --name own-cm --match nonesuch
  exit 1
  Error while executing client metrics command : Illegal client matching pattern: nonesuch
  $ try M --delete --name own-cm
  exit 0
  Deleted client metrics config for own-cm.
  $ try M --describe --name own-cm
  exit 0
  The client metric resource own-cm doesn't exist and doesn't have dynamic config.
  $ fails M --alter
  exit 1
  One of --name or --generate-name must be specified with --alter.
  $ fails M --alter --name a --generate-name
  exit 1
  One of --name or --generate-name must be specified with --alter.
  $ fails M --list --name a
  exit 1
  Option "[list]" can't be used with option "[name]"
  $ fails M
  exit 1
  Command must include exactly one action: --alter, --delete, --describe or --list.
  $ fails M --list --describe
  exit 1
  Command must include exactly one action: --alter, --delete, --describe or --list.
  $ fails kafka-client-metrics.sh --list
  exit 1
  --bootstrap-server must be specified.
  $ fails M --alter --name own-cm --interval soon
  exit 1
  Invalid interval value. Enter an integer, or leave empty to reset.
