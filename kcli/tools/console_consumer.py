"""kafka-console-consumer: read topics, print their records.

Output and exit codes are those of Kafka 4.3's tool. Deviations: bytes that are no UTF-8 are printed as they are; what
Kafka logs about an error is one line; a record or broker trouble that ends the reading exits with 1 (Kafka's 0 under
KCLI_COMPAT_EXIT=1); a closed pipe is no news. Ours: `--output json`, `--tail`, `--exit-at-end`.
"""

from __future__ import annotations

from kcli.cli.environment import Environment
from kcli.cli.main import start
from kcli.tools.console_consumer_options import read_options


def run(arguments: list[str], environment: Environment) -> int:
    options = read_options(arguments, environment)
    if isinstance(options, int):
        return options
    from kcli.tools.console_consumer_session import consume  # --help does without it

    return consume(options, environment)


def main() -> None:
    """The console entry point."""
    start(run, "kafka-console-consumer")
