"""Transcripts of the JVM's tools on real Kafka 4.3.0: ours print and exit the same, on it and on our broker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.runner import BROKER, FOLDER, OUR_TOOLS, run, transcripts
from tests.interop.our_broker import OurBroker
from tests.interop.real_kafka import Kafka43

# Transcripts that need what our broker does not serve.
NOT_SERVED = {
    "acls.t": "DescribeAcls, CreateAcls, DeleteAcls",
    "acls-hosts-and-tokens.t": "DescribeAcls, CreateAcls, DeleteAcls",
    "configs-loggers.t": "loggers of the names of Kafka's classes",
    "features.t": "UpdateFeatures",
    "metadata-quorum-voters.t": "RemoveRaftVoter",
    "quotas.t": "DescribeClientQuotas, AlterClientQuotas, AlterUserScramCredentials",
    "share-consumers.t": "ShareGroupHeartbeat, ShareFetch, ShareAcknowledge",
    "share-groups.t": "ShareGroupDescribe, DeleteShareGroupOffsets",
    "streams-groups.t": "StreamsGroupDescribe",
    "transactions.t": "ListTransactions, and a transaction coordinator",
}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka43]:
    broker = Kafka43(tmp_path_factory.mktemp("real"), properties=BROKER)
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OurBroker]:
    broker = OurBroker(tmp_path_factory.mktemp("ours"))
    broker.start()
    yield broker
    broker.stop()


@pytest.mark.interop
@pytest.mark.parametrize("name", transcripts())
def test_on_real_kafka(real: Kafka43, name: str) -> None:
    done = run(OUR_TOOLS, real.bootstrap, real.log_dir, FOLDER / name)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", [name for name in transcripts() if name not in NOT_SERVED])
def test_on_our_broker(ours: OurBroker, name: str) -> None:
    done = run(OUR_TOOLS, ours.bootstrap, ours.log_dir, FOLDER / name)
    assert done.returncode == 0, done.stdout + done.stderr


def test_that_what_is_not_served_is_there() -> None:
    assert set(NOT_SERVED) <= set(transcripts())
