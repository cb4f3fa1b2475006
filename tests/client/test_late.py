"""Stand-ins for modules that a library imports and may never use."""

from __future__ import annotations

import subprocess
import sys


def run(program: str) -> str:
    """What a fresh Python prints."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


LIBRARY = """
import sys
from kcli.client.late import imported_late
with imported_late("json"):
    import json
"""


def test_a_module_loads_when_it_is_used() -> None:
    program = LIBRARY + (
        "print('json.decoder' in sys.modules, 'json' in sys.modules, json.loads('[1]'), 'json.decoder' in sys.modules)"
    )
    assert run(program) == "False False [1] True"


def test_who_imports_it_later_gets_the_module_itself() -> None:
    program = LIBRARY + "late = json\nimport json\nprint(late is json, late.dumps is json.dumps)"
    assert run(program) == "False True"


def test_what_is_used_in_the_block_is_the_module_at_once() -> None:
    program = LIBRARY + (
        "with imported_late('textwrap'):\n"
        "    import textwrap\n"
        "    from textwrap import dedent\n"
        "    print(dedent('  x'), 'textwrap' in sys.modules)\n"
        "import textwrap as itself\n"
        "print(textwrap.dedent is itself.dedent, hasattr(textwrap, 'nothing'))"
    )
    assert run(program).split("\n") == ["x True", "True False"]


def test_a_module_that_is_there_already_stays() -> None:
    program = LIBRARY + (
        "import textwrap as before\nwith imported_late('textwrap'):\n    import textwrap\nprint(textwrap is before)"
    )
    assert run(program) == "True"


def test_zookeeper_needs_none_of_the_heavy_ones() -> None:
    heavy = "('ssl', 'inspect', 'uuid', 'json', 'hashlib')"
    program = (
        "import sys\nimport kcli.client.zookeeper\n"
        f"print([name for name in {heavy} if name in sys.modules])\n"
        "print(kcli.client.zookeeper.KazooClient(hosts='localhost:1').client_state)\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    assert run(program).split("\n") == ["[]", "CLOSED", "[]"]
