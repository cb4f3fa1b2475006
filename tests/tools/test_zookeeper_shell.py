"""zookeeper-shell: its command line; its commands beside ZooKeeper's own shell on a real ZooKeeper; its prompt."""

from __future__ import annotations

import queue
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.errors import CommandError
from kcli.cli.main import guard
from kcli.client import zookeeper as client
from kcli.tools.zookeeper_commands import (
    COMMANDS,
    UnknownCommand,
    _client_addresses,
    execute,
    split,
)
from kcli.tools.zookeeper_repl import completions
from kcli.tools.zookeeper_session import Session, checked_path
from kcli.tools.zookeeper_session import parse as parse_words
from kcli.tools.zookeeper_shell import CommandLine, parse, run
from tests.cli.support import Recorded
from tests.interop import real_kafka
from tests.tools.terminal import CTRL_C, ENTER, Terminal

COMMAND = [sys.executable, "-c", "from kcli.tools.zookeeper_shell import main; main()"]


def test_the_command_line() -> None:
    words = ["h:1/x", "-zk-tls-config-file", "f", "ls", "-R", "/"]
    assert parse(words) == CommandLine("h:1/x", "f", ["ls", "-R", "/"])
    assert parse(["h:1"]) == CommandLine("h:1", None, [])


@pytest.mark.parametrize("words", [["-server", "h"], ["h", "-nonesuch"], ["h", "-zk-tls-config-file"]])
def test_no_command_line(words: list[str]) -> None:
    with pytest.raises(CommandError):
        parse(words)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ls /", ["ls", "/"]),
        ("create /a 'two words'", ["create", "/a", "two words"]),
        ('set /a "it\'s"  ', ["set", "/a", "it's"]),
        ("set /a ''", ["set", "/a", ""]),
    ],
)
def test_words_of_a_line(line: str, words: list[str]) -> None:
    assert split(line) == words


def test_options_of_a_command() -> None:
    flags, values, words = parse_words(COMMANDS["set"], ["/a", "-v", "-1", "-s", "--", "-data"])
    assert (flags, values, words) == ({"s"}, {"v": "-1"}, ["/a", "-data"])


@pytest.mark.parametrize(
    ("name", "words", "says"),
    [
        ("ls", ["-z", "/"], "Unrecognized option: -z"),
        ("get", [], "get [-s] [-w] path"),
        ("set", ["/a"], "set [-s] [-v version] path data"),
        ("delete", ["/a", "-v"], "Missing argument for option: v"),
    ],
)
def test_no_options_of_a_command(name: str, words: list[str], says: str) -> None:
    with pytest.raises(CommandError) as error:
        parse_words(COMMANDS[name], words)
    assert error.value.message == says


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("", "Path length must be > 0"),
        ("a", "Path must start with / character"),
        ("/a/", "Path must not end with / character"),
        ("/a//b", 'Invalid path string "/a//b" caused by empty node name specified @3'),
        ("/a/../b", 'Invalid path string "/a/../b" caused by relative paths not allowed @4'),
    ],
)
def test_what_is_no_path(path: str, says: str) -> None:
    with pytest.raises(CommandError) as error:
        checked_path(path)
    assert error.value.message == says


def test_a_command_that_does_not_exist() -> None:
    session = Session(lambda hosts: None, Recorded())
    with pytest.raises(UnknownCommand, match="Command not found nonesuch") as error:
        execute(session, ["nonesuch"])
    assert error.value.exit_code == 127


def test_without_a_connection() -> None:
    environment = Recorded()
    execute(Session(lambda hosts: None, environment), ["ls", "/"])
    assert environment.out == "Not connected\n"


def test_where_clients_connect_to() -> None:
    config = "server.1=a:2888:3888:participant;a:2181\nserver.2=b:2888:3888:participant;b:2182\nversion=100000000"
    assert _client_addresses(config) == "a:2181,b:2182"


