"""A ZooKeeper client for tools: kazoo's calls, those that kazoo lacks, and errors in ZooKeeper's own words."""

from __future__ import annotations

import socket
import warnings
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeVar

from kcli.client.late import imported_late

# kazoo's import is most of what a command waits for, and half of that is for what few commands use.
with imported_late("hashlib", "inspect", "ipaddress", "json", "ssl", "traceback", "uuid"):
    import logging
    import ssl

    import kazoo.client
    from kazoo import exceptions
    from kazoo.client import KazooClient
    from kazoo.exceptions import KazooException
    from kazoo.handlers.threading import KazooTimeoutError, SequentialThreadingHandler
    from kazoo.protocol import serialization
    from kazoo.protocol.states import Callback, KazooState
    from kazoo.security import ACL, Id

# All that kazoo asks of a module that takes as long to load as kazoo.
kazoo.client.inspect = SimpleNamespace(isclass=lambda thing: isinstance(thing, type))

T = TypeVar("T")
CONFIG_NODE = "/zookeeper/config"
PERMISSIONS = {"c": 4, "d": 8, "r": 1, "w": 2, "a": 16}
ANY_VERSION = -1
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 10.0
_SESSION_SECONDS = 30.0
_PORT = 2181
_AT_ONCE = 100  # requests
_EPHEMERAL, _SEQUENCE, _CONTAINER, _TTL, _SEQUENCE_TTL = 1, 2, 4, 5, 6
# Requests that kazoo lacks
_REMOVE_WATCHES, _CREATE_CONTAINER, _CREATE_TTL, _EPHEMERALS, _COUNT, _ADD_WATCH, _WHO_AM_I = (
    18,
    19,
    21,
    103,
    104,
    106,
    107,
)
WATCH_MODES = {"PERSISTENT": 0, "PERSISTENT_RECURSIVE": 1}
CHILD_WATCHES, DATA_WATCHES, ANY_WATCHES = 1, 2, 3

_WORDS: dict[type[KazooException], str] = {
    exceptions.NoNodeError: "Node does not exist: {}",
    exceptions.NodeExistsError: "Node already exists: {}",
    exceptions.NotEmptyError: "Node not empty: {}",
    exceptions.BadVersionError: "version No is not valid : {}",
    exceptions.InvalidACLError: "Acl is not valid : {}",
    exceptions.NoAuthError: "Insufficient permission : {}",
    exceptions.BadArgumentsError: "Arguments are not valid : {}",
    exceptions.NoChildrenForEphemeralsError: "Ephemerals cannot have children: {}",
    exceptions.QuotaExceededError: "Quota has exceeded : {}",
    exceptions.ReconfigInProcessError: "Another reconfiguration is in progress",
    exceptions.NewConfigNoQuorumError: "No quorum of new config is connected and up-to-date with the leader",
}
_NAMES = {"ReconfigDisabled": "Reconfig is disabled", "NoWatcher": "No such watcher"}
_EVENTS = {1: "NodeCreated", 2: "NodeDeleted", 3: "NodeDataChanged", 4: "NodeChildrenChanged"}


class ZooKeeperError(Exception):
    """One line that a user can act on; `code`: as Java's client has it. `missing`, `present`, `outdated`: because there
    is no such node, or there is one, or it has another version.
    """

    def __init__(self, message: str, *, reason: type[Exception] = Exception, code: str = "") -> None:
        super().__init__(message)
        self.missing = issubclass(reason, exceptions.NoNodeError)
        self.present = issubclass(reason, exceptions.NodeExistsError)
        self.outdated = issubclass(reason, exceptions.BadVersionError)
        self.code = code or message


class Permission(NamedTuple):
    """What somebody may do with a node: the letters of PERMISSIONS."""

    scheme: str
    id: str
    letters: str


