"""A line editor for tools that talk with someone at a terminal: history in a file, completion of `:`-commands, a status
bar, and work that goes on while nothing is typed. prompt_toolkit is imported when a Repl is made, and only then.
"""

from __future__ import annotations

import os
import re
import termios
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

COMMAND_PREFIX = ":"
_TICK = 0.2  # seconds
_LOCAL_MODES = 3  # their place in what tcgetattr gives


class Command(NamedTuple):
    """A `:`-command: its argument as help shows it, and what it does."""

    argument: str
    help: str


class Repl:
    """Asks for lines, within a `with` block.

    `status` gives the text of the bar at the bottom. `work` is called several times a second for what has to go on
    while nothing is typed, and says whether to stop as if Ctrl-C had been typed.
    """

    def __init__(
        self,
        prompt: str,
        commands: Mapping[str, Command],
        history: Path,
        status: Callable[[], str],
        work: Callable[[], bool],
    ) -> None:
        from prompt_toolkit import PromptSession

        self._prompt = prompt
        self._work = work
        self._session: PromptSession[str] = PromptSession(
            history=open_history(history),
            completer=_completer(commands),
            bottom_toolbar=status,
            complete_while_typing=True,
        )
        self._modes: list[Any] = []

    def __enter__(self) -> Repl:
        """Keep what is typed between two questions for the next one: unechoed, and Ctrl-D as a character.

        Ctrl-C stays a signal there, so that it interrupts what goes on.
        """
        descriptor = self._session.input.fileno()
        self._modes = termios.tcgetattr(descriptor)
        modes = termios.tcgetattr(descriptor)
        modes[_LOCAL_MODES] &= ~(termios.ICANON | termios.ECHO)
        termios.tcsetattr(descriptor, termios.TCSANOW, modes)
        return self

    def __exit__(self, *_: object) -> None:
        termios.tcsetattr(self._session.input.fileno(), termios.TCSANOW, self._modes)

    def read(self) -> str:
        """What was entered, possibly several pasted lines; raises EOFError at Ctrl-D, KeyboardInterrupt at Ctrl-C."""
        return self._session.prompt(self._question, refresh_interval=_TICK)

    def _question(self) -> str:
        """The prompt, asked for at each refresh."""
        app = self._session.app
        if self._work() and app.is_running and app.future is not None and not app.future.done():
            app.exit(exception=KeyboardInterrupt)
        return self._prompt


def split_command(text: str) -> tuple[str, str] | None:
    """(name, argument) if the text is a command; two colons at the start stand for one that is meant."""
    if not text.startswith(COMMAND_PREFIX) or text.startswith(COMMAND_PREFIX * 2) or "\n" in text:
        return None
    name, _, argument = text[1:].partition(" ")
    return name, argument.strip()


def unescape(text: str) -> str:
    """Text that is no command, without the colon that kept it from being one."""
    if text.startswith(COMMAND_PREFIX * 2) and "\n" not in text:
        return text[1:]
    return text


def help_lines(commands: Mapping[str, Command]) -> list[str]:
    """What `:help` prints of the commands."""
    heads = {name: f"{COMMAND_PREFIX}{name} {command.argument}".rstrip() for name, command in commands.items()}
    width = max(map(len, heads.values()))
    return [f"  {heads[name]:<{width}}  {command.help}" for name, command in commands.items()]


def history_file(variables: Mapping[str, str], tool: str, subject: str) -> Path:
    """Where a tool keeps what was typed for one subject, by the XDG base directories."""
    state = variables.get("XDG_STATE_HOME") or os.path.join(variables.get("HOME") or str(Path.home()), ".local/state")
    name = re.sub(r"[^A-Za-z0-9._-]", "_", subject)
    return Path(state) / "kcli" / tool / f"{name}.history"


def open_history(path: Path) -> Any:
    """What was typed may be confidential: the file is the user's alone. Without a place to write, memory will do."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(path))


def _completer(commands: Mapping[str, Command]) -> Any:
    from prompt_toolkit.completion import Completer, Completion
    from prompt_toolkit.document import Document

    class CommandCompleter(Completer):
        def get_completions(self, document: Document, complete_event: object) -> Iterable[Completion]:
            return (
                Completion(name, start_position=1 - len(document.text), display_meta=commands[name].help)
                for name in _matching(commands, document.text_before_cursor)
            )

    return CommandCompleter()


def _matching(commands: Iterable[str], typed: str) -> Iterator[str]:
    """The commands that what has been typed may become."""
    if typed.startswith(COMMAND_PREFIX):
        yield from (name for name in commands if name.startswith(typed[1:]))
