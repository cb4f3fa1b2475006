"""A real broker for the tests of those who use Kafka: in a process of its own, or in the test's."""

from kcli.testing.broker import EphemeralBroker, InProcessBroker

__all__ = ["EphemeralBroker", "InProcessBroker"]
