"""Completion: what is proposed where, names from a live broker, and three real shells at a terminal."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.completion import candidates, split_line
from kcli.cli.completion_scripts import script
from kcli.cli.completion_words import level_options
from kcli.cli.registry import EVERYTHING, Tool
from kcli.testing import EphemeralBroker
from tests.tools.terminal import Terminal

BIN = Path(sys.executable).parent


def complete(line: str, **variables: str) -> list[str]:
    """The words proposed at the end of a line."""
    words, _, _ = split_line(line, "")
    return [candidate.word for candidate in candidates(words[0], words[1:-1], words[-1], variables)]


def test_commands_and_subcommands() -> None:
    assert complete("kcli top") == ["topics"]
    assert "completions" in complete("kcli ")
    assert complete("kcli --v") == ["--version"]
    assert complete("kafka-features up") == ["upgrade"]
    assert complete("kcli features --command-config x do") == ["downgrade"]
    assert complete("kcli completions ") == ["bash", "zsh", "fish"]
    assert complete("kcli nonesuch ") == []


@pytest.mark.parametrize("tool", EVERYTHING, ids=lambda tool: tool.program)
def test_every_flag_of_every_tool_completes(tool: Tool) -> None:
    levels = [("", level_options(tool.table, None))]
    levels += [(f"{command.name} ", level_options(tool.table, command)) for command in tool.table.commands]
    program = tool.program if tool.program.startswith("kcli ") else f"kcli {tool.command}"
    for command, options in levels:
        wanted = [f"--{option.name}" for option in options if option.deprecated is None]
        assert complete(f"{program} {command}--") == wanted


def test_flags() -> None:
    assert complete("kafka-topics --under-m") == ["--under-min-isr-partitions"]
    assert complete("kafka-topics.sh -under-m") == ["-under-min-isr-partitions"]
    assert "--list" in complete("kafka-topics ")
    assert "--list" not in complete("kafka-topics --list --l"), "given already"
    assert "--config" in complete("kafka-topics --config a=b --c"), "may be repeated"
    assert "--release-version" in complete("kafka-features upgrade --")
    assert "--bootstrap-controller" not in complete("kafka-cluster cluster-id --bootstrap-server a:1 --boot")
    assert complete("kafka-topics --topic --list") == [], "an argument, whatever it looks like"


def test_choices() -> None:
    assert complete("kafka-topics --output ") == ["text", "json", "yaml", "csv", "table"]
    assert complete("kafka-topics --output=j") == ["--output=json"]
    assert complete("kafka-consumer-groups --list --state stable,em") == ["stable,empty"]
    assert "classic" not in complete("kafka-consumer-groups --list --type classic,")
    assert complete("kafka-acls --authorizer k") == ["kafka.security.authorizer.AclAuthorizer"]
    assert complete("kafka-acls --authorizer-properties zookeeper.c") == ["zookeeper.connect="]


@pytest.mark.parametrize("program", ["kafka-acls", "kafka-configs"])
def test_files_of_settings_for_tls(program: str, tmp_path: Path) -> None:
    (tmp_path / "tls.properties").touch()
    assert complete(f"{program} --zk-tls-config-file {tmp_path}/t") == [f"{tmp_path}/tls.properties"]


def test_settings_and_their_values() -> None:
    assert complete("kafka-topics --create --config cleanup.p") == ["cleanup.policy="]
    assert complete("kafka-topics --create --config=compression.type=z") == ["--config=compression.type=zstd"]
    assert complete("kafka-configs --entity-type topics --add-config a=[1,2],cleanup.policy=[compact,") == [
        "a=[1,2],cleanup.policy=[compact,delete"
    ]
    assert complete("kafka-configs --topic t --delete-config retention.ms,retention.b") == [
        "retention.ms,retention.bytes"
    ]
    assert "SCRAM-SHA-512=" in complete("kafka-configs --entity-type users --entity-name a --add-config ")
    assert complete("kafka-configs --broker 1 --add-config log.cleaner.th") == ["log.cleaner.threads="]
    assert complete("kafka-configs --group g --add-config share.isolation.level=read_c") == [
        "share.isolation.level=read_committed"
    ]
    assert complete("kafka-console-producer --command-property acks=") == ["acks=all", "acks=-1", "acks=0", "acks=1"]
    assert complete("kafka-console-consumer --command-property acks") == []
    assert complete("kafka-acls --command-config x --add --operation Cl") == ["ClusterAction"]


def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "client one.properties").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / ".hidden").touch()
    monkeypatch.chdir(tmp_path)
    assert complete("kafka-topics --command-config ") == ["client one.properties", "folder/"]
    assert complete("kafka-topics --command-config .h") == [".hidden"]
    assert complete(f"kafka-storage format -c {tmp_path}/f") == [f"{tmp_path}/folder/"]
    assert "folder/" in complete("kafka-server-start ")
    assert complete("kafka-server-start 'client o") == ["client one.properties"]
    assert complete("kafka-topics --command-config nonesuch/") == []


@pytest.mark.parametrize(
    ("line", "breaks", "words"),
    [
        ("a --b=c", "=:", (["a", "--b=c"], "", 4)),
        ("a 'b c' \"d\\\" e", "=:", (["a", "b c", 'd" e'], '"', 0)),
        ("a b\\ c", "", (["a", "b c"], "", 0)),
        ("a ", "", (["a", ""], "", 0)),
    ],
)
def test_bash_gives_its_line(line: str, breaks: str, words: tuple[list[str], str, int]) -> None:
    assert split_line(line, breaks) == words


# Names from a cluster


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with EphemeralBroker() as broker:
        server = ["--bootstrap-server", broker.bootstrap_servers]
        for topic in ("live-one", "live-two"):
            subprocess.run([BIN / "kafka-topics", *server, "--create", "--topic", topic], check=True)
        reset = "--reset-offsets --group live-group --topic live-one --to-latest --execute"
        subprocess.run([BIN / "kafka-consumer-groups", *server, *reset.split()], check=True)
        yield broker.bootstrap_servers


def until(line: str, cache: Path, wanted: list[str]) -> None:
    """Ask as often as it takes: what is not there in time is there later, from the cache."""
    end = time.monotonic() + 120
    while (found := ask(line, cache)) != wanted:
        assert time.monotonic() < end, found
        time.sleep(0.1)


def ask(line: str, cache: Path) -> list[str]:
    """A process of its own, as the shell has it; it never says anything on stderr and never fails."""
    words, _, _ = split_line(line, "")
    done = subprocess.run(
        [BIN / words[0], *words[1:]],
        capture_output=True,
        text=True,
        env={**os.environ, "_KCLI_COMPLETE": "fish", "XDG_CACHE_HOME": str(cache)},
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [found.partition("\t")[0] for found in done.stdout.splitlines()]


def test_names_come_from_the_cluster(bootstrap: str, tmp_path: Path) -> None:
    server = f"--bootstrap-server {bootstrap}"
    until(f"kafka-topics {server} --topic live-", tmp_path, ["live-one", "live-two"])
    until(f"kcli topics --bootstrap-server={bootstrap} --topic=live-t", tmp_path, ["--topic=live-two"])
    until(f"kafka-consumer-groups {server} --group ", tmp_path, ["live-group"])
    until(f"kafka-configs {server} --entity-type topics --entity-name live-o", tmp_path, ["live-one"])
    until(f"kafka-configs {server} --broker ", tmp_path, ["1"])
    until(f"kafka-log-dirs {server} --topic-list live-one,live", tmp_path, ["live-one,live-two"])
    until("kafka-topics --bootstrap-server ", tmp_path, [bootstrap])


def test_the_servers_of_the_variable_count(bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", bootstrap)
    until("kafka-topics --describe --topic live-t", tmp_path, ["live-two"])
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    subprocess.run([BIN / "kcli", "profile", "add", "here", "--bootstrap-server", bootstrap], check=True)
    assert ask("kafka-topics --profile he", tmp_path) == ["here"]


def test_the_servers_of_a_file_count(bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("KAFKA_BOOTSTRAP_SERVERS", "KCLI_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    file = tmp_path / "client.properties"
    file.write_text(f"bootstrap.servers={bootstrap}\n")
    until(f"kafka-topics --command-config {file} --topic live-t", tmp_path / "cache", ["live-two"])
    until("kafka-topics --command-config ~/client.properties --topic live-t", tmp_path / "cache", ["live-two"])
    until(f"kafka-console-consumer --consumer.config {file} --group ", tmp_path / "cache", ["live-group"])
    until(f"kafka-console-producer --producer.config {file} --topic live-t", tmp_path / "cache", ["live-two"])
    until(f"kafka-cluster unregister --config {file} --id ", tmp_path / "cache", ["1"])
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path / "none"):
        assert ask(f"kafka-topics --command-config {path} --topic live-t", tmp_path / "cache") == []
    file.write_text("bootstrap.servers=localhost:1\n")
    assert ask(f"kafka-topics --command-config {file} --topic live-t", tmp_path / "cache") == []


def test_other_names_of_the_cluster(bootstrap: str, tmp_path: Path) -> None:
    server = f"--bootstrap-server {bootstrap}"
    line = f"kafka-metadata-quorum {server} remove-controller --controller-id "
    until(line, tmp_path, ["1"])
    until(f"kafka-console-consumer {server} --include live-o", tmp_path, ["live-one"])
    metrics = [BIN / "kafka-client-metrics", *server.split(), "--alter", "--name", "live-m", "--interval", "1000"]
    subprocess.run([*metrics, "--metrics", "a."], check=True)
    until(f"kafka-client-metrics {server} --describe --name ", tmp_path, ["live-m"])
    until(f"kafka-configs {server} --entity-type client-metrics --entity-name ", tmp_path, ["live-m"])
    listed = subprocess.run(
        [BIN / "kafka-topics", *server.split(), "--list", "--output", "json"], capture_output=True, check=True
    )
    ids = sorted(topic["id"] for topic in json.loads(listed.stdout))
    until(f"kafka-topics {server} --describe --topic-id ", tmp_path, ids)


def test_the_servers_of_a_profile_count(bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for variable in ("KAFKA_BOOTSTRAP_SERVERS", "KCLI_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    subprocess.run([BIN / "kcli", "profile", "add", "here", "--bootstrap-server", bootstrap], check=True)
    until("kafka-topics --profile here --topic live-t", tmp_path / "named", ["live-two"])
    assert ask("kafka-topics --topic live-t", tmp_path / "used") == []
    subprocess.run([BIN / "kcli", "profile", "use", "here"], check=True)
    until("kafka-topics --topic live-t", tmp_path / "used", ["live-two"])
    subprocess.run([BIN / "kcli", "profile", "use", "--none"], check=True)
    monkeypatch.setenv("KCLI_PROFILE", "here")
    until("kafka-topics --topic live-t", tmp_path / "variable", ["live-two"])
    assert ask("kafka-topics --profile nonesuch --topic live-t", tmp_path / "named") == []


def test_completion_runs_no_command_of_a_profile(
    bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    profile = tmp_path / "kcli" / "profiles" / "secret.properties"
    profile.parent.mkdir(parents=True)
    profile.write_text(f"bootstrap.servers=${{command:touch {tmp_path}/ran; echo {bootstrap}}}\n")
    assert ask("kafka-topics --profile secret --topic live-t", tmp_path / "cache") == []
    assert not (tmp_path / "ran").exists()
    assert not list(tmp_path.glob("cache/kcli/*"))


def test_the_cache_is_its_owners(bootstrap: str, tmp_path: Path) -> None:
    until(f"kafka-topics --bootstrap-server {bootstrap} --topic live-o", tmp_path, ["live-one"])
    files = list((tmp_path / "kcli").iterdir())
    assert files
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "kcli").stat().st_mode) == 0o700


def test_clusters_and_ways_to_them_do_not_mix(bootstrap: str, tmp_path: Path) -> None:
    until(f"kafka-topics --bootstrap-server {bootstrap} --topic live-o", tmp_path, ["live-one"])
    with socket.create_server(("127.0.0.1", 0)) as silent:
        nobody = f"--bootstrap-server 127.0.0.1:{silent.getsockname()[1]}"
        assert ask(f"kafka-topics {nobody} --topic ", tmp_path) == [], "and it did not wait for an answer"
    config = tmp_path / "client.properties"
    config.write_text("client.id=x\n")
    until(
        f"kafka-topics --bootstrap-server {bootstrap} --command-config {config} --topic live-o", tmp_path, ["live-one"]
    )
    assert len(list((tmp_path / "kcli").glob("*.json"))) == 2


def test_a_stale_cache_is_served_where_the_broker_is_slow(tmp_path: Path) -> None:
    with EphemeralBroker() as broker:
        line = f"kafka-topics --bootstrap-server {broker.bootstrap_servers} --topic "
        subprocess.run([BIN / "kafka-topics", *line.split()[1:], "kept", "--create"], check=True)
        until(line, tmp_path, ["kept"])
    for file in (tmp_path / "kcli").iterdir():
        os.utime(file, (1, 1))
    assert ask(line, tmp_path) == ["kept"]


@pytest.mark.parametrize("servers", ["nonsense", "localhost:1", "[", "a:b,c:d"])
def test_bad_addresses_say_nothing(servers: str, tmp_path: Path) -> None:
    assert ask(f"kafka-topics --bootstrap-server {servers} --topic ", tmp_path) == []


def test_where_nothing_can_be_written_nothing_is_said(bootstrap: str) -> None:
    assert ask(f"kafka-topics --bootstrap-server {bootstrap} --topic ", Path("/proc/nonesuch")) == []


def test_it_imports_nothing_heavy() -> None:
    code = (
        "import sys; from kcli.cli.completion import reply; "
        "reply('kafka-configs', ['--entity-type', 'topics', '--add-config', 'x'], {'_KCLI_COMPLETE': 'fish'}); "
        "print([name for name in ('click', 'kafka', 'prompt_toolkit', 'socket', 'ssl') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


# Real shells


SHELLS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "--interactive"],
}


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A shell at a terminal that has read our script."""
    name = request.param
    if shutil.which(name) is None:
        pytest.skip(f"there is no {name} here")
    file = tmp_path / f"kcli.{name}"
    file.write_text(script(name))
    (tmp_path / "my client.properties").touch()
    for variable, value in (
        ("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}"),
        ("XDG_CACHE_HOME", str(tmp_path / "cache")),
        ("HOME", str(tmp_path)),
        ("INPUTRC", str(tmp_path / "no.inputrc")),
    ):
        monkeypatch.setenv(variable, value)
    monkeypatch.chdir(tmp_path)
    terminal = Terminal(SHELLS[name], tmp_path)
    if name == "zsh":
        terminal.type("autoload -Uz compinit; compinit -u -D\r")
    terminal.type(f"source {file}; echo read''y\r")
    terminal.expect("ready")
    yield terminal
    terminal.process.kill()
    terminal.process.wait()


