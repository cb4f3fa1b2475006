"""kafka-storage: what it writes is what Kafka 4.3.0's writes, what it refuses it refuses in its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kcli.metadata.kraft import snapshots
from kcli.records.control import ControlType
from kcli.wire import messages, uuid
from tests.cli.support import Recorded
from tests.tools.test_cluster_tools import use

ID = "AAAAAAAAAAAAAAAAAAAAAQ"
DIRECTORY = "MkU3OEVBNTcwNTJENDM2Qg"
LEVELS = (
    "FeatureLevelRecord(name='metadata.version', featureLevel=30)",
    "FeatureLevelRecord(name='eligible.leader.replicas.version', featureLevel=1)",
    "FeatureLevelRecord(name='group.version', featureLevel=1)",
    "FeatureLevelRecord(name='share.version', featureLevel=1)",
    "FeatureLevelRecord(name='streams.version', featureLevel=1)",
    "FeatureLevelRecord(name='transaction.version', featureLevel=2)",
)
BOOTSTRAP = (
    "Bootstrap metadata: BootstrapMetadata(records=["
    + ", ".join(f"ApiMessageAndVersion({level} at version 0)" for level in LEVELS)
    + "], metadataVersionLevel=30, source=format command)\n"
)


class Node:
    """A node's server.properties, and the tool on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.file = folder / "server.properties"
        self.settings: dict[str, str] = {
            "process.roles": "broker,controller",
            "node.id": "7",
            "controller.quorum.voters": "7@localhost:1",
            "listeners": "PLAINTEXT://localhost:2,CONTROLLER://localhost:1",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": str(self.data),
        }

    def __call__(self, line: str) -> Recorded:
        self.file.write_text("".join(f"{name}={value}\n" for name, value in self.settings.items()))
        return use("storage", re.sub(r"(?<= )@(?= |$)", f"-c {self.file}", line))

    def succeed(self, line: str) -> str:
        done = self(line)
        assert (done.code, done.err) == (0, ""), done.out
        return done.out

    def fail(self, line: str) -> str:
        done = self(line)
        assert (done.code, done.out) == (1, "")
        return done.err.removesuffix("\n")

    def dynamic(self) -> None:
        del self.settings["controller.quorum.voters"]
        self.settings["controller.quorum.bootstrap.servers"] = "localhost:1"


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path)


def test_the_life_of_a_folder(node: Node) -> None:
    done = node("info @")
    assert (done.code, done.out) == (1, f"Found problem:\n  {node.data} does not exist\n\n")
    node.data.mkdir()
    done = node("info @")
    assert done.code == 1
    assert done.out == f"Found log directory:\n  {node.data}\n\nFound problem:\n  {node.data} is not formatted.\n\n"
    formatted = f"Formatting metadata directory {node.data} with metadata.version 4.3-IV0.\n"
    assert node.succeed(f"format -t {ID} @") == BOOTSTRAP + formatted
    meta = (node.data / "meta.properties").read_text()
    found = re.search("directory.id=(.*)", meta)
    assert found is not None
    assert sorted(meta.splitlines()[2:]) == [f"cluster.id={ID}", found[0], "node.id=7", "version=1"]
    assert node.succeed("info @") == (
        f"Found log directory:\n  {node.data}\n\n"
        f"Found metadata: {{cluster.id={ID}, {found[0]}, node.id=7, version=1}}\n\n"
    )
    assert node.fail(f"format -t {ID} @") == (
        f"Log directory {node.data} is already formatted."
        " Use --ignore-formatted to ignore this directory and format the others."
    )
    assert node.succeed(f"format -t {ID} @ -g") == "All of the log directories are already formatted.\n"
    assert node.fail(f"format -t {ID[:-1]}g @ -g") == (
        f"Invalid cluster.id in: {node.data}/meta.properties. Expected {ID[:-1]}g, but read {ID}"
    )
    assert (node.data / "meta.properties").read_text() == meta


def test_only_what_is_new_is_formatted(node: Node) -> None:
    node.succeed(f"format -t {ID} @")
    before = (node.data / "meta.properties").read_bytes()
    node.settings["log.dirs"] += f",{node.folder}/more"
    said = node.succeed(f"format -t {ID} @ --ignore-formatted").splitlines()
    assert said[1:] == [f"Formatting data directory {node.folder}/more with metadata.version 4.3-IV0."]
    assert (node.data / "meta.properties").read_bytes() == before
    assert f"Found log directories:\n  {node.data}\n  {node.folder}/more\n" in node.succeed("info @")


def test_a_folder_for_metadata_alone(node: Node) -> None:
    node.settings["metadata.log.dir"] = f"{node.folder}/meta"
    said = node.succeed(f"format -t {ID} @").splitlines()
    assert [line.partition(" with")[0] for line in said[1:]] == [
        f"Formatting data directory {node.data}",
        f"Formatting metadata directory {node.folder}/meta",
    ]


