"""File systems that tidy up, fail, tear and forget, for the tests of storage."""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Sequence
from typing import Any

from kcli.storage.fs import FileSystem

CHANGING = ("open", "pwritev", "truncate", "allocate", "fsync", "fsync_dir", "rename", "unlink", "makedirs", "rmdir")


class TidyFileSystem(FileSystem):
    """Closes what is still open when nobody has a log of it any more: a test's crash closes no files."""

    def __new__(cls, *_: Any, **__: Any) -> TidyFileSystem:
        made = super().__new__(cls)
        made._left = set()
        return made

    _left: set[int]

    def open(self, path: str, *, create: bool = False) -> int:
        descriptor = super().open(path, create=create)
        self._left.add(descriptor)
        return descriptor

    def close(self, descriptor: int) -> None:
        self._left.discard(descriptor)
        super().close(descriptor)

    def lock(self, path: str) -> bool:
        """Locks are the process's, which keeps them."""
        return _PLAIN.lock(path)

    def __del__(self) -> None:
        for descriptor in self._left:
            os.close(descriptor)


_PLAIN = FileSystem()


class FailingFileSystem(TidyFileSystem):
    """Counts the calls that change something; from number `fail_at` on they fail, `failures` times."""

    def __init__(self, fail_at: int = -1, code: int = errno.EIO, failures: int = 1) -> None:
        self.calls = 0
        self.fail_at = fail_at
        self.code = code
        self.failures = failures
        self.log: list[str] = []

    def _count(self, name: str) -> None:
        self.calls += 1
        self.log.append(name)
        if self.fail_at >= 0 and self.calls > self.fail_at and self.failures:
            self.failures -= 1
            raise OSError(self.code, os.strerror(self.code))


def _counted(name: str) -> Any:
    plain = getattr(TidyFileSystem, name)

    def call(self: FailingFileSystem, *arguments: Any, **options: Any) -> Any:
        self._count(name)
        return plain(self, *arguments, **options)

    return call


for _name in CHANGING:
    if _name != "pwritev":
        setattr(FailingFileSystem, _name, _counted(_name))


def _pwritev(self: FailingFileSystem, descriptor: int, buffers: Sequence[Any], position: int) -> None:
    """A write that fails may have written a part."""
    try:
        self._count("pwritev")
    except OSError:
        data = b"".join(buffers)
        os.pwrite(descriptor, data[: len(data) // 2], position)
        raise
    FileSystem.pwritev(self, descriptor, buffers, position)


FailingFileSystem.pwritev = _pwritev  # type: ignore[method-assign]


class ForgetfulFileSystem(TidyFileSystem):
    """Remembers what was flushed; `crash` gives each file back with a random part of what was not."""

    def __init__(self, kept: float, seed: int) -> None:
        self._random = random.Random(seed)
        self._kept = kept
        self._durable: dict[str, bytes] = {}
        self._paths: dict[int, str] = {}

    def open(self, path: str, *, create: bool = False) -> int:
        descriptor = super().open(path, create=create)
        self._paths[descriptor] = path
        self._durable.setdefault(path, b"")
        return descriptor

    def fsync(self, descriptor: int) -> None:
        path = self._paths[descriptor]
        self._durable[path] = os.pread(descriptor, os.fstat(descriptor).st_size, 0)

    def fsync_dir(self, path: str) -> None:
        pass

    def rename(self, old: str, new: str) -> None:
        super().rename(old, new)
        moved = {path: data for path, data in self._durable.items() if path == old or path.startswith(old + "/")}
        for path, data in moved.items():
            del self._durable[path]
            self._durable[new + path[len(old) :]] = data
        for descriptor, path in self._paths.items():
            if path == old:
                self._paths[descriptor] = new

    def crash(self) -> None:
        for path, durable in self._durable.items():
            if not os.path.exists(path):
                continue
            with open(path, "rb") as file:
                current = file.read()
            if self._random.random() < self._kept or durable == current:
                continue
            appended = self._kept and current.startswith(durable)
            content = current[: self._random.randint(len(durable), len(current))] if appended else durable
            with open(path, "wb") as file:
                file.write(content)


class FullFileSystem(TidyFileSystem):
    """A disk with so many bytes of room for what is appended; a write beyond takes what fits, then fails."""

    def __init__(self, room: int) -> None:
        self.room = room

    def pwritev(self, descriptor: int, buffers: Sequence[Any], position: int) -> None:
        data = b"".join(buffers)
        grows = max(0, position + len(data) - os.fstat(descriptor).st_size)
        if grows > self.room:
            os.pwrite(descriptor, data[: len(data) - grows + self.room], position)
            self.room = 0
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.room -= grows
        super().pwritev(descriptor, buffers, position)

    def truncate(self, descriptor: int, size: int) -> None:
        self.room += max(0, os.fstat(descriptor).st_size - size)
        super().truncate(descriptor, size)
