"""Elections that somebody asks for, on a broker that is alone."""

from __future__ import annotations

from typing import Any

import pytest

from kcli.metadata.controller_elections import PREFERRED, UNCLEAN, elect_leader
from kcli.metadata.image import Image
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

TOPIC_ID = bytes(range(16))


def image(**fields: Any) -> Image:
    made = Image()
    made.apply(messages.TopicRecord(name="t", topic_id=TOPIC_ID))
    partition = {"replicas": [1], "isr": [1], "leader": -1, "leader_epoch": 4, "partition_epoch": 7, **fields}
    made.apply(messages.PartitionRecord(partition_id=0, topic_id=TOPIC_ID, **partition))
    return made


@pytest.mark.parametrize(
    ("election", "code"),
    [(PREFERRED, errors.PREFERRED_LEADER_NOT_AVAILABLE), (UNCLEAN, errors.ELIGIBLE_LEADERS_NOT_AVAILABLE)],
)
def test_nobody_leads_without_a_disk(election: int, code: int) -> None:
    with pytest.raises(KafkaError) as raised:
        elect_leader(image(), 1, "t", 0, election, lost={("t", 0)})
    assert raised.value.code == code
    assert elect_leader(image(), 1, "t", 0, election, lost={("t", 1)}).leader == 1


@pytest.mark.parametrize(
    ("fields", "recovering"),
    [
        ({"isr": [1]}, False),
        ({"isr": [], "eligible_leader_replicas": [1]}, False),
        ({"isr": [], "last_known_elr": [1]}, True),
    ],
)
def test_who_is_eligible_leads_by_a_preferred_election(fields: dict[str, Any], recovering: bool) -> None:
    made = image(**fields)
    made.apply(elect_leader(made, 1, "t", 0, PREFERRED))
    partition = made.topics["t"].partitions[0]
    assert (partition.leader, partition.isr, partition.leader_epoch) == (1, (1,), 5)
    assert (partition.elr, partition.last_known_elr) == ((), ())
    assert partition.leader_recovery_state == int(recovering)
