"""kafka-leader-election: have partitions elect another leader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kcli.cli.connection_options import BOOTSTRAP_SERVER, COMMAND_CONFIG
from kcli.cli.environment import Environment
from kcli.cli.errors import OK, CommandError
from kcli.cli.inherited import PROFILE
from kcli.cli.joptsimple import Parsed
from kcli.cli.main import parse_arguments, start
from kcli.cli.options import HELP, INT, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT, show
from kcli.tools import listings_cluster as listings

if TYPE_CHECKING:
    from kcli.wire.errors import KafkaError

_KINDS = ("preferred", "unclean")
_WHICH = "Which partitions (exactly one)"


def _kind(text: str) -> int:
    return _KINDS.index(text.lower())


TABLE = OptionTable(
    program="kafka-leader-election",
    summary="This tool attempts to elect a new leader for a set of topic partitions."
    " The type of elections supported are preferred replicas and unclean replicas.",
    usage="--bootstrap-server HOST:PORT --election-type TYPE"
    " (--topic NAME --partition N | --all-topic-partitions | --path-to-json-file FILE)",
    options=(
        BOOTSTRAP_SERVER._replace(help="REQUIRED: Brokers to connect to first."),
        PROFILE,
        COMMAND_CONFIG,
        Option(
            "admin.config",
            "The same, by its old name.",
            "FILE",
            group="Connection",
            complete="file",
            deprecated="Option --admin.config has been deprecated and will be removed in a future version."
            " Use --command-config instead.",
            replaced_by="command-config",
        ),
        Option(
            "election-type",
            "REQUIRED: preferred elects the first replica where another one leads; unclean any replica that is alive"
            " where there is no leader, at the price of records.",
            "TYPE",
            type=_kind,
            complete=_KINDS,
        ),
        Option("topic", "One partition of this topic.", "NAME", group=_WHICH, complete="topic"),
        Option("partition", "With --topic: the partition.", "N", type=INT, group=_WHICH),
        Option("all-topic-partitions", "All that need an election.", group=_WHICH),
        Option(
            "path-to-json-file",
            'Those in a file: {"partitions": [{"topic": "foo", "partition": 1}]}.',
            "FILE",
            group=_WHICH,
            complete="file",
        ),
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        (
            "have the preferred replicas lead again, after brokers were restarted",
            "kafka-leader-election --bootstrap-server localhost:9092 --election-type preferred --all-topic-partitions",
        ),
    ),
)


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    _check(parsed)
    kind = parsed.value("election-type")
    partitions = _partitions(parsed)

    from kcli.cli.connect import connect
    from kcli.client.admin_partitions import PartitionAdmin
    from kcli.client.errors import RequestTimedOut
    from kcli.wire.errors import CLUSTER_AUTHORIZATION_FAILED, KafkaError

    with connect(parsed, environment) as cluster:
        try:
            outcome = {} if partitions == [] else PartitionAdmin(cluster).elect_leaders(kind, partitions)
        except RequestTimedOut:
            raise CommandError("Timeout waiting for election results") from None
        except KafkaError as error:
            if error.code == CLUSTER_AUTHORIZATION_FAILED:
                raise CommandError("Not authorized to perform leader election") from None
            raise
    if parsed.value("output") == TEXT:
        _report(_KINDS[kind].upper(), outcome, environment)
    else:
        show(_rows(_KINDS[kind], outcome), listings.ELECTIONS, parsed.value("output"), environment)
    failed = sum(state == "failed" for state in map(_state, outcome.values()))
    if failed:
        raise CommandError(f"{failed} replica(s) could not be elected")
    return OK


def _check(parsed: Parsed) -> None:
    missing = [name for name in ("bootstrap-server", "election-type") if not parsed.has(name)]
    if missing:
        raise CommandError(f"Missing required option(s): {', '.join(missing)}")
    which = ("topic", "all-topic-partitions", "path-to-json-file")
    if sum(parsed.has(name) for name in which) != 1:
        raise CommandError(f"One and only one of the following options is required: {', '.join(which)}")
    if parsed.has("topic") and not parsed.has("partition"):
        raise CommandError("Missing required option(s): partition")
    if parsed.has("partition") and not parsed.has("topic"):
        raise CommandError("Option partition is only allowed if topic is used")


def _partitions(parsed: Parsed) -> list[tuple[str, int]] | None:
    """The partitions that were named; None: all."""
    if parsed.has("topic"):
        return [(parsed.value("topic"), parsed.value("partition"))]
    if parsed.has("path-to-json-file"):
        return read_partitions(parsed.value("path-to-json-file"))
    return None


def read_partitions(path: str) -> list[tuple[str, int]]:
    """The partitions of a file."""
    from kcli.cli.json_file import checked, checked_list, field, parse_json, read_text

    text = read_text(path)
    if not text.strip():
        raise CommandError("Replica election data is empty")
    document = parse_json(path, text)
    if "partitions" not in checked(document, dict):
        raise CommandError('Replica election data is missing "partitions" field')
    partitions = [
        (field(item, "topic", str), field(item, "partition", int))
        for item in checked_list(document["partitions"], dict)
    ]
    twice = dict.fromkeys(f"{topic}-{number}" for topic, number in partitions if partitions.count((topic, number)) > 1)
    if twice:
        raise CommandError(f"Replica election data contains duplicate partitions: [{', '.join(twice)}]")
    return partitions


def _report(kind: str, outcome: Mapping[tuple[str, int], KafkaError | None], environment: Environment) -> None:
    names: dict[Any, str] = {key: f"{key[0]}-{key[1]}" for key in outcome}
    succeeded = [names[key] for key, error in outcome.items() if _state(error) == "elected"]
    needless = [names[key] for key, error in outcome.items() if _state(error) == "notNeeded"]
    failed = {names[key]: error for key, error in outcome.items() if error and _state(error) == "failed"}
    if succeeded:
        environment.print(f"Successfully completed leader election ({kind}) for partitions {', '.join(succeeded)}")
    if needless:
        environment.print(f"Valid replica already elected for partitions {', '.join(needless)}")
    for name, error in failed.items():
        environment.print(
            f"Error completing leader election ({kind}) for partition: {name}: {error.java_class}: {error}"
        )


def _state(error: KafkaError | None) -> str:
    from kcli.wire.errors import ELECTION_NOT_NEEDED

    if error is None:
        return "elected"
    return "notNeeded" if error.code == ELECTION_NOT_NEEDED else "failed"


def _rows(kind: str, outcome: Mapping[tuple[str, int], KafkaError | None]) -> list[dict[str, Any]]:
    return [
        {
            "topic": topic,
            "partition": number,
            "electionType": kind,
            "outcome": _state(error),
            "error": f"{error.java_class}: {error}" if error and _state(error) == "failed" else None,
        }
        for (topic, number), error in sorted(outcome.items())
    ]


if __name__ == "__main__":
    main()