def tab(shell: Terminal, typed: str, shown: str) -> None:
    """Type something and the tab key; the line then reads as shown, which running it as arguments proves."""
    shell.type(f"{typed}\t")
    shell.expect(shown)
    shell.type("\x15")  # drop the line


def test_a_shell_completes(shell: Terminal, bootstrap: str, tmp_path: Path) -> None:
    until(f"kafka-topics --bootstrap-server {bootstrap} --topic live-t", tmp_path / "cache", ["live-two"])
    tab(shell, "kcli quickst", "quickstart")
    tab(shell, "kafka-topics --under-m", "--under-min-isr-partitions")
    tab(shell, "kafka-features upgr", "upgrade")
    tab(shell, "kafka-topics --output=j", "--output=json")
    tab(shell, "kafka-topics --create --config cleanup.policy=comp", "cleanup.policy=compact")
    tab(shell, "kafka-topics --command-config my", "my\\ client.properties")
    tab(shell, f"kafka-topics --bootstrap-server {bootstrap} --topic live-tw", "live-two")
    (tmp_path / "servers").write_text(f"bootstrap.servers={bootstrap}\n")
    until(f"kafka-topics --command-config {tmp_path}/servers --topic live-t", tmp_path / "cache", ["live-two"])
    tab(shell, f"kafka-topics --command-config {tmp_path}/servers --topic live-tw", "live-two")
    assert not re.search("Traceback|rror", shell.text), shell.text
