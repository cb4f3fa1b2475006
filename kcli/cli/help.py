"""`--help` from an option table: grouped, with examples, as wide as the terminal."""

from __future__ import annotations

from kcli.cli.options import Option, OptionTable

_COLUMN = 34


def format_help(table: OptionTable, width: int = 100) -> str:
    """The whole help text; its first line is the summary."""
    width = max(60, min(width, 120))
    lines = [table.summary, "", f"Usage: {table.program} {table.usage}".rstrip()]
    if table.positionals:
        lines += ["", "Arguments:"]
        for option in table.positionals:
            lines += _row(f"  {option.name}", description(option), width)
    for title, options in grouped(table).items():
        lines += ["", f"{title}:"]
        for option in options:
            lines += _entry(option, width)
    if table.commands:
        lines += ["", "Commands:"]
        for item in table.commands:
            lines += _row(f"  {item.name}", item.summary, width)
        lines += ["", f"'{table.program} COMMAND --help' shows the options of a command."]
    if table.examples:
        lines += ["", "Examples:"]
        for purpose, command in table.examples:
            lines += [f"  # {purpose}", f"  {command}"]
    if table.notes:
        lines += ["", *(line for part in table.notes.split("\n") for line in wrap(part, width))]
    return "\n".join(lines)


def grouped(table: OptionTable) -> dict[str, list[Option]]:
    """The options by the title they stand under, in the table's order."""
    groups: dict[str, list[Option]] = {}
    for option in table.options:
        groups.setdefault(option.group, []).append(option)
    return groups


def _entry(option: Option, width: int) -> list[str]:
    head = f"  --{option.name}" if option.short is None else f"  -{option.short}, --{option.name}"
    if option.metavar is not None:
        head += f" [{option.metavar}]" if option.optional is not None else f" {option.metavar}"
        head += "..." if option.many else ""
    return _row(head, description(option), width)


def _row(head: str, description: str, width: int) -> list[str]:
    text = wrap(description, width - _COLUMN)
    if len(head) > _COLUMN - 2:
        return [head, *(" " * _COLUMN + line for line in text)]
    return [head.ljust(_COLUMN) + text[0], *(" " * _COLUMN + line for line in text[1:])]


def description(option: Option) -> str:
    """What an option does, with all that its row says besides."""
    parts = [option.help]
    if option.choices:
        parts.append(f"One of {', '.join(map(str, option.choices))}.")
    if option.required:
        parts.append("Required.")
    if option.repeated:
        parts.append("May be repeated.")
    if option.replaced_by is not None:
        parts.append(f"Deprecated: use --{option.replaced_by}.")
    if option.default is not None:
        parts.append(f"[default: {option.default}]")
    return " ".join(parts)


def wrap(text: str, width: int) -> list[str]:
    """Break a text between words. (The standard textwrap costs a millisecond to import.)"""
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]
