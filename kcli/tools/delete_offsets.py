"""--delete-offsets of the tools for consumer groups and streams groups."""

from __future__ import annotations

from collections.abc import Iterable

from kcli.cli.output import TEXT
from kcli.client.admin import Admin, TopicDescription
from kcli.client.admin_offsets import delete_offsets
from kcli.client.assignors import TopicPartition
from kcli.client.cluster import Cluster
from kcli.tools import listings
from kcli.tools.group_command import MISSING, GroupCommand, table, widest
from kcli.tools.reset_offsets import parse_topic
from kcli.wire import errors
from kcli.wire.errors import KafkaError

_TOPIC, _PARTITION, _STATUS = 15, 10, 15
_OF_THE_GROUP = (
    errors.INVALID_GROUP_ID,
    errors.GROUP_ID_NOT_FOUND,
    errors.GROUP_AUTHORIZATION_FAILED,
    errors.NON_EMPTY_GROUP,
)
_OF_PARTITIONS = (
    errors.GROUP_SUBSCRIBED_TO_TOPIC,
    errors.TOPIC_AUTHORIZATION_FAILED,
    errors.UNKNOWN_TOPIC_OR_PARTITION,
)

Outcomes = dict[tuple[str, "int | None"], "KafkaError | None"]


def delete_group_offsets(command: GroupCommand, cluster: Cluster, group: str, topics: Iterable[str]) -> None:
    """Forget the offsets of topics, or of some of their partitions, and tell how that went."""
    partitions, outcomes = _partitions(Admin(cluster), topics)
    failure: KafkaError | None = None
    try:
        deleted = delete_offsets(cluster, group, partitions)
        for partition, outcome in deleted.items():
            outcomes[partition] = outcome
        failure = next((outcome for outcome in deleted.values() if outcome is not None), None)
    except KafkaError as error:
        failure = error
        outcomes.update(dict.fromkeys(partitions, error))
    if failure is None:
        command.say(f"Request succeeded for deleting offsets from group {group}.")
    elif failure.code in _OF_THE_GROUP:
        command.error(failure.error.message)
    elif failure.code in _OF_PARTITIONS:
        command.error("Encountered some partition-level error, see the follow-up details.")
    else:
        command.error(f"Encountered some unknown error: {failure.name}")
    command.failed |= any(outcomes.values())
    _show(command, outcomes)


def _partitions(admin: Admin, topics: Iterable[str]) -> tuple[list[TopicPartition], Outcomes]:
    """The partitions that arguments name, and what is wrong with those that name none."""
    parsed = [parse_topic(text) for text in dict.fromkeys(topics)]
    partitions = [(topic, number) for topic, numbers in parsed if numbers is not None for number in numbers]
    outcomes: Outcomes = {}
    whole = [topic for topic, numbers in parsed if numbers is None]
    for topic, described in (admin.describe_topics(whole) if whole else {}).items():
        if isinstance(described, TopicDescription):
            partitions += [(topic, each.partition) for each in described.partitions]
        else:
            outcomes[topic, None] = described
    return list(dict.fromkeys(partitions)), outcomes


def _show(command: GroupCommand, outcomes: Outcomes) -> None:
    ordered = sorted(outcomes.items(), key=lambda item: f"{item[0][0]}{-1 if item[0][1] is None else item[0][1]}")
    if command.form != TEXT:
        found = [
            {"topic": topic, "partition": number, "error": error and f"{error.java_class}: {error}"}
            for (topic, number), error in ordered
        ]
        command.show(found, listings.DELETED_OFFSETS)
        return
    rows = [
        [
            topic,
            MISSING if number is None else number,
            "Successful" if error is None else f"Error: {error.java_class}: {error}",
        ]
        for (topic, number), error in ordered
    ]
    widths = [widest(_TOPIC, (topic for topic, _ in outcomes)), _PARTITION, _STATUS]
    for line in ["", *table(["TOPIC", "PARTITION", "STATUS"], rows, widths)]:
        command.environment.print(line)
