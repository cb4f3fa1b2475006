"""Which topics a user means: Kafka's topic patterns, and its internal topics."""

from __future__ import annotations

from collections.abc import Callable

from kcli.cli.errors import CommandError
from kcli.cli.java_regex import RegexError, compile_java

INTERNAL_TOPICS = frozenset(("__consumer_offsets", "__transaction_state", "__share_group_state"))


def topic_filter(text: str, *, exclude_internal: bool = False) -> Callable[[str], bool]:
    """A predicate for names, from a Java regular expression that has to match all of a name; a comma is an or."""
    pattern = text.strip().replace(",", "|").replace(" ", "").strip("\"'")
    try:
        matches = compile_java(pattern).fullmatch
    except RegexError:
        raise CommandError(f"{pattern} is an invalid regex.") from None
    return lambda name: bool(matches(name)) and not (exclude_internal and name in INTERNAL_TOPICS)
