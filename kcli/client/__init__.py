"""Talking to any cluster: connections, routing, admin calls, bulk produce, bulk consume."""
