"""The ZooKeeper keeper: Kafka 3.9's znodes."""
