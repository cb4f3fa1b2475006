"""Brokers that live as long as a `with` block.

>>> from kcli.testing import EphemeralBroker
>>> with EphemeralBroker() as broker:                   # doctest: +SKIP
...     use(broker.bootstrap_servers)
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import IO, TYPE_CHECKING

from kcli.broker.errors import BrokerError

if TYPE_CHECKING:
    from kcli.broker.server import Broker

_STOP_SECONDS = 10


class EphemeralBroker:
    """`kafka-server-start --ephemeral` in a subprocess: a fresh folder, a free port, and nothing left of it afterwards.

    `properties` are those of server.properties, by Kafka's names; the broker's log goes to stderr, or into `log`.
    """

    def __init__(self, properties: Mapping[str, object] | None = None, log: IO[bytes] | int | None = None) -> None:
        self._properties = dict(properties or {})
        self._log = log
        self._process: subprocess.Popen[str] | None = None
        self.bootstrap_servers = ""
        """what clients take as bootstrap.servers"""

    @property
    def pid(self) -> int:
        """The broker's process, for tests that are unkind to it."""
        assert self._process is not None, "the broker was not started"
        return self._process.pid

    def start(self) -> EphemeralBroker:
        """Return once the broker is ready."""
        overrides = [word for pair in self._properties.items() for word in ("--override", "{}={}".format(*pair))]
        command = [sys.executable, "-m", "kcli.tools.server_start", "--ephemeral", *overrides]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._log, text=True)
        assert self._process.stdout is not None
        self.bootstrap_servers = self._process.stdout.readline().strip()
        if not self.bootstrap_servers:
            self.stop()
            raise BrokerError("The broker did not start; its log says why")
        return self

    def stop(self) -> None:
        """End it cleanly, or by force if it takes too long."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()

    def __enter__(self) -> EphemeralBroker:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class InProcessBroker:
    """A broker on a thread (and event loop) of this process: it starts in a fraction of the time.

    `broker` gives its insides to tests of the broker itself; only its own loop may touch them, see `call`.
    """

    def __init__(self, properties: Mapping[str, object] | None = None) -> None:
        self._properties = dict(properties or {})
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._resources = contextlib.ExitStack()
        self.broker: Broker | None = None
        self.bootstrap_servers = ""
        """what clients take as bootstrap.servers"""

    def start(self) -> InProcessBroker:
        """Return once the broker is ready."""
        from kcli.broker.server import Broker
        from kcli.broker.settings import EPHEMERAL, load

        folder = self._resources.enter_context(tempfile.TemporaryDirectory(prefix="kcli-"))
        properties = {**EPHEMERAL, "log.dirs": folder, **self._properties}
        settings = load(None, ["{}={}".format(*pair) for pair in properties.items()])
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="kcli-broker", daemon=True)
        self._thread.start()
        try:
            self.broker = Broker(settings)
            asyncio.run_coroutine_threadsafe(self.broker.start(), self._loop).result()
        except BaseException:
            self.broker = None
            self.stop()
            raise
        self.bootstrap_servers = self.broker.bootstrap
        return self

    def stop(self) -> None:
        """End it cleanly."""
        broker, self.broker = self.broker, None
        loop, self._loop = self._loop, None
        if loop is None or self._thread is None:
            return
        if broker is not None:
            asyncio.run_coroutine_threadsafe(broker.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join()
        loop.close()
        self._resources.close()

    def __enter__(self) -> InProcessBroker:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
