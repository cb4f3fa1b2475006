"""The click side of `kcli`: its help, its own commands, and the tools as commands that load when they are needed."""

from __future__ import annotations

import click

from kcli import KAFKA_VERSION, __version__
from kcli.cli.completion import SHELLS, click_command, script
from kcli.cli.registry import TOOLS, Tool, find_tool

_VERSION = f"kcli {__version__}, in the dialect of Kafka {KAFKA_VERSION}"


class _ToolCommand(click.Command):
    """A tool in the list of commands; its options are only loaded to complete them."""

    def __init__(self, tool: Tool) -> None:
        super().__init__(tool.command, short_help=tool.summary, add_help_option=False)
        self._tool = tool

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        return click_command(self._tool.command, self._tool.table).params


class _Umbrella(click.Group):
    """The group of everything; tools come first."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*(tool.command for tool in TOOLS), *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        tool = find_tool(cmd_name)
        return super().get_command(ctx, cmd_name) if tool is None else _ToolCommand(tool)


@click.command(cls=_Umbrella)
@click.version_option(__version__, message=_VERSION)
def kcli() -> None:
    """Kafka's command-line tools without a JVM, with a broker in the box.

    Every tool is also a command of its own: kcli topics is kafka-topics.
    """


@kcli.command()
def quickstart() -> None:
    """Start a broker, create a topic, produce and consume lines; show each command and what it prints."""
    from kcli.cli.quickstart import walk_through

    raise SystemExit(walk_through())


@kcli.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completions(shell: str) -> None:
    """Print the completion script for a shell.

    \b
    bash: source <(kcli completions bash)
    zsh:  source <(kcli completions zsh)
    fish: kcli completions fish | source
    """
    click.echo(script(shell), nl=False)
