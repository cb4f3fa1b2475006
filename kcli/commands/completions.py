"""kcli completions: the script that teaches a shell to complete `kcli` and every tool."""

from __future__ import annotations

from kcli.cli.environment import Environment
from kcli.cli.errors import OK
from kcli.cli.options import Option, OptionTable
from kcli.commands.parsing import parse_command

SHELLS = ("bash", "zsh", "fish")

TABLE = OptionTable(
    program="kcli completions",
    summary="Print the completion script for a shell.",
    usage="{bash,zsh,fish}",
    options=(),
    positionals=(Option("shell", "The shell.", "SHELL", choices=SHELLS, required=True),),
    examples=(
        ("In ~/.bashrc", "source <(kcli completions bash)"),
        ("In ~/.zshrc", "source <(kcli completions zsh)"),
        ("In ~/.config/fish/config.fish", "kcli completions fish | source"),
    ),
)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_command(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    from kcli.cli.completion_scripts import script

    environment.stdout.write(script(parsed.value("shell")).encode())
    return OK
