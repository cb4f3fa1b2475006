"""Our broker as a process on a folder of the test's, so that it can be killed and started again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.interop.real_kafka import free_port, wait_for_port

ROOT = Path(__file__).resolve().parent.parent.parent


class OurBroker:
    """`kafka-server-start FILE`; start() may be called again after kill() or stop()."""

    def __init__(
        self, folder: Path, *, log_dir: Path | None = None, port: int | None = None, properties: Mapping[str, str] = {}
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.bootstrap = f"localhost:{self.port}"
        self.log_dir = log_dir or folder / "data"
        self.log = folder / "our-broker.log"
        self.file = folder / "our.properties"
        settings = {
            "broker.id": "1",
            "listeners": f"PLAINTEXT://localhost:{self.port}",
            "log.dirs": str(self.log_dir),
            "offsets.topic.replication.factor": "1",
            "group.initial.rebalance.delay.ms": "0",
            **properties,
        }
        self.file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> OurBroker:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "bin" / "run.py"), "server_start", str(self.file)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        wait_for_port(self.port, self.process, self.log, seconds=60)
        return self

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        code = self.process.wait(60)
        assert code in (0, 143, -15), f"the broker exited {code}:\n{self.log.read_text()[-4000:]}"


def our_tool(
    name: str, *arguments: str, stdin: bytes = b"", timeout: float = 120, check: bool = True
) -> subprocess.CompletedProcess[bytes]:
    """Run one of our tools as its script does; `check` raises with its output when it fails."""
    module = name.removeprefix("kafka-").replace("-", "_")
    done = subprocess.run(
        [sys.executable, str(ROOT / "bin" / "run.py"), module, *arguments],
        input=stdin, capture_output=True, timeout=timeout,
    )  # fmt: skip
    if check and done.returncode:
        raise AssertionError(f"{name} exited {done.returncode}:\n{done.stdout.decode()}\n{done.stderr.decode()}")
    return done
