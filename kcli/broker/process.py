"""A broker as a process of its own: the event loop, the signals, the registry."""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from kcli.broker.errors import BrokerError
from kcli.broker.registry import registered
from kcli.broker.server import Broker
from kcli.broker.settings import Settings

_SIGNALS = (signal.SIGTERM, signal.SIGINT)

_log = logging.getLogger("kcli.broker")


def run_loop(main: Coroutine[Any, Any, int]) -> int:
    """Run a coroutine on uvloop where that is installed, on asyncio's own loop elsewhere."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    loop = uvloop.new_event_loop()
    try:
        asyncio.set_event_loop(loop)
        return int(loop.run_until_complete(main))
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()


async def serve(settings: Settings, ready: Callable[[Broker], None]) -> int:
    """Run a broker until SIGTERM or SIGINT comes; the signal's number.

    Raises BrokerError if the broker cannot start, or cannot go on.
    """
    _raise_file_limit()
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[int] = loop.create_future()

    def stop(number: int) -> None:
        if not stopped.done():
            _log.info("Terminating process due to signal %s", signal.Signals(number).name)
            stopped.set_result(number)

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop, number)
    broker = Broker(settings)
    if not await _started(broker, stopped):
        return stopped.result()
    assert broker.failure is not None
    try:
        with registered(broker.broker_id, settings["process.roles"] or ["broker"]):
            ready(broker)
            await _first_of(stopped, broker.failure)
    finally:
        await broker.stop()
    if broker.failure.done():
        raise BrokerError(broker.failure.result())
    return stopped.result()


def _raise_file_limit() -> None:
    """Each partition has a file open, and each client a socket; the JVM takes what it may have, too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(OSError, ValueError):  # macOS allows less than its hard limit says
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _started(broker: Broker, stopped: asyncio.Future[int]) -> bool:
    """Whether the start came to its end before somebody wanted the broker gone: it may be waiting for ZooKeeper."""
    starting = asyncio.ensure_future(broker.start())
    await _first_of(starting, stopped)
    if not starting.done():
        starting.cancel()
        await asyncio.wait([starting])
        return False
    starting.result()
    return True


async def _first_of(*futures: asyncio.Future[Any]) -> None:
    await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
