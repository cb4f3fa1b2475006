"""What ends a copy: one line that says which file, topic or partition, and what to do."""

from __future__ import annotations


class CopyError(Exception):
    """The copy cannot go on; what has been done so far stays, and a later run goes on from there."""
