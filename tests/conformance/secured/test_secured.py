"""Transcripts of the JVM's tools on a secured cluster, and what is said to those whom TLS or SCRAM does not let in.

The transcripts run twice: with --command-config, and with profiles that `kcli profile add` made of the same files.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.runner import OUR_TOOLS, run, transcripts
from tests.conformance.secured.cluster import SecuredCluster
from tests.interop.our_broker import our_tool
from tests.interop.real_kafka import free_port

pytestmark = pytest.mark.interop
FOLDER = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredCluster]:
    secured = SecuredCluster(tmp_path_factory.mktemp("secured"))
    yield secured
    secured.stop()


# A call of each kind of tool: the admin client, the consumer, the producer, and the tools with argparse4j.
CALLS = (
    ("kafka-topics", "--list"),
    ("kafka-get-offsets", "--topic", "own-a"),
    ("kafka-broker-api-versions",),
    ("kafka-console-consumer", "--topic", "own-a", "--from-beginning"),
    ("kafka-console-producer", "--topic", "own-a"),
    ("kafka-cluster", "cluster-id"),
)
_INVALID = "Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM"
CASES = {
    "wrong-password": _INVALID,
    "unknown-user": _INVALID,
    "wrong-authority": "certificate",
}


@pytest.fixture(scope="module")
def profiles(cluster: SecuredCluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of configuration in which every user of the transcripts has a profile."""
    home = tmp_path_factory.mktemp("profiles")
    for file in cluster.folder.glob("*.properties"):
        address = cluster.elsewhere if file.stem == "elsewhere" else cluster.address
        add = ["profile", "add", file.stem, "--bootstrap-server", address, "--command-config", str(file)]
        subprocess.run(
            [sys.executable, "-m", "kcli.cli.umbrella", *add],
            env={**os.environ, "XDG_CONFIG_HOME": str(home)}, check=True, timeout=60,
        )  # fmt: skip
    return home


@pytest.mark.parametrize("name", transcripts(FOLDER))
@pytest.mark.parametrize("way", ["file", "profile"])
def test_transcripts(cluster: SecuredCluster, profiles: Path, way: str, name: str) -> None:
    variables = {**cluster.variables(), "WAY": way, "XDG_CONFIG_HOME": str(profiles)}
    done = run(OUR_TOOLS, cluster.address, cluster.broker.log_dir, FOLDER / name, variables=variables)
    assert done.returncode == 0, done.stdout + done.stderr


def refused(call: tuple[str, ...], address: str, config: Path) -> str:
    """What a call prints that has to fail within seconds, in a few lines and without a traceback."""
    tool, *arguments = call
    done: subprocess.CompletedProcess[bytes] = our_tool(
        tool, *arguments, "--bootstrap-server", address, "--command-config", str(config),
        stdin=b"one\n", timeout=20, check=False,
    )  # fmt: skip
    text = (done.stdout + done.stderr).decode()
    assert done.returncode != 0, text
    assert "Traceback" not in text
    assert len(text.strip().splitlines()) <= 4, text
    return text


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0])
@pytest.mark.parametrize("case", CASES)
def test_who_is_not_let_in_is_told_why(cluster: SecuredCluster, call: tuple[str, ...], case: str) -> None:
    assert CASES[case] in refused(call, cluster.address, cluster.folder / f"{case}.properties")


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0])
def test_a_certificate_of_another_host_names_both(cluster: SecuredCluster, call: tuple[str, ...]) -> None:
    text = refused(call, cluster.elsewhere, cluster.folder / "alice.properties")
    assert "localhost" in text and "certificate" in text.lower()


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0])
def test_a_client_without_tls_on_a_port_with_it(cluster: SecuredCluster, call: tuple[str, ...]) -> None:
    assert cluster.address in refused(call, cluster.address, cluster.folder / "plaintext.properties")


@pytest.mark.parametrize("call", CALLS[:4], ids=lambda call: call[0])
def test_nobody_listens(cluster: SecuredCluster, call: tuple[str, ...]) -> None:
    address = f"localhost:{free_port()}"
    assert address in refused(call, address, cluster.folder / "alice.properties")
