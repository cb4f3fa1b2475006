"""The options of kafka-dump-log."""

from __future__ import annotations

from kcli.cli.options import HELP, INT, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT

_STRING_DECODER = "org.apache.kafka.tools.api.StringDecoder"
_WHAT = "What is printed"
_DECODERS = "What records are"
_CLASSES = ("StringDecoder", "LongDecoder", "IntegerDecoder", "DefaultDecoder")
_CLASSES_FULL = tuple(f"org.apache.kafka.tools.api.{name}" for name in _CLASSES)
NO_LIMIT = (1 << 31) - 1

TABLE = OptionTable(
    program="kafka-dump-log",
    summary="This tool helps to parse a log file and dump its contents to the console, useful for debugging a seemingly"
    " corrupt log segment.",
    usage="--files FILE,... [OPTIONS]",
    options=(
        Option(
            "files",
            "REQUIRED: Files of a partition's folder: .log, .index, .timeindex, .txnindex, .snapshot, .checkpoint.",
            "file1, file2, ...",
            complete="file",
        ),
        Option("print-data-log", "Print the records of logs, with keys and values.", group=_WHAT),
        Option("deep-iteration", "Print the records, without keys and values.", group=_WHAT),
        Option("skip-record-metadata", "Print nothing but keys and values of records.", group=_WHAT),
        Option("max-bytes", "Stop after so many bytes of a log.", "size", type=INT, default=NO_LIMIT, group=_WHAT),
        Option("index-sanity-check", "Only see whether a broker would take an index as it is.", group=_WHAT),
        Option("verify-index-only", "Compare indexes with their log; print nothing but differences.", group=_WHAT),
        Option("max-message-size", "The largest batch that an index may point to.", "size", type=INT,
               default=5 << 20, group=_WHAT),
        Option("offsets-decoder", "Of __consumer_offsets.", group=_DECODERS),
        Option("transaction-log-decoder", "Of __transaction_state.", group=_DECODERS),
        Option("cluster-metadata-decoder", "Of __cluster_metadata, or a snapshot of it.", group=_DECODERS),
        Option("share-group-state-decoder", "Of __share_group_state.", group=_DECODERS),
        Option("remote-log-metadata-decoder", "Of __remote_log_metadata (not understood).", group=_DECODERS),
        Option("key-decoder-class", "The Kafka class that prints keys.", "String", group=_DECODERS,
               default=_STRING_DECODER, optional=_STRING_DECODER, complete=_CLASSES_FULL),
        Option("value-decoder-class", "The Kafka class that prints values.", "String", group=_DECODERS,
               default=_STRING_DECODER, optional=_STRING_DECODER, complete=_CLASSES_FULL),
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        ("the records of a segment", "kafka-dump-log --print-data-log --files 00000000000000000000.log"),
        (
            "for a program",
            "kafka-dump-log --deep-iteration --output json --files 00000000000000000000.log",
        ),
        (
            "committed offsets and groups",
            "kafka-dump-log --offsets-decoder --files __consumer_offsets-0/00000000000000000000.log",
        ),
    ),
)  # fmt: skip
