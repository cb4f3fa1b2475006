"""kafka-consumer-groups --validate-regex: whether a broker would take an expression to subscribe by (RE2)."""

from __future__ import annotations

from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK
from kcli.group.consumer_group_regex import Regex, RegexError


def validate_regex(text: str, environment: Environment) -> int:
    """Say so, in Kafka's words; the exit code."""
    try:
        Regex(text)
    except RegexError as error:
        environment.print(f"The regular expression `{text}` is invalid: {error}.")
        return environment.exit_code(FAILED, OK)
    environment.print(f"The regular expression `{text}` is valid.")
    return OK
