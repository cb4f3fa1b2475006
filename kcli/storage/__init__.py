"""One partition on disk, in Kafka's own format, and the folder that holds them."""
