"""kafka-storage: format the folders of a KRaft node, and look at them."""

from __future__ import annotations

from typing import Any

from kcli.cli.argparse4j import Arguments, parse_arguments
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError
from kcli.cli.main import start
from kcli.cli.options import Command, Exclusive, Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT, show
from kcli.tools import listings_files as listings
from kcli.tools.feature_levels import FEATURE, RELEASE, lookups, parse_level, print_dependencies, print_mapping

_CONFIG = Option("config", "The node's server.properties.", "CONFIG", short="c", required=True, complete="file")
_QUORUM = "A quorum whose members can change (at most one of these)"

TABLE = OptionTable(
    program="kafka-storage",
    summary="The Kafka storage tool.",
    usage="COMMAND [OPTIONS]",
    examples=(
        ("An id for a new cluster", "kafka-storage random-uuid"),
        ("What is in the folders of a node", "kafka-storage info -c config/server.properties"),
    ),
    options=(),
    commands=(
        Command(
            "info",
            "Get information about the Kafka log directories on this node.",
            (_CONFIG, OUTPUT),
            examples=(
                ("the folders of a node", "kafka-storage info -c config/server.properties"),
                ("its log dirs as a table", "kafka-storage info -c config/server.properties --output table"),
            ),
        ),
        Command(
            "format",
            "Format the Kafka log directories on this node.",
            (
                _CONFIG,
                Option(
                    "cluster-id", "The id of the cluster, from random-uuid.", "CLUSTER_ID", short="t", required=True
                ),
                Option(
                    "add-scram",
                    "Credentials of a user: SCRAM-SHA-256=[name=alice,password=alice-secret], or with salt, iterations"
                    " and saltedpassword.",
                    "ADD_SCRAM",
                    short="S",
                    repeated=True,
                ),
                Option("ignore-formatted", "Pass over folders that are formatted already.", short="g"),
                RELEASE._replace(short="r"),
                FEATURE._replace(short="f"),
                Option("standalone", "This controller is the only one at first.", group=_QUORUM, short="s"),
                Option("no-initial-controllers", "This node joins a quorum later on.", group=_QUORUM, short="N"),
                Option(
                    "initial-controllers",
                    "These controllers are the first: ID@HOST:PORT:DIRECTORY-ID, separated by commas; the same for"
                    " all of them.",
                    "INITIAL_CONTROLLERS",
                    group=_QUORUM,
                    short="I",
                ),
            ),
            (Exclusive(("standalone", "no-initial-controllers", "initial-controllers")),),
            (
                (
                    "a new cluster of one node",
                    "kafka-storage format -t $(kafka-storage random-uuid) -c server.properties --standalone",
                ),
            ),
        ),
        *lookups("kafka-storage", RELEASE._replace(short="r"), FEATURE._replace(short="f")),
        Command(
            "random-uuid",
            "Print a random UUID.",
            examples=(("an id for a new cluster", "kafka-storage random-uuid"),),
        ),
    ),
)


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    if parsed.command == "random-uuid":
        from kcli.wire import uuid

        environment.print(uuid.to_text(uuid.random()))
    elif parsed.command == "version-mapping":
        print_mapping(parsed.value("release-version"), parsed.value("output"), environment)
    elif parsed.command == "feature-dependencies":
        for text in parsed.value("feature"):
            if "=" not in text:
                raise CommandError(
                    f"Invalid feature format: {text}. Expected format: 'feature=version' (e.g. 'group.version=1')"
                )
        print_dependencies(parsed.value("feature"), parsed.value("output"), environment)
    elif parsed.command == "info":
        return _info(parsed, environment)
    else:
        _format(parsed, environment)
    return OK


def _format(parsed: Arguments, environment: Environment) -> None:
    from kcli.tools.storage_format import Plan, feature_levels, format_node, release_level
    from kcli.tools.storage_scram import parse_scram
    from kcli.tools.storage_settings import read_node

    node = read_node(parsed.value("config"))
    release = release_level(parsed.value("release-version"))
    voters = _voters(parsed, node)
    dynamic = voters is not None or (parsed.has("no-initial-controllers") and not node.voters)
    levels = feature_levels(release, dict(parse_level(text) for text in parsed.value("feature") or ()), dynamic)
    plan = Plan(
        node,
        parsed.value("cluster-id"),
        levels,
        [parse_scram(text) for text in parsed.value("add-scram") or ()],
        voters,
        parsed.has("ignore-formatted"),
    )
    format_node(plan, environment)


