"""kafka-transactions: which transactions hang, what is aborted; and on real Kafka, transactions that are left open."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

import pytest

from kcli.cli.argparse4j import parse
from kcli.cli.errors import CommandError
from kcli.client.admin_transactions import ProducerState, TransactionDescription, TransactionListing
from kcli.tools.transactions import _abort, _find_hanging
from kcli.tools.transactions_options import TABLE
from kcli.wire.errors import TRANSACTIONAL_ID_NOT_FOUND, KafkaError
from tests.cli.support import Recorded
from tests.interop import real_kafka
from tests.tools.test_cluster_tools import succeed, use

NOW = 1_700_000_000_000
LONG_AGO = NOW - 20 * 60_000


def state(producer_id: int, start: int | None = 5, timestamp: int = LONG_AGO) -> ProducerState:
    return ProducerState(producer_id, 3, None, 0, timestamp, start)


class Coordinators:
    """An admin of a cluster whose partition t-0 has some producers, of which coordinators know some."""

    def __init__(self, states: list[ProducerState], known: dict[int, list[tuple[str, int]] | None]) -> None:
        self.states = states
        self.known = known
        self.aborted: list[tuple[Any, ...]] = []

    def producers(self, partitions: Iterable[tuple[str, int]], broker: int | None = None) -> Any:
        return dict.fromkeys(partitions, self.states)

    def list_transactions(self, *, producer_ids: Iterable[int]) -> list[TransactionListing]:
        return [TransactionListing(f"id-{item}", 1, item, "Ongoing") for item in producer_ids if item in self.known]

    def describe_transaction(self, transactional_id: str) -> TransactionDescription:
        partitions = self.known[int(transactional_id.removeprefix("id-"))]
        if partitions is None:
            raise KafkaError(TRANSACTIONAL_ID_NOT_FOUND)
        return TransactionDescription(1, 0, 0, "Ongoing", 1, 1, partitions)

    def abort(self, *arguments: Any) -> None:
        self.aborted.append(arguments)


def run(action: Any, admin: Coordinators, line: str) -> list[str]:
    environment = Recorded()
    action(admin, parse(TABLE, ["--bootstrap-server", "x:1", *line.split()]), environment)
    return environment.out.splitlines()


def test_what_no_coordinator_will_end_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kcli.tools.transactions._now", lambda: NOW)
    states = [
        state(1),  # its coordinator is about to write the marker
        state(2),  # no transactional id
        state(3),  # its coordinator knows of another partition only
        state(4),  # its transactional id has expired
        state(5, start=None),  # nothing is open
        state(6, timestamp=LONG_AGO + 10 * 60_000),  # too young
    ]
    admin = Coordinators(states, {1: [("t", 0)], 3: [("t", 1)], 4: None})
    head, *rows = run(_find_hanging, admin, "find-hanging --topic t --partition 0")
    assert " ".join(head.split()) == (
        "Topic Partition ProducerId ProducerEpoch CoordinatorEpoch StartOffset LastTimestamp Duration(min)"
    )
    assert [row.split()[:6] for row in rows] == [["t", "0", str(item), "3", "-1", "5"] for item in (2, 3, 4)]
    assert {row.split()[7] for row in rows} == {"20"}


def test_an_abort_by_offset_finds_the_producer() -> None:
    admin = Coordinators([state(1, start=4), state(2)._replace(coordinator_epoch=9)], {})
    assert run(_abort, admin, "abort --topic t --partition 0 --start-offset 5") == []
    run(_abort, admin, "abort --topic t --partition 0 --start-offset 4")
    # Before its first marker a producer has no coordinator epoch: any coordinator's is as high as 0.
    assert admin.aborted == [(("t", 0), 2, 3, 9), (("t", 0), 1, 3, 0)]
    with pytest.raises(
        CommandError, match=r"^Could not find any open transactions starting at offset 7 on partition t-0$"
    ):
        run(_abort, admin, "abort --topic t --partition 0 --start-offset 7")


def test_an_abort_by_producer_takes_its_word() -> None:
    admin = Coordinators([], {})
    line = "abort --topic t --partition 0 --producer-id 8 --producer-epoch 1 --coordinator-epoch -1"
    run(_abort, admin, line)
    assert admin.aborted == [(("t", 0), 8, 1, 0)]


@pytest.mark.interop
@pytest.mark.slow
def test_transactions_left_open_on_real_kafka(kafka_43: real_kafka.Kafka43) -> None:
    confluent_kafka = pytest.importorskip("confluent_kafka")
    server = f"--bootstrap-server {kafka_43.bootstrap}"
    succeed("topics", f"{server} --create --topic tx")
    producers = []
    for name in ("tx-one", "tx-two"):
        producer = confluent_kafka.Producer({"bootstrap.servers": kafka_43.bootstrap, "transactional.id": name})
        producer.init_transactions()
        producer.begin_transaction()
        producer.produce("tx", b"x")
        producer.flush()
        producers.append(producer)

    def states() -> dict[str, str]:
        rows = json.loads(succeed("transactions", f"{server} list --output json --transactional-id-pattern tx-.*"))
        return {row["transactionalId"]: row["transactionState"] for row in rows}

    def open_at() -> list[int]:
        line = f"{server} describe-producers --topic tx --partition 0 --output json"
        starts = [row["currentTransactionStartOffset"] for row in json.loads(succeed("transactions", line))]
        return sorted(start for start in starts if start is not None)  # a broker lists producers in no order

    assert states() == {"tx-one": "Ongoing", "tx-two": "Ongoing"}
    assert open_at() == [0, 1]
    line = f"{server} describe --transactional-id tx-one --output json"
    (described,) = json.loads(succeed("transactions", line))
    assert (described["topicPartitions"], described["transactionState"]) == (["tx-0"], "Ongoing")
    assert succeed("transactions", f"{server} list --duration-filter 99999999").count("\n") == 1
    # Their coordinator knows them, so nothing hangs.
    assert succeed("transactions", f"{server} find-hanging --topic tx --max-transaction-timeout 0").count("\n") == 1
    assert succeed("transactions", f"{server} abort --topic tx --partition 0 --start-offset 1") == ""
    assert open_at() == [0]
    assert succeed("transactions", f"{server} forceTerminateTransaction --transactionalId tx-one") == ""
    deadline = time.monotonic() + 120
    while open_at():
        assert time.monotonic() < deadline
        time.sleep(0.2)
    done = use("transactions", f"{server} abort --topic tx --partition 0 --start-offset 0")
    assert (done.code, done.err) == (
        1,
        "Could not find any open transactions starting at offset 0 on partition tx-0\n",
    )
