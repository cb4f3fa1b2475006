"""kafka-metadata-shell: look at the metadata in a snapshot or log of a KRaft node, with one command or at a prompt.

Ours: `--snapshot` also takes the folder __cluster_metadata-0, and then shows the newest snapshot with what the log adds
to it; the files are only read, so that a running broker does not stand in the way.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kcli.cli.argparse4j import parse_arguments
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError, UsageError
from kcli.cli.main import start
from kcli.cli.options import Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT, show
from kcli.tools.listings_files import METADATA_NODES

if TYPE_CHECKING:
    from kcli.tools.metadata_shell_commands import Match, Shell

_PROMPT = ">> "

TABLE = OptionTable(
    program="kafka-metadata-shell",
    summary="The Apache Kafka metadata shell",
    usage="--snapshot FILE [COMMAND [ARGUMENT ...]]",
    options=(
        Option(
            "snapshot", "A snapshot (.checkpoint) or log (.log) of the metadata, or the folder that holds them.",
            "SNAPSHOT", short="s", required=True, complete="file",
        ),
        OUTPUT._replace(help="How a command prints: text (as Kafka does), json, yaml, csv or table."),
    ),
    positionals=(
        Option(
            "command", "The command to run: cat, find, ls or tree, and its paths. Without one there is a prompt.",
            "command", many=True,
        ),
    ),
    examples=(
        (
            "all topics",
            "kafka-metadata-shell --snapshot /var/lib/kafka/__cluster_metadata-0 ls /image/topics/byName",
        ),
        (
            "the settings of one",
            "kafka-metadata-shell --snapshot /var/lib/kafka/__cluster_metadata-0 tree /image/configs/TOPIC:orders",
        ),
    ),
)  # fmt: skip


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    """The whole tool."""
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed

    from kcli.tools.metadata_shell_commands import Shell
    from kcli.tools.metadata_shell_tree import load, tree

    root = tree(*load(Path(parsed.value("snapshot"))))
    words, form = parsed.value("command"), parsed.value("output")
    if words:
        try:
            if form == TEXT:
                Shell(root, environment.print).execute(words, interactive=False)
            else:
                nodes = Shell(root, environment.warn).nodes(words)
                show(map(_row, nodes), METADATA_NODES, form, environment)
        except CommandError as error:
            environment.warn(error.message)
            return environment.exit_code(FAILED, OK)
        return OK
    if form != TEXT:
        raise UsageError("--output is for a command behind the options: ls, find, tree or cat")
    width = (lambda: environment.width) if environment.stdout.isatty() else None
    shell = Shell(root, environment.print, width)
    environment.print("[ Kafka Metadata Shell ]")
    return _converse(shell, environment) if environment.interactive else _obey(shell, environment)


def _row(match: Match) -> dict[str, Any]:
    return {
        "path": "/" + "/".join(match.path),
        "directory": not isinstance(match.node, str),
        "content": match.node if isinstance(match.node, str) else None,
    }


def _obey(shell: Shell, environment: Environment) -> int:
    """Commands from a pipe."""
    for line in environment.stdin:
        _execute(shell, line.decode("utf-8", "surrogateescape").strip(), environment)
        if shell.done:
            break
    return OK


def _converse(shell: Shell, environment: Environment) -> int:
    """Commands at a prompt, with history and completion, until exit or Ctrl-D."""
    from prompt_toolkit import PromptSession

    from kcli.cli.repl import history_file, open_history

    prompt: PromptSession[str] = PromptSession(
        history=open_history(history_file(environment.variables, "metadata-shell", "metadata")),
        completer=_completer(shell),
        complete_while_typing=False,
    )
    while not shell.done:
        environment.stdout.flush()
        try:
            _execute(shell, prompt.prompt(_PROMPT).strip(), environment)
        except KeyboardInterrupt:
            continue
        except EOFError:
            break
    return OK


def _execute(shell: Shell, line: str, environment: Environment) -> None:
    import shlex

    if not line:
        return
    shell.history.append(line)
    try:
        shell.execute(shlex.split(line), interactive=True)
    except (CommandError, ValueError) as error:
        environment.print(str(error))


def completions(shell: Shell, line: str) -> list[str]:
    """What may stand for the last word."""
    from kcli.tools.metadata_shell_commands import COMMANDS

    words = line.split(" ")
    if len(words) == 1:
        return [f"{name} " for name in COMMANDS if name.startswith(words[0])]
    begin, slash, last = words[-1].rpartition("/")
    parent = shell.find(begin + slash or ".")
    if len(parent) != 1 or isinstance(parent[0].node, str):
        return []
    node = parent[0].node
    return [
        f"{begin}{slash}{name}" + ("" if isinstance(node[name], str) else "/")
        for name in sorted(node)
        if name.startswith(last)
    ]


def _completer(shell: Shell) -> Any:
    from prompt_toolkit.completion import Completer, Completion
    from prompt_toolkit.document import Document

    class ShellCompleter(Completer):
        def get_completions(self, document: Document, complete_event: object) -> Any:
            line = document.text_before_cursor
            for text in completions(shell, line):
                yield Completion(text, start_position=-len(line.split(" ")[-1]))

    return ShellCompleter()
