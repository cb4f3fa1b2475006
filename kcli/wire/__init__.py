"""Kafka's protocol: schemas, a strict codec generated from them, frames, the API table and the error table."""
