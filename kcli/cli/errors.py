"""How a tool ends when it does not end well, and the exit codes.

| code | when |
| --- | --- |
| 0 | done |
| 1 | not done, or bad input: Kafka's tools have this one code for both |
| 130 | Ctrl-C |
| 141 | whoever read our output went away |

Where Kafka's tool exits with 0 although something was lost, ours exits with 1, and `KCLI_COMPAT_EXIT=1` gives Kafka's.
"""

from __future__ import annotations

OK, FAILED, INTERRUPTED, BROKEN_PIPE = 0, 1, 130, 141


class CommandError(Exception):
    """The one way out for bad input: a message for the user, and an exit code."""

    def __init__(self, message: str, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code


class UsageError(CommandError):
    """The options make no sense; a hint on help follows the message."""
