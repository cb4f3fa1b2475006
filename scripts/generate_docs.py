"""Write what is derived from the tools' option tables: docs/tools.md, docs/output.md, docs/man/*.1,
docs/help/ and completions/.

`python scripts/generate_docs.py` writes; with `--check` it only says what is stale, and exits 1.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kcli import KAFKA_VERSION, __version__  # noqa: E402
from kcli.cli.help import description, grouped  # noqa: E402
from kcli.cli.listing import TYPES  # noqa: E402
from kcli.cli.options import Option  # noqa: E402
from kcli.cli.registry import COMMANDS, EVERYTHING, TOOLS, Tool  # noqa: E402
from kcli.commands.completions import SHELLS  # noqa: E402
from kcli.tools.jvm_only import SCRIPTS  # noqa: E402
from kcli.tools.listings_all import every_listing  # noqa: E402
from scripts import flag_table  # noqa: E402


def spelled(option: Option) -> str:
    text = f"--{option.name}"
    if option.short:
        text = f"-{option.short}, {text}"
    if option.metavar is None:
        return text
    return f"{text}[={option.metavar}]" if option.optional is not None else f"{text} {option.metavar}"


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def option_rows(options: tuple[Option, ...] | list[Option]) -> Iterator[str]:
    yield "| option | what it does |"
    yield "| --- | --- |"
    for option in options:
        yield f"| `{spelled(option).replace('|', chr(92) + '|')}` | {cell(description(option))} |"


def reference(tool: Tool) -> Iterator[str]:
    table = tool.table
    yield f"## {tool.program}"
    yield ""
    yield tool.summary
    yield ""
    yield f"    {tool.program} {table.usage}".rstrip()
    yield ""
    for option in table.positionals:
        yield f"`{option.name}`: {description(option)}"
        yield ""
    for group, options in grouped(table).items():
        yield f"**{group}**"
        yield ""
        yield from option_rows(options)
        yield ""
    for command in table.commands:
        yield f"**`{tool.program} {command.name}`**: {command.summary}"
        yield ""
        for option in command.positionals:
            yield f"`{option.name}`: {description(option)}"
            yield ""
        if command.options:
            yield from option_rows(command.options)
            yield ""
        yield from shown_examples(command.examples)
    if table.notes:
        yield table.notes
        yield ""
    yield from shown_examples(table.examples)


def shown_examples(examples: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for what, example in examples:
        yield f"{what.rstrip(':')}:"
        yield ""
        yield from (f"    {line}" for line in example.splitlines())
        yield ""


def tools_page() -> str:
    head = [
        "# Reference of the tools",
        "",
        "Made from the option tables by `python scripts/generate_docs.py`.",
        f"Each tool is a script in `bin/`, a command once installed, and a subcommand of `kcli`; it speaks Kafka"
        f" {KAFKA_VERSION}.",
        "",
        "| tool | |",
        "| --- | --- |",
        *(f"| [{tool.program}](#{tool.program}) | {cell(tool.summary)} |" for tool in TOOLS),
        "",
        "What Kafka never had:",
        "",
        "| command | |",
        "| --- | --- |",
        *(f"| [{row.program}](#{row.program.replace(' ', '-')}) | {cell(row.summary)} |" for row in COMMANDS),
        "",
        "What stays with the JVM; the scripts say so and exit with 1:",
        "",
        "| script | why | use instead |",
        "| --- | --- | --- |",
        *(f"| {name} | {cell(why)} | {cell(instead)} |" for name, (why, instead) in SCRIPTS.items()),
        "",
    ]
    return "\n".join([*head, *(line for tool in EVERYTHING for line in reference(tool))]).rstrip() + "\n"


def output_page() -> str:
    lines = [
        "# `--output`: the columns of every listing",
        "",
        "Made from `kcli/tools/listings*.py` by `python scripts/generate_docs.py`.",
        "",
        "`--output json|yaml|csv|table` prints the same facts as Kafka's own text, which stays the default, in a form"
        " for programs. Then stdout holds nothing but them: remarks and errors go to stderr. Exit codes are those of"
        " the text.",
        "",
        "* **json** is one list of objects: on one line for a program, indented on a terminal.",
        "* **yaml** is the same list.",
        "* **csv** has the columns' names in its first line, rows or not. Lines end in LF; what is nested is a cell of"
        " JSON.",
        "* **table** is csv for people. Nothing shows as a dash.",
        "* Nothing (`null` in json and yaml, an empty cell in csv) only occurs in columns whose type ends in `?`.",
        "* Names and types of columns do not change; a column may be added at the end.",
        "",
        "| type | |",
        "| --- | --- |",
        *(f"| {name} | {meaning} |" for name, meaning in TYPES.items()),
        "",
    ]
    for listing in every_listing():
        lines += [f"## {cell(listing.title)}", "", listing.about, "", "| column | type | |", "| --- | --- | --- |"]
        for column in listing.columns:
            lines.append(f"| {column.name} | {column.type}{'?' if column.nullable else ''} | {cell(column.meaning)} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def roff(text: str) -> str:
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in escaped.splitlines())


def page_name(tool: Tool) -> str:
    return tool.program.replace(" ", "-")


def named(positionals: Iterable[Option]) -> list[str]:
    return [line for option in positionals for line in (".TP", f".B {option.name}", roff(description(option)))]


def man_page(tool: Tool) -> str:
    table = tool.table
    lines = [
        f'.TH {page_name(tool).upper()} 1 "" "kcli {__version__}" "Kafka {KAFKA_VERSION} tools"',
        ".SH NAME",
        f"{roff(page_name(tool))} \\- {roff(tool.summary)}",
        ".SH SYNOPSIS",
        f".B {roff(tool.program)}",
        roff(table.usage),
        ".SH DESCRIPTION",
        roff(table.summary),
    ]
    lines += named(table.positionals)
    sections = [(group.upper(), options) for group, options in grouped(table).items()]
    sections += [(f"COMMAND {command.name}", list(command.options)) for command in table.commands]
    positionals = {f"COMMAND {command.name}": command.positionals for command in table.commands}
    for title, options in sections:
        lines += [f'.SH "{roff(title)}"', *named(positionals.get(title, ()))]
        for option in options:
            lines += [".TP", f".B {roff(spelled(option))}", roff(description(option))]
    if table.notes:
        lines += [".SH NOTES", roff(table.notes)]
    examples = [example for part in (table, *table.commands) for example in part.examples]
    if examples:
        lines.append(".SH EXAMPLES")
        for what, example in examples:
            lines += [".PP", roff(what), ".PP", ".nf", roff(example), ".fi"]
    return "\n".join(lines) + "\n"


def completion(shell: str) -> str:
    command = [sys.executable, "-m", "kcli.cli.umbrella", "completions", shell]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def help_text(tool: Tool) -> str:
    command = [sys.executable, str(ROOT / "bin" / "run.py"), tool.command.replace("-", "_"), "--help"]
    variables = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return subprocess.run(command, cwd=ROOT, env=variables, check=True, capture_output=True, text=True).stdout


def generated() -> dict[Path, str]:
    """Every generated file with what belongs in it."""
    files = {ROOT / "docs" / "tools.md": tools_page(), ROOT / "docs" / "output.md": output_page()}
    files[ROOT / "docs" / "flags.md"] = flag_table.page()
    files |= {ROOT / "docs" / "man" / f"{page_name(tool)}.1": man_page(tool) for tool in EVERYTHING}
    files |= {ROOT / "docs" / "help" / f"{tool.program}.txt": help_text(tool) for tool in TOOLS}
    files |= {ROOT / "completions" / f"kcli.{shell}": completion(shell) for shell in SHELLS}
    return files


def main(arguments: list[str]) -> int:
    stale = [path for path, text in generated().items() if not path.exists() or path.read_text() != text]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale: run python scripts/generate_docs.py", file=sys.stderr)
        return 1 if stale else 0
    files = generated()
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path])
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
