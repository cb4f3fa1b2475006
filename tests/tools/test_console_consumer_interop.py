"""kafka-console-consumer beside the JVM's on one real Kafka 4.3.0: the same output and exit codes for each command."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.main import guard
from kcli.tools.console_consumer import run
from tests.cli.support import Recorded
from tests.interop import real_kafka

pytestmark = [pytest.mark.interop, pytest.mark.slow]

SERIALIZATION = "org.apache.kafka.common.serialization."
TOOLS = "org.apache.kafka.tools.consumer."
LINES = b"h:1,i:2\tk1\tv1\nNIL\tk2\tNIL\nNIL\tNIL\t\nh:NIL\tabcd\tefgh\n"
FROM_BEGINNING = "--topic t --from-beginning --max-messages 4 --timeout-ms 8000 "
PARTITION = "--topic t --partition 0 --offset earliest --max-messages 4 --timeout-ms 8000 "
COMMANDS = (
    FROM_BEGINNING,
    FROM_BEGINNING + "--formatter-property print.key=true --formatter-property null.literal=-",
    PARTITION + "--formatter-property print.headers=true --formatter-property print.epoch=true",
    PARTITION + f"--skip-message-on-error --value-deserializer {SERIALIZATION}IntegerDeserializer",
    PARTITION + f"--key-deserializer {SERIALIZATION}BytesDeserializer --formatter-property print.key=true",
    PARTITION + f"--value-deserializer {SERIALIZATION}FloatDeserializer",
    PARTITION + "--formatter-property headers.deserializer=no.Such --formatter-property print.headers=true",
    "--topic t --partition 0 --offset 2 --max-messages 1 --timeout-ms 8000 --formatter-property print.offset=true",
    "--topic t --partition 0 --offset 9 --timeout-ms 1000",
    "--topic t --max-messages 0",
    "--topic __consumer_offsets --from-beginning --timeout-ms 5000 --formatter " + TOOLS + "OffsetsMessageFormatter",
    "--topic __consumer_offsets --from-beginning --timeout-ms 5000 --formatter "
    + TOOLS
    + "GroupMetadataMessageFormatter"
    " --include x",
    "--include [ --timeout-ms 500",
    "--topic t --isolation-level some",
    "--topic t --command-property group.protocol=consumer --command-property session.timeout.ms=9",
)
# Stack frames, log lines, notices on protocols, the JVM's table of options and our excerpt of it.
NOISE = re.compile(r"\s+at |\s*\.\.\. |\[20|Caused by| \(org|The consumer rebal|Try '|--|\s{2,}|Option\s{9}|\s*\^$|$")


def said(text: str, command: str) -> list[str]:
    if "__consumer_offsets" in command:  # every group that is joined adds to it
        text = re.sub(r"of \d+ messages", "of some messages", text)
    return [line.rstrip() for line in text.splitlines() if not NOISE.match(line)]


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[real_kafka.Kafka43]:
    """One of the test's own: it compares all that __consumer_offsets holds."""
    broker = real_kafka.Kafka43(tmp_path)
    yield broker
    broker.stop()


def test_the_same_output_and_codes(kafka: real_kafka.Kafka43) -> None:
    where = ["--bootstrap-server", kafka.bootstrap]
    real_kafka.run_tool("4.3", "kafka-topics", *where, "--create", "--topic", "t")
    properties = ("parse.key=true", "parse.headers=true", "null.marker=NIL")
    reader = [word for each in properties for word in ("--reader-property", each)]
    real_kafka.run_tool("4.3", "kafka-console-producer", *where, "--topic", "t", *reader, stdin=LINES)
    real_kafka.run_tool("4.3", "kafka-console-consumer", *where, *f"{FROM_BEGINNING} --group committed".split())
    for command in COMMANDS:
        java: subprocess.CompletedProcess[bytes] = real_kafka.run_tool(
            "4.3", "kafka-console-consumer", *where, *command.split(), check=False
        )
        ours = Recorded(variables={"KCLI_COMPAT_EXIT": "1"}, program="kafka-console-consumer")
        code = guard(run, [*where, *command.split()], ours)
        assert (code, ours.out) == (java.returncode, java.stdout.decode()), command
        assert said(ours.err, command) == said(java.stderr.decode(), command), command
