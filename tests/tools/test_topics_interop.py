"""kafka-topics beside the JVM's, on one real Kafka 4.3.0: the same output and exit codes for the same command lines."""

from __future__ import annotations

import re
import subprocess

import pytest

from kcli.cli.main import guard
from kcli.tools.topics import run
from tests.cli.support import Recorded
from tests.interop import real_kafka

pytestmark = [pytest.mark.interop, pytest.mark.slow]

COMMANDS = (
    "--create --topic @-a --partitions 2 --config retention.ms=1000 --config cleanup.policy=compact,delete",
    "--create --topic @-a",
    "--create --topic @.b --if-not-exists",
    "--create --topic @-c --replica-assignment 7",
    "--create --topic @-c --config retention.ms=soon",
    "--create --topic @-c --partitions 0x5",
    "--describe --topic @.*",
    "--describe --topic @.* --topics-with-overrides",
    "--describe --topic-id xyz",
    "--list --topic @-[a-z&&[^b]]",
    "--list --topic @-{",
    "--alter --topic @-a --partitions 1",
    "--alter --topic @-a --partitions 3 --replica-assignment 1,1,1",
    "--delete --topic @.* --nonesuch",
    "--delete --topic @.*",
    "--describe --topic @.*",
)
# Stack frames, log lines and the JVM's list of options, which follow its messages; our hints.
NOISE = re.compile(
    r"\s+at |\s*\.\.\. |\[20|Caused by|joptsimple|java\.|org\.apache| \(org|Try '|Did you mean|--|\s{2,}|Opt.*Descr"
)


def lines(text: str, prefix: str) -> list[str]:
    """What the tool said, in no order (the JVM's maps have none), with ids and the topics' prefix made alike."""
    kept = [line.rstrip() for line in text.splitlines() if not NOISE.match(line) or line.startswith("\tTopic")]
    same = (re.sub(r"TopicId: \S{22}", "TopicId: <ID>", line).replace(prefix, "@") for line in kept)
    return sorted(
        re.sub(r"(?<=Configs: )\S+", lambda match: ",".join(sorted(match[0].split(","))), line) for line in same
    )


def test_the_same_lines_and_codes(kafka_43: real_kafka.Kafka43) -> None:
    where = ["--bootstrap-server", kafka_43.bootstrap]
    for command in COMMANDS:
        java: subprocess.CompletedProcess[bytes] = real_kafka.run_tool(
            "4.3", "kafka-topics", *where, *command.replace("@", "java").split(), check=False
        )
        ours = Recorded(variables={"KCLI_COMPAT_EXIT": "1"}, program="kafka-topics")
        code = guard(run, [*where, *command.replace("@", "ours").split()], ours)
        assert (code, lines(ours.out, "ours")) == (java.returncode, lines(java.stdout.decode(), "java")), command
        said = [line for line in lines(java.stderr.decode(), "java") if line]  # a blank one follows each trace
        assert lines(ours.err, "ours") == said, command
