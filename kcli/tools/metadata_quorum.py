"""kafka-metadata-quorum: the state of the controllers' quorum; controllers join and leave it."""

from __future__ import annotations

import os
import time
from typing import Any

from kcli.cli.argparse4j import Arguments, parse_arguments
from kcli.cli.connection_options import BOOTSTRAP_CONTROLLER, BOOTSTRAP_SERVER, COMMAND_CONFIG, argparse4j_row
from kcli.cli.environment import Environment
from kcli.cli.errors import OK, CommandError
from kcli.cli.inherited import PROFILE
from kcli.cli.main import start
from kcli.cli.options import INT, Command, Exclusive, Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT, show
from kcli.cli.text_table import print_rows
from kcli.cli.watch import WATCH, look_or_watch
from kcli.tools import listings_cluster as listings

_DRY_RUN = Option("dry-run", "Only say what would be done.")

TABLE = OptionTable(
    program="kafka-metadata-quorum",
    summary="This tool describes kraft metadata quorum status.",
    usage="(--bootstrap-server HOST:PORT | --bootstrap-controller HOST:PORT) COMMAND [OPTIONS]",
    options=(
        argparse4j_row(COMMAND_CONFIG)._replace(
            help="Client settings from a .properties file; with add-controller also the new controller's own settings."
        ),
        argparse4j_row(BOOTSTRAP_SERVER),
        PROFILE,
        argparse4j_row(BOOTSTRAP_CONTROLLER),
    ),
    exclusive=(Exclusive(("bootstrap-server", "bootstrap-controller"), required=True),),
    commands=(
        Command(
            "describe",
            "Describe the metadata quorum info.",
            (
                Option("status", "The quorum in short."),
                Option("replication", "Each replica, and how far it is behind."),
                Option("human-readable", "With --replication: times as so long ago."),
                OUTPUT,
                WATCH,
            ),
            examples=(
                (
                    "who leads, and how far the slowest is behind",
                    "kafka-metadata-quorum --bootstrap-server localhost:9092 describe --status",
                ),
                (
                    "each replica, again and again",
                    "kafka-metadata-quorum --bootstrap-server localhost:9092 describe --replication --watch",
                ),
            ),
        ),
        Command(
            "add-controller",
            "Add a controller to the KRaft controller cluster.",
            (_DRY_RUN,),
            examples=(
                (
                    "this node, whose settings are in the file",
                    "kafka-metadata-quorum --bootstrap-controller localhost:9093"
                    " --command-config config/controller.properties add-controller",
                ),
            ),
        ),
        Command(
            "remove-controller",
            "Remove a controller from the KRaft controller cluster.",
            (
                Option("controller-id", "Its node id.", "CONTROLLER_ID", type=INT, short="i", required=True),
                Option(
                    "controller-directory-id",
                    "The id of its metadata directory.",
                    "CONTROLLER_DIRECTORY_ID",
                    short="d",
                    required=True,
                ),
                _DRY_RUN,
            ),
            examples=(
                (
                    "one that is gone",
                    "kafka-metadata-quorum --bootstrap-server localhost:9092 remove-controller --controller-id 3"
                    " --controller-directory-id Vi2DzPdzRTGbOZXfDQIkuA",
                ),
            ),
        ),
    ),
    examples=(("who leads, who lags", "kafka-metadata-quorum --bootstrap-server localhost:9092 describe --status"),),
)


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    if parsed.command == "describe":
        _check_describe(parsed)
    if parsed.command == "add-controller" and not parsed.has("command-config"):
        raise CommandError(
            "You must supply the configuration file of the controller you are adding when using add-controller."
        )
    directory_id = _directory_id(parsed) if parsed.command == "remove-controller" else b""

    from kcli.cli.connect import connect
    from kcli.client.admin_cluster import ClusterAdmin

    file = parsed.value("command-config")
    if file and not os.path.exists(file):
        raise CommandError(f"Properties file {file} does not exists!")  # Kafka's words
    with connect(parsed, environment) as cluster:
        admin = ClusterAdmin(cluster)
        if parsed.command == "add-controller":
            _add_controller(admin, parsed, environment)
        elif parsed.command == "remove-controller":
            _remove_controller(admin, parsed, directory_id, environment)
        else:
            look_or_watch(lambda page: _describe(admin, parsed, page), parsed, environment, parsed.value("output"))
    return OK


def _check_describe(parsed: Arguments) -> None:
    status, replication = parsed.has("status"), parsed.has("replication")
    if status and replication:
        raise CommandError("Only one of --status or --replication should be specified with describe sub-command")
    if not status and not replication:
        raise CommandError("One of --status or --replication must be specified with describe sub-command")
    if status and parsed.has("human-readable"):
        raise CommandError("The option --human-readable is only supported along with --replication")


# describe


def _describe(admin: Any, parsed: Arguments, environment: Environment) -> bool:
    if parsed.has("replication"):
        _describe_replication(admin.quorum(), parsed, environment)
    else:
        _describe_status(admin, parsed, environment)
    return True


