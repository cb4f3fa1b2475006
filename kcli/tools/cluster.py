"""kafka-cluster: a cluster's id and its nodes; forget a broker."""

from __future__ import annotations

from typing import Any

from kcli.cli.argparse4j import Arguments, parse_arguments
from kcli.cli.connection_options import BOOTSTRAP_CONTROLLER, BOOTSTRAP_SERVER, COMMAND_CONFIG, argparse4j_row
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError
from kcli.cli.inherited import PROFILE
from kcli.cli.main import start
from kcli.cli.options import INT, Command, Exclusive, Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT, show
from kcli.tools import listings_cluster as listings

_SERVERS = (
    argparse4j_row(BOOTSTRAP_SERVER)._replace(short="b"),
    PROFILE,
    argparse4j_row(BOOTSTRAP_CONTROLLER)._replace(short="C"),
    Option("config", "Deprecated: use --command-config.", "CONFIG", group="Connection", complete="file"),
    argparse4j_row(COMMAND_CONFIG)._replace(short="c"),
)
_EITHER = (Exclusive(("bootstrap-server", "bootstrap-controller"), required=True),)

TABLE = OptionTable(
    program="kafka-cluster",
    summary="The Kafka cluster tool.",
    usage="COMMAND [OPTIONS]",
    options=(),
    commands=(
        Command(
            "cluster-id",
            "Get information about the ID of a cluster.",
            (*_SERVERS, OUTPUT),
            _EITHER,
            examples=(("by way of a controller", "kafka-cluster cluster-id --bootstrap-controller localhost:9093"),),
        ),
        Command(
            "unregister",
            "Unregister a broker.",
            (*_SERVERS, Option("id", "The broker to forget.", "ID", type=INT, short="i", required=True)),
            _EITHER,
            examples=(
                (
                    "forget a broker that will not come back",
                    "kafka-cluster unregister --bootstrap-server localhost:9092 --id 3",
                ),
            ),
        ),
        Command(
            "list-endpoints",
            "List endpoints.",
            (*_SERVERS, Option("include-fenced-brokers", "Also brokers that are fenced off."), OUTPUT),
            _EITHER,
            examples=(
                (
                    "all brokers, those that are down too",
                    "kafka-cluster list-endpoints --bootstrap-server localhost:9092 --include-fenced-brokers",
                ),
                ("the controllers", "kafka-cluster list-endpoints --bootstrap-controller localhost:9093"),
            ),
        ),
    ),
    examples=(
        ("which cluster is this", "kafka-cluster cluster-id --bootstrap-server localhost:9092"),
        ("its brokers", "kafka-cluster list-endpoints --bootstrap-server localhost:9092"),
    ),
)


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment, kafkas_help_exit=FAILED)
    if isinstance(parsed, int):
        return parsed
    config = parsed.value("command-config")
    if parsed.has("config"):
        if config is not None:
            raise CommandError("--config and --command-config cannot be specified together.")
        config = parsed.value("config")
        environment.warn(
            "Option --config has been deprecated and will be removed in a future version. Use --command-config instead."
        )

    from kcli.cli.connect import connect
    from kcli.client.admin_cluster import ClusterAdmin

    with connect(parsed, environment, file=config) as cluster:
        admin = ClusterAdmin(cluster)
        if parsed.command == "cluster-id":
            _show_id(admin.describe().id, parsed.value("output"), environment)
        elif parsed.command == "unregister":
            _unregister(admin, parsed.value("id"), environment)
        else:
            _list_endpoints(admin, parsed, environment)
    return OK


def _show_id(found: str | None, form: str, environment: Environment) -> None:
    if form != TEXT:
        show([{"clusterId": found}], listings.CLUSTER_ID, form, environment)
    elif found is None:
        environment.print("No cluster ID found. The Kafka version is probably too old.")
    else:
        environment.print(f"Cluster ID: {found}")


def _unregister(admin: Any, broker: int, environment: Environment) -> None:
    from kcli.wire.errors import UNSUPPORTED_VERSION, KafkaError

    try:
        admin.unregister_broker(broker)
    except KafkaError as error:
        if error.code != UNSUPPORTED_VERSION:
            raise
        environment.print("The target cluster does not support the broker unregistration API.")
    else:
        environment.print(f"Broker {broker} is no longer registered.")


def _list_endpoints(admin: Any, parsed: Arguments, environment: Environment) -> None:
    brokers = not parsed.has("bootstrap-controller")
    fenced = parsed.has("include-fenced-brokers")
    if fenced and not brokers:
        raise CommandError("The option --include-fenced-brokers is only supported with --bootstrap-server option")
    endpoints = admin.describe(include_fenced=fenced).endpoints
    kind = "broker" if brokers else "controller"
    if parsed.value("output") != TEXT:
        rows = [{**item._asdict(), "type": kind} for item in endpoints]
        show(rows, listings.ENDPOINTS, parsed.value("output"), environment)
        return
    host = max((len(item.host) for item in endpoints), default=0)
    rack = max((len(item.rack) for item in endpoints if item.rack is not None), default=10)
    states = [("STATE", 10)] if brokers else []
    heads = [("ID", 10), ("HOST", host), ("PORT", 10), ("RACK", rack), *states, ("ENDPOINT_TYPE", 15)]
    environment.print(" ".join(name.ljust(width) for name, width in heads))
    for item in endpoints:
        state = ["fenced" if item.fenced else "unfenced"] if brokers else []
        cells = [item.id, item.host, item.port, "null" if item.rack is None else item.rack, *state, kind]
        environment.print(" ".join(str(cell).ljust(width) for cell, (_, width) in zip(cells, heads, strict=True)))


if __name__ == "__main__":
    main()
