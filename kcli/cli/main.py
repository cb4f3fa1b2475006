"""The border of every tool: from the process in, and from any error to one line and an exit code."""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

from kcli import KAFKA_VERSION
from kcli.cli.environment import Environment
from kcli.cli.errors import BROKEN_PIPE, FAILED, INTERRUPTED, OK, CommandError, UsageError
from kcli.cli.inherited import PROFILE
from kcli.cli.joptsimple import Parsed, parse
from kcli.cli.options import OptionTable

_COLLECT_AFTER = 50_000  # objects: more than a tool has that only asks something; collecting takes a tenth of its time
_OUTPUT_FAILED = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Run = Callable[[list[str], Environment], int]


def start(run: Run, program: str) -> None:
    """What a console entry point does: run the tool in this process and exit."""
    gc.set_threshold(_COLLECT_AFTER)
    gc.enable()
    if _completes(program):
        return
    code = guard(run, sys.argv[1:], Environment.of_process(program))
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed, or never there
            stream.flush()
    # Nothing is left to do but to hand the memory back, which the system does faster.
    os._exit(code)


def guard(run: Run, arguments: list[str], environment: Environment) -> int:
    """Run a tool; whatever goes wrong becomes one line on stderr and an exit code."""
    try:
        code = run(arguments, environment)
        environment.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        return BROKEN_PIPE
    except CommandError as error:
        code = _report(error.message, environment, error.exit_code)
        if isinstance(error, UsageError):
            environment.warn(f"Try '{environment.program} --help'.")
    except Exception as error:
        code = _report(explain(error, environment), environment, FAILED)
    try:
        environment.stdout.flush()
        environment.stderr.flush()
    except BrokenPipeError:
        return BROKEN_PIPE
    except OSError:  # told already: it is what we came here for
        return code or FAILED
    return code


def _report(message: str, environment: Environment, code: int) -> int:
    try:
        environment.warn(message)
    except BrokenPipeError:
        return BROKEN_PIPE
    except OSError:  # stdout cannot be written, which may be what the message says
        environment.stderr.write(f"{message}\n".encode("utf-8", "surrogateescape"))
    return code


def explain(error: Exception, environment: Environment) -> str:
    """One line for an error that no tool expected, with its trace where KCLI_DEBUG=1 asks for it."""
    if environment.variables.get("KCLI_DEBUG") == "1":
        import traceback

        return "".join(traceback.format_exception(error)).rstrip()
    if isinstance(error, ModuleNotFoundError):
        return f"{environment.program} needs the Python package {error.name}: python3 -m pip install {error.name}"
    if isinstance(error, OSError) and error.errno in _OUTPUT_FAILED:
        return f"{environment.program}: Cannot write {error.filename or 'the output'}: {error.strerror}"
    if isinstance(error, UnicodeEncodeError):  # undecodable bytes of the command line, on their way to a broker
        shown = error.object.encode("utf-8", "backslashreplace").decode()
        return f"{environment.program}: '{shown}' is not UTF-8, which Kafka's names are"
    java_class = getattr(error, "java_class", None)
    if java_class is not None:
        return f"{java_class}: {error}"
    return f"{environment.program}: {type(error).__name__}: {error} (KCLI_DEBUG=1 shows where)"


def parse_arguments(table: OptionTable, arguments: Sequence[str], environment: Environment) -> Parsed | int:
    """Parse a command line, see to --help and --version, and give deprecation warnings; an int is an exit code.

    Kafka's tools print their help on stderr and exit with 1, which we do only where no option was given at all.
    """
    from kcli.cli.help import format_help

    if not arguments:
        environment.warn(format_help(table, environment.width))
        return FAILED
    parsed = parse(table, arguments)
    if parsed.has("help"):
        environment.print(format_help(table, environment.width))
        return environment.exit_code(OK, FAILED)
    if parsed.has("version"):
        environment.print(KAFKA_VERSION)
        return OK
    for warning in parsed.warnings:
        environment.warn(warning)
    if PROFILE in table.options:
        parsed.inherit(environment)
    return parsed


def _completes(program: str) -> bool:
    """Answer the shell's completion function, which asks through a variable."""
    if "_KCLI_COMPLETE" not in os.environ:
        return False
    from kcli.cli.completion import answer

    answer(program, sys.argv[1:], os.environ)
    return True
