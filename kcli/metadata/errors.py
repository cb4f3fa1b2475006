"""Why a keeper cannot start: one line that names the address, the property or the file, and says what to do."""

from __future__ import annotations


class StartError(Exception):
    """The broker must not start like this; the message is for the person who started it."""
