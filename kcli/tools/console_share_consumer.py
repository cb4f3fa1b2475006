"""kafka-console-share-consumer: read a topic in a share group, print its records, and say what becomes of each.

A record is acknowledged when it is written out, not before. Deviations are those of kafka-console-consumer: bytes that
are no UTF-8 are printed as they are; what Kafka logs about an error is one line; trouble that ends the reading exits
with 1 (Kafka's 0 under KCLI_COMPAT_EXIT=1); a closed pipe is no news.
"""

from __future__ import annotations

from kcli.cli.environment import Environment
from kcli.cli.main import start
from kcli.tools.console_share_consumer_options import TABLE, read_options


def run(arguments: list[str], environment: Environment) -> int:
    options = read_options(arguments, environment)
    if isinstance(options, int):
        return options
    from kcli.tools.console_share_consumer_session import consume  # --help does without it

    return consume(options, environment)


def main() -> None:
    """The console entry point."""
    start(run, TABLE.program)
