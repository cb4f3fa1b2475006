"""The tools for a cluster as a whole: what their options refuse, in the words of Kafka 4.3.0's, without any broker."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcli.tools import listings_files
from tests.cli.schema import check
from tests.tools.test_cluster_tools import use

S = "--bootstrap-server localhost:1"


@pytest.mark.parametrize(
    ("tool", "line", "message"),
    [
        ("features", "", "Command line error: too few arguments. Type --help for help."),
        (
            "features",
            "describe",
            "Command line error: You must specify either --bootstrap-controller or --bootstrap-server.."
            " Type --help for help.",
        ),
        (
            "features",
            f"{S} --bootstrap-controller x:1 describe",
            "Command line error: argument --bootstrap-controller: not allowed with argument --bootstrap-server."
            " Type --help for help.",
        ),
        (
            "features",
            f"{S} describe --node-id x",
            "Command line error: argument --node-id: could not convert 'x' to Integer (For input string: \"x\")."
            " Type --help for help.",
        ),
        ("features", f"{S} upgrade", "You must specify at least one feature to upgrade"),
        ("features", f"{S} disable", "You must specify at least one feature to disable"),
        ("features", f"{S} upgrade --feature a", "Can't parse feature=level string a: equals sign not found."),
        (
            "features",
            f"{S} upgrade --feature a=x",
            "Can't parse feature=level string a=x: unable to parse x as a short.",
        ),
        ("features", f"{S} upgrade --feature a=1 --feature a=2", "Feature a was specified more than once."),
        (
            "features",
            f"{S} upgrade --release-version 4.3 --feature a=1",
            "Can not specify `release-version` with other feature flags.",
        ),
        (
            "features",
            f"{S} upgrade --feature a=0",
            "The upgradeType flag should be set to SAFE_DOWNGRADE or UNSAFE_DOWNGRADE when the provided"
            " maxVersionLevel:0 is < 1.",
        ),
        ("features", "feature-dependencies --feature metadata.version=99", "Unknown metadata.version 99"),
        ("features", "feature-dependencies --feature x=1", "Unknown feature: x"),
        ("features", "feature-dependencies --feature group.version=7", "No feature:group.version with feature level 7"),
        (
            "metadata-quorum",
            f"{S} describe",
            "One of --status or --replication must be specified with describe sub-command",
        ),
        (
            "metadata-quorum",
            f"{S} describe --status --replication",
            "Only one of --status or --replication should be specified with describe sub-command",
        ),
        (
            "metadata-quorum",
            f"{S} describe --status --human-readable",
            "The option --human-readable is only supported along with --replication",
        ),
        (
            "metadata-quorum",
            f"{S} add-controller",
            "You must supply the configuration file of the controller you are adding when using add-controller.",
        ),
        ("metadata-quorum", f"{S} remove-controller -i -1 -d x", "Invalid negative --controller-id: -1"),
        (
            "metadata-quorum",
            f"{S} remove-controller -i 1 -d xx",
            "Failed to parse --controller-directory-id: Input string `xx` decoded as 1 bytes,"
            " which is not equal to the expected 16 bytes of a base64-encoded UUID",
        ),
        ("leader-election", f"{S} --topic t --partition 0", "Missing required option(s): election-type"),
        (
            "leader-election",
            f"{S} --election-type preferred",
            "One and only one of the following options is required: topic, all-topic-partitions, path-to-json-file",
        ),
        ("leader-election", f"{S} --election-type preferred --topic t", "Missing required option(s): partition"),
        (
            "leader-election",
            f"{S} --election-type preferred --partition 1 --all-topic-partitions",
            "Option partition is only allowed if topic is used",
        ),
        (
            "transactions",
            f"{S} find-hanging",
            "The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search",
        ),
        (
            "transactions",
            f"{S} find-hanging --broker-id 1 --partition 0",
            "The --partition argument requires --topic to be provided",
        ),
        (
            "transactions",
            f"{S} abort --topic t --partition 0",
            "The transaction to abort must be identified either with --start-offset (for brokers on 3.0 or above)"
            " or with --producer-id, --producer-epoch, and --coordinator-epoch (for older brokers)",
        ),
        (
            "transactions",
            f"{S} abort --topic t --partition 0 --producer-id 5",
            "Missing required argument --producer-epoch",
        ),
    ],
)
def test_one_line_of_reason(tool: str, line: str, message: str) -> None:
    done = use(tool, line)
    assert (done.code, done.out, done.err) == (1, "", message + "\n")


@pytest.mark.parametrize(
    ("tool", "line", "message"),
    [
        ("broker-api-versions", "--command-config x", 'Missing required argument "[bootstrap-server]"'),
        ("log-dirs", S, 'Missing required argument "[describe]"'),
        ("log-dirs", "--describe", 'Missing required argument "[bootstrap-server]"'),
        (
            "leader-election",
            f"{S} --election-type fair --topic t --partition 0",
            "Cannot parse argument 'fair' of option election-type",
        ),
        ("replica-verification", "--time -2", 'Missing required argument "[broker-list]"'),
        (
            "reassign-partitions",
            f"{S} --execute --list",
            "Command must include exactly one action: --generate, --execute, --verify, --cancel, --list",
        ),
        ("reassign-partitions", "--list", "Please specify either --bootstrap-server or --bootstrap-controller"),
        (
            "reassign-partitions",
            f"{S} --bootstrap-controller x:1 --list",
            "Please don't specify both --bootstrap-server and --bootstrap-controller",
        ),
        ("reassign-partitions", f"{S} --execute", 'Missing required argument "[reassignment-json-file]"'),
        (
            "reassign-partitions",
            f"{S} --generate --broker-list 1",
            'Missing required argument "[topics-to-move-json-file]"',
        ),
        (
            "reassign-partitions",
            f"{S} --list --throttle 1",
            'Option "[throttle]" can\'t be used with action "[list]"',
        ),
        (
            "reassign-partitions",
            "--bootstrap-controller x:1 --verify --reassignment-json-file x",
            'Option "[bootstrap-controller]" can\'t be used with action "[verify]"',
        ),
    ],
)
def test_a_reason_and_a_hint(tool: str, line: str, message: str) -> None:
    done = use(tool, line)
    assert (done.code, done.out) == (1, "")
    assert done.err == f"{message}\nTry 'kafka-{tool} --help'.\n"


def test_the_features_of_a_release() -> None:
    done = use("features", "version-mapping --release-version 4.0")
    assert done.out.splitlines()[:3] == ["metadata.version=25 (4.0)", "kraft.version=1", "transaction.version=2"]
    assert use("features", "version-mapping").out.startswith("metadata.version=30 (4.3-IV0)\n")
    done = use(
        "features", "feature-dependencies --feature eligible.leader.replicas.version=1 --feature group.version=1"
    )
    assert done.out == (
        "eligible.leader.replicas.version=1 requires:\n    metadata.version=23 (4.0-IV1)\n"
        "group.version=1 has no dependencies.\n"
    )


@pytest.mark.parametrize("tool", ["features", "storage"])
def test_the_features_of_a_release_as_rows(tool: str) -> None:
    rows = check(use(tool, "version-mapping --release-version 4.0 --output json").out, listings_files.FEATURE_LEVELS)
    assert rows[:2] == [
        {"name": "metadata.version", "level": 25, "release": "4.0-IV3"},
        {"name": "kraft.version", "level": 1, "release": None},
    ]
    line = "feature-dependencies --feature eligible.leader.replicas.version=1 --feature group.version=1 --output json"
    rows = check(use(tool, line).out, listings_files.FEATURE_DEPENDENCIES)
    assert [(row["requires"], row["requiresLevel"]) for row in rows] == [("metadata.version", 23), (None, None)]


def test_a_controller_that_joins_is_read_from_its_files(tmp_path: Path) -> None:
    file = tmp_path / "server.properties"
    line = f"{S} --command-config {file} add-controller --dry-run"
    settings = {
        "node.id": "7",
        "process.roles": "controller",
        "log.dirs": f"{tmp_path}/data",
        "listeners": "CONTROLLER://:9093",
        "controller.listener.names": "CONTROLLER",
    }

    def attempt(**changes: str | None) -> str:
        kept = {**settings, **{name.replace("_", "."): value for name, value in changes.items()}}
        file.write_text("".join(f"{name}={value}\n" for name, value in kept.items() if value is not None))
        done = use("metadata-quorum", line)
        return done.out + done.err.splitlines()[-1] if done.code else done.out

    hint = "Is this a valid controller configuration file?"
    assert attempt(node_id=None) == f"node.id not found in configuration file. {hint}"
    assert attempt(process_roles="broker") == (
        f"process.roles did not contain 'controller' in configuration file. {hint}"
    )
    assert attempt(log_dirs=None) == f"Neither metadata.log.dir nor log.dirs were found. {hint}"
    assert attempt() == f"Unable to read meta.properties from {tmp_path}/data"
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "meta.properties").write_text(
        "version=1\nnode.id=7\ncluster.id=x\ndirectory.id=AAAAAAAAAAAAAAAAAAAABA\n"
    )
    assert attempt(controller_listener_names="C2") == "Cannot find information about controller listener name: C2"
    assert attempt() == (
        "DRY RUN of adding controller 7 with directory id AAAAAAAAAAAAAAAAAAAABA and endpoints:"
        " CONTROLLER://localhost:9093\n"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Replica election data is empty"),
        ('{"x": 1}', 'Replica election data is missing "partitions" field'),
        ('{"partitions": [{"topic": "t"}]}', "No such field exists: `partition`"),
        ('{"partitions": [{"topic": "t", "partition": "x"}]}', 'Expected `Integer` value, received "x"'),
        ('{"partitions": 5}', "Expected JSON array, received 5"),
        (
            '{"partitions": [{"topic": "t", "partition": 1}, {"topic": "t", "partition": 1}]}',
            "Replica election data contains duplicate partitions: [t-1]",
        ),
    ],
)
def test_files_of_partitions_that_make_no_sense(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "partitions.json"
    file.write_text(text)
    done = use("leader-election", f"{S} --election-type preferred --path-to-json-file {file}")
    assert (done.code, done.out, done.err) == (1, "", message + "\n")


def test_a_file_that_is_no_json_is_pointed_at(tmp_path: Path) -> None:
    file = tmp_path / "partitions.json"
    file.write_text('{"partitions": [\n{"topic": }]}')
    done = use("leader-election", f"{S} --election-type preferred --path-to-json-file {file}")
    assert done.err == f"{file}:2: The input string is not a valid JSON: Expecting value\n"
    done = use("leader-election", f"{S} --election-type preferred --path-to-json-file {tmp_path}/none")
    assert done.err == f"Unable to read file {tmp_path}/none: No such file or directory\n"
