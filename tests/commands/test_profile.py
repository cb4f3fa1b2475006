"""kcli profile, and what tools take from profiles and variables, against our own brokers."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.inherited import PROFILE, server_options
from kcli.cli.main import guard
from kcli.cli.registry import TOOLS
from kcli.commands import profile
from kcli.testing.broker import InProcessBroker
from kcli.tools import cluster, console_consumer, console_producer, get_offsets, listings, producer_perf_test, topics
from tests.cli.schema import check
from tests.cli.support import Recorded
from tests.interop import real_kafka

PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"


@pytest.fixture(scope="module")
def brokers() -> Iterator[dict[str, str]]:
    """Two brokers, each with a topic of its own name; the second wants a password, too."""
    sasl = f"localhost:{real_kafka.free_port()}"
    plain = f"localhost:{real_kafka.free_port()}"
    secured = {
        "listeners": f"PLAINTEXT://{plain},SASL_PLAINTEXT://{sasl}",
        "advertised.listeners": f"PLAINTEXT://{plain},SASL_PLAINTEXT://{sasl}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT",
        "sasl.enabled.mechanisms": "PLAIN",
        "listener.name.sasl_plaintext.plain.sasl.jaas.config": f'{PLAIN} user_alice="a\\"b";',
    }
    with InProcessBroker() as one, InProcessBroker(secured):
        found = {"one": one.bootstrap_servers, "two": plain, "sasl": sasl}
        for name in ("one", "two"):
            created = Recorded()
            assert guard(topics.run, ["--bootstrap-server", found[name], "--create", "--topic", name], created) == 0
        yield found


class User:
    """Somebody with a folder for configuration, and variables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.variables = {"XDG_CONFIG_HOME": str(folder), "PATH": os.environ["PATH"]}

    def do(self, run: object, *arguments: str, stdin: bytes = b"", **variables: str) -> Recorded:
        environment = Recorded(stdin, variables={**self.variables, **variables})
        environment.code = guard(run, list(arguments), environment)  # type: ignore[arg-type]
        return environment

    def profile(self, *arguments: str, **variables: str) -> Recorded:
        return self.do(profile.run, *arguments, **variables)

    def topics(self, *arguments: str, **variables: str) -> str:
        done = self.do(topics.run, "--list", *arguments, **variables)
        return done.out.strip() or done.err.splitlines()[0]


@pytest.fixture
def user(tmp_path: Path, brokers: dict[str, str]) -> User:
    user = User(tmp_path)
    for name in ("one", "two"):
        assert user.profile("add", name, "--bootstrap-server", brokers[name]).code == 0
    return user


def test_each_source_of_brokers_goes_over_the_next(user: User, brokers: dict[str, str], tmp_path: Path) -> None:
    one, two = brokers["one"], brokers["two"]
    file = tmp_path / "client.properties"
    file.write_text(f"bootstrap.servers={one}\n")
    config = ("--command-config", str(file))
    missing = "--bootstrap-server must be specified"
    assert user.topics() == missing
    assert user.topics(*config) == missing
    assert user.profile("use", "two").code == 0
    assert user.topics() == "two"
    assert user.topics(KAFKA_BOOTSTRAP_SERVERS=one) == "one"
    assert user.topics(KCLI_PROFILE="two", KAFKA_BOOTSTRAP_SERVERS=one) == "two"
    assert user.topics("--profile", "one", KCLI_PROFILE="two") == "one"
    assert user.topics("--profile", "two", *config) == "one"
    assert user.topics("--profile", "one", "--bootstrap-server", two, *config) == "two"
    assert user.topics("--bootstrap-server", one) == "one"
    assert user.profile("use", "--none").code == 0
    assert user.topics() == missing


def test_settings_of_the_command_line_go_over_the_profiles(user: User, brokers: dict[str, str], tmp_path: Path) -> None:
    line = ("--bootstrap-server", brokers["sasl"], "--command-property", "security.protocol=SASL_PLAINTEXT")
    jaas = f'sasl.jaas.config={PLAIN} username="alice" password="${{env:PASSWORD}}";'
    more = ("--command-property", "sasl.mechanism=PLAIN", "--command-property", jaas)
    added = user.profile("add", "sasl", *line, *more)
    assert (added.code, added.err) == (0, "")
    assert user.topics("--profile", "sasl", PASSWORD='a"b') == "two"
    assert user.topics(KCLI_PROFILE="sasl", PASSWORD='a"b') == "two"
    assert "PASSWORD is not set" in user.topics("--profile", "sasl")
    file = tmp_path / "wrong.properties"
    file.write_text(f'sasl.jaas.config={PLAIN} username="alice" password="other";\n')
    refused = user.do(topics.run, "--list", "--profile", "sasl", "--command-config", str(file))
    assert refused.code == 1
    assert "authentication" in (refused.out + refused.err).lower()
    tested = user.profile("test", "sasl", PASSWORD='a"b')
    assert tested.code == 0, tested.err
    assert "answers, with 1 broker(s)" in tested.out


