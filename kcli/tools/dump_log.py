"""kafka-dump-log: what is in the files of a partition's folder.

Works on the files alone, ours or Kafka's, while a broker uses them or not. Deviations: batches of formats before Kafka
0.11 are refused; --remote-log-metadata-decoder says of each record that it does not understand it.
"""

from __future__ import annotations

from pathlib import Path

from kcli.cli.environment import Environment
from kcli.cli.errors import OK, UsageError
from kcli.cli.main import parse_arguments, start
from kcli.cli.options import Parsed
from kcli.cli.refusal import refusal
from kcli.tools.dump_log_options import TABLE


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
        options.value("max-message-size")
    except UsageError as error:
        raise refusal(TABLE, error.message) from None
    _dump(files, options, most, environment)
    return OK


def _dump(files: list[Path], options: Parsed, most: int, environment: Environment) -> None:
    from kcli.tools.dump_log_decoders import DECODER_OPTIONS, choose_decoder
    from kcli.tools.dump_log_indexes import IndexDump, dump_producers, dump_transactions
    from kcli.tools.dump_log_records import LogDump

    say = environment.print
    contents = options.has("print-data-log") or any(map(options.has, DECODER_OPTIONS))
    logs = LogDump(
        say,
        choose_decoder(options) if contents else None,
        deep=options.has("deep-iteration"),
        metadata=not options.has("skip-record-metadata"),
        most=most,
    )
    indexes = IndexDump(
        say, sanity_only=options.has("index-sanity-check"), verify_only=options.has("verify-index-only")
    )
    kinds = {
        ".log": logs.dump,
        ".checkpoint": logs.dump,
        ".index": indexes.dump_offsets,
        ".timeindex": indexes.dump_times,
        ".txnindex": lambda path: dump_transactions(path, say),
        ".snapshot": lambda path: dump_producers(path, say, environment.warn),
    }
    for path in files:
        say(f"Dumping {path}")
        dump = kinds.get(path.suffix)
        if dump is None:
            environment.warn(f"Ignoring unknown file {path}")
        else:
            dump(path)
    for remark in indexes.remarks():
        environment.warn(remark)
    for name, pairs in logs.gaps.items():
        environment.warn(f"Non-consecutive offsets in {name}")
        for first, second in pairs:
            environment.warn(f"  {first} is followed by {second}")


if __name__ == "__main__":
    main()
