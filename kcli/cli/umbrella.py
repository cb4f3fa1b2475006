"""`kcli`: all tools under one name (`kcli topics --list ...`), `kcli quickstart`, `kcli completions SHELL`.

A tool is started without click, as fast as under its own name; click does the rest.
"""

from __future__ import annotations

import os
import sys

from kcli.cli.main import start
from kcli.cli.registry import find_tool


def main() -> None:
    tool = find_tool(sys.argv[1]) if len(sys.argv) > 1 and "_KCLI_COMPLETE" not in os.environ else None
    if tool is not None:
        del sys.argv[1]
        start(tool.module.run, tool.program)
        return
    from kcli.cli.commands import kcli

    kcli.main(prog_name="kcli")


if __name__ == "__main__":
    main()
