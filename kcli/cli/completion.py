"""Completion in the shell, from the option tables through click.

`kcli completions bash` prints click's script for `kcli` and every tool; the script calls the program back, which ends
up in `answer`. The files in `completions/` are made by the same command.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

import click
from click.shell_completion import get_completion_class

from kcli.cli.options import Option, OptionTable
from kcli.cli.registry import TOOLS, find_tool

SHELLS = ("bash", "zsh", "fish")


def click_command(name: str, table: OptionTable) -> click.Command:
    """A tool's options as click sees them; click completes them, while the tools parse as Kafka's do."""
    parameters = _parameters(table.options)
    if not table.commands:
        return click.Command(name, params=parameters, add_help_option=False, short_help=table.summary)
    commands = [
        click.Command(
            command.name, params=_parameters(command.options), add_help_option=False, short_help=command.summary
        )
        for command in table.commands
    ]
    return click.Group(name, commands=commands, params=parameters, add_help_option=False, short_help=table.summary)


def _parameters(options: Iterable[Option]) -> list[click.Parameter]:
    return [
        click.Option(
            [f"--{option.name}"] if option.short is None else [f"-{option.short}", f"--{option.name}"],
            help=option.help,
            is_flag=option.metavar is None,
            multiple=option.repeated,
            type=_type(option),
            hidden=option.deprecated is not None,
        )
        for option in options
    ]


def _type(option: Option) -> click.ParamType | None:
    if option.metavar is None:
        return None
    if option.choices:
        return click.Choice([str(choice) for choice in option.choices])
    if isinstance(option.complete, tuple):
        return click.Choice(option.complete) if option.complete else click.STRING
    return click.Path() if option.complete == "file" else click.STRING


def variable_of(program: str) -> str:
    """The variable through which a completion script asks a program."""
    return f"_{program.replace('-', '_')}_COMPLETE".upper()


def answer(program: str) -> None:
    """Reply to a completion script, or print it, as the program's variable asks."""
    from click.shell_completion import shell_complete

    tool = find_tool(program)
    assert tool is not None, program
    variable = variable_of(program)
    shell_complete(click_command(program, tool.table), {}, program, variable, os.environ[variable])


def script(shell: str) -> str:
    """The completion script for `kcli`, every tool, and every tool's name with .sh."""
    names = [("kcli", "kcli")] + [(tool.program + suffix, tool.program) for tool in TOOLS for suffix in ("", ".sh")]
    parts = [f"# Completion for kcli and its tools in {shell}, made by: kcli completions {shell}\n"]
    kind = get_completion_class(shell)
    assert kind is not None, shell
    for name, program in names:
        shown = kind(click.Command(name), {}, name, variable_of(program))
        parts.append(shown.source_template % shown.source_vars())
    return "\n".join(part.strip() + "\n" for part in parts)
