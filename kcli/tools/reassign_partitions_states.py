"""How far moves of partitions and replicas are, in Kafka's words and as rows for `--output`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kcli.tools.reassign_partitions_plan import ANY, Partition, Replica

State = tuple[str, dict[str, Any]]  # in words, and as a row


def move_state(replica: Replica, target: str, located: Mapping[Replica, tuple[str | None, str | None]]) -> State:
    topic, partition, broker = replica
    name = f"{topic}-{partition}"
    now, future = located.get(replica, (None, None))
    if replica not in located:
        state = "missing"
        text = (
            f"Partition {name} is not found in any live log dir on broker {broker}."
            " There is likely an offline log directory on the broker."
        )
    elif future is None and now == target:
        state, text = "completed", f"Reassignment of replica {name}-{broker} completed successfully."
    elif future is None:
        state = "inactive"
        text = f"Partition {name} on broker {broker} is not being moved from log dir {now} to {target}."
    elif future == target:
        state, text = "inProgress", f"Reassignment of replica {name}-{broker} is still in progress."
    else:
        state = "inactive"
        text = f"Partition {name} on broker {broker} is being moved to log dir {future} instead of {target}."
    return text, state_row(topic, partition, broker, state=state, log_dir=target)


def proposal_row(
    key: Partition, current: list[int], proposed: list[int], log_dirs: Mapping[Replica, str]
) -> dict[str, Any]:
    topic, number = key
    return {
        "topic": topic,
        "partition": number,
        "current": current,
        "currentLogDirs": [log_dirs.get((topic, number, broker), ANY) for broker in current],
        "proposed": proposed,
    }


def _place(topic: str, partition: int, broker: int | None = None) -> dict[str, Any]:
    return {"topic": topic, "partition": partition, "broker": broker}


def state_row(
    topic: str,
    partition: int,
    broker: int | None = None,
    *,
    state: str,
    current: list[int] | None = None,
    target: list[int] | None = None,
    log_dir: str | None = None,
) -> dict[str, Any]:
    return {
        **_place(topic, partition, broker),
        "state": state,
        "current": current,
        "target": target,
        "logDir": log_dir,
    }


def change_rows(
    action: str,
    current: Mapping[Partition, list[int]],
    target: Mapping[Partition, list[int]],
    log_dirs: Mapping[Replica, str],
) -> list[dict[str, Any]]:
    """What was started or cancelled."""
    rows: list[dict[str, Any]] = [
        {**_place(*key), "action": action, "current": now, "target": target.get(key), "logDir": None}
        for key, now in sorted(current.items())
    ]
    return rows + [
        {**_place(*replica), "action": action, "current": None, "target": None, "logDir": log_dirs[replica]}
        for replica in by_broker(log_dirs)
    ]


def by_broker(replicas: Iterable[Replica]) -> list[Replica]:
    """In the order in which Kafka's tool tells of them."""
    return sorted(replicas, key=lambda replica: (replica[2], replica[0], replica[1]))
