"""The commands of zookeeper-shell, one function each, with ZooKeeper's usage lines and output.

Results go to stdout; what was created, and errors, to stderr.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError

COMMAND_NOT_FOUND = 127
_QUOTA_ROOT = "/zookeeper/quota"
_QUOTAS = {"n": "count", "b": "bytes", "N": "countHardLimit", "B": "byteHardLimit"}


class Options(NamedTuple):
    """A command's words: its flags, the values of its options, the rest."""

    flags: set[str]
    values: dict[str, str]
    words: list[str]


class Command(NamedTuple):
    """A command: its usage, its flags and options with a value, how many words it takes, and what it does."""

    usage: str
    run: Callable[[Session, Options], None]
    flags: str = ""
    valued: tuple[str, ...] = ()
    least: int = 0


class Session:
    """What commands work on: a connection that may come and go, where to print, what was typed."""

    def __init__(self, connect: Callable[[str], Any], environment: Environment) -> None:
        self._connect = connect
        self.environment = environment
        self.client: Any = None
        self.history: list[str] = []
        self.print_watches = True
        self.done = False

    def open(self, hosts: str) -> None:
        self.close()
        self.client = self._connect(hosts)

    def close(self) -> None:
        if self.client is not None:
            self.client.close()
            self.client = None

    def say(self, text: str) -> None:
        self.environment.print(text)

    def note(self, text: str) -> None:
        self.environment.warn(text)


class UnknownCommand(CommandError):
    """There is no such command."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{usage()}\nCommand not found: Command not found {name}", COMMAND_NOT_FOUND)


def execute(session: Session, words: Sequence[str]) -> None:
    """Do a command; raises CommandError."""
    name, *rest = words
    if name in _UNSUPPORTED:
        raise CommandError(f"{name} is not supported here: get -w, ls -w and stat -w watch a node once")
    command = COMMANDS.get(name)
    if command is None:
        raise UnknownCommand(name)
    options = _parse(name, command, rest)
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


def _parse(name: str, command: Command, words: list[str]) -> Options:
    flags: set[str] = set()
    values: dict[str, str] = {}
    kept: list[str] = []
    rest = list(reversed(words))
    while rest:
        word = rest.pop()
        if word == "--":
            kept += reversed(rest)
            break
        if not word.startswith("-") or word == "-":
            kept.append(word)
        elif word[1:] in command.valued:
            if not rest:
                raise CommandError(f"Missing argument for option: {word[1:]}")
            values[word[1:]] = rest.pop()
        elif all(letter in command.flags for letter in word[1:]):
            flags.update(word[1:])
        else:
            raise CommandError(f"Unrecognized option: {word}")
    if len(kept) < command.least:
        raise CommandError(command.usage)
    return Options(flags, values, kept)


def _path(text: str) -> str:
    """A path that ZooKeeper takes; the reason in its words."""
    if not text:
        raise CommandError("Path length must be > 0")
    if text[0] != "/":
        raise CommandError("Path must start with / character")
    if len(text) > 1 and text.endswith("/"):
        raise CommandError("Path must not end with / character")
    at = 0
    for part in text.split("/")[1:] if len(text) > 1 else ():
        at += 1
        if part in ("", ".", ".."):
            reason = "relative paths not allowed" if part else "empty node name specified"
            raise CommandError(f'Invalid path string "{text}" caused by {reason} @{at + max(len(part) - 1, 0)}')
        at += len(part)
    return text


def _number(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text):
        raise CommandError(f'For input string: "{text}"')
    return int(text)


def _version(options: Options) -> int:
    return _number(options.values.get("v", "-1"))


def _text(data: bytes | None) -> str:
    return "null" if data is None else data.decode("utf-8", "replace")


def show_stat(session: Session, stat: Any) -> None:
    """A node's stat, as ZooKeeper prints it."""
    for line in (
        f"cZxid = {stat.czxid:#x}",
        f"ctime = {_java_date(stat.ctime)}",
        f"mZxid = {stat.mzxid:#x}",
        f"mtime = {_java_date(stat.mtime)}",
        f"pZxid = {stat.pzxid:#x}",
        f"cversion = {stat.cversion}",
        f"dataVersion = {stat.version}",
        f"aclVersion = {stat.aversion}",
        f"ephemeralOwner = {stat.ephemeralOwner:#x}",
        f"dataLength = {stat.dataLength}",
        f"numChildren = {stat.numChildren}",
    ):
        session.say(line)


