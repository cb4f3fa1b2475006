"""`kcli`: all tools under one name (`kcli topics --list ...`), and the commands that Kafka never had (`kcli.commands`).

A tool is started without click, as fast as under its own name; click does the list.
"""

from __future__ import annotations

import os
import sys

from kcli.cli.main import start
from kcli.cli.registry import find_tool


def main() -> None:
    if "_KCLI_COMPLETE" in os.environ:
        from kcli.cli.completion import answer

        answer("kcli", sys.argv[1:], os.environ)
        return
    tool = find_tool(sys.argv[1]) if len(sys.argv) > 1 else None
    if tool is not None:
        del sys.argv[1]
        start(tool.module.run, tool.program)
        return
    from kcli.cli.commands import kcli

    kcli.main(prog_name="kcli")


if __name__ == "__main__":
    main()
