"""Output written by a thread of its own, so that a consumer stays in its group while nobody reads what it prints."""

from __future__ import annotations

import os
import select
import threading
from collections import deque
from io import UnsupportedOperation
from typing import BinaryIO

_HELD = 8 << 20  # bytes that may wait to be written


class Output:
    """Takes byte strings and writes them in order. An error of the stream is raised by the next call."""

    def __init__(self, stream: BinaryIO) -> None:
        stream.flush()
        self._stream = stream
        try:
            self._fd: int | None = stream.fileno()
        except (AttributeError, UnsupportedOperation):
            self._fd = None  # not a file of the system
        self._poller = select.poll() if self._fd is not None else None
        if self._poller is not None and self._fd is not None:
            self._poller.register(self._fd, 0)
        self._waiting: deque[bytes | bytearray] = deque()
        self._held = 0
        self._error: OSError | None = None
        self._change = threading.Condition()
        threading.Thread(target=self._run, daemon=True).start()

    def offer(self, data: bytes | bytearray, timeout: float) -> bool:
        """Take data to be written, unless too much is waiting for longer than `timeout` seconds."""
        with self._change:
            taken = self._change.wait_for(lambda: self._held < _HELD or self._error is not None, timeout)
            self._check()
            if taken and data:
                self._waiting.append(data)
                self._held += len(data)
                self._change.notify_all()
        return taken

    def drain(self, timeout: float) -> bool:
        """Wait until all is written."""
        with self._change:
            done = self._change.wait_for(lambda: not self._held or self._error is not None, timeout)
            self._check()
        return done

    def check(self) -> None:
        """Raise the error of the stream if there is one; a pipe that nobody reads any more is one."""
        self._check()
        if self._poller is not None and any(event & select.POLLERR for _, event in self._poller.poll(0)):
            raise BrokenPipeError

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._waiting)
                data = self._waiting.popleft()
            try:
                self._write(data)
            except OSError as error:
                with self._change:
                    self._error = error
                    self._change.notify_all()
                return
            with self._change:
                self._held -= len(data)
                self._change.notify_all()

    def _write(self, data: bytes | bytearray) -> None:
        if self._fd is None:
            self._stream.write(data)
            self._stream.flush()
            return
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]
