"""kafka-groups: list groups of all types."""

from __future__ import annotations

from typing import Any

from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError, UsageError
from kcli.cli.inherited import PROFILE
from kcli.cli.joptsimple import Parsed
from kcli.cli.main import parse_arguments, start
from kcli.cli.options import HELP, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT, remarks, show
from kcli.tools import listings
from kcli.tools.group_command import table, widest

_WHICH = "Which groups"
_LEAST = 20
_TYPES = {name.lower(): name for name in ("Classic", "Consumer", "Share", "Streams")}

TABLE = OptionTable(
    program="kafka-groups",
    summary="This tool helps to list groups of all types.",
    usage="--bootstrap-server HOST:PORT --list [OPTIONS]",
    options=(
        Option("bootstrap-server", "Brokers to connect to first, separated by commas.", "HOST:PORT"),
        PROFILE,
        Option(
            "command-config",
            "Client settings (security and so on) from a .properties file.",
            "FILE",
            complete="file",
        ),
        Option("list", "Print groups with their type and protocol."),
        Option("consumer", "Only those of consumers, by whatever protocol, or with offsets alone.", group=_WHICH),
        Option("share", "Only share groups.", group=_WHICH),
        Option("streams", "Only streams groups.", group=_WHICH),
        Option(
            "group-type",
            "Only groups of a type: classic, consumer, share or streams.",
            "TYPE",
            group=_WHICH,
            complete=tuple(_TYPES),
        ),
        Option("protocol", "Only groups of a protocol, e.g. consumer, connect.", "NAME", group=_WHICH),
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        ("all groups", "kafka-groups --bootstrap-server localhost:9092 --list"),
        ("those of Connect workers", "kafka-groups --bootstrap-server localhost:9092 --list --protocol connect"),
    ),
)


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    _check(parsed)

    from kcli.cli.connect import connect
    from kcli.client.admin_groups import list_groups
    from kcli.client.errors import ClientError
    from kcli.wire.errors import KafkaError

    form = parsed.value("output")
    try:
        with connect(parsed, environment) as cluster:
            found = [group for group in list_groups(cluster) if _wanted(parsed, group)]
    except (ClientError, KafkaError, CommandError) as error:
        remarks(form, environment)(f"Error while executing groups command : {error}")
        return FAILED
    _show(found, form, environment)
    return OK


def _check(options: Parsed) -> None:
    if not options.has("bootstrap-server"):
        raise UsageError("Missing required option(s) [bootstrap-server]")
    if not options.has("list"):
        raise UsageError("Command must include exactly one action: --list.")
    if options.has("group-type") and options.value("group-type").lower() not in _TYPES:
        raise UsageError("--group-type must be a valid group type.")
    kinds = ("consumer", "share", "streams")
    for kind in kinds:
        options.forbid(kind, *(name for name in ("consumer", "group-type", "protocol", *kinds[1:]) if name != kind))


def _wanted(options: Parsed, group: Any) -> bool:
    if options.has("consumer"):
        return group.protocol in ("consumer", "") or group.type == "Consumer"
    if options.has("share") or options.has("streams"):
        return bool(group.type == ("Share" if options.has("share") else "Streams"))
    kind, protocol = options.value("group-type"), options.value("protocol")
    return (kind is None or group.type == _TYPES[kind.lower()]) and protocol in (None, group.protocol)


def _show(groups: list[Any], form: str, environment: Environment) -> None:
    if form != TEXT:
        rows = [{"group": group.id, "type": group.type or None, "protocol": group.protocol} for group in groups]
        show(rows, listings.GROUPS, form, environment)
        return
    rows_text = [[group.id, group.type, group.protocol, ""] for group in groups]
    width = widest(_LEAST, (cell for row in rows_text for cell in row))
    for line in table(["GROUP", "TYPE", "PROTOCOL"], rows_text, [width] * 3):
        environment.print(line)


if __name__ == "__main__":
    main()
