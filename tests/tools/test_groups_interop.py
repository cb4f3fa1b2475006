"""The tools for groups beside the JVM's, on one real Kafka 4.3.0: the same lines and exit codes."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from kcli.cli.main import Run, guard
from kcli.tools import console_producer, consumer_groups, groups, share_groups, streams_groups, topics
from tests.cli.support import Recorded
from tests.interop import real_kafka
from tests.tools.streams_member import StreamsMember

pytestmark = [pytest.mark.interop, pytest.mark.slow]

CONSUMER = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"
SHARE = "org.apache.kafka.tools.consumer.group.ShareGroupCommand"
STREAMS = "org.apache.kafka.tools.streams.StreamsGroupCommand"
GROUPS = "org.apache.kafka.tools.GroupsCommand"
TOOLS: dict[str, Run] = {
    CONSUMER: consumer_groups.run,
    SHARE: share_groups.run,
    STREAMS: streams_groups.run,
    GROUPS: groups.run,
}
# Log lines, stack frames, the JVM's list of options, our hints; the JVM names some exceptions twice.
NOISE = re.compile(r"\s+at |\s*\.\.\. |\[20|Caused by|java\.|org\.apache|Try '|--|\s{2,}|Opt.*Descr|-{3,}")

CHANGES = (  # each tool works on groups of its own: @ is their prefix
    (CONSUMER, "--reset-offsets --group @-g --topic gi-t --to-offset 1 --execute"),
    (CONSUMER, "--reset-offsets --group @-g --topic gi-t:1 --shift-by -9 --dry-run"),
    (CONSUMER, "--reset-offsets --group @-g --group @-h --all-topics --to-latest --export --dry-run"),
    (CONSUMER, "--reset-offsets --group @-g --topic gi-none:0 --to-latest --dry-run"),
    (CONSUMER, "--describe --group @-g --verbose"),
    (CONSUMER, "--describe --group @-g --state --verbose"),
    (CONSUMER, "--describe --group @-none --group @-g"),
    (CONSUMER, "--delete-offsets --group @-g --topic gi-t:1 --topic gi-t:8"),
    (CONSUMER, "--delete --group @-g --group @-h"),
    (SHARE, "--reset-offsets --group @-s --topic gi-t --to-latest --execute"),
    (SHARE, "--reset-offsets --group @-s --topic gi-none --to-latest --execute"),
    (SHARE, "--reset-offsets --group @-s --all-topics --dry-run"),
    (SHARE, "--describe --group @-s"),
    (SHARE, "--describe --group @-s --offsets --verbose"),
    (SHARE, "--describe --group @-s --state --verbose"),
    (SHARE, "--describe --group @-none --members"),
    (SHARE, "--list --state sleepy"),
    (SHARE, "--delete-offsets --group @-s --topic gi-t --topic gi-none"),
    (SHARE, "--delete-offsets --group @-none --topic gi-t"),
    (SHARE, "--delete --group @-s --group @-none"),
)
LIVE = (
    (STREAMS, "--list --state"),
    (STREAMS, "--describe --group app"),
    (STREAMS, "--describe --group app --verbose"),
    (STREAMS, "--describe --group app --members"),
    (STREAMS, "--describe --group app --members --verbose"),
    (STREAMS, "--describe --group app --state --verbose"),
    (STREAMS, "--delete --group app"),
    (STREAMS, "--reset-offsets --group app --all-input-topics --to-earliest --execute"),
    (GROUPS, "--list --streams"),
    (CONSUMER, "--describe --group app"),
    (SHARE, "--describe --group app"),
)
IDLE = (
    (STREAMS, "--describe --group app --state"),
    (STREAMS, "--describe --group none"),
    (STREAMS, "--reset-offsets --group app --input-topic gi-t --to-earliest --execute"),
    (STREAMS, "--reset-offsets --group app --from-file @plan --execute"),
    (STREAMS, "--reset-offsets --group app --input-topic gi-t:0 --to-latest --export --dry-run"),
    (STREAMS, "--reset-offsets --group app --all-input-topics --to-latest"),
    (STREAMS, "--delete-offsets --group app --input-topic gi-t"),
    (STREAMS, "--delete-offsets --group app"),
    (STREAMS, "--delete --group none --delete-all-internal-topics"),
    (STREAMS, "--delete --group app --delete-internal-topic x"),
)


@pytest.fixture(scope="module")
def bootstrap(kafka_43: real_kafka.Kafka43) -> str:
    server = ["--bootstrap-server", kafka_43.bootstrap]
    real_kafka.run_tool("4.3", "kafka-features", *server, "upgrade", "--feature", "share.version=1", check=False)
    assert guard(topics.run, [*server, "--create", "--topic", "gi-t", "--partitions", "2"], Recorded()) == 0
    assert guard(console_producer.run, [*server, "--topic", "gi-t"], Recorded(b"1\n2\n3\n4\n")) == 0
    return kafka_43.bootstrap


def lines(text: str) -> list[str]:
    """What the tool said, in no order (the JVM's maps have none), without what only one of them says."""
    kept = (line.replace("java.util.concurrent.ExecutionException: ", "") for line in text.splitlines())
    kept = (re.sub(r"( states are:| scenarios:).*", r"\1", line).rstrip() for line in kept)
    return sorted(line for line in kept if line and not NOISE.match(line))


def compare(bootstrap: str, tool: str, java_line: str, our_line: str) -> None:
    command = ["--bootstrap-server", bootstrap]
    java = subprocess.run(
        [str(real_kafka.fetch("4.3") / "bin" / "run-class"), tool, *command, *java_line.split()],
        capture_output=True,
        timeout=120,
        env=os.environ,
    )
    ours = Recorded(variables={"KCLI_COMPAT_EXIT": "1"})
    code = guard(TOOLS[tool], [*command, *our_line.split()], ours)
    said = lines(java.stdout.decode())
    assert (code, lines(ours.out.replace("ours-", "java-"))) == (java.returncode, said), java_line
    assert lines(ours.err.replace("ours-", "java-")) == lines(java.stderr.decode()), java_line


@pytest.mark.parametrize("tool", [CONSUMER, SHARE])
def test_groups_without_members(bootstrap: str, tool: str) -> None:
    for each, line in CHANGES:
        if each == tool:
            compare(bootstrap, tool, line.replace("@-", "java-"), line.replace("@-", "ours-"))


def test_a_streams_group(bootstrap: str, tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    plan.write_text("gi-t,0,0\ngi-t,1,99\n")
    with StreamsMember(bootstrap, "app", ["gi-t"], "app-store-changelog"):
        for tool, line in LIVE:
            compare(bootstrap, tool, line, line)
    for tool, line in IDLE:
        text = line.replace("@plan", str(plan))
        compare(bootstrap, tool, text, text)


def test_deleting_a_streams_group_with_its_topics(bootstrap: str) -> None:
    with StreamsMember(bootstrap, "app2", ["gi-t"], "app2-store-changelog"):
        pass
    server = ["--bootstrap-server", bootstrap]
    ours = Recorded()
    line = [*server, "--delete", "--group", "app2", "--delete-all-internal-topics"]
    assert guard(streams_groups.run, line, ours) == 0
    assert ours.out.splitlines() == [
        "Deletion of requested streams groups ('app2') was successful.",
        "Deletion of associated internal topics of the streams groups ('app2') was successful.",
    ]
    listed = Recorded()
    assert guard(topics.run, [*server, "--list", "--topic", "app2-.*"], listed) == 0
    assert listed.out.strip() == ""


def tell(bootstrap: str, tool: str, line: str) -> str:
    environment = Recorded()
    assert guard(TOOLS[tool], ["--bootstrap-server", bootstrap, *line.split()], environment) == 0, environment.out
    return environment.out


def offsets(text: str) -> dict[str, int]:
    """The offset of each partition in a table."""
    rows = re.findall(r"^\S+ +gi-t +(\d+) +(\d+)", text, re.M)
    return {partition: int(offset) for partition, offset in rows}


DATES = ("--to-datetime 2001-01-01T00:00:00.000", "--to-datetime 2090-01-01T00:00:00.000+02:00")


def test_ways_to_reset_streams_groups(bootstrap: str, tmp_path: Path) -> None:
    for name in ("app3", "app4"):
        with StreamsMember(bootstrap, name, ["gi-t"], f"{name}-store-changelog"):
            pass
    plan = tmp_path / "plan"
    plan.write_text("gi-t,0,0\ngi-t,1,0\n")
    tell(bootstrap, STREAMS, f"--reset-offsets --group app3 --from-file {plan} --execute")

    def reset(way: str) -> dict[str, int]:
        return offsets(tell(bootstrap, STREAMS, f"--reset-offsets --group app3 --all-input-topics {way}"))

    begin, end = {"0": 0, "1": 0}, reset("--to-latest --dry-run")
    assert sum(end.values()) == 4
    for way in ("--by-duration P3650D", DATES[0]):
        assert reset(f"{way} --dry-run") == begin
    for way in ("--by-duration PT0S", DATES[1]):
        assert reset(f"{way} --dry-run") == end
    assert reset("--to-current --dry-run") == begin
    reset(f"{DATES[1]} --execute")
    assert reset("--to-current --dry-run") == end

    assert {"app3", "app4"} <= {line.split()[0] for line in tell(bootstrap, STREAMS, "--list --state").splitlines()}
    states = tell(bootstrap, STREAMS, "--describe --all-groups --state --timeout 60000")
    assert {"app3", "app4"} <= {line.split()[0] for line in states.splitlines() if line.endswith("  0")}
    both = Recorded()
    line = ["--reset-offsets", "--all-groups", "--input-topic", "gi-t", "--to-earliest", "--dry-run"]
    assert guard(streams_groups.run, ["--bootstrap-server", bootstrap, *line], both) == 1
    assert offsets("\n".join(line for line in both.out.splitlines() if line.startswith("app3"))) == begin
    assert "Error: One or more topics are not part of the group 'app4'." in both.out


def test_internal_topics_that_are_not_there(bootstrap: str, tmp_path: Path) -> None:
    """Offsets are reset all the same, and shown after what went wrong."""
    with StreamsMember(bootstrap, "app5", ["gi-t"], "app5-store-changelog"):
        pass
    ours = Recorded(variables={"KCLI_COMPAT_EXIT": "1"})
    plan = tmp_path / "plan"
    plan.write_text("gi-t,0,0\n")
    line = ["--reset-offsets", "--group", "app5", "--from-file", str(plan), "--execute"]
    line += ["--delete-internal-topic", "gi-none"]
    assert guard(streams_groups.run, ["--bootstrap-server", bootstrap, *line], ours) == 0
    said = [line for line in ours.out.splitlines() if line]
    assert said[0] == "Error: Deleting internal topics for group 'app5' failed because the topics do not exist."
    assert said[1].split() == ["GROUP", "TOPIC", "PARTITION", "NEW-OFFSET"]
    assert offsets(ours.out) == {"0": 0}


def test_share_groups_from_a_time_on(bootstrap: str) -> None:
    reset = "--reset-offsets --group gi-time --topic gi-t"
    begin, end = (offsets(tell(bootstrap, SHARE, f"{reset} {date} --execute")) for date in DATES)
    assert (begin, sum(end.values())) == ({"0": 0, "1": 0}, 4)
    tell(bootstrap, SHARE, f"{reset.replace('gi-time', 'gi-time-2')} {DATES[0]} --execute")
    described = tell(bootstrap, SHARE, "--describe --all-groups --timeout 60000").splitlines()
    for name, starts in (("gi-time", end), ("gi-time-2", begin)):
        assert offsets("\n".join(line for line in described if line.split()[:1] == [name])) == starts
