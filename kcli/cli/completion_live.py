"""Names that only the cluster knows (topics, groups, brokers...), for completion: from a cache that is never waited for
longer than DEADLINE.

One file a cluster below XDG_CACHE_HOME/kcli for what is wanted all the time, and one for each other kind of name,
readable by their owner alone; their names are digests of where and how one connects. A forked child refreshes a file,
detached from the shell; whoever completes waits for the child until the deadline and then takes what the file holds,
new or old. Nothing here ever prints.
"""

from __future__ import annotations

import json
import os
import select
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from kcli.cli.completion_askers import ALONE, TOGETHER
from kcli.cli.inherited import Inherited
from kcli.cli.profiles import Profiles

DEADLINE = 0.2  # seconds for all that is live, reading the file included
_FRESH = 10.0  # seconds for which a cache is taken as it is
_AGAIN = 3.0  # seconds after which a refresh that did not succeed is tried again
_PATIENCE = 20  # seconds that a refresh may take in the background
_RESERVE = 0.03  # what is kept of the deadline to read the file


class Source(NamedTuple):
    """Which cluster is asked, and how: what stands on the command line so far."""

    servers: str
    config_file: str | None = None
    controllers: bool = False
    profile: str | None = None


def names(kind: str, source: Source, variables: Mapping[str, str]) -> list[str]:
    """The names of a kind in a cluster, or none where they are not known in time."""
    end = time.monotonic() + DEADLINE - _RESERVE
    with suppress(OSError, ValueError):
        file = _file(source, "" if kind in TOGETHER else kind, variables)
        if _age(file) > _FRESH and _age(_lock(file)) > _AGAIN:
            _refresh(file, source, variables, kind, end)
        return [name for name in _read(file).get(kind, []) if isinstance(name, str)]
    return []


def known_servers(variables: Mapping[str, str]) -> list[str]:
    """The bootstrap servers for which there is a cache, the last used first."""
    with suppress(OSError):
        files = sorted(_folder(variables).glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
        return list(dict.fromkeys(str(_read(file).get("servers", "")) for file in files[:50]))
    return []


def _folder(variables: Mapping[str, str]) -> Path:
    cache = variables.get("XDG_CACHE_HOME", "")
    return (Path(cache) if cache.startswith("/") else Path.home() / ".cache") / "kcli"


def _file(source: Source, kind: str, variables: Mapping[str, str]) -> Path:
    from hashlib import sha256

    config = ""
    if source.config_file is not None:
        path = os.path.abspath(source.config_file)
        config = f"{path} {os.stat(path).st_mtime_ns}"
    profile = ""
    if source.profile is not None:
        path = Profiles(variables).path(source.profile)
        profile = f"{path} {os.stat(path).st_mtime_ns}"
    who = f"{source.servers}\n{config}\n{source.controllers}\n{profile}" + (f"\n{kind}" if kind else "")
    folder = _folder(variables)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{sha256(who.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.json"


def _lock(file: Path) -> Path:
    return file.with_suffix(".lock")


def _age(file: Path) -> float:
    try:
        return abs(time.time() - file.stat().st_mtime)
    except OSError:
        return float("inf")


def _read(file: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        content = json.loads(file.read_text())
        return content if isinstance(content, dict) else {}
    return {}


def _write(file: Path, content: Mapping[str, Any]) -> None:
    """Put a whole file in place, so that nobody reads a part of one."""
    part = file.with_suffix(f".{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(content, stream)
    os.replace(part, file)


def _refresh(file: Path, source: Source, variables: Mapping[str, str], first: str, end: float) -> None:
    """Have a child refresh the file; back when it holds the names of the first kind, or at the deadline."""
    done, tell = os.pipe()
    if os.fork() == 0:
        _child(file, source, variables, first, tell)
    os.close(tell)
    select.select([done], [], [], max(0.0, end - time.monotonic()))
    os.close(done)


def _child(file: Path, source: Source, variables: Mapping[str, str], first: str, tell: int) -> NoReturn:
    """The background's side. The shell waits for whoever holds its pipes, so they are let go before anything else."""
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        import fcntl
        import signal

        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        signal.alarm(_PATIENCE)
        lock = os.open(_lock(file), os.O_WRONLY | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.utime(lock)
        _ask(file, source, variables, first, tell)
    except BaseException:  # whatever it was, nobody is there to be told
        pass
    finally:
        os._exit(0)


def _ask(file: Path, source: Source, variables: Mapping[str, str], first: str, tell: int) -> None:
    """Ask the cluster, what is waited for before the rest. What fails leaves the names that were known before."""
    from kcli.cli.connect import connect_to
    from kcli.cli.environment import Environment

    with open(os.devnull, "r+b", buffering=0) as null:
        environment = Environment(null, null, null, variables, "kcli")
        with connect_to(
            source.servers,
            source.config_file,
            environment,
            controllers=source.controllers,
            inherited=_inherited(source, variables),
        ) as cluster:
            content = {**_read(file), "servers": source.servers}
            askers = TOGETHER if first in TOGETHER else {first: ALONE[first]}
            for kind in sorted(askers, key=lambda kind: kind != first):
                with suppress(Exception):
                    content[kind] = askers[kind](cluster)
                    _write(file, content)
                if kind == first:
                    os.write(tell, b".")


def _inherited(source: Source, variables: Mapping[str, str]) -> Inherited | None:
    if source.profile is None:
        return None
    return Inherited(source.servers, Profiles(variables).read(source.profile), variables)
