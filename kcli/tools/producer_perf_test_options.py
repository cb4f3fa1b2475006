"""The options of kafka-producer-perf-test, and what they have to be like."""

from __future__ import annotations

from typing import NamedTuple

from kcli.cli.argparse4j import ArgumentError, Arguments, format_usage
from kcli.cli.connection_options import BOOTSTRAP_SERVER
from kcli.cli.errors import CommandError
from kcli.cli.inherited import PROFILE
from kcli.cli.options import DOUBLE, INT, LONG, Exclusive, Option, OptionTable
from kcli.cli.output import OUTPUT
from kcli.cli.settings import Settings

_ILLEGAL = "java.lang.IllegalArgumentException"
_TRANSACTIONAL_ID = "transactional.id"
_TRANSACTION_MS = 3000
_BATCH_SIZE = "16384"  # Kafka's default

TABLE = OptionTable(
    program="kafka-producer-perf-test",
    summary="This tool is used to verify the producer performance.",
    usage="--topic TOPIC --num-records N --throughput RATE (--record-size N | --payload-file FILE |"
    " --payload-monotonic) --bootstrap-server HOST:PORT",
    options=(
        BOOTSTRAP_SERVER._replace(metavar="BOOTSTRAP-SERVER"),
        PROFILE,
        Option("topic", "The topic to send to.", "TOPIC", required=True, complete="topic"),
        Option("num-records", "How many records to send.", "NUM-RECORDS", type=LONG, required=True),
        Option(
            "payload-delimiter", "What separates the payloads in --payload-file.", "PAYLOAD-DELIMITER", default="\\n"
        ),
        Option(
            "throughput",
            "Send about this many records a second; -1 for as many as there can be.",
            "THROUGHPUT",
            type=DOUBLE,
            required=True,
        ),
        Option("producer-props", "Deprecated: use --command-property.", "PROP-NAME=PROP-VALUE", many=True),
        Option(
            "command-property",
            "Producer settings; they win over those of --command-config.",
            "PROP-NAME=PROP-VALUE",
            many=True,
            group="Connection",
        ),
        Option("producer.config", "Deprecated: use --command-config.", "CONFIG-FILE", complete="file"),
        Option(
            "command-config", "Producer settings from a .properties file.", "CONFIG-FILE", group="Connection",
            complete="file",
        ),
        Option("print-metrics", "Print the client's counters at the end."),
        Option(
            "transactional-id",
            "Send in transactions of this id [default: performance-producer- and a random UUID].",
            "TRANSACTIONAL-ID",
        ),
        Option(
            "transaction-duration-ms",
            f"Send in transactions, and commit each after so long [default, with an id: {_TRANSACTION_MS}].",
            "TRANSACTION-DURATION",
            type=LONG,
        ),
        Option(
            "warmup-records",
            "Sum up what comes after so many records, the steady state, in a line of its own.",
            "WARMUP-RECORDS",
            type=LONG,
            default=0,
        ),
        Option(
            "reporting-interval", "Print progress after so many milliseconds.", "INTERVAL-MS", type=LONG, default=5000
        ),
        Option("record-size", "Send random letters, so many in each record.", "RECORD-SIZE", type=INT),
        Option(
            "payload-file", "Send payloads picked at random from a UTF-8 file.", "PAYLOAD-FILE", complete="file"
        ),
        Option("payload-monotonic", "Send the numbers from 0 on."),
        OUTPUT,
    ),
    exclusive=(Exclusive(("record-size", "payload-file", "payload-monotonic"), required=True),),
    examples=(
        (
            "how fast 100-byte records go",
            "kafka-producer-perf-test --bootstrap-server localhost:9092 --topic t --num-records 1000000"
            " --record-size 100 --throughput -1",
        ),
    ),
)  # fmt: skip
_RENAMED = (("producer-props", "command-property"), ("producer.config", "command-config"))
_SOURCES = ("bootstrap-server", "command-property", "producer-props", "producer.config", "command-config")
_DEPRECATED = "Option --{} has been deprecated and will be removed in a future version. Use --{} instead."


