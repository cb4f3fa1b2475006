"""Write scripts/kafka_flags.tsv: which flags the tools of Kafka 3.9.1 and 4.3.0 have, and which take a value.

The tools are asked for their `--help`, so this needs `java`, and `mvn` for the jars; only the facts are kept.
`scripts/flag_table.py` and its test hold our option tables against them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.interop import real_kafka  # noqa: E402

FACTS = ROOT / "scripts" / "kafka_flags.tsv"
_TOOLS = "org.apache.kafka.tools."
CLASSES = {
    "kafka-acls": ("kafka.admin.AclCommand", f"{_TOOLS}AclCommand"),
    "kafka-broker-api-versions": ("kafka.admin.BrokerApiVersionsCommand", f"{_TOOLS}BrokerApiVersionsCommand"),
    "kafka-client-metrics": (f"{_TOOLS}ClientMetricsCommand",) * 2,
    "kafka-cluster": (f"{_TOOLS}ClusterTool",) * 2,
    "kafka-configs": ("kafka.admin.ConfigCommand",) * 2,
    "kafka-console-consumer": (f"{_TOOLS}consumer.ConsoleConsumer",) * 2,
    "kafka-console-producer": ("kafka.tools.ConsoleProducer", f"{_TOOLS}ConsoleProducer"),
    "kafka-console-share-consumer": ("", f"{_TOOLS}consumer.ConsoleShareConsumer"),
    "kafka-consumer-groups": (f"{_TOOLS}consumer.group.ConsumerGroupCommand",) * 2,
    "kafka-consumer-perf-test": (f"{_TOOLS}ConsumerPerformance",) * 2,
    "kafka-delegation-tokens": (f"{_TOOLS}DelegationTokenCommand",) * 2,
    "kafka-delete-records": (f"{_TOOLS}DeleteRecordsCommand",) * 2,
    "kafka-dump-log": ("kafka.tools.DumpLogSegments", f"{_TOOLS}DumpLogSegments"),
    "kafka-e2e-latency": ("", f"{_TOOLS}EndToEndLatency"),  # 3.9.1's has no flags
    "kafka-features": (f"{_TOOLS}FeatureCommand",) * 2,
    "kafka-get-offsets": (f"{_TOOLS}GetOffsetShell",) * 2,
    "kafka-groups": ("", f"{_TOOLS}GroupsCommand"),
    "kafka-leader-election": (f"{_TOOLS}LeaderElectionCommand",) * 2,
    "kafka-log-dirs": (f"{_TOOLS}LogDirsCommand",) * 2,
    "kafka-metadata-quorum": (f"{_TOOLS}MetadataQuorumCommand",) * 2,
    "kafka-metadata-shell": ("org.apache.kafka.shell.MetadataShell",) * 2,
    "kafka-producer-perf-test": (f"{_TOOLS}ProducerPerformance",) * 2,
    "kafka-reassign-partitions": (f"{_TOOLS}reassign.ReassignPartitionsCommand",) * 2,
    "kafka-replica-verification": (f"{_TOOLS}ReplicaVerificationTool",) * 2,
    "kafka-server-start": ("kafka.Kafka",) * 2,
    "kafka-share-consumer-perf-test": ("", f"{_TOOLS}ShareConsumerPerformance"),
    "kafka-share-groups": ("", f"{_TOOLS}consumer.group.ShareGroupCommand"),
    "kafka-storage": ("kafka.tools.StorageTool",) * 2,
    "kafka-streams-application-reset": (f"{_TOOLS}StreamsResetter",) * 2,
    "kafka-streams-groups": ("", f"{_TOOLS}streams.StreamsGroupCommand"),
    "kafka-topics": (f"{_TOOLS}TopicCommand",) * 2,
    "kafka-transactions": (f"{_TOOLS}TransactionsCommand",) * 2,
    "kafka-verifiable-consumer": (f"{_TOOLS}VerifiableConsumer",) * 2,
    "kafka-verifiable-producer": (f"{_TOOLS}VerifiableProducer",) * 2,
    "kafka-verifiable-share-consumer": ("", f"{_TOOLS}VerifiableShareConsumer"),
}
VERSIONS = ("3.9", "4.3")
_ROW = re.compile(r"^--?([A-Za-z][\w.-]*)(?:, --?([\w.-]+))?(?:(?: |  .*\n  )([<\[])|  |$)", re.M)
_LONG = re.compile(r"^  (?:-\w, )?--([A-Za-z][\w.-]*)(, -\w\b)?( [A-Z\w][^\s,]*)?", re.M)
_SHORT_FIRST = re.compile(r"^  -\w(?: [A-Z_-]+)?, --([a-z][\w.-]*)", re.M)


def help_text(version: str, java_class: str, *words: str) -> str:
    """What a tool of the JVM prints for --help, on either stream."""
    command = [str(real_kafka.kafka_bin(version) / "run-class"), java_class, *words, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr


def flags_of(text: str) -> dict[str, str]:
    """Flag to "none", "value" or "optional", as joptsimple or argparse4j lists them."""
    if re.search(r"^Option.* Description", text, re.M):
        rows = text[re.search(r"^Option.* Description", text, re.M).start() :]  # type: ignore[union-attr]
        found = {}
        for first, second, bracket in _ROW.findall(rows):
            for name in filter(None, (first, second)):
                found[name] = {"<": "value", "[": "optional", "": "none"}[bracket]
        return found
    return {name: "value" if value else "none" for name, _, value in _LONG.findall(text)}


def commands_of(text: str) -> list[str]:
    """The subcommands that argparse4j lists, one at an indent of four."""
    section = re.search(r"^(?:positional arguments|commands|.*subcommands):\n((?:\n|  .*\n)*)", text, re.M)
    if section is None or "usage:" not in text:
        return []
    return re.findall(r"^    ([A-Za-z][\w-]*)(?: |$)", section.group(1), re.M)


def of_tool(version: str, program: str, java_class: str) -> list[tuple[str, str, str, str]]:
    """(tool, command, flag, takes) of one tool with its commands."""
    text = help_text(version, java_class, *_BESIDE.get(program, ()))
    rows = [(program, "", flag, takes) for flag, takes in flags_of(text).items()]
    assert rows, f"{program} {version}: {text}"
    for command in commands_of(text):
        found = flags_of(help_text(version, java_class, *_REQUIRED.get(program, ()), command))
        rows += [(program, command, flag, takes) for flag, takes in found.items()]
    return rows


_BESIDE = {"kafka-e2e-latency": ("--bootstrap-server", "localhost:9092")}  # else its words are taken for the old form
_REQUIRED = {"kafka-transactions": ("--bootstrap-server", "localhost:9092")}


def main() -> int:
    jobs = [
        (version, program, classes[VERSIONS.index(version)])
        for program, classes in CLASSES.items()
        for version in VERSIONS
        if classes[VERSIONS.index(version)]
    ]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda job: of_tool(*job), jobs))
    seen: dict[tuple[str, str, str, str], list[str]] = {}
    for (version, _, _), rows in zip(jobs, answers, strict=True):
        for row in rows:
            seen.setdefault(row, []).append(real_kafka.FULL[version])
    lines = ["\t".join((*row, ",".join(versions))) for row, versions in sorted(seen.items())]
    FACTS.write_text("\n".join(["tool\tcommand\tflag\ttakes\tversions", *lines]) + "\n")
    print(f"{len(lines)} flags in {FACTS.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
