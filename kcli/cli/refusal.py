"""Refuse a command line as Kafka's tools do: the reason, then options in their two-column table; ours are not all of
them but those that the reason is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kcli.cli.errors import FAILED, CommandError
from kcli.cli.help import wrap
from kcli.cli.options import Option, OptionTable

_COLUMN = 41
_WIDTH = 80
_NAME = re.compile(r"[a-z][a-z.-]+")


class Refusal(CommandError):
    """The command line makes no sense."""


def refusal(table: OptionTable, message: str, names: Iterable[str] | None = None) -> Refusal:
    """The error to raise; the options named in the message are shown, or else the required ones."""
    wanted = set(_NAME.findall(message)) if names is None else set(names)
    shown = [option for option in table.options if option.name in wanted and option.deprecated is None]
    shown = shown or [option for option in table.options if option.help.startswith("REQUIRED")]
    lines = [message, *option_rows(shown), f"Try '{table.program} --help' for all options."]
    return Refusal("\n".join(lines), FAILED)


def option_rows(options: Iterable[Option]) -> list[str]:
    """Options and what they are for, under Kafka's heading."""
    rows = ["Option".ljust(_COLUMN) + "Description", "------".ljust(_COLUMN) + "-----------"]
    for option in options:
        head = f"--{option.name}" + (f" <{option.metavar}>" if option.metavar else "")
        text = wrap(option.help, _WIDTH - _COLUMN)
        if len(head) >= _COLUMN:
            rows.append(head)
            head = ""
        rows.append(head.ljust(_COLUMN) + text[0])
        rows += (" " * _COLUMN + line for line in text[1:])
    return rows