class ZooKeeper:
    """One session; `on_event(type, path)` is called, on another thread, when a watched node changes.

    kazoo keeps the book of the watches that fire once, and forgets them when the connection is lost. Those that stay
    are kept here, and are asked for again on the session's next connection; they end with the session.
    """

    def __init__(self, hosts: str, on_event: Callable[[str, str], None], tls: ssl.SSLContext | None = None) -> None:
        _reach(hosts, tls)
        logging.getLogger("kazoo").setLevel(logging.CRITICAL)  # what fails is told by us, in one line
        self.hosts = hosts
        self._on_event = on_event
        handler = SequentialThreadingHandler() if tls is None else _TlsHandler(tls)
        self._client = KazooClient(hosts=hosts, timeout=_SESSION_SECONDS, handler=handler)
        self._staying: dict[str, int] = {}  # the mode of each path's watch
        # kazoo tells an event to the watches that it knows, each by itself; here, every event is told, and once.
        self._note_event = self._client._connection._read_watch_event
        self._client._connection._read_watch_event = self._read_event
        self._client.add_listener(self._on_state)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that there is no such root: the first command says so
                self._client.start(timeout=_CONNECT_SECONDS)
        except (KazooTimeoutError, KazooException):
            self._client.stop()
            raise ZooKeeperError(f"No ZooKeeper answers at {hosts}") from None

    @property
    def state(self) -> str:
        return str(self._client.client_state)

    def close(self) -> None:
        self._client.stop()
        self._client.close()

    # Nodes

    def children(self, path: str, *, watch: bool = False) -> tuple[list[str], Any]:
        """Their names in order, and the node's stat."""
        names, stat = self._call(path, self._client.get_children_async, path, self._watch(watch), True)
        return sorted(names), stat

    def get(self, path: str, *, watch: bool = False) -> tuple[bytes | None, Any]:
        found: tuple[bytes | None, Any] = self._call(path, self._client.get_async, path, self._watch(watch))
        return found

    def get_many(self, paths: Sequence[str]) -> Iterator[tuple[str, bytes | None, Any]]:
        """Nodes with data and stat, without those that are gone; many are asked for at once."""
        for start in range(0, len(paths), _AT_ONCE):
            part = paths[start : start + _AT_ONCE]
            for path, answer in [(path, self._client.get_async(path)) for path in part]:
                try:
                    yield path, *self._call(path, lambda answer=answer: answer)
                except ZooKeeperError as error:
                    if not error.missing:
                        raise

    def stat(self, path: str, *, watch: bool = False) -> Any:
        found = self._call(path, self._client.exists_async, path, self._watch(watch))
        if found is None:
            raise _explain(exceptions.NoNodeError(), path)
        return found

    def create(
        self,
        path: str,
        data: bytes | None,
        permissions: Iterable[Permission] | None = None,
        *,
        ephemeral: bool = False,
        sequence: bool = False,
        container: bool = False,
        ttl: int | None = None,
    ) -> str:
        """The path of the new node."""
        acl = None if permissions is None else _acl(permissions)
        if not container and ttl is None:
            made: str = self._call(path, self._client.create_async, path, data, acl, ephemeral, sequence)
            return made
        payload = serialization.write_string(self._client.chroot + path) + serialization.write_buffer(data)
        payload += _write_acl(acl or [ACL(31, Id("world", "anyone"))])
        if container:
            payload += serialization.int_struct.pack(_CONTAINER)
        else:
            payload += serialization.int_struct.pack(_SEQUENCE_TTL if sequence else _TTL)
            payload += serialization.long_struct.pack(ttl)
        request = _Request(_CREATE_CONTAINER if container else _CREATE_TTL, payload, serialization.read_string)
        return self._client.unchroot(self._ask(path, request)[0])

    def ensure(self, path: str, permissions: Callable[[str], Iterable[Permission]]) -> None:
        """Make a node without data, and those above it that are missing, the root of a part of the tree included."""
        root = self._client.chroot

        def make(whole: str) -> None:
            request = serialization.Create(whole, None, _acl(permissions(whole.removeprefix(root))), 0)
            try:
                self._ask(whole, request)
            except ZooKeeperError as error:
                if error.missing:
                    make(whole.rpartition("/")[0])
                    make(whole)
                elif not error.present:
                    raise

        make((root + path).rstrip("/"))

    def set(self, path: str, data: bytes, version: int = ANY_VERSION) -> Any:
        """The node's stat."""
        return self._call(path, self._client.set_async, path, data, version)

    def delete(self, path: str, version: int = ANY_VERSION) -> None:
        self._call(path, self._client.delete_async, path, version)

    def delete_all(self, path: str) -> None:
        """A node and all below it, one by one."""
        for found in reversed(list(self.walk(path))):
            self.delete(found)

    def walk(self, path: str) -> Iterable[str]:
        """A node and all below it, parents first."""
        names, _ = self.children(path)
        yield path
        for name in names:
            yield from self.walk(f"{path.rstrip('/')}/{name}")

    # Access

    def permissions(self, path: str) -> tuple[list[Permission], Any]:
        entries, stat = self._call(path, self._client.get_acls_async, path)
        found = [
            Permission(
                entry.id.scheme,
                entry.id.id,
                "".join(letter for letter, bit in PERMISSIONS.items() if entry.perms & bit),
            )
            for entry in entries
        ]
        return found, stat

    def set_permissions(self, path: str, permissions: Iterable[Permission], version: int = ANY_VERSION) -> Any:
        """The node's stat."""
        entries = _acl(permissions)
        if not entries:
            raise ZooKeeperError("Acl is not valid : null")
        return self._call(path, self._client.set_acls_async, path, entries, version)

    def add_auth(self, scheme: str, credential: str) -> None:
        self._call(None, self._client.add_auth_async, scheme, credential)

    def who_am_i(self) -> list[tuple[str, str]]:
        """(scheme, user) of every identity of this session."""
        found: list[tuple[str, str]] = self._ask(None, _Request(_WHO_AM_I, b"", _read_identities))
        return found

    # The rest

    def count_all(self, path: str) -> int:
        """How many nodes there are below one."""
        return int(self._ask_path(_COUNT, path, lambda data, at: serialization.int_struct.unpack_from(data, at)[0]))

    def ephemerals(self, path: str) -> list[str]:
        """This session's ephemeral nodes below one."""
        return sorted(self._client.unchroot(found) for found in self._ask_path(_EPHEMERALS, path, _read_strings))

    def sync(self, path: str) -> None:
        self._call(path, self._client.sync_async, path)

    def reconfigure(
        self, joining: str | None, leaving: str | None, members: str | None, version: int
    ) -> tuple[bytes, Any]:
        """The ensemble's new configuration."""
        done: tuple[bytes, Any] = self._call(None, self._client.reconfig_async, joining, leaving, members, version)
        return done

    # Watches

    def add_watch(self, path: str, mode: int) -> None:
        """Watch a node, which need not exist, until the session's end."""

        def keep(data: bytes, at: int) -> None:
            self._staying[path] = mode

        self._ask(path, self._watch_request(path, mode, keep))

    def remove_watches(self, path: str, kind: int, *, local: bool = False) -> None:
        """Remove the watches of CHILD_WATCHES, DATA_WATCHES or ANY_WATCHES; `local`: even if the server does not."""
        error = _explain(exceptions.NoWatcherError(), path)
        try:
            self._ask_path(_REMOVE_WATCHES, path, lambda data, at: None, serialization.int_struct.pack(kind))
        except ZooKeeperError as failure:
            if not local:
                raise
            error = failure
        removed = list(self._forget(path, kind))
        if not removed:
            raise error
        for event in removed:
            self._on_event(event, path)

    def _forget(self, path: str, kind: int) -> Iterable[str]:
        """The events for those who watched a node."""
        whole = self._whole(path)
        if kind & DATA_WATCHES and self._client._data_watchers.pop(whole, None):
            yield "DataWatchRemoved"
        if kind & CHILD_WATCHES and self._client._child_watchers.pop(whole, None):
            yield "ChildWatchRemoved"
        if kind == ANY_WATCHES and self._staying.pop(path, None) is not None:
            yield "PersistentWatchRemoved"

    def _watch(self, wanted: bool) -> Callable[[Any], None] | None:
        """For kazoo's book; `_read_event` is what tells."""
        return _heed if wanted else None

    def _watch_request(self, path: str, mode: int, read: Callable[[bytes, int], None]) -> _Request:
        payload = serialization.write_string(self._whole(path)) + serialization.int_struct.pack(mode)
        return _Request(_ADD_WATCH, payload, read)

    def _read_event(self, data: bytes, offset: int) -> None:
        """Called on kazoo's connection thread, which goes on reading; the event is told on the thread for that."""
        self._note_event(data, offset)
        event, _ = serialization.Watch.deserialize(data, offset)
        what = (_EVENTS.get(event.type, str(event.type)), self._client.unchroot(event.path))
        self._client.handler.dispatch_callback(Callback("watch", self._on_event, what))

    def _on_state(self, state: str) -> None:
        if state == KazooState.LOST:
            self._staying.clear()
        elif state == KazooState.CONNECTED:
            for path, mode in list(self._staying.items()):
                request = self._watch_request(path, mode, lambda data, at: None)
                self._client._call(request, self._client.handler.async_result())

    def _whole(self, path: str) -> str:
        return (self._client.chroot + path).rstrip("/") or "/"

    def _ask_path(self, kind: int, path: str, read: Callable[[bytes, int], T], more: bytes = b"") -> T:
        return self._ask(path, _Request(kind, serialization.write_string(self._whole(path)) + more, read))

    def _ask(self, path: str | None, request: Any) -> Any:
        def ask() -> Any:
            result = self._client.handler.async_result()
            self._client._call(request, result)
            return result

        return self._call(path, ask)

    def _call(self, path: str | None, function: Callable[..., Any], *arguments: Any) -> Any:
        """The result of one of kazoo's asynchronous calls, which wait for a lost connection longer than we do."""
        try:
            return function(*arguments).get(timeout=_ANSWER_SECONDS)
        except (KazooException, KazooTimeoutError) as error:
            raise _explain(error, path) from None