def test_tls_that_cannot_be(tmp_path: Path) -> None:
    file = tmp_path / "zk.properties"
    file.write_text("zookeeper.ssl.client.enable=true\nzookeeper.ssl.truststore.location=/t\n")
    environment = Recorded(program="zookeeper-shell")
    assert guard(run, ["localhost:1", "-zk-tls-config-file", str(file), "ls", "/"], environment) == 1
    assert environment.err == (
        "/t does not end in .pem, .p12 or .jks; zookeeper.ssl.truststore.type has to say what it is\n"
    )


def test_nobody_there() -> None:
    environment = Recorded(program="zookeeper-shell")
    assert guard(run, ["localhost:1", "ls", "/"], environment) == 1
    assert environment.err == "Cannot connect to localhost:1: Connection refused\n"


def test_no_arguments() -> None:
    environment = Recorded()
    assert guard(run, [], environment) == 1
    assert environment.out.startswith("USAGE: zookeeper-shell.sh zookeeper_host:port[/path]")


# On a real ZooKeeper


@pytest.fixture(scope="module")
def zookeeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = real_kafka.ZooKeeper(tmp_path_factory.mktemp("zookeeper"))
    yield server.address
    server.stop()


SCRIPT = """
create /@ hello
create /@/a "two words"
create -s /@/s x
create -e /@/e x
create -c /@/c
create -t 5000 /@/t
create /@/a again
create /@/x/y z
ls /@
ls -R /@
ls -s /@
get -s /@/a
get /@/c
stat /@
set -s /@ v2
set -v 7 /@ v3
delete -v 9 /@/a
delete /@
delete /@/nonesuch
getAllChildrenNumber /@
getEphemerals
getEphemerals /@
getAcl /@
getAcl -s /@
setAcl /@/a world:anyone:cdr
getAcl /@/a
setAcl /@/a bogus
addauth digest u:p
whoami
setquota -n 2 /@
listquota /@
delquota -n /@
delquota /@
delquota /@
config
sync /@
printwatches
printwatches off
get
ls
ls @
ls /@/
ls -R /nonesuch
deleteall /@
deleteall /@
"""


def told(text: str, name: str) -> list[str]:
    """What a shell said, in order, with what differs between honest runs made alike; the logs of the JVM's left out."""
    text = re.sub(r"0x[0-9a-f]+", "0x", text.replace(name, "@"))
    text = re.sub(r"^(.time = ).*", r"\1TIME", text, flags=re.MULTILINE)
    lines = (line for line in text.splitlines() if line and not re.match(r"SLF4J|\[20|WATCHER|WatchedEvent", line))
    return [line for line in lines if not line.startswith(("Connecting", "Welcome", "JLine"))]


@pytest.mark.interop
@pytest.mark.slow
def test_beside_zookeepers_own_shell(zookeeper: str) -> None:
    run_class = str(real_kafka.kafka_bin("3.9") / "run-class")
    java = subprocess.run(
        [run_class, "org.apache.zookeeper.ZooKeeperMainWithTlsSupportForKafka", "-server", zookeeper],
        input=SCRIPT.replace("@", "java").encode(),
        capture_output=True,
        timeout=60,
    )
    ours = Recorded(stdin=SCRIPT.replace("@", "ours").encode(), program="zookeeper-shell")
    assert guard(run, [zookeeper], ours) == java.returncode == 1
    assert told(ours.out, "ours") == told(java.stdout.decode(), "java")
    assert told(ours.err, "ours") == told(java.stderr.decode(), "java")


@pytest.mark.interop
@pytest.mark.parametrize(
    ("words", "code"), [(["ls", "/"], 0), (["get", "/nonesuch"], 1), (["nonesuch"], 127), (["version"], 0)]
)
def test_one_command(zookeeper: str, words: list[str], code: int) -> None:
    assert guard(run, [zookeeper, *words], Recorded()) == code


@pytest.mark.interop
def test_a_watch_is_told(zookeeper: str) -> None:
    ours = Recorded(stdin=b"create /watched\nget -w /watched\nset /watched x\nsync /watched\ndelete /watched\n")
    assert guard(run, [zookeeper], ours) == 0
    assert "\nWATCHER::\n\nWatchedEvent state:SyncConnected type:NodeDataChanged path:/watched\n" in ours.out


