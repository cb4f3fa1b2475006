import pytest

from kcli.group.partitioner import partition_for


def test_the_smallest_int_goes_to_partition_0() -> None:
    assert partition_for("polygenelubricants", 50) == 0


@pytest.mark.parametrize(
    ("group", "count", "partition"),
    [("console-consumer-62821", 50, 0), ("dyn", 5, 1), ("stat", 5, 4), ("simple", 5, 1)],
)
def test_groups_are_where_kafka_keeps_them(group: str, count: int, partition: int) -> None:
    assert partition_for(group, count) == partition
