"""A second process that turns chunks into lines, so that bulk reading keeps two cores busy.

    helper = Helper(null=b"null", end=b"\\n")
    helper.ready                          # a little later; until then, better do without it
    helper.give(chunk)                    # returns at once, more or less
    ...                                   # decode the next chunk here meanwhile
    lines = helper.take()                 # None: the helper failed; decode the chunk here, to see why

Only worth its start (some ten milliseconds of another core) where megabytes follow each other.
"""

from __future__ import annotations

import os
import select
import signal
import struct
import sys
from contextlib import suppress

from kcli.client.decode import Chunk
from kcli.records.batch import check_crc
from kcli.records.reader import read_values

_JOB = struct.Struct(">I?I")  # how many batches, whether to check them, size of all
_SIZE = struct.Struct(">i")
_FAILED = -1
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ: fewer switches between the two processes, where the system has it
_PIPE_SIZE = 1 << 20
_CODE = "import sys; sys.path[:] = {!r}; from kcli.client.decode_helper import serve; serve({!r}, {!r})"


def join_values(values: list[bytes | None], null: bytes, end: bytes) -> bytes:
    """Values one a line; the list is used up."""
    if not values:
        return b""
    values.append(b"")  # joined, it ends the last line
    try:
        return end.join(values)  # type: ignore[arg-type]
    except TypeError:
        return end.join([null if value is None else value for value in values])


class Helper:
    """The process, which ends with this one."""

    def __init__(self, null: bytes, end: bytes) -> None:
        jobs, self._jobs = _pipe()
        self._lines, lines = _pipe()
        code = _CODE.format(sys.path, null, end)
        try:
            self._pid = os.posix_spawn(
                sys.executable,
                [sys.executable, "-S", "-c", code],
                os.environ,
                file_actions=[(os.POSIX_SPAWN_DUP2, jobs, 0), (os.POSIX_SPAWN_DUP2, lines, 1)],
                setsigmask=[signal.SIGINT],  # whoever asked for help decides when to stop
            )
        finally:
            os.close(jobs)
            os.close(lines)
        self._greeted = False
        self._poller = select.poll()
        self._poller.register(self._lines, select.POLLIN)

    @property
    def ready(self) -> bool:
        """Whether the process has started."""
        if not self._greeted and self._poller.poll(0):
            self._greeted = self.take() is not None
        return self._greeted

    def give(self, chunk: Chunk) -> None:
        """Have a chunk of whole batches turned into lines; OSError if the helper is gone."""
        view = memoryview(chunk.data)
        batches: list[bytes | memoryview] = [view[start : start + header.size] for header, start in chunk.batches]
        job = _JOB.pack(len(batches), chunk.check_crcs, sum(map(len, batches)))
        _write(self._jobs, b"".join([job, *batches]))

    def take(self) -> bytes | bytearray | None:
        """The lines of the chunk that was given; None if it cannot be read."""
        head = _read(self._lines, _SIZE.size)
        size = _SIZE.unpack(head)[0] if head is not None else _FAILED
        return None if size == _FAILED else _read(self._lines, size)

    def close(self) -> None:
        """End the process."""
        os.close(self._jobs)
        os.close(self._lines)
        os.waitpid(self._pid, 0)


def serve(null: bytes, end: bytes) -> None:
    """The other side: answer jobs from stdin on stdout until there are no more, or nobody who wants them."""
    with suppress(BrokenPipeError):
        _write(1, _SIZE.pack(0))
        _answer(null, end)


def _answer(null: bytes, end: bytes) -> None:
    while (head := _read(0, _JOB.size)) is not None:
        count, check, size = _JOB.unpack(head)
        data = _read(0, size)
        if data is None:
            return
        try:
            lines = _lines(data, count, check, null, end)
            answer = _SIZE.pack(len(lines)) + lines
        except Exception:
            answer = _SIZE.pack(_FAILED)
        _write(1, answer)


def _lines(data: bytearray, count: int, check: bool, null: bytes, end: bytes) -> bytes:
    from kcli.records.batch import parse_header

    values: list[bytes | None] = []
    position = 0
    for _ in range(count):
        size = parse_header(data, position).size
        if check:
            check_crc(data, position, position + size)
        values += read_values(data, position)
        position += size
    return join_values(values, null, end)


def _pipe() -> tuple[int, int]:
    import fcntl

    reader, writer = os.pipe()
    try:
        fcntl.fcntl(writer, _SET_PIPE_SIZE, _PIPE_SIZE)
    except OSError:
        pass
    return reader, writer


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _read(fd: int, size: int) -> bytearray | None:
    """Exactly so many bytes; None at the end of the stream."""
    data = bytearray(size)
    view = memoryview(data)
    while view:
        received = os.readv(fd, [view])
        if not received:
            return None
        view = view[received:]
    return data
