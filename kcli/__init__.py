"""kcli: Kafka's command-line tools without a JVM, with a broker in the box."""

__version__ = "0.1.0"

KAFKA_VERSION = "4.3.0"  # the dialect that our tools speak: output, error texts and exit codes