class Test(NamedTuple):
    """What to send: `payloads` to pick from, else letters of `record_size`, else numbers."""

    topic: str
    records: int
    throughput: float
    record_size: int | None
    payloads: list[bytes]
    warmup: int
    interval: float
    transaction: float | None  # seconds; None: no transactions


def check(parsed: Arguments) -> list[str]:
    """Raise what is wrong with options together; the warnings to give."""
    for name in ("num-records", "record-size", "transaction-duration-ms", "reporting-interval"):
        value = parsed.value(name)
        if value is not None and value <= 0:
            raise _error(f"--{name} should be greater than zero.")
    if parsed.value("throughput") == 0:
        raise _error("--throughput 0 would never send anything; -1 is without limit.")
    if parsed.value("warmup-records") >= parsed.value("num-records"):
        raise _error(
            "The value for --warmup-records must be strictly fewer than the number of records in the test,"
            " --num-records."
        )
    if not any(parsed.has(name) for name in _SOURCES):
        names = ", ".join(f"--{name}" for name in _SOURCES[:-1])
        raise _error(f"At least one of {names} or --{_SOURCES[-1]} must be specified.")
    for old, new in _RENAMED:
        if parsed.has(old) and parsed.has(new):
            raise _error(f"--{new} and --{old} cannot be specified together.")
    return [_DEPRECATED.format(old, new) for old, new in _RENAMED if parsed.has(old)]


def _error(message: str) -> ArgumentError:
    return ArgumentError(message, format_usage(TABLE))


def producer_settings(parsed: Arguments) -> Settings:
    """The producer's settings: what is nearer to the command line wins."""
    settings = Settings()
    for name in ("command-config", "producer.config"):
        if parsed.has(name):
            settings.add_file(parsed.value(name))
    for pair in (*(parsed.value("command-property") or ()), *(parsed.value("producer-props") or ())):
        if len(pair.rstrip("=").split("=")) != 2:
            raise CommandError(f"{_ILLEGAL}: Invalid property: {pair}")
        settings.add_pairs([pair])
    settings.inherit(parsed.inherited)
    if parsed.has("bootstrap-server"):
        settings["bootstrap.servers"] = parsed.value("bootstrap-server")
    settings.setdefault("client.id", "perf-producer-client")
    settings.setdefault("batch.size", _BATCH_SIZE)  # our producers' own default would flatter
    if parsed.has("transactional-id"):
        settings[_TRANSACTIONAL_ID] = parsed.value("transactional-id")
    elif parsed.has("transaction-duration-ms") and _TRANSACTIONAL_ID not in settings:
        import uuid

        settings[_TRANSACTIONAL_ID] = f"performance-producer-{uuid.uuid4()}"
    return settings


def read_payloads(path: str, delimiter: str) -> list[bytes]:
    """The payloads in a file."""
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError:
        content = b""
    if not content:
        raise CommandError(f"{_ILLEGAL}: File does not exist or empty file provided.")
    separator = b"\n" if delimiter == "\\n" else delimiter.encode("utf-8", "surrogateescape")
    payloads = content.split(separator) if separator else [bytes([byte]) for byte in content]
    while len(payloads) > 1 and not payloads[-1]:
        payloads.pop()  # as Java splits
    return payloads


def the_test(parsed: Arguments, payloads: list[bytes], *, transactional: bool) -> Test:
    """What the options ask for."""
    duration = parsed.value("transaction-duration-ms")
    return Test(
        topic=parsed.value("topic"),
        records=parsed.value("num-records"),
        throughput=parsed.value("throughput"),
        record_size=parsed.value("record-size"),
        payloads=payloads,
        warmup=max(0, parsed.value("warmup-records")),
        interval=parsed.value("reporting-interval") / 1000,
        transaction=(_TRANSACTION_MS if duration is None else duration) / 1000 if transactional else None,
    )