def _java_date(milliseconds: int) -> str:
    moment = time.localtime(milliseconds / 1000)
    return time.strftime("%a %b %d %H:%M:%S ", moment) + f"{moment.tm_zone} {moment.tm_year}"


# Nodes


def _ls(session: Session, options: Options) -> None:
    path = _path(options.words[0])
    if "R" in options.flags:
        for found in session.client.walk(path):
            session.say(found)
        return
    names, stat = session.client.children(path, watch="w" in options.flags)
    session.say(f"[{', '.join(names)}]")
    if "s" in options.flags:
        show_stat(session, stat)


def _get(session: Session, options: Options) -> None:
    data, stat = session.client.get(_path(options.words[0]), watch="w" in options.flags)
    session.say(_text(data))
    if "s" in options.flags:
        show_stat(session, stat)


def _stat(session: Session, options: Options) -> None:
    show_stat(session, session.client.stat(_path(options.words[0]), watch="w" in options.flags))


def _create(session: Session, options: Options) -> None:
    path, *rest = options.words
    ttl = _number(options.values["t"]) if "t" in options.values else None
    if "e" in options.flags and (ttl is not None or "c" in options.flags):
        raise CommandError("-e cannot be combined with -c or -t")
    if "c" in options.flags and (ttl is not None or "s" in options.flags):
        raise CommandError("-c cannot be combined with -s, -e or -t")
    made = session.client.create(
        _path(path),
        rest[0].encode() if rest else None,
        _permissions(session, rest[1]) if len(rest) > 1 else None,
        ephemeral="e" in options.flags,
        sequence="s" in options.flags,
        container="c" in options.flags,
        ttl=ttl,
    )
    session.note(f"Created {made}")


def _set(session: Session, options: Options) -> None:
    path, data = options.words[:2]
    stat = session.client.set(_path(path), data.encode(), _version(options))
    if "s" in options.flags:
        show_stat(session, stat)


def _delete(session: Session, options: Options) -> None:
    session.client.delete(_path(options.words[0]), _version(options))


def _delete_all(session: Session, options: Options) -> None:
    session.client.delete_all(_path(options.words[0]))


def _count(session: Session, options: Options) -> None:
    path = _path(options.words[0])
    session.client.stat(path)
    session.say(str(session.client.count_all(path)))


def _ephemerals(session: Session, options: Options) -> None:
    found = session.client.ephemerals(_path(options.words[0]) if options.words else "/")
    session.say(f"[{', '.join(found)}]")


def _sync(session: Session, options: Options) -> None:
    session.client.sync(_path(options.words[0]))
    session.say("Sync is OK")


# Access


def _permissions(session: Session, text: str) -> list[Any]:
    """`scheme:id:perms,...`; what does not have this form is remarked on and left out, as ZooKeeper has it."""
    from kcli.client.zookeeper import PERMISSIONS, Permission

    found = []
    for word in text.split(","):
        match = re.fullmatch(r"([^:]*):(.*):([^:]*)", word)
        if match is None:
            session.note(f"{word} does not have the form scheme:id:perm")
            continue
        for letter in match[3]:
            if letter not in PERMISSIONS:
                session.note(f"Unknown perm type: {letter}")
        found.append(Permission(match[1], match[2], "".join(set(match[3]) & set(PERMISSIONS))))
    return found


def _get_acl(session: Session, options: Options) -> None:
    permissions, stat = session.client.permissions(_path(options.words[0]))
    for scheme, id_, letters in permissions:
        session.say(f"'{scheme},'{id_}\n: {letters}")
    if "s" in options.flags:
        show_stat(session, stat)


