"""The command line of kafka-console-producer: Kafka's options, ours, and how they become producer settings."""

from __future__ import annotations

from kcli.cli.errors import UsageError
from kcli.cli.inherited import PROFILE
from kcli.cli.joptsimple import Parsed
from kcli.cli.options import HELP, INT, LONG, VERSION, Option, OptionTable
from kcli.cli.settings import Settings, load_settings
from kcli.client.address import AddressError, parse_address
from kcli.records.compression import NAMES

LINE_READER = "org.apache.kafka.tools.LineMessageReader"
INPUT_FORMS = ("lines", "json")
_DEPRECATED = "Warning: --{} is deprecated and will be removed in a future version. Use --{} instead."
_SENDING = "Sending"
_READING = "Reading"
_CLIENT = "Client settings"


def _input_form(text: str) -> str:
    if text not in INPUT_FORMS:
        raise ValueError(text)
    return text


OPTIONS = OptionTable(
    "kafka-console-producer",
    "This tool helps to read data from standard input and publish it to Kafka.",
    (
        Option("topic", "REQUIRED: the topic to send records to.", "TOPIC", complete="topic"),
        Option("bootstrap-server", "REQUIRED: brokers to begin with, HOST1:PORT1,HOST2:PORT2.", "HOST:PORT,..."),
        PROFILE,
        Option("sync", "Wait for each record's acknowledgement before the next is read.", group=_SENDING),
        Option(
            "compression-codec",
            "How to compress batches: none, gzip, snappy, lz4 or zstd; gzip without a value.",
            "CODEC",
            optional="gzip",
            complete=NAMES,
            group=_SENDING,
        ),
        Option(
            "request-required-acks",
            "Whose acknowledgement to wait for: 0 (nobody's), 1 (the leader's), -1 or all (every in-sync replica's).",
            "ACKS",
            default="-1",
            complete=("-1", "all", "1", "0"),
            group=_SENDING,
        ),
        Option(
            "batch-size",
            "Bytes that a partition's batch may have (batch.size). Unset, batches are as large as is fast.",
            "BYTES",
            INT,
            group=_SENDING,
        ),
        Option(
            "max-partition-memory-bytes",
            "The old name of --batch-size, which it overrides.",
            "BYTES",
            INT,
            deprecated="Warning: --max-partition-memory-bytes is deprecated and will be removed in Apache Kafka 5.0."
            " Use --batch-size instead.",
            group=_SENDING,
        ),
        Option(
            "timeout",
            "How long a record may wait for others to fill its batch (linger.ms).",
            "MS",
            LONG,
            default=1000,
            group=_SENDING,
        ),
        Option(
            "message-send-max-retries",
            "How often to send a batch again (retries).",
            "COUNT",
            INT,
            default=3,
            group=_SENDING,
        ),
        Option(
            "retry-backoff-ms",
            "How long to wait before a batch is sent again (retry.backoff.ms).",
            "MS",
            LONG,
            default=100,
            group=_SENDING,
        ),
        Option(
            "request-timeout-ms",
            "How long a broker may take to answer (request.timeout.ms).",
            "MS",
            INT,
            default=1500,
            group=_SENDING,
        ),
        Option(
            "max-block-ms",
            "How long to wait for the topic's metadata (max.block.ms).",
            "MS",
            LONG,
            default=60_000,
            group=_SENDING,
        ),
        Option(
            "max-memory-bytes",
            "Bytes of records that may wait to be sent (buffer.memory).",
            "BYTES",
            LONG,
            default=32 * 1024 * 1024,
            group=_SENDING,
        ),
        Option(
            "metadata-expiry-ms",
            "How old metadata may become (metadata.max.age.ms).",
            "MS",
            LONG,
            default=300_000,
            group=_SENDING,
        ),
        Option(
            "socket-buffer-size",
            "Bytes of the socket's send buffer (send.buffer.bytes).",
            "BYTES",
            INT,
            group=_SENDING,
        ),
        Option(
            "line-reader",
            "The class that takes lines apart; there is one.",
            "CLASS",
            default=LINE_READER,
            complete=(LINE_READER,),
            group=_READING,
        ),
        Option("reader-config", "A file of reader properties.", "FILE", complete="file", group=_READING),
        Option(
            "reader-property",
            "A reader property, over those of --reader-config; see below.",
            "NAME=VALUE",
            repeated=True,
            complete=(
                "parse.key=",
                "parse.headers=",
                "ignore.error=",
                "key.separator=",
                "headers.delimiter=",
                "headers.separator=",
                "headers.key.separator=",
                "null.marker=",
            ),
            group=_READING,
        ),
        Option(
            "property",
            "The old name of --reader-property.",
            "NAME=VALUE",
            repeated=True,
            deprecated=_DEPRECATED.format("property", "reader-property"),
            group=_READING,
        ),
        Option("command-config", "A file of client settings.", "FILE", complete="file", group=_CLIENT),
        Option(
            "producer.config",
            "The old name of --command-config.",
            "FILE",
            deprecated=_DEPRECATED.format("producer.config", "command-config"),
            complete="file",
            group=_CLIENT,
        ),
        Option(
            "command-property",
            "A client setting, over those of --command-config.",
            "NAME=VALUE",
            repeated=True,
            group=_CLIENT,
        ),
        Option(
            "producer-property",
            "The old name of --command-property.",
            "NAME=VALUE",
            repeated=True,
            deprecated=_DEPRECATED.format("producer-property", "command-property"),
            group=_CLIENT,
        ),
        Option(
            "input",
            "What stdin holds: lines, or json: one object a line as kafka-console-consumer --output json prints it,"
            " whose partition, timestamp, headers, key and value are kept (and its topic, without --topic).",
            "FORM",
            _input_form,
            default="lines",
            complete=INPUT_FORMS,
            group="Not in Kafka's tool",
        ),
        HELP,
        VERSION,
    ),
    examples=(
        (
            "Lines of a file as values",
            "kafka-console-producer --bootstrap-server localhost:9092 --topic t < lines.txt",
        ),
        (
            "Keys and values, split at the first colon",
            "kafka-console-producer --bootstrap-server localhost:9092 --topic t"
            " --reader-property parse.key=true --reader-property key.separator=:",
        ),
        (
            "Copy a topic with everything its records have",
            "kafka-console-consumer --bootstrap-server localhost:9092 --topic a --from-beginning --exit-at-end"
            " --output json | kafka-console-producer --bootstrap-server localhost:9092 --topic b --input json",
        ),
    ),
    notes="Reader properties: parse.key, parse.headers, ignore.error (false); key.separator, headers.delimiter (tab);"
    " headers.separator (,); headers.key.separator (:); null.marker (none): fields equal to it are null."
    " With both, a line is HEADERS<tab>KEY<tab>VALUE.\n"
    "The exit status is 1 if a record could not be delivered (0, as Kafka's, with KCLI_COMPAT_EXIT=1).\n"
    "On a terminal, :help lists what can be changed between two records.",
)

