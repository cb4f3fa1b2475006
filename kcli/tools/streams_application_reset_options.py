"""The options of kafka-streams-application-reset."""

from __future__ import annotations

from kcli.cli.connection_options import COMMAND_CONFIG, CONNECTION
from kcli.cli.inherited import PROFILE
from kcli.cli.options import HELP, LONG, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT

_WHERE = "Where input topics are set to"
_WHAT = "Which application, and what of it"
SCENARIOS = ("to-offset", "to-datetime", "by-duration", "to-earliest", "to-latest", "from-file", "shift-by")
APPLICATION_ID = "application-id"

TABLE = OptionTable(
    program="kafka-streams-application-reset",
    summary="This tool helps to quickly reset an application in order to reprocess its data from scratch.",
    usage="--application-id ID --bootstrap-server HOST:PORT [OPTIONS]",
    options=(
        Option(
            "bootstrap-server", "Brokers to connect to first [default: localhost:9092].", "server to connect to",
            group=CONNECTION,
        ),
        PROFILE,
        Option(
            "bootstrap-servers", "The same, as it was called until 4.0.", "urls", group=CONNECTION,
            deprecated="Option --bootstrap-servers has been removed in Kafka 4.0: use --bootstrap-server.",
            replaced_by="bootstrap-server",
        ),
        COMMAND_CONFIG._replace(metavar="file name"),
        Option(
            "config-file", "The same, as it was called until 4.2.", "file name", group=CONNECTION, complete="file",
            deprecated="Option --config-file has been deprecated and will be removed in a future version."
            " Use --command-config instead.",
            replaced_by="command-config",
        ),
        Option(APPLICATION_ID, "REQUIRED: The application.id; also the name of its group.", "id", group=_WHAT,
               complete="group"),
        Option("input-topics", "Topics that the application reads.", "list", group=_WHAT, complete="topic"),
        Option(
            "intermediate-topics", "Topics that it writes and reads again; they are skipped to their end.", "list",
            group=_WHAT, complete="topic",
        ),
        Option(
            "internal-topics",
            "Delete no others than these of its internal topics (which a dry run lists).",
            "list",
            group=_WHAT,
            complete="topic",
        ),
        Option("force", "Remove members from the group that are still there.", group=_WHAT),
        Option("dry-run", "Only say what would be done.", group=_WHAT),
        Option("to-earliest", "Their beginning; this is the default.", group=_WHERE),
        Option("to-latest", "Their end.", group=_WHERE),
        Option("to-offset", "This offset.", "Long", type=LONG, group=_WHERE),
        Option("shift-by", "So many offsets forward, or back.", "number-of-offsets", type=LONG, group=_WHERE),
        Option("to-datetime", "The first record at or after a time: YYYY-MM-DDThh:mm:ss.sss.", "String", group=_WHERE),
        Option("by-duration", "The first record of the last: PnDTnHnMnS.", "String", group=_WHERE),
        Option("from-file", "Offsets from lines of topic,partition,offset.", "String", group=_WHERE, complete="file"),
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        (
            "see what would happen",
            "kafka-streams-application-reset --application-id app --bootstrap-server localhost:9092"
            " --input-topics orders --dry-run",
        ),
    ),
    notes="Output topics stay. So does what instances of the application keep on disk: remove it (state.dir), or call"
    " KafkaStreams#cleanUp(), else results will be wrong.",
)  # fmt: skip
