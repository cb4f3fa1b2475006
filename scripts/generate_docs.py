"""Write what is derived from the tools' option tables: docs/tools.md, docs/man/*.1 and completions/.

`python scripts/generate_docs.py` writes; with `--check` it only says what is stale, and exits 1.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kcli import KAFKA_VERSION, __version__  # noqa: E402
from kcli.cli.help import description, grouped  # noqa: E402
from kcli.cli.options import Option  # noqa: E402
from kcli.cli.registry import TOOLS, Tool  # noqa: E402

SHELLS = ("bash", "zsh", "fish")


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
    yield f"    {tool.program} {table.usage}"
    yield ""
    for group, options in grouped(table).items():
        yield f"**{group}**"
        yield ""
        yield from option_rows(options)
        yield ""
    for command in table.commands:
        yield f"**`{tool.program} {command.name}`**: {command.summary}"
        yield ""
        if command.options:
            yield from option_rows(command.options)
            yield ""
    if table.notes:
        yield table.notes
        yield ""
    for what, example in table.examples:
        yield f"{what.rstrip(':')}:"
        yield ""
        yield f"    {example}"
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
    ]
    return "\n".join([*head, *(line for tool in TOOLS for line in reference(tool))]).rstrip() + "\n"


def roff(text: str) -> str:
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in escaped.splitlines())


def man_page(tool: Tool) -> str:
    table = tool.table
    lines = [
        f'.TH {tool.program.upper()} 1 "" "kcli {__version__}" "Kafka {KAFKA_VERSION} tools"',
        ".SH NAME",
        f"{roff(tool.program)} \\- {roff(tool.summary)}",
        ".SH SYNOPSIS",
        f".B {roff(tool.program)}",
        roff(table.usage),
        ".SH DESCRIPTION",
        roff(table.summary),
    ]
    sections = [(group.upper(), options) for group, options in grouped(table).items()]
    sections += [(f"COMMAND {command.name}", list(command.options)) for command in table.commands]
    for title, options in sections:
        lines.append(f'.SH "{roff(title)}"')
        for option in options:
            lines += [".TP", f".B {roff(spelled(option))}", roff(description(option))]
    if table.notes:
        lines += [".SH NOTES", roff(table.notes)]
    if table.examples:
        lines.append(".SH EXAMPLES")
        for what, example in table.examples:
            lines += [".PP", roff(what), ".PP", ".nf", roff(example), ".fi"]
    return "\n".join(lines) + "\n"


def completion(shell: str) -> str:
    command = [sys.executable, "-m", "kcli.cli.umbrella", "completions", shell]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def generated() -> dict[Path, str]:
    """Every generated file with what belongs in it."""
    files = {ROOT / "docs" / "tools.md": tools_page()}
    files |= {ROOT / "docs" / "man" / f"{tool.program}.1": man_page(tool) for tool in TOOLS}
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
