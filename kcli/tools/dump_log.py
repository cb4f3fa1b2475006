"""kafka-dump-log: what is in the files of a partition's folder.

Works on the files alone, ours or Kafka's, while a broker uses them or not. Deviations: batches of formats before Kafka
0.11 are refused; --remote-log-metadata-decoder says of each record that it does not understand it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kcli.cli.environment import Environment
from kcli.cli.errors import OK, CommandError, UsageError
from kcli.cli.joptsimple import Parsed
from kcli.cli.listing import Listing
from kcli.cli.main import parse_arguments, start
from kcli.cli.output import TEXT, Rows
from kcli.cli.refusal import refusal
from kcli.tools import listings_files as listings
from kcli.tools.dump_log_options import TABLE

if TYPE_CHECKING:
    from kcli.tools.dump_log_entries import Found


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    """The whole tool."""
    try:
        options = parse_arguments(TABLE, arguments, environment)
        if isinstance(options, int):
            return options
        options.require("files")
        files = [Path(name) for name in options.value("files").split(",")]
        most = options.value("max-bytes")
        largest = options.value("max-message-size")
    except UsageError as error:
        raise refusal(TABLE, error.message) from None
    _dump(files, options, most, largest, environment)
    return OK


def _dump(files: list[Path], options: Parsed, most: int, largest: int, environment: Environment) -> None:
    from kcli.tools.dump_log_decoders import DECODER_OPTIONS, choose_decoder
    from kcli.tools.dump_log_indexes import IndexDump, dump_producers, dump_transactions
    from kcli.tools.dump_log_records import LogDump

    contents = options.has("print-data-log") or any(map(options.has, DECODER_OPTIONS))
    logs = LogDump(
        choose_decoder(options) if contents else None,
        deep=options.has("deep-iteration"),
        metadata=not options.has("skip-record-metadata"),
        most=most,
    )
    indexes = IndexDump(
        sanity_only=options.has("index-sanity-check"),
        verify_only=options.has("verify-index-only"),
        largest=largest,
    )
    of_logs = listings.LOG_RECORDS if logs.deep else listings.LOG_BATCHES
    kinds: dict[str, Kind] = {
        ".log": Kind(logs.dump, of_logs),
        ".checkpoint": Kind(logs.dump, of_logs),
        ".index": Kind(indexes.dump_offsets, listings.OFFSET_INDEX),
        ".timeindex": Kind(indexes.dump_times, listings.TIME_INDEX),
        ".txnindex": Kind(dump_transactions, listings.TRANSACTION_INDEX),
        ".snapshot": Kind(lambda path: dump_producers(path, environment.warn), listings.PRODUCER_SNAPSHOT),
    }
    _print(files, kinds, options.value("output"), environment)
    for remark in indexes.remarks():
        environment.warn(remark)
    for name, pairs in logs.gaps.items():
        environment.warn(f"Non-consecutive offsets in {name}")
        for first, second in pairs:
            environment.warn(f"  {first} is followed by {second}")


class Kind(NamedTuple):
    """A kind of file: how to look at one, and what its rows are."""

    dump: Callable[[Path], Iterator[Found]]
    listing: Listing


def _print(files: list[Path], kinds: Mapping[str, Kind], form: str, environment: Environment) -> None:
    if form == TEXT:
        for found in _find(files, kinds, environment):
            environment.print(found if isinstance(found, str) else found.text())
        return
    from kcli.tools.dump_log_entries import Batch

    examples = {kinds[path.suffix].listing: path for path in files if path.suffix in kinds}
    if not examples:
        raise CommandError(f"--output: none of these files is of a kind that is known: {', '.join(map(str, files))}")
    wanted = list(examples)
    if len(wanted) > 1:
        other = " and ".join(map(str, examples.values()))
        raise CommandError(f"--output takes files of one kind at a time, for they have other columns: not {other}")
    with Rows(wanted[0], form, environment) as rows:
        for found in _find(files, kinds, environment):
            if isinstance(found, str):
                environment.warn(found)
            elif not (wanted[0] is listings.LOG_RECORDS and isinstance(found, Batch)):
                rows.put(found.row())


def _find(files: list[Path], kinds: Mapping[str, Kind], environment: Environment) -> Iterator[Found]:
    for path in files:
        yield f"Dumping {path}"
        if path.suffix in kinds:
            yield from kinds[path.suffix].dump(path)
        else:
            environment.warn(f"Ignoring unknown file {path}")


if __name__ == "__main__":
    main()
