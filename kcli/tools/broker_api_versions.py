"""kafka-broker-api-versions: which requests, and which versions of them, each broker understands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.cli.connection_options import BOOTSTRAP_SERVER, COMMAND_CONFIG
from kcli.cli.environment import Environment
from kcli.cli.errors import OK
from kcli.cli.inherited import PROFILE
from kcli.cli.main import parse_arguments, start
from kcli.cli.options import HELP, VERSION, OptionTable
from kcli.cli.output import OUTPUT, TEXT, show
from kcli.tools import listings_cluster as listings

if TYPE_CHECKING:
    from kcli.client.cluster import Cluster, Node

TABLE = OptionTable(
    program="kafka-broker-api-versions",
    summary="This tool helps to retrieve broker version information.",
    usage="--bootstrap-server HOST:PORT [OPTIONS]",
    options=(
        BOOTSTRAP_SERVER._replace(help="REQUIRED: The server to connect to."),
        PROFILE,
        COMMAND_CONFIG,
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(("what a broker understands", "kafka-broker-api-versions --bootstrap-server localhost:9092"),),
)

# What brokers say to each other and to controllers; a broker that lacks the rest is told so.
_NOT_FOR_CLIENTS = {4, 5, 6, 7, 52, 53, 54, 56, 58, 59, 62, 63, 67, 70, 73, 82}
_GONE = {4, 5, 6, 7}  # Kafka 4 has no version of these any more


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    parsed.require("bootstrap-server")

    from kcli.cli.connect import connect

    form = parsed.value("output")
    rows: list[dict[str, Any]] = []
    with connect(parsed, environment) as cluster:
        cluster.refresh()
        for node in sorted(cluster.nodes.values()):
            if form == TEXT:
                environment.print("\n".join(_lines(cluster, node)))
            else:
                rows += [{"broker": node.id, **entry} for entry in entries(cluster.connection(node.id).versions)]
    if form != TEXT:
        show(rows, listings.API_VERSIONS, form, environment)
    return OK


def _lines(cluster: Cluster, node: Node) -> list[str]:
    from kcli.client.errors import ClientError
    from kcli.wire.errors import KafkaError

    head = f"{node.address} (id: {node.id} rack: {node.rack or 'null'} isFenced: false) ->"
    try:
        versions = cluster.connection(node.id).versions
    except (ClientError, KafkaError) as error:
        return [f"{head} ERROR: {error}"]
    listed = ",\n\t".join(_text(entry) for entry in entries(versions))
    return [f"{head} (\n\t{listed}", ")"]


def entries(versions: dict[int, tuple[int, int]]) -> list[dict[str, Any]]:
    """Every request that the broker knows, or that we do: name, key, versions (None: unknown to it), usable one."""
    from kcli.wire.apis import API_NAMES, request_class

    found = []
    for key in sorted({*versions, *(key for key in API_NAMES if key not in _NOT_FOR_CLIENTS)}):
        lowest, highest = versions.get(key, (None, None))
        usable = None
        if lowest is not None and highest is not None and key in API_NAMES and key not in _GONE:
            oldest, latest = request_class(key).VERSIONS
            usable = min(highest, latest) if lowest <= latest and oldest <= highest else None
        found.append(
            {"api": API_NAMES.get(key, "UNKNOWN"), "key": key, "min": lowest, "max": highest, "usable": usable}
        )
    return found


def _text(entry: dict[str, Any]) -> str:
    head = f"{entry['api']}({entry['key']}): "
    lowest, highest = entry["min"], entry["max"]
    if lowest is None:
        return f"{head}UNSUPPORTED"
    text = head + (f"{lowest}" if lowest == highest else f"{lowest} to {highest}")
    if entry["api"] == "UNKNOWN":
        return text
    if entry["usable"] is not None:
        return f"{text} [usable: {entry['usable']}]"
    from kcli.wire.apis import request_class

    too_old = entry["key"] not in _GONE and highest < request_class(entry["key"]).VERSIONS[0]
    return f"{text} [unusable: node too {'old' if too_old else 'new'}]"


if __name__ == "__main__":
    main()