def _set_acl(session: Session, options: Options) -> None:
    path, text = options.words[:2]
    permissions = _permissions(session, text)
    paths = list(session.client.walk(_path(path))) if "R" in options.flags else [_path(path)]
    for each in paths:
        stat = session.client.set_permissions(each, permissions, _version(options))
        if "s" in options.flags:
            show_stat(session, stat)


def _add_auth(session: Session, options: Options) -> None:
    session.client.add_auth(options.words[0], options.words[1] if len(options.words) > 1 else "")


def _who_am_i(session: Session, options: Options) -> None:
    session.say("Auth scheme: User")
    for scheme, user in session.client.who_am_i():
        session.say(f"{scheme}: {user}")


# Quotas


def _limits(path: str) -> str:
    return f"{_QUOTA_ROOT}{path.rstrip('/')}/zookeeper_limits"


def _read_quota(session: Session, path: str) -> dict[str, int] | None:
    from kcli.client.zookeeper import ZooKeeperError

    try:
        data, _ = session.client.get(_limits(path))
    except ZooKeeperError as error:
        if error.missing:
            return None
        raise
    pairs = (part.partition("=") for part in re.split("[,;]", _text(data)))
    quota = dict.fromkeys(_QUOTAS.values(), -1)
    quota.update((name, int(value.rstrip("="))) for name, _, value in pairs if name in quota)
    return quota


def _quota_text(quota: dict[str, int]) -> str:
    count, size, hard_size, hard_count = (quota[name] for name in ("count", "bytes", "byteHardLimit", "countHardLimit"))
    return f"count={count},bytes={size}=;byteHardLimit={hard_size};countHardLimit={hard_count}"


def _list_quota(session: Session, options: Options) -> None:
    path = _path(options.words[0])
    session.note(f"absolute path is {_limits(path)}")
    quota = _read_quota(session, path)
    if quota is None:
        raise CommandError(f"quota for {path} does not exist.")
    session.say(f"Output quota for {path} {_quota_text(quota)}")
    stats, _ = session.client.get(_limits(path).replace("zookeeper_limits", "zookeeper_stats"))
    session.say(f"Output stat for {path} {_text(stats)}")


def _set_quota(session: Session, options: Options) -> None:
    path = _path(options.words[0])
    if len(options.values) != 1:
        raise CommandError(COMMANDS["setquota"].usage)
    session.client.stat(path)
    ((letter, text),) = options.values.items()
    existing = session.client.count_all(path) + 1
    if _QUOTAS[letter] == "count" and existing > _number(text):
        session.say(f"[Warning]: the count quota you create is less than the existing count:{existing}")
    quota = _read_quota(session, path)
    new = {**(quota or dict.fromkeys(_QUOTAS.values(), -1)), _QUOTAS[letter]: _number(text)}
    if quota is not None:
        session.client.set(_limits(path), _quota_text(new).encode())
        return
    _make_parents(session, _limits(path))
    # The server keeps the statistics up from when there are limits.
    session.client.create(_limits(path), _quota_text(new).encode())
    session.client.create(_limits(path).replace("zookeeper_limits", "zookeeper_stats"), b"count=0,bytes=0")


def _make_parents(session: Session, path: str) -> None:
    from kcli.client.zookeeper import ZooKeeperError

    parts = path.split("/")[1:-1]
    for length in range(1, len(parts) + 1):
        parent = "/" + "/".join(parts[:length])
        try:
            session.client.stat(parent)
        except ZooKeeperError as error:
            if not error.missing:
                raise
            session.client.create(parent, None)


def _delete_quota(session: Session, options: Options) -> None:
    path = _path(options.words[0])
    quota = _read_quota(session, path)
    if quota is None:
        session.say(f"Quota does not exist for {path}")
        return
    quota.update((_QUOTAS[letter], -1) for letter in options.flags)
    if options.flags:
        session.client.set(_limits(path), _quota_text(quota).encode())
    else:
        session.client.delete_all(_limits(path).rpartition("/")[0])


