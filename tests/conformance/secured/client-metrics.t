  $ . "$HELPERS"; . "$AS"
  $ try as admin client-metrics --alter --name own-cm --metrics org.apache.kafka --interval 1000
  exit 0
  Altered client metrics config for own-cm.
  $ try as admin client-metrics --describe --name own-cm
  exit 0
  Client metrics configs for own-cm are:
    interval.ms=1000
    match=
    metrics=org.apache.kafka
  $ try as admin client-metrics --delete --name own-cm
  exit 0
  Deleted client metrics config for own-cm.
  $ fails as bob client-metrics --list
  exit 1
  Error while executing client metrics command : Cluster authorization failed.
  $ fails as bob client-metrics --alter --name own-cm --interval 1000
  exit 1
  Error while executing client metrics command : Cluster authorization failed.
