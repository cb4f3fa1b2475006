"""The only module that asks the operating system for files, so that tests can make any of it fail, tear or forget."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Sequence
from typing import Any

Buffer = Any  # bytes, bytearray or memoryview

_MOST_BUFFERS = 1000  # below every system's IOV_MAX

# POSIX locks belong to the process: a second lock in ours would be granted, so the held ones are remembered.
_held: dict[str, int] = {}


class FileSystem:
    """Plain POSIX calls; everything raises OSError. Positions are given, never kept."""

    def open(self, path: str, *, create: bool = False) -> int:
        flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0)
        return os.open(path, flags, 0o644)

    def close(self, descriptor: int) -> None:
        os.close(descriptor)

    def pread(self, descriptor: int, size: int, position: int) -> bytes:
        return os.pread(descriptor, size, position)

    def pwritev(self, descriptor: int, buffers: Sequence[Buffer], position: int) -> None:
        """Write all of it; one system call unless the system takes less (a full disk shows on the next call)."""
        if len(buffers) > _MOST_BUFFERS:
            buffers = (b"".join(buffers),)
        written = os.pwritev(descriptor, buffers, position)
        size = sum(map(len, buffers))
        if written < size:
            rest = memoryview(b"".join(buffers))
            while written < size:
                written += os.pwrite(descriptor, rest[written:], position + written)

    def truncate(self, descriptor: int, size: int) -> None:
        os.ftruncate(descriptor, size)

    def allocate(self, descriptor: int, size: int) -> None:
        """Make the file size bytes long, with the room on disk where the system can promise it."""
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, size)
        else:
            os.ftruncate(descriptor, size)

    def fsync(self, descriptor: int) -> None:
        os.fsync(descriptor)

    def fsync_dir(self, path: str) -> None:
        """Flush a folder's names; it may be gone by now, which is fine."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def fsync_path(self, path: str) -> None:
        """Flush a file that may be gone by now, which is fine."""
        try:
            descriptor = self.open(path)
        except FileNotFoundError:
            return
        try:
            self.fsync(descriptor)
        finally:
            self.close(descriptor)

    def read(self, path: str) -> bytes:
        """All of a file, which need not be writable: Kafka takes that right from the snapshots of its metadata."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return self.pread(descriptor, self.size(path), 0)
        except OSError as error:
            raise OSError(error.errno, error.strerror, path) from None
        finally:
            self.close(descriptor)

    def write(self, path: str, data: Buffer, *, sync: bool = False) -> None:
        """Make the file hold exactly data."""
        descriptor = self.open(path, create=True)
        try:
            self.pwritev(descriptor, (data,), 0)
            self.truncate(descriptor, len(data))
            if sync:
                self.fsync(descriptor)
        finally:
            self.close(descriptor)

    def replace(self, path: str, data: Buffer, *, durable: bool = True) -> None:
        """Make the file hold data: after a crash it is wholly old or wholly new, or also empty if not `durable`."""
        temporary = path + ".tmp"
        self.write(temporary, data, sync=durable)
        self.rename(temporary, path)
        if durable:
            self.fsync_dir(os.path.dirname(path))

    def rename(self, old: str, new: str) -> None:
        os.replace(old, new)

    def unlink(self, path: str) -> None:
        """Remove a file; that it is gone already is fine."""
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass

    def makedirs(self, path: str) -> None:
        os.makedirs(path, exist_ok=True)

    def rmdir(self, path: str) -> None:
        os.rmdir(path)

    def listdir(self, path: str) -> list[str]:
        return sorted(os.listdir(path))

    def exists(self, path: str) -> bool:
        return os.path.exists(path)

    def is_dir(self, path: str) -> bool:
        return os.path.isdir(path)

    def size(self, path: str) -> int:
        return os.stat(path).st_size

    def modified_ms(self, path: str) -> int:
        return os.stat(path).st_mtime_ns // 1_000_000

    def set_modified_ms(self, path: str, when: int) -> None:
        os.utime(path, ns=(when * 1_000_000, when * 1_000_000))

    def disk_usage(self, path: str) -> tuple[int, int]:
        """(bytes that the disk under a path has in all, bytes that are left for us)."""
        disk = os.statvfs(path)
        return disk.f_blocks * disk.f_frsize, disk.f_bavail * disk.f_frsize

    def is_writable(self, path: str) -> bool:
        return stat.S_ISDIR(os.stat(path).st_mode) and os.access(path, os.R_OK | os.W_OK | os.X_OK)

    def lock(self, path: str) -> bool:
        """Take a file lock of the kind that Java's FileLock takes; False if anybody holds it."""
        path = os.path.realpath(path)
        if path in _held:
            return False
        descriptor = self.open(path, create=True)
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.close(descriptor)
            if error.errno in (errno.EACCES, errno.EAGAIN):
                return False
            raise
        _held[path] = descriptor
        return True

    def unlock(self, path: str) -> None:
        descriptor = _held.pop(os.path.realpath(path), None)
        if descriptor is not None:
            self.close(descriptor)