_RENAMED = (
    ("command-config", "producer.config"),
    ("command-property", "producer-property"),
    ("reader-property", "property"),
)
_SETTINGS = (
    ("linger.ms", "timeout"),
    ("acks", "request-required-acks"),
    ("request.timeout.ms", "request-timeout-ms"),
    ("retries", "message-send-max-retries"),
    ("retry.backoff.ms", "retry-backoff-ms"),
    ("send.buffer.bytes", "socket-buffer-size"),
    ("buffer.memory", "max-memory-bytes"),
    ("batch.size", "batch-size"),
    ("batch.size", "max-partition-memory-bytes"),
    ("metadata.max.age.ms", "metadata-expiry-ms"),
    ("max.block.ms", "max-block-ms"),
)


def check_arguments(options: Parsed) -> None:
    """What Kafka's tool checks before it does anything; raises UsageError in its words."""
    if options.value("input") != "json":
        options.require("topic")
    for new, old in _RENAMED:
        if options.has(new) and options.has(old):
            raise UsageError(f"Options --{new} and --{old} cannot be specified together.")
    servers = options.value("bootstrap-server")
    if not servers:
        raise UsageError("Error while validating the bootstrap address")
    try:
        for server in servers.split(","):
            parse_address(server)
    except AddressError:
        raise UsageError("Please provide valid host:port like host1:9091,host2:9092") from None


def client_settings(options: Parsed) -> Settings:
    """The producer's settings: a file, pairs over it, options over both; this tool's defaults for what is left."""
    settings = load_settings(
        options.value("command-config") or options.value("producer.config"),
        options.values("command-property") or options.values("producer-property"),
        options.inherited,
    )
    settings["bootstrap.servers"] = options.value("bootstrap-server")
    settings["compression.type"] = options.value("compression-codec") or NAMES[0]
    settings.setdefault("client.id", "console-producer")
    for name, option in _SETTINGS:
        value = options.value(option)
        if value is not None and (options.has(option) or name not in settings):
            settings[name] = str(value)
            settings.origins.pop(name, None)
    return settings


def reader_properties(options: Parsed) -> Settings:
    """The line reader's properties; they hold the topic, which a property may override as in Kafka's tool."""
    properties = load_settings(options.value("reader-config"))
    if options.has("topic"):
        properties["topic"] = options.value("topic")
    properties.add_pairs(options.values("reader-property") or options.values("property"))
    return properties
