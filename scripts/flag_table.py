"""docs/flags.md: every flag of Kafka 3.9.1's and 4.3.0's tools, from kafka_flags.tsv, whether we take it, and the test
that uses it. Made by generate_docs.py; tests/cli/test_flags.py fails for a flag that is missing or that no test uses.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kcli.cli.completion_words import level_options
from kcli.cli.options import Option
from kcli.cli.registry import Tool, find_tool

ROOT = Path(__file__).resolve().parent.parent
FACTS = ROOT / "scripts" / "kafka_flags.tsv"
EVERYWHERE = {
    "help": "tests/cli/test_flags.py::test_every_tool_and_command_has_help",
    "version": "tests/cli/test_umbrella.py::test_every_tool_has_a_script_in_bin",
}
REFUSED = {
    ("kafka-console-consumer", "whitelist"): "4.3.0 refuses it, and so do we",
    ("kafka-console-producer", "broker-list"): "4.3.0 refuses it, and so do we",
    ("kafka-get-offsets", "broker-list"): "4.3.0 refuses it, and so do we",
}


_COMMAND_LINES = "test_command_lines.py"  # of many tools, one a line


class Flag(NamedTuple):
    """A flag of a tool, or of one of its commands; `takes` is none, value or optional."""

    program: str
    command: str
    name: str
    takes: str
    versions: str

    @property
    def tool(self) -> Tool | None:
        return find_tool(self.program)

    @property
    def option(self) -> Option | None:
        """Our row for it."""
        if self.tool is None:
            return None
        table = self.tool.table
        command = next((command for command in table.commands if command.name == self.command), None)
        if self.command and command is None:
            return None
        return next((option for option in level_options(table, command) if option.name == self.name), None)


def flags() -> list[Flag]:
    """All flags, each once: the newer version's row where the two take different things."""
    found: dict[tuple[str, str, str], Flag] = {}
    for line in FACTS.read_text().splitlines()[1:]:
        flag = Flag(*line.split("\t"))
        other = found.get(flag[:3])
        versions = sorted({*flag.versions.split(","), *(other.versions.split(",") if other else ())})
        newer = flag if other is None or "4.3.0" in flag.versions else other
        found[flag[:3]] = newer._replace(versions=",".join(versions))
    return sorted(found.values())


def takes(option: Option) -> str:
    """What our option takes, in the words of the facts."""
    if option.metavar is None:
        return "none"
    return "value" if option.optional is None else "optional"


class _Use(NamedTuple):
    """A test function, or a transcript, with its text."""

    name: str
    file: str
    text: str
    flags: frozenset[str]  # what looks like one, to look no further where there is none


def _flags(text: str) -> frozenset[str]:
    return frozenset(word.rstrip(".") for word in re.findall(r"(?<![\w-])--?([A-Za-z][\w.-]*)", text))


@cache
def _uses() -> tuple[_Use, ...]:
    found = []
    for path in sorted((ROOT / "tests").rglob("*")):
        file = str(path.relative_to(ROOT))
        if path.suffix == ".t":
            found.append(_Use(file, path.name, path.read_text(), _flags(path.read_text())))
        elif path.name.startswith("test_") and path.suffix == ".py" and path.parent.name != "cli":
            found += _functions(path, file)
    return tuple(found)


def _functions(path: Path, file: str) -> Iterator[_Use]:
    """Each test with the text of the helpers and constants of its file that it uses, and of those that these use."""
    text = path.read_text()
    lines = text.splitlines()
    parts: dict[str, str] = {}
    for node in ast.parse(text).body:
        first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))])
        source = "\n".join(lines[first - 1 : node.end_lineno])
        for name in _bound(node):
            parts[name] = source
    for name, source in parts.items():
        if name.startswith("test_"):
            used = {name: source}
            for _ in range(2):
                words = {word for known in used.values() for word in re.findall(r"[A-Za-z_]\w*", known)}
                used.update((word, parts[word]) for word in words if word in parts)
            whole = "\n".join(used.values())
            yield _Use(f"{file}::{name}", path.name, whole, _flags(whole))


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


@cache
def covering(flag: Flag) -> str | None:
    """The test that uses the flag with the tool (and, on one line, with the command), the tool's own tests first."""
    if flag.name in EVERYWHERE:
        return EVERYWHERE[flag.name]
    module = flag.program.removeprefix("kafka-").replace("-", "_")
    spelled = re.compile(rf"(?<![\w-])--?{re.escape(flag.name)}(?![\w-]|\.\w)")
    named = re.compile(
        rf"(?<![\w-])({re.escape(flag.program)}(?:\.sh)?|{module}(?:\.\w+)?|{flag.program.removeprefix('kafka-')})(?![\w-])"
    )
    commanded = re.compile(rf"(?<![\w-]){re.escape(flag.command)}(?![\w-])")
    others = []
    for use in _uses():
        if flag.name not in use.flags:
            continue
        if use.file.endswith(".t") or use.file == _COMMAND_LINES:
            wanted = (spelled, named, commanded)
            if any(all(pattern.search(line) for pattern in wanted) for line in transcript_lines(use.text)):
                others.append(use.name)
            continue
        lines = command_lines(use.text) if flag.command else (use.text,)
        if not any(spelled.search(line) and commanded.search(line) for line in lines):
            continue
        if use.file.startswith(f"test_{module}"):
            return use.name
        if named.search(use.text):
            others.append(use.name)
    return others[0] if others else None


@cache
def transcript_lines(text: str) -> tuple[str, ...]:
    """The command lines of a transcript, with those that go on, and with the tools that its functions stand for."""
    text = re.sub(r"\\\n  > |\"\n +\"", "", text)
    for name, body in re.findall(r"(\w+)\(\) \{(.*\bkafka-[^\n]*)\}", text):
        tool = re.search(r"\bkafka-[\w-]+\.sh[^\"|;>]*", body)
        if tool:
            text = re.sub(rf"(?<![\w-]){name}(?= )", lambda _, tool=tool: tool[0], text)
    return tuple(text.splitlines())


@cache
def command_lines(source: str) -> tuple[str, ...]:
    """The command lines in a test: each text, and each list or call of texts alone."""
    groups = (ast.List, ast.Tuple, ast.Call)
    found = []
    for node in ast.walk(ast.parse(source)):
        inner = [child for child in ast.walk(node) if child is not node]
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            found.append(ast.unparse(node))
        elif isinstance(node, groups) and not any(isinstance(child, groups) for child in inner):
            words = [child.value for child in inner if isinstance(child, ast.Constant) and isinstance(child.value, str)]
            found.append(" ".join(words))
    return tuple(found)


def page() -> str:
    """The text of docs/flags.md."""
    lines = [
        "# Every flag of Kafka's tools",
        "",
        "What the tools of Kafka 3.9.1 and 4.3.0 list in their own `--help` (`scripts/collect_flags.py` asks), and",
        "the test or transcript that uses each flag with our tool. Made by `python scripts/generate_docs.py`.",
    ]
    program = ""
    for flag in flags():
        if flag.program != program:
            program = flag.program
            lines += ["", f"## {program}", "", "| flag | takes | Kafka | test |", "| --- | --- | --- | --- |"]
        spelled = f"{flag.command} --{flag.name}".strip()
        test = covering(flag) or "none"
        remark = REFUSED.get((flag.program, flag.name))
        shown = f"{remark}: `{test}`" if remark else f"`{test}`"
        lines.append(f"| `{spelled}` | {flag.takes} | {flag.versions.replace(',', ', ')} | {shown} |")
    return "\n".join(lines) + "\n"