def _describe_status(admin: Any, parsed: Arguments, environment: Environment) -> None:
    cluster_id = admin.describe().id
    quorum = admin.quorum()
    leader = next(voter for voter in quorum.voters if voter.id == quorum.leader)
    slowest = min(quorum.voters, key=lambda voter: voter.end_offset)
    lag_time = 0
    if slowest is not leader:
        known = None not in (leader.last_caught_up, slowest.last_caught_up)
        lag_time = leader.last_caught_up - slowest.last_caught_up if known else -1
    status = {
        "ClusterId": cluster_id,
        "LeaderId": quorum.leader,
        "LeaderEpoch": quorum.epoch,
        "HighWatermark": quorum.high_watermark,
        "MaxFollowerLag": leader.end_offset - slowest.end_offset,
        "MaxFollowerLagTimeMs": lag_time,
    }
    voters, observers = ([_node(quorum, replica) for replica in some] for some in (quorum.voters, quorum.observers))
    if parsed.value("output") != TEXT:
        show(
            [
                {name[0].lower() + name[1:]: value for name, value in status.items()}
                | {"maxFollowerLagTimeMs": None if lag_time < 0 else lag_time}
                | {"voters": voters, "observers": observers}
            ],
            listings.QUORUM,
            parsed.value("output"),
            environment,
        )
        return
    status["CurrentVoters"] = _nodes_text(voters)
    status["CurrentObservers"] = _nodes_text(observers)
    for name, value in status.items():
        environment.print(f"{name + ':':<23} {value}")


def _node(quorum: Any, replica: Any) -> dict[str, Any]:
    """A replica as Kafka shows it: without the directory's id or the listeners where they are not known."""
    from kcli.wire import uuid

    node: dict[str, Any] = {"id": replica.id}
    if replica.directory_id != uuid.ZERO:
        node["directoryId"] = uuid.to_text(replica.directory_id)
    listeners = quorum.listeners.get(replica.id)
    if listeners:
        node["endpoints"] = [f"{name}://{address}" for name, address in listeners]
    return node


def _nodes_text(nodes: list[dict[str, Any]]) -> str:
    import json

    return json.dumps(nodes)


def _describe_replication(quorum: Any, parsed: Arguments, environment: Environment) -> None:
    from kcli.wire import uuid

    leader = next(voter for voter in quorum.voters if voter.id == quorum.leader)
    roles = [(leader, "Leader")]
    roles += [(voter, "Follower") for voter in quorum.voters if voter is not leader]
    roles += [(observer, "Observer") for observer in quorum.observers]
    if parsed.value("output") != TEXT:
        rows = [
            {
                "id": replica.id,
                "directoryId": uuid.to_text(replica.directory_id),
                "logEndOffset": replica.end_offset,
                "lag": leader.end_offset - replica.end_offset,
                "lastFetchTimestamp": replica.last_fetch,
                "lastCaughtUpTimestamp": replica.last_caught_up,
                "status": role,
            }
            for replica, role in roles
        ]
        show(rows, listings.QUORUM_REPLICAS, parsed.value("output"), environment)
        return
    ago = parsed.has("human-readable")
    print_rows(
        ("NodeId", "DirectoryId", "LogEndOffset", "Lag", "LastFetchTimestamp", "LastCaughtUpTimestamp", "Status"),
        [
            (
                replica.id,
                uuid.to_text(replica.directory_id),
                replica.end_offset,
                leader.end_offset - replica.end_offset,
                _time_text(replica.last_fetch, ago, "last fetch"),
                _time_text(replica.last_caught_up, ago, "last caught up"),
                role,
            )
            for replica, role in roles
        ],
        environment,
    )


def _time_text(timestamp: int | None, ago: bool, what: str) -> str:
    if timestamp is None:
        return "-1"
    if not ago:
        return str(timestamp)
    now = int(time.time() * 1000)
    if not 0 < timestamp <= now:
        raise CommandError(
            "Error while computing relative time, possible drift in system clock.\n"
            f"Current timestamp is {now}, {what} timestamp is {timestamp}"
        )
    return f"{now - timestamp} ms ago"


# add-controller, remove-controller


def _add_controller(admin: Any, parsed: Arguments, environment: Environment) -> None:
    from kcli.tools.metadata_quorum_joiner import read_joiner

    joiner = read_joiner(parsed.value("command-config"))
    dry_run = parsed.has("dry-run")
    if not dry_run:
        admin.add_voter(joiner.id, joiner.directory_id, joiner.listeners)
    listeners = ", ".join(f"{name}://{address}" for name, address in joiner.listeners)
    environment.print(
        f"{'DRY RUN of adding' if dry_run else 'Added'} controller {joiner.id} with directory id"
        f" {joiner.directory_id_text} and endpoints: {listeners}"
    )


def _directory_id(parsed: Arguments) -> bytes:
    from kcli.tools.topics import parse_topic_id

    controller = parsed.value("controller-id")
    if controller < 0:
        raise CommandError(f"Invalid negative --controller-id: {controller}")
    try:
        return parse_topic_id(parsed.value("controller-directory-id"))
    except CommandError as error:
        raise CommandError(f"Failed to parse --controller-directory-id: {error}") from None


def _remove_controller(admin: Any, parsed: Arguments, directory_id: bytes, environment: Environment) -> None:
    controller, dry_run = parsed.value("controller-id"), parsed.has("dry-run")
    if not dry_run:
        admin.remove_voter(controller, directory_id)
    environment.print(
        f"{'DRY RUN of removing' if dry_run else 'Removed'}  KRaft controller {controller}"
        f" with directory id {parsed.value('controller-directory-id')}"
    )


if __name__ == "__main__":
    main()
