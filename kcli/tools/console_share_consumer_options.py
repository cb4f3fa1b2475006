"""The console share consumer's command line: the options of Kafka 4.3 and of 4.0, checked into one object."""

from __future__ import annotations

from typing import NamedTuple

from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError
from kcli.cli.joptsimple import Parsed
from kcli.cli.main import parse_arguments
from kcli.cli.options import HELP, INT, VERSION, Option, OptionTable
from kcli.cli.settings import Settings
from kcli.tools.console_options import (
    CLIENT_GROUP,
    CONNECTING,
    DEPRECATED,
    FORMATTER_OPTIONS,
    FORMATTER_PROPERTIES,
    client_options,
    client_settings,
    formatter_properties,
    inherit_settings,
    named_groups,
    refuse,
    timeout,
    value,
)
from kcli.tools.console_run import CONVERSION

_WHAT, _HOW_MUCH, _THEN = "What to read", "How much", "What becomes of the records"
_OLD_FILE = "consumer-config"
_OLDER_FILE = "consumer.config"  # 4.0
_CLIENT_ID = "console-share-consumer"

TABLE = OptionTable(
    "kafka-console-share-consumer",
    "This tool helps to read data from Kafka topics using share groups and outputs it to standard output.",
    (
        *CONNECTING,
        Option("topic", "REQUIRED: The topic to read.", "TOPIC", group=_WHAT, complete="topic"),
        Option(
            "group", "Share the topic with the other members of this share group.", "GROUP", group=_WHAT,
            default=_CLIENT_ID, complete="group",
        ),
        Option("max-messages", "Stop after so many records.", "NUMBER", type=INT, group=_HOW_MUCH),
        Option("timeout-ms", "Stop when no record came for so long.", "MILLISECONDS", type=INT, group=_HOW_MUCH),
        Option("reject", "Reject the records that are printed: nobody gets them again.", group=_THEN),
        Option("release", "Release the records that are printed: they are delivered again.", group=_THEN),
        Option("reject-message-on-error", "Reject a record that cannot be printed, and go on.", group=_THEN),
        *FORMATTER_OPTIONS,
        *client_options(_OLD_FILE),
        Option(
            _OLDER_FILE, "The name of --command-config in Kafka 4.0.", "FILE", group=CLIENT_GROUP, complete="file",
            deprecated=DEPRECATED.format(_OLDER_FILE, "command-config"),
        ),
        HELP,
        VERSION,
    ),
    usage="--bootstrap-server HOST:PORT --topic TOPIC [OPTIONS]",
    examples=(
        (
            "Ten records, with how often each was delivered",
            "kafka-console-share-consumer --bootstrap-server localhost:9092 --topic t --group g --max-messages 10"
            " --formatter-property print.delivery=true",
        ),
        (
            "Look, and give everything back",
            "kafka-console-share-consumer --bootstrap-server localhost:9092 --topic t --group g --release"
            " --timeout-ms 5000",
        ),
    ),
    notes=f"{FORMATTER_PROPERTIES} Where a group begins that has no offsets yet is a setting of the group:"
    " share.auto.offset.reset, latest unless kafka-configs --entity-type groups says otherwise.",
)  # fmt: skip


class Options(NamedTuple):
    """What the command line asks for; `timeout` is in seconds, `kind` what is said of records that are printed."""

    bootstrap_server: str
    topic: str
    settings: Settings
    formatter: str
    formatter_properties: Settings
    max_messages: int | None
    timeout: float
    release: bool
    reject: bool
    reject_on_error: bool
    systest_events: bool


def read_options(arguments: list[str], environment: Environment) -> Options | int:
    """The options; an int is an exit code. Raises CommandError in Kafka's words."""
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    if not parsed.has("topic"):
        refuse(TABLE, "--topic is a required argument", "topic")
    if not parsed.has("bootstrap-server"):
        refuse(TABLE, 'Missing required argument "[bootstrap-server]"', "bootstrap-server")
    if parsed.has("reject") and parsed.has("release"):
        refuse(TABLE, "At most one of --reject and --release may be specified.", "reject", "release")
    return Options(
        bootstrap_server=value(parsed, "bootstrap-server"),
        topic=value(parsed, "topic"),
        settings=_settings(parsed),
        formatter=value(parsed, "formatter"),
        formatter_properties=formatter_properties(parsed),
        max_messages=_limit(parsed),
        timeout=_timeout(parsed),
        release=parsed.has("release"),
        reject=parsed.has("reject"),
        reject_on_error=parsed.has("reject-message-on-error"),
        systest_events=parsed.has("enable-systest-events"),
    )


def _settings(parsed: Parsed) -> Settings:
    old_file = _OLDER_FILE if parsed.has(_OLDER_FILE) and not parsed.has(_OLD_FILE) else _OLD_FILE
    settings, extra = client_settings(parsed, old_file)
    groups = named_groups(parsed, settings, extra, _OLD_FILE)
    settings.take(extra)
    groups = inherit_settings(parsed, settings, groups)
    settings["bootstrap.servers"] = value(parsed, "bootstrap-server")
    settings.setdefault("client.id", _CLIENT_ID)
    settings["group.id"] = groups[0] if groups else _CLIENT_ID
    settings["share.acknowledgement.mode"] = "explicit"
    return settings


def _limit(parsed: Parsed) -> int | None:
    number = _number(parsed, "max-messages")
    return None if number in (None, -1) else max(0, number or 0)


def _timeout(parsed: Parsed) -> float:
    _number(parsed, "timeout-ms")
    return timeout(parsed)


def _number(parsed: Parsed, name: str) -> int | None:
    """Kafka looks at these numbers only when the tool runs, and then calls the error by its Java name."""
    try:
        number: int | None = value(parsed, name)
    except CommandError as error:
        raise CommandError(f"{CONVERSION}: {error.message}") from None
    return number
