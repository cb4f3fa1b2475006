"""How a run of a console consumer ends: signals, and trouble in the form of Kafka's log lines."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from kcli.cli.environment import Environment
from kcli.cli.errors import INTERRUPTED

TERMINATED = 143
TIMED_OUT = "org.apache.kafka.common.errors.TimeoutException: null"
CONVERSION = "joptsimple.OptionArgumentConversionException"
CONFIG_EXCEPTION = "org.apache.kafka.common.config.ConfigException: "


class Terminated(KeyboardInterrupt):
    """SIGTERM: like Ctrl-C, with an exit code of its own."""


def code_of(interrupt: KeyboardInterrupt) -> int:
    """The exit code of a signal."""
    return TERMINATED if isinstance(interrupt, Terminated) else INTERRUPTED


@contextmanager
def sigterm() -> Iterator[None]:
    """Let SIGTERM end the tool as Ctrl-C does."""

    def terminate(number: int, frame: FrameType | None) -> None:
        raise Terminated

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def report(error: Exception, environment: Environment) -> None:
    """An error that ends the reading, under its Java name."""
    java_class = getattr(error, "java_class", "org.apache.kafka.common.KafkaException")
    environment.warn(f"{java_class}: {error}")


def log_warning(environment: Environment, text: str) -> None:
    """Trouble that is being waited out, in the form of Kafka's log lines."""
    now = time.time()
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now))
    environment.warn(f"[{stamp},{int(now % 1 * 1000):03d}] WARN {text} ({environment.program})")
