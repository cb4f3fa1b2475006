"""How the broker says that it cannot start: one line."""

from __future__ import annotations


class BrokerError(Exception):
    """The broker cannot start; the text is the whole message for whoever started it."""