class _Request(namedtuple("_Request", "type payload read")):
    """A request in kazoo's form."""

    def serialize(self) -> bytes:
        return bytes(self.payload)

    def deserialize(self, data: bytes, offset: int) -> Any:
        return self.read(data, offset)


def _heed(event: Any) -> None:
    """A watch in kazoo's book: one object, so that a node watched twice is there once."""


def _explain(error: Exception, path: str | None) -> ZooKeeperError:
    words = next((words for kind, words in _WORDS.items() if isinstance(error, kind)), None)
    name = "ConnectionLoss" if isinstance(error, KazooTimeoutError) else type(error).__name__.removesuffix("Error")
    code = f"KeeperErrorCode = {_NAMES.get(name, name)}" + (f" for {path}" if path else "")
    if words is not None:
        return ZooKeeperError(words.format(path), reason=type(error), code=code)
    return ZooKeeperError(code)


def _acl(permissions: Iterable[Permission]) -> list[ACL]:
    return [
        ACL(sum(PERMISSIONS[letter] for letter in letters), Id(scheme, id_)) for scheme, id_, letters in permissions
    ]


def _write_acl(entries: list[ACL]) -> bytes:
    payload = bytes(serialization.int_struct.pack(len(entries)))
    for entry in entries:
        payload += serialization.int_struct.pack(entry.perms)
        payload += serialization.write_string(entry.id.scheme) + serialization.write_string(entry.id.id)
    return payload