def test_the_bootstrap_snapshot(node: Node) -> None:
    node.succeed(f"format -t {ID} @ -r 3.9 -f group.version=1")
    snapshot = snapshots.decode((node.data / "bootstrap.checkpoint").read_bytes())
    assert [(record.name, record.feature_level) for record in snapshot.records] == [
        ("metadata.version", 21),
        ("group.version", 1),
    ]
    assert snapshot.quorum == []


def test_a_quorum_that_can_change(node: Node) -> None:
    node.dynamic()
    assert node.fail(f"format -t {ID} @") == (
        "Because controller.quorum.voters is not set on this controller, you must specify one of the following:"
        " --standalone, --initial-controllers, or --no-initial-controllers."
    )
    voters = f"7@localhost:1:{DIRECTORY},8@[::1]:3:JEXY6aqzQY-32P5TStzaFg"
    said = node.succeed(f"format -t {ID} @ --initial-controllers {voters}")
    assert said.endswith(f"Formatting dynamic metadata voter directory {node.data} with metadata.version 4.3-IV0.\n")
    assert f"directory.id={DIRECTORY}\n" in (node.data / "meta.properties").read_text()
    file = node.data / "__cluster_metadata-0" / "00000000000000000000-0000000000.checkpoint"
    snapshot = snapshots.decode(file.read_bytes())
    assert snapshot.records == []
    (version_kind, version), (voters_kind, record) = snapshot.quorum
    assert (version_kind, voters_kind) == (ControlType.KRAFT_VERSION, ControlType.KRAFT_VOTERS)
    assert messages.KRaftVersionRecord.decode(version, 0)[0].kraft_version == 1
    found = messages.VotersRecord.decode(record, 0)[0].voters
    assert [(voter.voter_id, uuid.to_text(voter.voter_directory_id)) for voter in found] == [
        (7, DIRECTORY),
        (8, "JEXY6aqzQY-32P5TStzaFg"),
    ]
    endpoints = [(item.name, item.host, item.port) for voter in found for item in voter.endpoints]
    assert endpoints == [("CONTROLLER", "localhost", 1), ("CONTROLLER", "::1", 3)]


def test_a_quorum_of_one(node: Node) -> None:
    node.dynamic()
    node.succeed(f"format -t {ID} @ --standalone")
    file = node.data / "__cluster_metadata-0" / "00000000000000000000-0000000000.checkpoint"
    (voter,) = messages.VotersRecord.decode(snapshots.decode(file.read_bytes()).quorum[1][1], 0)[0].voters
    assert f"directory.id={uuid.to_text(voter.voter_directory_id)}\n" in (node.data / "meta.properties").read_text()
    assert (voter.voter_id, voter.kraft_version_feature.max_supported_version) == (7, 1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "--standalone",
            "You cannot specify controller.quorum.voters and format the node with --initial-controllers or"
            " --standalone. If you want to use dynamic quorum, please remove controller.quorum.voters and specify"
            " controller.quorum.bootstrap.servers instead.",
        ),
        ("-f nonesuch=1", "Unsupported feature: nonesuch. Supported features are: eligible.leader.replicas.version,"),
        ("-f group.version=9", "No feature:group.version with feature level 9"),
        ("-f group.version", "Can't parse feature=level string group.version: equals sign not found."),
        ("-f kraft.version=1", "Cannot set kraft.version to 1 unless controller.quorum.voters is empty and one of"),
        (
            "-f metadata.version=25 -r 4.0",
            "Use --release-version instead of --feature metadata.version=X to avoid ambiguity.",
        ),
        (
            "-r 3.7 -f eligible.leader.replicas.version=1",
            "eligible.leader.replicas.version could not be set to 1 because it depends on metadata.version level 23",
        ),
        ("-r 4.4-IV0", "Unknown metadata.version '4.4-IV0'. Supported metadata.version are: 3.3-IV3, "),
        ("-S x", "Failed to find equals sign in SCRAM argument 'x'"),
        ("-S SCRAM-SHA-1=[x]", "The add-scram mechanism SCRAM-SHA-1 is not supported."),
        ("-S SCRAM-SHA-256=x", "Expected configuration string to start with ["),
        ("-S SCRAM-SHA-256=[name=a,password=]", "The 'password' given to add-scram must not be empty"),
        (
            "-S SCRAM-SHA-256=[name=a,password=b,iterations=99999999999]",
            "Failed to parse iterations count: 99999999999",
        ),
        ("-S SCRAM-SHA-256=[name=a]", "You must supply one of 'password' or 'saltedpassword' to add-scram"),
        (
            "-S SCRAM-SHA-256=[name=a,password=b,iterations=5]",
            "The 'iterations' value must be >= 4096 for add-scram using SCRAM_SHA_256",
        ),
        ("-S SCRAM-SHA-256=[name=a,password=b,foo=5]", "Unknown SCRAM configurations: foo"),
        (
            "-S SCRAM-SHA-256=[name=a,saltedpassword=b]",
            "You must supply 'salt' with 'saltedpassword' to add-scram",
        ),
        (
            "-S SCRAM-SHA-256=[name=a,password=b] -r 3.4",
            "SCRAM is only supported in metadata.version 3.5-IV2 or later.",
        ),
    ],
)
def test_what_cannot_be_formatted(node: Node, line: str, message: str) -> None:
    assert node.fail(f"format -t {ID} @ {line}").startswith(message)
    assert not node.data.exists()