@pytest.mark.interop
def test_a_watch_that_stays_is_there_on_the_next_connection(zookeeper: str) -> None:
    from kazoo.protocol.connection import _CONNECTION_DROP

    told: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
    session = client.ZooKeeper(zookeeper, lambda kind, path: told.put((kind, path)))
    try:
        session.add_watch("/stays", client.WATCH_MODES["PERSISTENT"])
        session.create("/stays", b"x")
        assert told.get(timeout=30) == ("NodeCreated", "/stays")
        connected: queue.SimpleQueue[str] = queue.SimpleQueue()
        session._client.add_listener(connected.put)
        session._client._call(_CONNECTION_DROP, session._client.handler.async_result())
        assert [connected.get(timeout=30) for _ in range(2)] == ["SUSPENDED", "CONNECTED"]
        session.set("/stays", b"y")
        assert told.get(timeout=30) == ("NodeDataChanged", "/stays")
        session.remove_watches("/stays", client.ANY_WATCHES)
        assert told.get(timeout=30) == ("PersistentWatchRemoved", "/stays")
        with pytest.raises(client.ZooKeeperError, match="No such watcher for /stays"):
            session.remove_watches("/stays", client.ANY_WATCHES, local=True)
    finally:
        session.close()


@pytest.mark.interop
def test_a_part_of_the_tree(zookeeper: str) -> None:
    assert guard(run, [zookeeper, "create", "/part", "x"], Recorded()) == 0
    ours = Recorded(stdin=b"create /inner\nls /\ngetAllChildrenNumber /\ncreate -c /kept\n")
    assert guard(run, [f"{zookeeper}/part", "create", "/inner"], Recorded()) == 0
    assert guard(run, [f"{zookeeper}/part"], ours) == 0
    assert "[inner]\n1\n" in ours.out
    assert ours.err == "Node already exists: /inner\nCreated /kept\n"


@pytest.mark.interop
def test_at_a_terminal(zookeeper: str, tmp_path: Path) -> None:
    assert guard(run, [zookeeper, "create", "/completed", "found"], Recorded()) == 0
    terminal = Terminal([*COMMAND, zookeeper], tmp_path)
    try:
        terminal.expect(f"[zk: {zookeeper}(CONNECTED) 0]")
        terminal.type("get /comp\t")
        terminal.expect("leted")
        terminal.enter("", "found")
        terminal.expect("(CONNECTED) 1]")
        terminal.type("half a comm" + CTRL_C)
        terminal.expect("(CONNECTED) 1]")
        terminal.enter("get /nonesuch", "Node does not exist: /nonesuch")
        terminal.expect("(CONNECTED) 2]")
        assert terminal.end("quit" + ENTER) == 0
    finally:
        terminal.process.kill()
    (history,) = tmp_path.rglob("*.history")
    assert "+get /completed" in history.read_text().splitlines()


@pytest.mark.interop
@pytest.mark.slow
def test_a_server_that_went_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_ANSWER_SECONDS", 0.5)
    server = real_kafka.ZooKeeper(tmp_path)
    session = client.ZooKeeper(server.address, lambda kind, path: None)
    try:
        assert session.children("/") == (["zookeeper"], session.stat("/"))
        server.stop()
        with pytest.raises(client.ZooKeeperError, match=r"^KeeperErrorCode = ConnectionLoss for /$"):
            session.children("/")
            session.children("/")
    finally:
        session.close()


class Tree:
    """A client as far as completion asks."""

    def children(self, path: str) -> tuple[list[str], None]:
        return {"/": (["brokers", "config"], None), "/brokers": (["ids", "topics"], None)}[path]


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("getA", ["getAcl ", "getAllChildrenNumber "]),
        ("ls /", ["/brokers", "/config"]),
        ("ls /brokers/i", ["/brokers/ids"]),
        ("ls -", ["-R ", "-s ", "-w "]),
        ("ls x", []),
    ],
)
def test_completion(line: str, texts: list[str]) -> None:
    session = Session(lambda hosts: Tree(), Recorded())
    session.client = Tree()
    assert [text for text, _ in completions(session, line)] == texts
