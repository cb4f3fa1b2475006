  $ . "$HELPERS"
  $ T() { kafka-topics.sh --bootstrap-server $B "$@"; }
  $ quietly T --delete --topic 'own-tp-.*'

Replicas that are given, settings, and creating again.

  $ try T --create --topic own-tp-a --replica-assignment 1,1,1 --config retention.ms=60000 --config cleanup.policy=compact
  exit 0
  Created topic own-tp-a.
  $ try T --describe --topic own-tp-a | sed 's/min.insync.replicas=1,//'
  exit 0
  Topic: own-tp-a\tTopicId: ID\tPartitionCount: 3\tReplicationFactor: 1\tConfigs: cleanup.policy=compact,retention.ms=60000 (esc)
  \tTopic: own-tp-a\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: (esc)
  \tTopic: own-tp-a\tPartition: 1\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: (esc)
  \tTopic: own-tp-a\tPartition: 2\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: (esc)
  $ fails T --create --topic own-tp-a
  exit 1
  Error while executing topic command : Topic 'own-tp-a' already exists.
  $ try T --create --topic own-tp-a --if-not-exists
  exit 0
  $ fails T --create --topic own-tp-b --replication-factor 3
  exit 1
  Error while executing topic command : Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only 1 broker(s) are registered or some brokers have all their log directories cordoned.
  $ fails T --create --topic own-tp-b --partitions 0
  exit 1
  Error while executing topic command : The partitions must be greater than 0
  $ fails T --create --topic own-tp-b --partitions x
  exit 1
  Error while executing topic command : Cannot parse argument 'x' of option partitions
  $ fails T --create --topic own-tp-b --replica-assignment 1:1
  exit 1
  Error while executing topic command : Partition replica lists may not contain duplicate entries: 1
  $ fails T --create --topic own-tp-b --replica-assignment 1,1:2
  exit 1
  Error while executing topic command : Partition 1 has different replication factor: [1, 2]
  $ fails T --create --topic own-tp-b --config retention.ms
  exit 1
  Error while executing topic command : requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".
  $ fails T --create --topic own-tp-b --config retention.ms=soon
  exit 1
  Error while executing topic command : Invalid value soon for configuration retention.ms: Not a number of type LONG
  $ fails T --create --topic own-tp-b --config segment.bytes=400
  exit 1
  Error while executing topic command : Invalid value 400 for configuration segment.bytes: Value must be at least 1048576
  $ fails T --create --topic own-tp-b --config nonesuch=1
  exit 1
  Error while executing topic command : Unknown topic config name: nonesuch
  $ fails T --create --topic 'own tp'
  exit 1
  Error while executing topic command : Topic name is invalid: 'own tp' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'
  $ fails T --create --topic own-tp-b --partitions 1 --replica-assignment 1
  exit 1
  Option "[replica-assignment]" can't be used with option "[partitions]"

More partitions, fewer, as many.

  $ try T --alter --topic own-tp-a --partitions 4
  exit 0
  $ fails T --alter --topic own-tp-a --partitions 2
  exit 1
  Error while executing topic command : The topic own-tp-a currently has 4 partition(s); 2 would not be an increase.
  $ fails T --alter --topic own-tp-a --partitions 4
  exit 1
  Error while executing topic command : Topic already has 4 partition(s).
  $ fails T --alter --topic own-tp-nonesuch --partitions 4
  exit 1
  Error while executing topic command : Topic 'own-tp-nonesuch' does not exist as expected
  $ try T --alter --topic own-tp-nonesuch --partitions 4 --if-exists
  exit 0
  $ fails T --alter --topic own-tp-a
  exit 1
  Missing required argument "[partitions]"

What is described and listed.

  $ try T --describe --topic own-tp-a --under-replicated-partitions
  exit 0
  $ try T --describe --topic own-tp-a --unavailable-partitions
  exit 0
  $ try T --describe --topic own-tp-a --at-min-isr-partitions | sed 3q
  exit 0
  \tTopic: own-tp-a\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: (esc)
  \tTopic: own-tp-a\tPartition: 1\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: (esc)
  $ try T --describe --topic own-tp-a --topics-with-overrides | sed 's/min.insync.replicas=1,//'
  exit 0
  Topic: own-tp-a\tTopicId: ID\tPartitionCount: 4\tReplicationFactor: 1\tConfigs: cleanup.policy=compact,retention.ms=60000 (esc)
  $ fails T --describe --topic own-tp-nonesuch
  exit 1
  Error while executing topic command : Topic 'own-tp-nonesuch' does not exist as expected
  $ try T --describe --topic own-tp-nonesuch --if-exists
  exit 0
  $ fails T --describe --topic own-tp-a --under-replicated-partitions --unavailable-partitions
  exit 0
  $ fails T --describe --topic-id nonesuch
  exit 1
  Error while executing topic command : Input string `nonesuch` decoded as 6 bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID
  $ try T --list --topic 'own-tp-.*' --exclude-internal
  exit 0
  own-tp-a

Deleting.

  $ fails T --delete --topic own-tp-nonesuch
  exit 1
  Error while executing topic command : Topic 'own-tp-nonesuch' does not exist as expected
  $ try T --delete --topic own-tp-nonesuch --if-exists
  exit 0
  $ fails T --delete
  exit 1
  Missing required argument "[topic]"
  $ try T --delete --topic own-tp-a
  exit 0

Too few options, and too many.

  $ fails kafka-topics.sh --list
  exit 1
  --bootstrap-server must be specified
  $ fails T --list --create
  exit 1
  Command must include exactly one action: --list, --describe, --create, --alter or --delete
  $ fails T --list --partitions 1
  exit 1
  Option "[partitions]" can't be used with option "[list]"
  $ fails T --nonesuch
  exit 1
  nonesuch is not a recognized option
