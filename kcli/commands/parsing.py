"""The command line of `kcli`'s own commands: `cli.argparse4j`'s parser, with errors of one line."""

from __future__ import annotations

from collections.abc import Sequence

from kcli import __version__
from kcli.cli.argparse4j import ArgumentError, Arguments, HelpWanted, VersionWanted, parse, show_help
from kcli.cli.environment import Environment
from kcli.cli.errors import OK, UsageError
from kcli.cli.options import OptionTable


def parse_command(table: OptionTable, arguments: Sequence[str], environment: Environment) -> Arguments | int:
    """Parse a command line and see to --help and --version; an int is an exit code. Raises UsageError."""
    try:
        return parse(table, arguments, environment)
    except HelpWanted as wanted:
        show_help(table, wanted.command, environment)
        return OK
    except VersionWanted:
        environment.print(__version__)
        return OK
    except ArgumentError as error:
        hint = f"\nDid you mean {error.similar[0]}?" if error.similar else ""
        raise UsageError(error.message + hint) from None
