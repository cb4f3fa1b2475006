"""zookeeper-shell at a terminal: a prompt that completes commands, their flags and live paths, and keeps a history."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from kcli.cli.errors import CommandError
from kcli.cli.repl import history_file, open_history
from kcli.tools.zookeeper_commands import COMMANDS, execute, split
from kcli.tools.zookeeper_session import Session


def converse(session: Session, hosts: str) -> int:
    """Ask for commands until Ctrl-D or quit; errors are told and change nothing."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.patch_stdout import patch_stdout

    prompt: PromptSession[str] = PromptSession(
        history=open_history(history_file(session.environment.variables, "zookeeper-shell", hosts)),
        completer=_completer(session),
        complete_in_thread=True,
        complete_while_typing=False,
    )
    while not session.done:
        try:
            with patch_stdout(raw=True):
                line = prompt.prompt(_question(session, hosts)).strip()
        except KeyboardInterrupt:
            continue
        except EOFError:
            break
        if not line:
            continue
        session.history.append(line)
        try:
            execute(session, split(line))
        except CommandError as error:
            session.note(error.message)
        except KeyboardInterrupt:
            session.note("Interrupted")
        session.environment.stdout.flush()
    return 0


def tell(text: str) -> None:
    """Something that happened meanwhile: above the prompt, if there is one."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _question(session: Session, hosts: str) -> str:
    state = "CLOSED" if session.client is None else session.client.state
    where = hosts if session.client is None else session.client.hosts
    return f"[zk: {where}({state}) {len(session.history)}] "


def completions(session: Session, line: str) -> Iterable[tuple[str, str]]:
    """(what may stand for the last word, that word)."""
    words = line.split(" ")
    last = words[-1]
    if len(words) == 1:
        yield from ((f"{name} ", last) for name in sorted(COMMANDS) if name.startswith(last))
    elif last.startswith("/"):
        yield from ((path, last) for path in _paths(session, last))
    elif last.startswith("-") and words[0] in COMMANDS:
        command = COMMANDS[words[0]]
        known = [*sorted(command.flags), *command.valued]
        yield from ((f"-{name} ", last) for name in known if f"-{name}".startswith(last))


def _paths(session: Session, typed: str) -> list[str]:
    """Nodes whose paths begin so; none where ZooKeeper does not say."""
    from kcli.client.zookeeper import ZooKeeperError

    if session.client is None:
        return []
    parent, _, begin = typed.rpartition("/")
    try:
        names, _ = session.client.children(parent or "/")
    except ZooKeeperError:
        return []
    return [f"{parent}/{name}" for name in names if name.startswith(begin)]


def _completer(session: Session) -> Any:
    from prompt_toolkit.completion import Completer, Completion
    from prompt_toolkit.document import Document

    class ShellCompleter(Completer):
        def get_completions(self, document: Document, complete_event: object) -> Iterable[Completion]:
            for text, last in completions(session, document.text_before_cursor):
                yield Completion(text, start_position=-len(last))

    return ShellCompleter()
