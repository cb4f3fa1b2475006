"""kafka-transactions' command line."""

from __future__ import annotations

from kcli.cli.argparse4j import VERSION
from kcli.cli.connection_options import BOOTSTRAP_SERVER, COMMAND_CONFIG
from kcli.cli.inherited import PROFILE
from kcli.cli.options import INT, LONG, SHORT, Command, Option, OptionTable
from kcli.cli.output import OUTPUT
from kcli.cli.watch import WATCH

_TOPIC = Option("topic", "The topic.", "TOPIC", complete="topic")
_PARTITION = Option("partition", "The partition.", "PARTITION", type=INT)
_OLD = "Brokers older than 3.0 (all three)"
_RUN = "kafka-transactions --bootstrap-server localhost:9092"

TABLE = OptionTable(
    program="kafka-transactions",
    usage_program="kafka-transactions.sh",
    summary="This tool is used to analyze the transactional state of producers in the cluster."
    " It can be used to detect and recover from hanging transactions.",
    usage="--bootstrap-server HOST:PORT COMMAND [OPTIONS]",
    options=(
        VERSION,
        COMMAND_CONFIG,
        BOOTSTRAP_SERVER._replace(metavar="host:port", required=True),
        PROFILE,
    ),
    command_metavar="COMMAND",
    commands=(
        Command(
            "list",
            "List transactions.",
            (
                Option(
                    "duration-filter", "Only those open for longer than so many milliseconds.", "DURATION_FILTER", LONG
                ),
                Option(
                    "transactional-id-pattern",
                    "Only ids that match this regular expression (of RE2).",
                    "TRANSACTIONAL_ID_PATTERN",
                ),
                OUTPUT,
                WATCH,
            ),
            examples=(
                (
                    "those open for more than a minute",
                    f"{_RUN} list --duration-filter 60000",
                ),
            ),
        ),
        Command(
            "describe",
            "Describe the state of an active transactional-id.",
            (Option("transactional-id", "The id.", "TRANSACTIONAL_ID", required=True), OUTPUT, WATCH),
            examples=(
                (
                    "one transactional id",
                    f"{_RUN} describe --transactional-id orders-1",
                ),
            ),
        ),
        Command(
            "describe-producers",
            "Describe the states of active producers for a topic partition.",
            (
                Option("broker-id", "The replica to ask [default: the leader].", "BROKER_ID", type=INT),
                _TOPIC._replace(required=True),
                _PARTITION._replace(required=True),
                OUTPUT,
                WATCH,
            ),
            examples=(
                (
                    "who writes to a partition",
                    f"{_RUN} describe-producers --topic orders --partition 0",
                ),
            ),
        ),
        Command(
            "abort",
            "Abort a hanging transaction (requires administrative privileges).",
            (
                _TOPIC._replace(required=True),
                _PARTITION._replace(required=True),
                Option(
                    "start-offset",
                    "The offset at which the transaction begins.",
                    "START_OFFSET",
                    LONG,
                    "Brokers since 3.0",
                ),
                Option("producer-id", "The producer.", "PRODUCER_ID", LONG, _OLD),
                Option("producer-epoch", "Its epoch.", "PRODUCER_EPOCH", SHORT, _OLD),
                Option("coordinator-epoch", "The epoch of its coordinator.", "COORDINATOR_EPOCH", INT, _OLD),
            ),
            examples=(
                (
                    "the one that begins at an offset, as find-hanging says",
                    f"{_RUN} abort --topic orders --partition 0 --start-offset 1234",
                ),
            ),
        ),
        Command(
            "find-hanging",
            "Find hanging transactions.",
            (
                Option("broker-id", "Search the partitions of this broker.", "BROKER_ID", type=INT),
                Option(
                    "max-transaction-timeout",
                    "Only transactions open for longer than so many minutes.",
                    "MAX_TRANSACTION_TIMEOUT",
                    type=INT,
                    default=15,
                ),
                _TOPIC,
                _PARTITION,
                OUTPUT,
            ),
            examples=(
                (
                    "in a topic, open for more than an hour",
                    f"{_RUN} find-hanging --topic orders --max-transaction-timeout 60",
                ),
            ),
        ),
        Command(
            "forceTerminateTransaction",
            "Force abort an ongoing transaction on transactionalId (requires administrative privileges).",
            (Option("transactionalId", "The id.", "TRANSACTIONALID", required=True),),
            examples=(
                (
                    "whatever one transactional id has open",
                    f"{_RUN} forceTerminateTransaction --transactionalId orders-1",
                ),
            ),
        ),
    ),
    examples=(
        (
            "transactions that nobody will end, on broker 1",
            f"{_RUN} find-hanging --broker-id 1",
        ),
    ),
)