# The ensemble


def _config(session: Session, options: Options) -> None:
    from kcli.client.zookeeper import CONFIG_NODE

    data, stat = session.client.get(CONFIG_NODE, watch="w" in options.flags)
    session.say(_client_addresses(_text(data)) if "c" in options.flags else _text(data))
    if "s" in options.flags:
        show_stat(session, stat)


def _client_addresses(config: str) -> str:
    """Where clients connect to, of every server: `server.1=host:2888:3888:participant;0.0.0.0:2181`."""
    return ",".join(re.findall(r"^server\.\d+=.*;(\S+)$", config, re.MULTILINE))


def _reconfig(session: Session, options: Options) -> None:
    values = options.values
    if not values.keys() & {"members", "add", "remove", "file"}:
        raise CommandError(COMMANDS["reconfig"].usage)
    members = values.get("members")
    if "file" in values:
        try:
            with open(values["file"], encoding="utf-8") as file:
                members = ",".join(line.strip() for line in file if line.startswith("server."))
        except OSError as error:
            raise CommandError(f"{values['file']}: {error.strerror}") from None
    data, stat = session.client.reconfigure(values.get("add"), values.get("remove"), members, _version(options))
    session.say(f"Committed new configuration:\n{_text(data)}")
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
    number = _number(options.words[0])
    if not 0 <= number < len(session.history) - 1:
        raise CommandError(f"Command index out of range: {number}")
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


_UNSUPPORTED = ("addWatch", "removewatches")  # kazoo has no watches that stay
_WITHOUT_CONNECTION = ("connect", "close", "quit", "help", "history", "redo", "printwatches", "version")
_MEMBERS = (
    "reconfig [-s] [-v version] [[-file path] | [-members serverID=host:port1:port2;port3[,...]*]]"
    " | [-add serverId=host:port1:port2;port3[,...]]* [-remove serverId[,...]*]"
)
COMMANDS = {
    "addauth": Command("addauth scheme auth", _add_auth, least=1),
    "close": Command("close ", _close),
    "config": Command("config [-c] [-w] [-s]", _config, "cws"),
    "connect": Command("connect host:port", _connect),
    "create": Command("create [-s] [-e] [-c] [-t ttl] path [data] [acl]", _create, "sec", ("t",), 1),
    "delete": Command("delete [-v version] path", _delete, "", ("v",), 1),
    "deleteall": Command("deleteall path [-b batch size]", _delete_all, "", ("b",), 1),
    "delquota": Command("delquota [-n|-b|-N|-B] path", _delete_quota, "nbNB", (), 1),
    "get": Command("get [-s] [-w] path", _get, "sw", (), 1),
    "getAcl": Command("getAcl [-s] path", _get_acl, "s", (), 1),
    "getAllChildrenNumber": Command("getAllChildrenNumber path", _count, least=1),
    "getEphemerals": Command("getEphemerals path", _ephemerals),
    "help": Command("help ", _help),
    "history": Command("history ", _history),
    "listquota": Command("listquota path", _list_quota, least=1),
    "ls": Command("ls [-s] [-w] [-R] path", _ls, "swR", (), 1),
    "printwatches": Command("printwatches on|off", _print_watches),
    "quit": Command("quit ", _quit),
    "reconfig": Command(_MEMBERS, _reconfig, "s", ("v", "file", "members", "add", "remove")),
    "redo": Command("redo cmdno", _redo, least=1),
    "set": Command("set [-s] [-v version] path data", _set, "s", ("v",), 2),
    "setAcl": Command("setAcl [-s] [-v version] [-R] path acl", _set_acl, "sR", ("v",), 2),
    "setquota": Command("setquota -n|-b|-N|-B val path", _set_quota, "", tuple(_QUOTAS), 1),
    "stat": Command("stat [-w] path", _stat, "w", (), 1),
    "sync": Command("sync path", _sync, least=1),
    "version": Command("version ", _version_line),
    "whoami": Command("whoami ", _who_am_i),
}
