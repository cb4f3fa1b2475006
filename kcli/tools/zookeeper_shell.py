"""zookeeper-shell: look at ZooKeeper's nodes and change them, by one command, by commands on stdin, or at a prompt.

As ZooKeeper's own: an error is a line on stderr; the exit code is that of the last command. Watches print as they come.
"""

from __future__ import annotations

from typing import NamedTuple

from kcli import KAFKA_VERSION
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError
from kcli.cli.help import format_help
from kcli.cli.main import start
from kcli.cli.options import HELP, VERSION, OptionTable
from kcli.cli.zookeeper import ZK_TLS_CONFIG_FILE, open_zookeeper, tls_settings
from kcli.tools.zookeeper_commands import execute, split, usage
from kcli.tools.zookeeper_session import Session

TABLE = OptionTable(
    program="zookeeper-shell",
    summary="Look at ZooKeeper's nodes and change them.",
    usage="HOST:PORT[/PATH] [-zk-tls-config-file FILE] [COMMAND [ARGUMENTS]]",
    options=(
        ZK_TLS_CONFIG_FILE,
        HELP,
        VERSION,
    ),
    examples=(
        ("the brokers that are up", "zookeeper-shell localhost:2181 ls /brokers/ids"),
        ("several commands", "printf 'ls /\\nget /controller\\n' | zookeeper-shell localhost:2181"),
        ("a prompt that completes commands and paths", "zookeeper-shell localhost:2181"),
    ),
    notes="Commands: " + " ".join(usage().split("\n\t")[1:]).replace("  ", " "),
)
_USAGE = "USAGE: zookeeper-shell.sh zookeeper_host:port[/path] [-zk-tls-config-file file] [args...]"


class CommandLine(NamedTuple):
    """What was asked for."""

    hosts: str
    tls_file: str | None
    command: list[str]


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    if not arguments:
        environment.print(_USAGE)
        return FAILED
    if arguments[0] in ("--help", "-help", "-h"):
        environment.print(format_help(TABLE, environment.width))
        return OK
    if arguments[0] in ("--version", "-version"):
        environment.print(KAFKA_VERSION)
        return OK
    line = parse(arguments)
    settings = tls_settings(line.tls_file)
    environment.print(f"Connecting to {line.hosts}")
    environment.stdout.flush()
    at_terminal = not line.command and environment.interactive and environment.stdout.isatty()

    def tell(kind: str, path: str) -> None:
        _tell(session, _event(kind, path), at_terminal)

    session = Session(lambda hosts: open_zookeeper(hosts, settings, tell), environment)
    try:
        session.open(line.hosts)
        return _work(session, line, at_terminal)
    finally:
        session.close()


def _work(session: Session, line: CommandLine, at_terminal: bool) -> int:
    connected = _event("None", "null")
    if line.command:
        session.say(connected)
        return _do(session, line.command)
    session.say("Welcome to ZooKeeper!")
    if at_terminal:
        from kcli.tools.zookeeper_repl import converse

        session.environment.stdout.flush()
        return converse(session, line.hosts)
    session.say("JLine support is disabled")
    session.say(connected)
    code = OK
    for raw in session.environment.stdin:
        text = raw.decode("utf-8", "replace").strip()
        if not text:
            continue
        session.history.append(text)
        code = _do(session, split(text))
        session.environment.stdout.flush()
        if session.done:
            break
    return code


def _do(session: Session, words: list[str]) -> int:
    try:
        execute(session, words)
    except CommandError as error:
        session.note(error.message)
        return error.exit_code
    return OK


def parse(arguments: list[str]) -> CommandLine:
    """The address, options that begin with a dash, and then the command with whatever follows it."""
    hosts, *rest = arguments
    if hosts.startswith("-"):
        raise CommandError(_USAGE)
    tls_file = None
    while rest and rest[0].startswith("-"):
        option = rest.pop(0).lstrip("-")
        if option != "zk-tls-config-file":
            raise CommandError(f"Unrecognized option: -{option}\n{_USAGE}")
        if not rest:
            raise CommandError("Error: no argument found for option -zk-tls-config-file")
        tls_file = rest.pop(0)
    return CommandLine(hosts, tls_file, rest)


def _event(kind: str, path: str) -> str:
    return f"\nWATCHER::\n\nWatchedEvent state:SyncConnected type:{kind} path:{path}"


def _tell(session: Session, text: str, at_terminal: bool) -> None:
    """A watched node changed; called on another thread."""
    if not session.print_watches:
        return
    if at_terminal:
        from kcli.tools.zookeeper_repl import tell

        tell(text)
    else:
        session.say(text)


if __name__ == "__main__":
    main()