@pytest.mark.parametrize(
    ("voters", "message"),
    [
        ("x", "No @ found in dynamic voter string."),
        ("@x", "Invalid @ at beginning of dynamic voter string."),
        ("x@y", "Failed to parse node id in dynamic voter string."),
        ("-1@y", "Invalid negative node id -1 in dynamic voter string."),
        ("1@", "No hostname found after node id."),
        ("1@y", "No colon following hostname could be found."),
        ("1@[::1", "Hostname began with left bracket, but no right bracket was found."),
        ("1@[::1]9", "Port section must start with a colon."),
        ("1@y:9", "No colon following port could be found."),
        ("1@y:z:a", "Failed to parse port in dynamic voter string."),
        ("1@y:99999:a", "Invalid port 99999 in dynamic voter string."),
        ("1@y:9:a", "Failed to parse directory ID in dynamic voter string."),
        (f"1@y:9:{DIRECTORY},1@y:9:{DIRECTORY}", "Node id 1 was specified more than once."),
    ],
)
def test_voters_that_make_no_sense(node: Node, voters: str, message: str) -> None:
    node.dynamic()
    assert node("info @").code == 1  # writes the file
    done = use("storage", f"format -t {ID} -c {node.file} --initial-controllers={voters}")
    assert (done.code, done.err) == (1, message + "\n")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("process.roles", "", 'Missing required configuration "process.roles" which has no default value.'),
        ("node.id", "", 'Missing required configuration "node.id" which has no default value.'),
        ("node.id", "x", "Invalid value x for configuration broker.id: Not a number of type INT"),
        (
            "controller.listener.names",
            "",
            'Missing required configuration "controller.listener.names" which has no default value.',
        ),
        ("log.dirs", "", "Configuration 'log.dirs' must not be empty."),
        (
            "controller.quorum.voters",
            "",
            "If using process.roles, either controller.quorum.bootstrap.servers must contain the set of bootstrap"
            " controllers or controller.quorum.voters must contain a parseable set of controllers.",
        ),
    ],
)
def test_settings_that_are_needed(node: Node, name: str, value: str, message: str) -> None:
    node.settings[name] = value
    said, _, origin = node.fail(f"format -t {ID} @").partition(" (/")
    assert said == f"org.apache.kafka.common.config.ConfigException: {message}"
    assert bool(origin) == (value == "x")


def test_credentials_of_users(node: Node) -> None:
    said = node.succeed(
        f'format -t {ID} @ -S SCRAM-SHA-256=[name=alice,password=alice-secret,salt="AAAA"]'
        ' -S SCRAM-SHA-512=[name=bob,iterations=8192,salt="N3E=",saltedpassword="YCE="]'
    )
    assert "UserScramCredentialRecord(name='alice', mechanism=1, salt=[0, 0, 0], storedKey=[" in said
    snapshot = snapshots.decode((node.data / "bootstrap.checkpoint").read_bytes())
    alice, bob = snapshot.records[-2:]
    # As Kafka 4.3.0 computes them.
    assert bytes(alice.stored_key).hex() == "1477dc0ad355f3fbd46cc40282f76d1b357ec9915d294343e16cfcef6459b59c"
    assert bytes(alice.server_key).hex() == "4a5cae84ccb34f9579ce9e8038ad8a522e2e05b802bfbc5d970ba6c5d98ba621"
    assert bytes(bob.stored_key).hex().startswith("7176a349f91eb2e1")
    assert (bob.name, bob.mechanism, bob.iterations, bytes(bob.salt)) == ("bob", 2, 8192, b"7q")


def test_an_id_that_nobody_has() -> None:
    first, second = use("storage", "random-uuid"), use("storage", "random-uuid")
    assert re.fullmatch(r"[A-Za-z0-9_][\w-]{21}\n", first.out)
    assert first.out != second.out


def test_a_configuration_that_is_not_there(tmp_path: Path) -> None:
    done = use("storage", f"info -c {tmp_path}/none")
    assert (done.code, done.err) == (1, f"java.nio.file.NoSuchFileException: {tmp_path}/none\n")
