  $ . "$HELPERS"

A file that is not there; most of the JVM's tools print a stack trace.

  $ config() { try "$@" --bootstrap-server $B --command-config nonesuch.properties | grep -oE '^exit .*|java\.nio.*' | uniq; }
  $ config kafka-topics.sh --list
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ config kafka-configs.sh --describe --entity-type topics
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ config kafka-consumer-groups.sh --list
  exit 0
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ config kafka-share-groups.sh --list
  exit 0
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ config kafka-streams-groups.sh --list
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ config kafka-groups.sh --list
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ config kafka-acls.sh --list
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ config kafka-get-offsets.sh
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ config kafka-log-dirs.sh --describe
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ config kafka-broker-api-versions.sh
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ config kafka-reassign-partitions.sh --list
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ config kafka-client-metrics.sh --list
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ config kafka-delegation-tokens.sh --describe
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ config kafka-console-consumer.sh --topic own-cc
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ config kafka-console-producer.sh --topic own-cc
  exit 1
  java.nio.file.NoSuchFileException: nonesuch.properties
  $ fails kafka-leader-election.sh --bootstrap-server $B --election-type preferred --all-topic-partitions --admin.config nonesuch.properties | sed 's/^java.nio.*: //'
  exit 1
  nonesuch.properties
  $ fails kafka-cluster.sh cluster-id --bootstrap-server $B --config nonesuch.properties | sed 's/^java.nio.*: //'
  exit 1
  nonesuch.properties
  $ fails kafka-features.sh --bootstrap-server $B --command-config nonesuch.properties describe | sed 's/^java.nio.*: //'
  exit 1
  nonesuch.properties
  $ fails kafka-transactions.sh --bootstrap-server $B --command-config nonesuch.properties list
  exit 1
  Failed to load admin client properties: nonesuch.properties. Enable debug logging for additional detail.
  $ fails kafka-metadata-quorum.sh --bootstrap-server $B --command-config nonesuch.properties describe --status
  exit 1
  Properties file nonesuch.properties does not exists!
