"""`python -m tests.conformance.secured.record FILE.t ...`: write what the JVM's tools print into the transcripts."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.conformance.runner import run
from tests.conformance.secured.cluster import SecuredCluster
from tests.interop.real_kafka import kafka_bin


def main(names: list[str]) -> None:
    files = [Path(name).resolve() for name in names]
    with tempfile.TemporaryDirectory() as folder:
        cluster = SecuredCluster(Path(folder))
        try:
            done = run(
                kafka_bin("4.3"), cluster.address, cluster.broker.log_dir, *files,
                record=True, variables=cluster.variables(),
            )  # fmt: skip
        finally:
            cluster.stop()
    print(done.stdout, done.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
