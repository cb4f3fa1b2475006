"""Partitions as replicas: high watermark, epochs, waiting fetches, fetch sessions."""