def _voters(parsed: Arguments, node: Any) -> list[Any] | None:
    """The first voters of a dynamic quorum; None where the quorum is a fixed one, or is yet to be joined."""
    from kcli.tools.storage_settings import CONTROLLER
    from kcli.tools.storage_voters import Voter, parse_voters
    from kcli.wire import uuid

    chosen = parsed.has("standalone") or parsed.has("initial-controllers")
    if chosen and node.voters:
        raise CommandError(
            "You cannot specify controller.quorum.voters and format the node with --initial-controllers or"
            " --standalone. If you want to use dynamic quorum, please remove controller.quorum.voters and specify"
            " controller.quorum.bootstrap.servers instead."
        )
    if parsed.has("initial-controllers"):
        return parse_voters(parsed.value("initial-controllers"))
    if parsed.has("standalone"):
        if CONTROLLER not in node.roles:
            raise CommandError("You can only use --standalone on a controller.")
        if node.listener is None:
            raise CommandError("No controller listeners found.")
        return [Voter(node.node_id, uuid.random(), node.listener)]
    if not parsed.has("no-initial-controllers") and CONTROLLER in node.roles and not node.voters:
        raise CommandError(
            "Because controller.quorum.voters is not set on this controller, you must specify one of the following:"
            " --standalone, --initial-controllers, or --no-initial-controllers."
        )
    return None


def _info(parsed: Arguments, environment: Environment) -> int:
    from kcli.storage.errors import LogDirError
    from kcli.storage.fs import FileSystem
    from kcli.storage.meta_properties import read_meta
    from kcli.tools.storage_settings import read_node

    fs = FileSystem()
    found: list[str] = []
    problems: list[str] = []
    rows: list[dict[str, Any]] = []
    first: Any = None
    for path in read_node(parsed.value("config")).directories:
        meta: Any = None
        wrong: list[str] = []
        if fs.is_dir(path):
            found.append(path)
            try:
                meta = read_meta(fs, path)
            except LogDirError as error:
                wrong = [f"Error loading {path}/meta.properties: {error}"]
            else:
                first = first or meta
                wrong = [f"{path} is not formatted."] if meta is None else _differences(first, meta)
        else:
            wrong = [f"{path} {'is not a directory' if fs.exists(path) else 'does not exist'}"]
        rows.append(_directory_row(path, meta, wrong))
        problems += wrong
    if parsed.value("output") != TEXT:
        show(rows, listings.LOG_DIRECTORIES, parsed.value("output"), environment)
        return FAILED if problems else OK
    _print_listed("Found log director", ("y", "ies"), found, environment)
    if first is not None:
        environment.print(f"Found metadata: {_shown(first)}\n")
    _print_listed("Found problem", ("", "s"), problems, environment)
    return FAILED if problems else OK


def _directory_row(path: str, meta: Any, wrong: list[str]) -> dict[str, Any]:
    return {
        "directory": path,
        "clusterId": meta and meta.cluster_id,
        "directoryId": meta and meta.directory_id,
        "nodeId": meta and meta.node_id,
        "version": meta and meta.version,
        "problem": wrong[0] if wrong else None,
    }


def _differences(first: Any, meta: Any) -> list[str]:
    if meta.version == 0:
        return [
            "The kafka configuration file appears to be for a cluster in KRaft mode, but the directories are formatted"
            " for legacy mode."
        ]
    if meta.cluster_id != first.cluster_id:
        return [f"Mismatched cluster IDs between storage directories: {first.cluster_id} and {meta.cluster_id}"]
    if meta.node_id != first.node_id:
        return [f"Mismatched node IDs between storage directories: {first.node_id} and {meta.node_id}"]
    return []


def _print_listed(head: str, endings: tuple[str, str], items: list[str], environment: Environment) -> None:
    if items:
        lines = [f"{head}{endings[len(items) > 1]}:", *(f"  {item}" for item in items), ""]
        environment.print("\n".join(lines))


def _shown(meta: Any) -> str:
    node = "broker.id" if meta.version == 0 else "node.id"
    fields = {
        "cluster.id": meta.cluster_id,
        "directory.id": meta.directory_id,
        node: meta.node_id,
        "version": meta.version,
    }
    return "{" + ", ".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name] is not None) + "}"


if __name__ == "__main__":
    main()
