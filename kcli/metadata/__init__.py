"""The cluster's state as one in-memory image, its controller, and the keepers that make it durable."""
