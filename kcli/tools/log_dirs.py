"""kafka-log-dirs: what is in the log dirs of brokers."""

from __future__ import annotations

from typing import Any

from kcli.cli.connection_options import BOOTSTRAP_SERVER, COMMAND_CONFIG
from kcli.cli.environment import Environment
from kcli.cli.errors import OK, CommandError
from kcli.cli.inherited import PROFILE
from kcli.cli.main import parse_arguments, start
from kcli.cli.options import HELP, INT, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT, show
from kcli.cli.output import TABLE as TABLE_FORM
from kcli.cli.watch import WATCH, look_or_watch
from kcli.tools import listings_cluster as listings

TABLE = OptionTable(
    program="kafka-log-dirs",
    summary="This tool helps to query log directory usage on the specified brokers.",
    usage="--bootstrap-server HOST:PORT --describe [OPTIONS]",
    options=(
        BOOTSTRAP_SERVER._replace(help="REQUIRED: the server(s) to use for bootstrapping"),
        PROFILE,
        COMMAND_CONFIG,
        Option("describe", "Describe the specified log directories on the specified brokers."),
        Option("broker-list", "The brokers to ask, as 0,1,2 [default: all].", "IDS", default=""),
        Option("topic-list", "The topics to show, separated by commas [default: all].", "NAMES", default=""),
        OUTPUT,
        WATCH,
        HELP,
        VERSION,
    ),
    examples=(
        (
            "how large a topic's partitions are",
            "kafka-log-dirs --bootstrap-server localhost:9092 --describe --topic-list orders",
        ),
    ),
)


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    parsed.require("bootstrap-server", "describe")
    topics = set(_split(parsed.value("topic-list")))
    wanted = list(dict.fromkeys(_broker_id(text) for text in _split(parsed.value("broker-list"))))
    form = parsed.value("output")
    if parsed.value("watch") and form == TEXT:
        form = TABLE_FORM  # Kafka's text is one line of JSON: nothing to look at

    from kcli.cli.connect import connect
    from kcli.client.admin_partitions import PartitionAdmin

    with connect(parsed, environment) as cluster:
        admin = PartitionAdmin(cluster)

        def look(page: Environment) -> bool:
            _describe(admin, wanted, topics, form, page)
            return True

        look_or_watch(look, parsed, environment, form)
    return OK


def _describe(admin: Any, wanted: list[int], topics: set[str], form: str, environment: Environment) -> None:
    admin.cluster.refresh()
    known = sorted(admin.cluster.nodes)
    missing = [broker for broker in wanted if broker not in known]
    if missing:
        raise CommandError(
            f"ERROR: The given brokers do not exist from --broker-list: {_join(missing)}."
            f" Current existent brokers: {_join(known)}"
        )
    brokers = wanted or known
    if form == TEXT:
        environment.print("Querying brokers for log directories information")
    found = {broker: [_described(item, topics) for item in admin.log_dirs(broker)] for broker in brokers}
    if form != TEXT:
        show(_rows(found), listings.LOG_DIRS, form, environment)
        return

    import json

    environment.print(f"Received log directory information from brokers {_join(brokers)}")
    listed = [{"broker": broker, "logDirs": dirs} for broker, dirs in found.items()]
    environment.print(json.dumps({"brokers": listed, "version": 1}, separators=(",", ":"), ensure_ascii=False))


def _split(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _join(brokers: list[int]) -> str:
    return ",".join(map(str, brokers))


def _broker_id(text: str) -> int:
    try:
        number: int = INT(text)
        return number
    except ValueError:
        raise CommandError(f'For input string: "{text}"') from None


def _described(item: Any, topics: set[str]) -> dict[str, Any]:
    """A log dir in the words, and in the order, of Kafka's JSON."""
    return {
        "partitions": [
            {
                "partition": f"{topic}-{partition}",
                "size": replica.size,
                "offsetLag": replica.offset_lag,
                "isFuture": replica.future,
            }
            for (topic, partition), replica in item.replicas.items()
            if not topics or topic in topics
        ],
        "error": None if item.error is None else item.error.java_class,
        "logDir": item.path,
    }


def _rows(found: dict[int, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """One row for each replica; a log dir without any has one that says so."""
    rows = []
    for broker, dirs in found.items():
        for item in dirs:
            head = {"broker": broker, "logDir": item["logDir"], "error": item["error"]}
            empty = {"partition": None, "size": None, "offsetLag": None, "isFuture": None}
            rows += [{**head, **partition} for partition in item["partitions"] or [empty]]
    return rows


if __name__ == "__main__":
    main()
