"""Runs transcripts (prysk files) against a folder of tools and a broker; `python -m tests.conformance.runner` records.

    python -m tests.conformance.runner FILE.t ...

writes what the JVM's tools 4.3.0 print on a real Kafka 4.3.0 into the files. There is no other way to record, so that
what our tools are compared with never comes from them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.interop import real_kafka

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent.parent
OUR_TOOLS = ROOT / "bin"

# Everybody may do everything until there is a rule, so that one broker serves all transcripts, those about ACLs too.
BROKER = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS",
    "allow.everyone.if.no.acl.found": "true",
}


def transcripts(folder: Path = FOLDER) -> list[str]:
    return sorted(path.name for path in folder.glob("*.t"))


def run(
    tools: Path,
    bootstrap: str,
    log_dir: Path,
    *files: Path,
    record: bool = False,
    variables: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run prysk on the files; what differs is in its output, and its exit code is 1."""
    environment = {
        **os.environ,
        "B": bootstrap,
        "DATA": str(log_dir),
        "HELPERS": str(FOLDER / "helpers.sh"),
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "KCLI_PYTHON": sys.executable,
        "KCLI_COMPAT_EXIT": "1",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        **(variables or {}),
    }
    options = ["-i", "-y"] if record else []
    # Relative: `patch`, which records, takes no others.
    names = [str(file.relative_to(ROOT)) for file in files]
    return subprocess.run(
        [sys.executable, "-m", "prysk", "--shell", "bash", "-E", *options, *names],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=ROOT,
        timeout=3600 if record else 1200,
    )  # fmt: skip


def main(names: list[str]) -> None:
    files = [Path(name).resolve() for name in names]
    with tempfile.TemporaryDirectory() as folder:
        broker = real_kafka.Kafka43(Path(folder), properties=BROKER)
        try:
            done = run(real_kafka.kafka_bin("4.3"), broker.bootstrap, broker.log_dir, *files, record=True)
        finally:
            broker.stop()
    print(done.stdout, done.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