def _read_strings(data: bytes, offset: int) -> list[str]:
    (count,) = serialization.int_struct.unpack_from(data, offset)
    offset += serialization.int_struct.size
    found = []
    for _ in range(count):
        text, offset = serialization.read_string(data, offset)
        found.append(text or "")
    return found


def _read_identities(data: bytes, offset: int) -> list[tuple[str, str]]:
    (count,) = serialization.int_struct.unpack_from(data, offset)
    offset += serialization.int_struct.size
    found = []
    for _ in range(count):
        scheme, offset = serialization.read_string(data, offset)
        user, offset = serialization.read_string(data, offset)
        found.append((scheme or "", user or ""))
    return found


def _reach(hosts: str, tls: ssl.SSLContext | None) -> None:
    """Fail at once if nothing that we understand is at any of the addresses, since kazoo would go on trying."""
    reasons = []
    for address in hosts.partition("/")[0].split(","):
        host, _, port = address.strip().rpartition(":")
        if not host or not port.isdigit():
            host, port = address.strip(), str(_PORT)
        if not host:
            raise ZooKeeperError(f"'{hosts}' does not say where ZooKeeper is: HOST:PORT[/PATH]")
        try:
            _connect((host.strip("[]"), int(port)), host.strip("[]"), _CONNECT_SECONDS, tls).close()
            return
        except ssl.SSLError as error:
            reason = getattr(error, "verify_message", None) or error.reason or str(error)
            reasons.append(f"TLS handshake with {host}:{port} failed: {reason.replace('_', ' ').lower()}")
        except (OSError, OverflowError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            reasons.append(f"Cannot connect to {host}:{port}: {reason}")
    raise ZooKeeperError("; ".join(reasons))


def _connect(address: tuple[str, int], host: str, seconds: float, tls: ssl.SSLContext | None) -> socket.socket:
    plain = socket.create_connection(address, seconds)
    if tls is None:
        return plain
    try:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return tls.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


class _TlsHandler(SequentialThreadingHandler):
    """kazoo's threads, on connections with a context of ours: its own takes PEM files only, and trusts by them."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__()
        self._tls = tls

    def create_connection(self, address: Any, hostname: str, timeout: float, **_: Any) -> socket.socket:
        return _connect(address[:2], hostname, timeout, self._tls)