def test_the_profile_in_use_is_left_alone_where_brokers_are_named(user: User, brokers: dict[str, str]) -> None:
    bad = ("--command-property", "security.protocol=SSL", "--use", "--force")
    assert user.profile("add", "two", "--bootstrap-server", brokers["two"], *bad).code == 0
    assert user.topics("--bootstrap-server", brokers["one"]) == "one"
    assert user.topics(KAFKA_BOOTSTRAP_SERVERS=brokers["one"]) == "one"


def test_producers_consumers_and_subcommands_take_profiles(user: User) -> None:
    sent = user.do(console_producer.run, "--topic", "one", "--profile", "one", stdin=b"hello\n")
    assert sent.code == 0, sent.err
    read = user.do(
        console_consumer.run, "--topic", "one", "--from-beginning", "--max-messages", "1", KCLI_PROFILE="one"
    )
    assert (read.code, read.out) == (0, "hello\n"), read.err
    assert user.do(cluster.run, "cluster-id", "--profile", "one").out.startswith("Cluster ID: ")
    assert user.do(get_offsets.run, "--profile", "two").out == "two:0:0\n"
    perf = ("--topic", "two", "--num-records", "1", "--record-size", "1", "--throughput", "-1")
    assert user.do(producer_perf_test.run, *perf, "--profile", "two").code == 0


def test_a_file_and_a_command_give_secrets(tmp_path: Path) -> None:
    from kcli.cli.secrets import resolve

    (tmp_path / "secret").write_text("from file\n")
    (tmp_path / "pairs").write_text("key=from pair\n")
    variables = {"PATH": os.environ["PATH"], "WHO": "me"}
    value = f"${{file:{tmp_path}/secret}}|${{file:{tmp_path}/pairs:key}}|${{command:echo {{$WHO}}}}|${{env:WHO}}"
    assert resolve("ssl.key.password", value, "p:1", variables) == "from file|from pair|{me}|me"


def test_secrets_are_not_shown(user: User, brokers: dict[str, str]) -> None:
    jaas = f'{PLAIN} username="alice" password="hush";'
    line = ("--bootstrap-server", brokers["sasl"], "--command-property", f"sasl.jaas.config={jaas}")
    added = user.profile("add", "clear", *line, "--command-property", "ssl.key.password=hush2")
    assert added.code == 0
    assert added.err.splitlines() == [
        f"{name} holds a secret in clear; ${{env:NAME}}, ${{file:PATH}} or ${{command:COMMAND}} in its place"
        " points to it instead"
        for name in ("sasl.jaas.config", "ssl.key.password")
    ]
    shown = user.profile("show", "clear").out + user.profile("list", "--output", "json").out + added.err
    assert "hush" not in shown
    assert f'sasl.jaas.config={PLAIN} username="alice" password="[hidden]";' in shown
    rows = check(user.profile("show", "clear", "--output", "json").out, listings.PROFILE)
    assert [row["name"] for row in rows] == ["bootstrap.servers", "sasl.jaas.config", "ssl.key.password"]
    assert "hush" not in str(rows)
    path = user.folder / "kcli/profiles/clear.properties"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "hush" in path.read_text()


def test_bad_names_and_missing_profiles(user: User) -> None:
    assert "There is no profile three" in user.topics("--profile", "three")
    assert "There is no profile three (KCLI_PROFILE). There are: one, two" in user.topics(KCLI_PROFILE="three")
    assert "cannot be a profile's name" in user.profile("add", "../x", "--bootstrap-server", "localhost:1").err
    assert "--force" in user.profile("add", "one", "--bootstrap-server", "localhost:1").err
    assert user.profile("use", "one").code == 0
    assert user.profile("remove", "one").code == 0
    assert user.topics() == "--bootstrap-server must be specified"
    assert [path.name for path in (user.folder / "kcli/profiles").iterdir()] == ["two.properties"]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.program)
def test_every_tool_that_connects_takes_profile(tool: object) -> None:
    table = tool.table  # type: ignore[attr-defined]
    for options in (table.options, *(command.options for command in table.commands)):
        assert bool(server_options(options)) == (PROFILE in options)


def test_the_example_for_ci_works(brokers: dict[str, str], tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs/extras.md").read_text()
    script = text[text.index("export KAFKA_BOOTSTRAP_SERVERS") :].partition("```")[0]
    script = script.replace("localhost:9092", brokers["one"])
    tools = Path(sys.executable).parent
    variables = {"PATH": f"{tools}:{os.environ['PATH']}", "XDG_CONFIG_HOME": str(tmp_path)}
    script += "kafka-console-consumer --topic orders --from-beginning --max-messages 1"
    done = subprocess.run(
        ["/bin/sh", "-ec", script], env=variables, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "hello"
