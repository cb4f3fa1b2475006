  $ . "$HELPERS"; . "$AS"
  $ try as alice topics --create --topic own-a --partitions 2 --config retention.ms=60000
  exit 0
  Created topic own-a.
  $ try as alice topics --list
  exit 0
  own-a
  $ try as alice topics --describe --topic own-a | sed 2q
  exit 0
  Topic: own-a\tTopicId: ID\tPartitionCount: 2\tReplicationFactor: 1\tConfigs: min.insync.replicas=1,retention.ms=60000 (esc)
  $ fails as alice topics --create --topic own-a
  exit 1
  Error while executing topic command : Topic 'own-a' already exists.
  $ try as alice topics --create --topic own-a --if-not-exists
  exit 0
  $ try as alice topics --alter --topic own-a --partitions 3
  exit 0
  $ fails as alice topics --alter --topic own-a --partitions 1
  exit 1
  Error while executing topic command : The topic own-a currently has 3 partition(s); 1 would not be an increase.
  $ fails as alice topics --create --topic own-b --replication-factor 3
  exit 1
  Error while executing topic command : Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only 1 broker(s) are registered or some brokers have all their log directories cordoned.
  $ try as admin topics --describe --topics-with-overrides --exclude-internal | grep -o 'Topic: own-a'
  Topic: own-a
  $ try as alice topics --delete --topic own-a
  exit 0
