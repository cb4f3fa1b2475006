"""When a second process is worth it: many large chunks in a row, of which only the values are printed."""

from __future__ import annotations

from kcli.client.decode import Chunk
from kcli.client.decode_helper import Helper

_BULK_SIZE = 256 * 1024
_BULK_CHUNKS = 2


class Bulk:
    """Every other chunk goes to a helper process, once there are enough of them to be worth it."""

    def __init__(self, plain_values: tuple[bytes, bytes] | None) -> None:
        self.pending: Chunk | None = None
        self._ends = plain_values
        self._helper: Helper | None = None
        self._until = _BULK_CHUNKS

    def takes(self, chunk: Chunk, remaining: int | None) -> bool:
        """Give the chunk to the helper, if it is large, wanted as a whole, and the helper has nothing to do."""
        if self.pending or self._ends is None or len(chunk.data) < _BULK_SIZE or not chunk.whole:
            return False
        if remaining is not None and chunk.count > remaining:
            return False
        self._until -= 1
        try:
            if self._helper is None and self._until <= 0:
                self._helper = Helper(*self._ends)
            if self._helper is not None and self._helper.ready:
                self._helper.give(chunk)
                self.pending = chunk
        except OSError:  # it could not be started, or it is gone
            self._give_up()
        return self.pending is not None

    def result(self) -> bytes | bytearray | None:
        """The lines of the pending chunk; None (and no more help) if the helper could not read it."""
        assert self._helper is not None
        self.pending = None
        lines = self._helper.take()
        if lines is None:
            self._give_up()
        return lines

    def close(self) -> None:
        if self._helper is not None:
            self._helper.close()
            self._helper = None

    def _give_up(self) -> None:
        self.close()
        self._ends = None
