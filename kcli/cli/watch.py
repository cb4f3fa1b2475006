"""`--watch`: look again and again; redrawn in place on a terminal, else a block for each look.

A look is the command run once, printing into memory. So any description can be watched, in any form of `--output`.
"""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError, UsageError
from kcli.cli.options import Option
from kcli.cli.output import CSV, JSON, OURS, YAML

Look = Callable[[Environment], bool]  # prints once; whether to go on

_LEAST, _MOST = 0.1, 86_400
_HIDE, _SHOW, _CLEAR, _TO_LINE_END, _TO_END = "\x1b[?25l", "\x1b[?25h", "\x1b[H\x1b[2J", "\x1b[K", "\x1b[J"


def _seconds(text: str) -> float:
    seconds = float(text)
    if not _LEAST <= seconds <= _MOST:
        raise UsageError(f"--watch takes from {_LEAST} to {_MOST} seconds, not {text}")
    return seconds


WATCH = Option(
    "watch",
    "Look again every so many seconds (2, if none are given) until Ctrl-C.",
    "SECONDS",
    type=_seconds,
    group=OURS,
    optional="2",
)
WATCH_DESCRIBE = WATCH._replace(help=f"With --describe: {WATCH.help[0].lower()}{WATCH.help[1:]}")


class Given(Protocol):
    """The options of a command line, whoever parsed it."""

    def has(self, name: str) -> bool:
        """Whether an option was given."""

    def value(self, name: str) -> Any:
        """Its argument."""


def look_or_watch(look: Look, options: Given, environment: Environment, form: str) -> None:
    """Look once, or with --watch again and again."""
    if options.has(WATCH.name):
        watch(look, options.value(WATCH.name), environment, form)
    else:
        look(environment)


def watch(look: Look, seconds: float, environment: Environment, form: str) -> None:
    """Look until it says to stop, or Ctrl-C. An error ends it at the first look, later ones are shown and outlived."""
    screen = environment.stdout.isatty() and environment.variables.get("TERM") != "dumb"
    if screen:
        with _terminal(environment) as display:
            _repeat(look, seconds, environment, lambda text, when: display.draw(f"{when}\n\n{text}"), screen=True)
    else:
        blocks = _Blocks(form, environment)
        _repeat(look, seconds, environment, blocks.put, screen=False)


def _repeat(
    look: Look, seconds: float, environment: Environment, put: Callable[[str, str], None], *, screen: bool
) -> None:
    first = True
    while True:
        out = _Page(screen)
        page = Environment(
            environment.stdin, out, out if screen else environment.stderr, environment.variables, environment.program
        )
        started = time.monotonic()
        when = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        going = True
        try:
            going = look(page)
        except Exception as error:
            if first or not (isinstance(error, CommandError) or hasattr(error, "java_class")):
                raise
            page.warn(f"{error}")
        put(out.getvalue().decode("utf-8", "surrogateescape").strip("\n"), when)
        if not going:
            return
        first = False
        time.sleep(max(0.0, seconds - (time.monotonic() - started)))


class _Page(io.BytesIO):
    """Where a look prints; it looks like what it ends up on."""

    def __init__(self, screen: bool) -> None:
        super().__init__()
        self._screen = screen

    def isatty(self) -> bool:
        return self._screen


class _Blocks:
    """One block for each look: JSON a line, YAML a document, CSV rows with a column for the time, else lines."""

    def __init__(self, form: str, environment: Environment) -> None:
        self._form = form
        self._environment = environment
        self._first = True

    def put(self, text: str, when: str) -> None:
        if self._form == JSON:
            self._environment.print(f'{{"time": "{when}", "rows": {text or "[]"}}}')
        elif self._form == YAML:
            lines = "\n".join(f"  {line}" for line in (text or "[]").splitlines())
            self._environment.print(f"---\ntime: '{when}'\nrows:\n{lines}")
        elif self._form == CSV:
            self._put_csv(text, when)
        else:
            self._environment.print(f"{'' if self._first else chr(10)}{when}\n{text}")
        self._first = False
        self._environment.stdout.flush()

    def _put_csv(self, text: str, when: str) -> None:
        import csv

        lines = io.StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        for number, row in enumerate(csv.reader(io.StringIO(text))):
            if number or self._first:
                writer.writerow([when if number else "time", *row])
        self._environment.stdout.write(lines.getvalue().encode("utf-8", "surrogateescape"))


class Display:
    """The lines at the bottom of a terminal that are drawn over. Everything goes out in one write: no flicker."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._text = ""
        self._drawn = 0

    def draw(self, text: str, *, anew: bool = False) -> None:
        """Draw over what was drawn before; `anew`: over the whole screen, whose size has changed."""
        self._text = text
        columns, rows = self._size()
        lines = [line.expandtabs()[: columns - 1] for line in text.splitlines()]
        if len(lines) > rows - 1:
            hidden = len(lines) - rows + 2
            lines = [*lines[: rows - 2], f"... {hidden} more lines"[: columns - 1]]
        start = _CLEAR if anew else (f"\x1b[{self._drawn}A\r" if self._drawn else "\r")
        self._drawn = len(lines)
        self.write(start + "".join(f"{line}{_TO_LINE_END}\r\n" for line in lines) + _TO_END)

    def redraw(self) -> None:
        self.draw(self._text, anew=True)

    def write(self, text: str) -> None:
        data = text.encode("utf-8", "surrogateescape")
        while data:  # not through the stream: a signal may come while it is in use
            data = data[os.write(self._descriptor, data) :]

    def _size(self) -> tuple[int, int]:
        try:
            columns, rows = os.get_terminal_size(self._descriptor)
        except OSError:
            return 80, 24
        return max(columns, 2), max(rows, 3)


@contextmanager
def _terminal(environment: Environment) -> Iterator[Display]:
    """A display; the cursor is hidden and keys are not echoed until it ends, or is interrupted."""
    display = Display(environment.stdout.fileno())
    echo = _Echo(environment)

    def enter() -> None:
        echo.off()
        display.write(_HIDE)

    def leave() -> None:
        display.write(_SHOW)
        echo.restore()

    def resized(*_: Any) -> None:
        display.redraw()

    def ended(number: int, _: Any) -> None:
        leave()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def suspended(number: int, _: Any) -> None:
        leave()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)  # goes on here when it is continued
        signal.signal(number, suspended)
        enter()
        display.redraw()

    handlers = {signal.SIGWINCH: resized, signal.SIGTERM: ended, signal.SIGHUP: ended, signal.SIGTSTP: suspended}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    enter()
    try:
        yield display
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        with suppress(OSError):
            leave()


class _Echo:
    """Whether the terminal shows what is typed, which would move the lines that are drawn over."""

    def __init__(self, environment: Environment) -> None:
        self._descriptor: int | None = None
        with suppress(OSError, ValueError):
            if environment.stdin.isatty():
                self._descriptor = environment.stdin.fileno()
        self._before: list[Any] | None = None

    def off(self) -> None:
        import termios

        if self._descriptor is None:
            return
        with suppress(termios.error):
            self._before = termios.tcgetattr(self._descriptor)
            changed = termios.tcgetattr(self._descriptor)
            changed[3] &= ~termios.ECHO
            termios.tcsetattr(self._descriptor, termios.TCSANOW, changed)

    def restore(self) -> None:
        import termios

        if self._descriptor is not None and self._before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self._descriptor, termios.TCSANOW, self._before)
