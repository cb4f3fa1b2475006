"""The click side of `kcli`: its help, and what it says of a command that there is not."""

from __future__ import annotations

import click

from kcli import KAFKA_VERSION, __version__
from kcli.cli.registry import COMMANDS, TOOLS, find_tool

_VERSION = f"kcli {__version__}, in the dialect of Kafka {KAFKA_VERSION}"


class _Umbrella(click.Group):
    """The group of everything: what Kafka has, then what it never had."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [row.command for row in (*TOOLS, *COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        tool = find_tool(cmd_name)
        return None if tool is None else click.Command(tool.command, short_help=tool.summary, add_help_option=False)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, rows in (("Kafka's tools", TOOLS), ("Only here", COMMANDS)):
            with formatter.section(title):
                formatter.write_dl([(row.command, row.summary) for row in rows])


@click.command(cls=_Umbrella)
@click.version_option(__version__, message=_VERSION)
def kcli() -> None:
    """Kafka's command-line tools without a JVM, with a broker in the box.

    Every tool is also a command of its own: kcli topics is kafka-topics.
    """
