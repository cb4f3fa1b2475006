"""Start a tool from a checkout, without installing anything: `run.py topics --list ...`."""

import gc
import sys
from importlib import import_module
from os.path import abspath, dirname

gc.disable()  # a collection among the imports finds nothing; the tool enables it
sys.path[0] = dirname(dirname(abspath(__file__)))
try:
    import_module(f"kcli.tools.{sys.argv.pop(1)}").main()
except KeyboardInterrupt:  # before the tool was there to see to it
    sys.exit(130)
