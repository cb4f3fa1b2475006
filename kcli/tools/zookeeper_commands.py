"""The commands of zookeeper-shell as a table, with ZooKeeper's usage lines; those of the ensemble and the shell itself.

Results go to stdout; what was created, and errors, to stderr.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kcli.cli.errors import CommandError
from kcli.tools import zookeeper_nodes as nodes
from kcli.tools import zookeeper_quotas as quotas
from kcli.tools.zookeeper_session import Command, Options, Session, number_of, parse, show_stat, text_of

COMMAND_NOT_FOUND = 127


class UnknownCommand(CommandError):
    """There is no such command."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{usage()}\nCommand not found: Command not found {name}", COMMAND_NOT_FOUND)


def execute(session: Session, words: Sequence[str]) -> None:
    """Do a command; raises CommandError."""
    name, *rest = words
    command = COMMANDS.get(name)
    if command is None:
        raise UnknownCommand(name)
    options = parse(command, rest)
    if session.client is None and name not in _WITHOUT_CONNECTION:
        session.say("Not connected")
        return
    from kcli.client.zookeeper import ZooKeeperError

    try:
        command.run(session, options)
    except ZooKeeperError as error:
        raise CommandError(str(error)) from None


def usage() -> str:
    lines = ["ZooKeeper -server host:port [-zk-tls-config-file <file>] cmd args"]
    return "\n".join(lines + [f"\t{command.usage}" for _, command in sorted(COMMANDS.items())])


# The ensemble


def _config(session: Session, options: Options) -> None:
    from kcli.client.zookeeper import CONFIG_NODE

    data, stat = session.client.get(CONFIG_NODE, watch="w" in options.flags)
    session.say(_client_addresses(text_of(data)) if "c" in options.flags else text_of(data))
    if "s" in options.flags:
        show_stat(session, stat)


def _client_addresses(config: str) -> str:
    """Where clients connect to, of every server: `server.1=host:2888:3888:participant;0.0.0.0:2181`."""
    return ",".join(re.findall(r"^server\.\d+=.*;(\S+)$", config, re.MULTILINE))


def _reconfig(session: Session, options: Options) -> None:
    values = options.values
    whole, steps = values.keys() & {"members", "file"}, values.keys() & {"add", "remove"}
    if not whole | steps:
        raise CommandError(COMMANDS["reconfig"].usage)
    if whole and steps:
        raise CommandError(
            "Can't use -file or -members together with -add or -remove"
            " (mixing incremental and non-incremental modes is not allowed)"
        )
    if len(whole) == 2:
        raise CommandError("Can't use -file and -members together (conflicting non-incremental modes)")
    try:
        version = int(values.get("v", "-1"), 16)
    except ValueError:
        raise CommandError("-v must be followed by a long (configuration version)") from None
    members = values.get("members")
    if "file" in values:
        try:
            with open(values["file"], encoding="utf-8") as file:
                members = ",".join(line.strip() for line in file if line.startswith("server."))
        except OSError as error:
            raise CommandError(f"Error processing {values['file']}: {error.strerror}") from None
    data, stat = session.client.reconfigure(values.get("add"), values.get("remove"), members, version)
    session.say(f"Committed new configuration:\n{text_of(data)}")
    if "s" in options.flags:
        show_stat(session, stat)


def _version_line(session: Session, options: Options) -> None:
    from kcli import KAFKA_VERSION

    session.say(f"ZooKeeper CLI version: kcli's, for the tools of Kafka {KAFKA_VERSION}")


# The shell itself


def _connect(session: Session, options: Options) -> None:
    session.open(options.words[0] if options.words else session.client.hosts)


def _close(session: Session, options: Options) -> None:
    session.close()


def _quit(session: Session, options: Options) -> None:
    session.close()
    session.done = True


def _help(session: Session, options: Options) -> None:
    session.say(usage())


def _history(session: Session, options: Options) -> None:
    first = max(0, len(session.history) - 11)
    for number, line in enumerate(session.history[first:], first):
        session.say(f"{number} - {line}")


def _redo(session: Session, options: Options) -> None:
    number = number_of(options.words[0])
    if not 0 <= number < len(session.history) - 1:
        raise CommandError("Command index out of range")
    line = session.history[number]
    if line.startswith("redo"):
        raise CommandError("No redoing redos")
    session.history[-1] = line
    execute(session, split(line))


def _print_watches(session: Session, options: Options) -> None:
    if options.words:
        session.print_watches = options.words[0] == "on"
    else:
        session.say(f"printwatches is {'on' if session.print_watches else 'off'}")


def split(line: str) -> list[str]:
    """The words of a typed line; quotes hold one together."""
    found: Iterable[re.Match[str]] = re.finditer(r"\"([^\"]*)\"|'([^']*)'|(\S+)", line)
    return [next(group for group in match.groups() if group is not None) for match in found]


_WITHOUT_CONNECTION = ("connect", "close", "quit", "help", "history", "redo", "printwatches", "version")
_MEMBERS = (
    "reconfig [-s] [-v version] [[-file path] | [-members serverID=host:port1:port2;port3[,...]*]]"
    " | [-add serverId=host:port1:port2;port3[,...]]* [-remove serverId[,...]*]"
)
COMMANDS = {
    "addWatch": Command(nodes.ADD_WATCH_USAGE, nodes.add_watch, "", ("m",), 1),
    "addauth": Command("addauth scheme auth", nodes.add_auth, least=1),
    "close": Command("close ", _close),
    "config": Command("config [-c] [-w] [-s]", _config, "cws"),
    "connect": Command("connect host:port", _connect),
    "create": Command("create [-s] [-e] [-c] [-t ttl] path [data] [acl]", nodes.create, "sec", ("t",), 1),
    "delete": Command("delete [-v version] path", nodes.delete, "", ("v",), 1),
    "deleteall": Command("deleteall path [-b batch size]", nodes.delete_all, "", ("b",), 1),
    "delquota": Command("delquota [-n|-b|-N|-B] path", quotas.delete_quota, "nbNB", (), 1),
    "get": Command("get [-s] [-w] path", nodes.get, "sw", (), 1),
    "getAcl": Command("getAcl [-s] path", nodes.get_acl, "s", (), 1),
    "getAllChildrenNumber": Command("getAllChildrenNumber path", nodes.count, least=1),
    "getEphemerals": Command("getEphemerals path", nodes.ephemerals),
    "help": Command("help ", _help),
    "history": Command("history ", _history),
    "listquota": Command("listquota path", quotas.list_quota, least=1),
    "ls": Command("ls [-s] [-w] [-R] path", nodes.list_children, "swR", (), 1),
    "printwatches": Command("printwatches on|off", _print_watches),
    "quit": Command("quit ", _quit),
    "reconfig": Command(_MEMBERS, _reconfig, "s", ("v", "file", "members", "add", "remove")),
    "redo": Command("redo cmdno", _redo, least=1),
    "removewatches": Command("removewatches path [-c|-d|-a] [-l]", nodes.remove_watches, "cdal", (), 1),
    "set": Command("set [-s] [-v version] path data", nodes.set_data, "s", ("v",), 2),
    "setAcl": Command("setAcl [-s] [-v version] [-R] path acl", nodes.set_acl, "sR", ("v",), 2),
    "setquota": Command(quotas.SET_USAGE, quotas.set_quota, "", tuple(quotas.LIMITS), 1),
    "stat": Command("stat [-w] path", nodes.stat, "w", (), 1),
    "sync": Command("sync path", nodes.sync, least=1),
    "version": Command("version ", _version_line),
    "whoami": Command("whoami ", nodes.who_am_i),
}
