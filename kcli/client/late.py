"""Import a library before the modules that it imports and hardly ever uses: those load when it first uses them.

For libraries whose import is most of the time that a command takes. The standard library's LazyLoader loads a module
as soon as another one imports it, up to Python 3.11.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


@contextmanager
def imported_late(*names: str) -> Iterator[None]:
    """Modules of the standard library, by name, that what is imported in the block gets a stand-in for."""
    stand_ins = {name: _StandIn(name) for name in names if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for stand_in in stand_ins.values():
            stand_in.leave()


class _StandIn(ModuleType):
    """Has what the module has, which it loads when asked for anything."""

    def __getattr__(self, name: str) -> Any:
        self.leave()
        return getattr(__import__(self.__name__), name)

    def leave(self) -> None:
        """Make way for the module itself: who imports it from now on gets that."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
