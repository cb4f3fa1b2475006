"""The benchmarks know every tool and every table; what they measure shows when they run."""

import re

from benchmarks.harness import ROOT
from benchmarks.tools import TWINS, WITHOUT_TWIN
from kcli.cli.registry import TOOLS


def test_every_tool_is_compared_with_its_twin_or_known_to_have_none() -> None:
    assert {tool.program for tool in TOOLS} <= set(TWINS) | WITHOUT_TWIN


def test_each_part_has_a_marked_table_to_be_written_to() -> None:
    tables = set(re.findall(r'Part\(.*, "([a-z-]+)"\)', (ROOT / "benchmarks" / "__main__.py").read_text()))
    documents = (ROOT / "README.md").read_text() + (ROOT / "docs" / "benchmarks.md").read_text()
    assert tables
    assert tables == set(re.findall(r"<!-- ([a-z-]+) -->.*<!-- /\1 -->", documents, flags=re.S))
