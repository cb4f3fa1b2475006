"""The line editor's parts that need no terminal."""

from __future__ import annotations

from pathlib import Path

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from kcli.cli.repl import Command, _completer, help_lines, history_file, open_history, split_command, unescape

COMMANDS = {"key": Command("[KEY]", "sets the key"), "keys": Command("", "lists keys"), "quit": Command("", "leaves")}


def test_a_colon_makes_a_command_and_two_make_text() -> None:
    assert split_command(":key a b ") == ("key", "a b")
    assert split_command(":quit") == ("quit", "")
    assert split_command("key") is None
    assert split_command(" :key") is None
    assert split_command("::key") is None
    assert unescape("::key") == ":key"
    assert unescape("a::b") == "a::b"


def test_several_pasted_lines_are_text_as_they_are() -> None:
    assert split_command(":key\nx") is None
    assert unescape("::a\n:b") == "::a\n:b"


def test_help_lists_every_command() -> None:
    assert help_lines(COMMANDS) == ["  :key [KEY]  sets the key", "  :keys       lists keys", "  :quit       leaves"]


def completions(text: str) -> list[str]:
    return [found.text for found in _completer(COMMANDS).get_completions(Document(text), CompleteEvent())]


def test_commands_are_completed_and_nothing_else() -> None:
    assert completions(":k") == ["key", "keys"]
    assert completions(":") == ["key", "keys", "quit"]
    assert completions("k") == []
    assert completions(":key v") == []


def test_the_history_is_per_subject_and_private(tmp_path: Path) -> None:
    path = history_file({"XDG_STATE_HOME": str(tmp_path)}, "tool", "a/../b")
    assert path.parent == tmp_path / "kcli" / "tool"
    open_history(path).append_string("secret")
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(open_history(path).load_history_strings()) == ["secret"]
    assert history_file({"HOME": "/home/u"}, "tool", "t") == Path("/home/u/.local/state/kcli/tool/t.history")


def test_without_a_place_to_write_history_stays_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    history = open_history(tmp_path / "file" / "below.history")
    history.append_string("kept")
    assert history.get_strings() == ["kept"]
