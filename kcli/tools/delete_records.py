"""kafka-delete-records: delete the beginning of partitions, up to offsets that a JSON file names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError
from kcli.cli.inherited import PROFILE
from kcli.cli.joptsimple import Parsed
from kcli.cli.main import parse_arguments, start
from kcli.cli.options import HELP, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT, show
from kcli.tools import listings_cluster as listings

TABLE = OptionTable(
    program="kafka-delete-records",
    summary="This tool helps to delete records of the given partitions down to the specified offset.",
    usage="--bootstrap-server HOST:PORT --offset-json-file FILE",
    options=(
        Option("bootstrap-server", "Brokers to connect to first, separated by commas.", "HOST:PORT"),
        PROFILE,
        Option(
            "command-config",
            "Client settings (security and so on) from a .properties file.",
            "FILE",
            complete="file",
        ),
        Option(
            "offset-json-file",
            "The first offset to keep of each partition, -1 for none:"
            ' {"partitions": [{"topic": "orders", "partition": 0, "offset": 100}], "version": 1}',
            "FILE",
            complete="file",
        ),
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        (
            "delete what the file says",
            "kafka-delete-records --bootstrap-server localhost:9092 --offset-json-file offsets.json",
        ),
    ),
)

_INT = (-(1 << 31), (1 << 31) - 1)
_LONG = (-(1 << 63), (1 << 63) - 1)
TopicPartition = tuple[str, int]


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    parsed.require("bootstrap-server", "offset-json-file")
    offsets = read_offsets(parsed.value("offset-json-file"))
    text = parsed.value("output") == TEXT
    if text:
        environment.print("Executing records delete operation")
    outcomes = _delete(parsed, offsets, environment)
    if text:
        environment.print("Records delete operation completed:")
    _show(outcomes, parsed.value("output"), environment)
    failed = any(isinstance(outcome, Exception) for outcome in outcomes.values())
    return environment.exit_code(FAILED, OK) if failed else OK


def _delete(options: Parsed, offsets: Mapping[TopicPartition, int], environment: Environment) -> dict[Any, Any]:
    from kcli.cli.connect import connect
    from kcli.client.admin_offsets import delete_records

    with connect(options, environment) as cluster:
        return delete_records(cluster, offsets) if offsets else {}


def _show(outcomes: Mapping[TopicPartition, Any], form: str, environment: Environment) -> None:
    rows: list[dict[str, Any]] = []
    for (topic, number), outcome in outcomes.items():
        failed = isinstance(outcome, Exception)
        error = f"{outcome.java_class}: {outcome}" if failed else None
        rows.append({"topic": topic, "partition": number, "lowWatermark": None if failed else outcome, "error": error})
        if form == TEXT:
            result = f"error: {error}" if failed else f"low_watermark: {outcome}"
            environment.print(f"partition: {topic}-{number}\t{result}")
    if form != TEXT:
        show(rows, listings.DELETED_RECORDS, form, environment)


# The file


def read_offsets(path: str) -> dict[TopicPartition, int]:
    """The offsets of a file; what is wrong with it is said in the words of Kafka's tool."""
    import json

    try:
        with open(path, encoding="utf-8") as file:
            value = json.load(file)
    except (OSError, UnicodeDecodeError):
        raise CommandError(f"Unable to read file {path}") from None
    except (ValueError, RecursionError) as error:
        where = f"\n{path}:{error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else ""
        raise CommandError(f"The input string is not a valid JSON{where}") from None
    return parse_offsets(value)


def parse_offsets(value: Any) -> dict[TopicPartition, int]:
    """The offsets of a document, version 1 of which there is."""
    document = _object(value)
    version = _integer(document.get("version", 1), *_INT, "Integer")
    if version != 1:
        raise CommandError(f"Not supported version field value {version}")
    if "partitions" not in document:
        raise CommandError("Missing partitions field")
    entries = document["partitions"]
    if not isinstance(entries, list):
        raise CommandError(f"Expected JSON array, received {_json(entries)}")
    offsets: dict[TopicPartition, int] = {}
    twice: dict[str, None] = {}
    for entry in map(_object, entries):
        topic = _field(entry, "topic")
        if not isinstance(topic, str):
            raise CommandError(f"Expected `String` value, received {_json(topic)}")
        partition = (topic, _integer(_field(entry, "partition"), *_INT, "Integer"))
        offset = _integer(_field(entry, "offset"), *_LONG, "Long")
        if partition in offsets:
            twice[f"{topic}-{partition[1]}"] = None
        offsets[partition] = offset
    if twice:
        raise CommandError(f"Offset json file contains duplicate topic partitions: {','.join(twice)}")
    return offsets


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise CommandError(f"Expected JSON object, received {_json(value)}")
    return value


def _field(entry: dict[str, Any], name: str) -> Any:
    if name not in entry:
        raise CommandError(f"No such field exists: `{name}`")
    return entry[name]


def _integer(value: Any, low: int, high: int, kind: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise CommandError(f"Expected `{kind}` value, received {_json(value)}")
    return value


def _json(value: Any) -> str:
    import json

    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


if __name__ == "__main__":
    main()
