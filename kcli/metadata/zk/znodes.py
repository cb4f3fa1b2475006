"""What Kafka 3.9 keeps in ZooKeeper: the paths, and the JSON (or text) in each, both ways. No ZooKeeper call here.

Source: Kafka 3.9's ZkData; versions are those it writes. Values that it quotes although they are numbers
(timestamps, producer id blocks, the cluster id's version) are quoted here too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from kcli.metadata.image import BROKER_RESOURCE, TOPIC_RESOURCE, Broker, Endpoint, Partition
from kcli.wire import uuid

CLUSTER_ID = "/cluster/id"
CONTROLLER = "/controller"
CONTROLLER_EPOCH = "/controller_epoch"
BROKER_IDS = "/brokers/ids"
TOPICS = "/brokers/topics"
CONFIG_CHANGES = "/config/changes"
DELETE_TOPICS = "/admin/delete_topics"
PRODUCER_IDS = "/latest_producer_id_block"
FEATURE = "/feature"

CONFIG_TYPES = ("topics", "clients", "users", "brokers", "ips", "client-metrics", "groups")
PERSISTENT_PATHS = (
    "/consumers",
    BROKER_IDS,
    TOPICS,
    CONFIG_CHANGES,
    DELETE_TOPICS,
    "/brokers/seqid",
    "/isr_change_notification",
    PRODUCER_IDS,
    "/log_dir_event_notification",
    *(f"/config/{name}" for name in CONFIG_TYPES[:5]),
)

DEFAULT_ENTITY = "<default>"
SECURITY_PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
_RESOURCE_PATHS = {TOPIC_RESOURCE: "topics", BROKER_RESOURCE: "brokers"}
_ENDPOINT = re.compile(r"^(.*)://\[?([0-9a-zA-Z\-%._:]*)\]?:(-?[0-9]+)$")


class ZnodeError(Exception):
    """A znode holds what Kafka would not have written; the message names the path."""


def encode(value: Any) -> bytes:
    """JSON as compact as Kafka's."""
    return json.dumps(value, separators=(",", ":")).encode()


def decode(path: str, data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ZnodeError(f"znode {path} does not hold a JSON object: {data[:80]!r}")
    return value


# Paths


def broker_path(broker_id: int) -> str:
    return f"{BROKER_IDS}/{broker_id}"


def topic_path(topic: str) -> str:
    return f"{TOPICS}/{topic}"


def partitions_path(topic: str) -> str:
    return f"{TOPICS}/{topic}/partitions"


def partition_path(topic: str, index: int) -> str:
    return f"{TOPICS}/{topic}/partitions/{index}"


def state_path(topic: str, index: int) -> str:
    return f"{TOPICS}/{topic}/partitions/{index}/state"


def delete_topic_path(topic: str) -> str:
    return f"{DELETE_TOPICS}/{topic}"


def config_entity(resource_type: int, name: str) -> str:
    """The path below /config of a resource: `topics/t`, `brokers/1`, `brokers/<default>`. KeyError for other types."""
    return f"{_RESOURCE_PATHS[resource_type]}/{quote(name, safe='._-') if name else DEFAULT_ENTITY}"


def config_resource(entity: str) -> tuple[int, str] | None:
    """The resource of a path below /config, None for one that the image does not hold."""
    kind, _, name = entity.partition("/")
    for resource_type, path in _RESOURCE_PATHS.items():
        if path == kind and name:
            return resource_type, "" if name == DEFAULT_ENTITY else unquote(name)
    return None


# Values


def cluster_id(text: str) -> bytes:
    return encode({"version": "1", "id": text})


def read_cluster_id(data: bytes) -> str:
    return str(decode(CLUSTER_ID, data)["id"])


def controller(broker_id: int, time_ms: int) -> bytes:
    return encode({"version": 2, "brokerid": broker_id, "timestamp": str(time_ms), "kraftControllerEpoch": -1})


def read_controller(data: bytes) -> int:
    return int(decode(CONTROLLER, data)["brokerid"])


def broker(endpoints: Iterable[Endpoint], rack: str | None, time_ms: int) -> bytes:
    """A broker's registration, version 5; host and port are the first PLAINTEXT listener's, for old clients."""
    listed = list(endpoints)
    plain = next((e for e in listed if e.security_protocol == 0), None)
    value: dict[str, Any] = {
        "features": {},
        "listener_security_protocol_map": {e.name: SECURITY_PROTOCOLS[e.security_protocol] for e in listed},
        "endpoints": [f"{e.name}://{_bracketed(e.host)}:{e.port}" for e in listed],
        "jmx_port": -1,
        "port": plain.port if plain else -1,
        "host": plain.host if plain else None,
        "version": 5,
        "timestamp": str(time_ms),
    }
    if rack is not None:
        value["rack"] = rack
    return encode(value)


def read_broker(broker_id: int, data: bytes, epoch: int) -> Broker:
    path = broker_path(broker_id)
    value = decode(path, data)
    protocols = value.get("listener_security_protocol_map", {})
    endpoints = {}
    for text in value.get("endpoints", []):
        match = _ENDPOINT.match(text)
        if match is None:
            raise ZnodeError(f"znode {path} has an endpoint that is none: {text}")
        name, host, port = match.groups()
        protocol = protocols.get(name, name)
        endpoints[name] = Endpoint(name, host, int(port), SECURITY_PROTOCOLS.index(protocol))
    return Broker(broker_id, epoch, uuid.ZERO, endpoints, {}, value.get("rack"))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class Assignment(NamedTuple):
    """What /brokers/topics/T says: the topic's id (None in znodes older than 2.8) and the replicas by partition."""

    topic_id: bytes | None
    partitions: dict[int, tuple[int, ...]]
    adding: dict[int, tuple[int, ...]]
    removing: dict[int, tuple[int, ...]]


def topic(topic_id: bytes, partitions: Mapping[int, Partition]) -> bytes:
    return encode(
        {
            "removing_replicas": {str(i): list(p.removing) for i, p in partitions.items() if p.removing},
            "partitions": {str(i): list(p.replicas) for i, p in sorted(partitions.items())},
            "topic_id": uuid.to_text(topic_id),
            "adding_replicas": {str(i): list(p.adding) for i, p in partitions.items() if p.adding},
            "version": 3,
        }
    )


def read_topic(name: str, data: bytes) -> Assignment:
    value = decode(topic_path(name), data)

    def replicas(key: str) -> dict[int, tuple[int, ...]]:
        return {int(index): tuple(ids) for index, ids in value.get(key, {}).items()}

    topic_id = value.get("topic_id")
    return Assignment(
        uuid.from_text(topic_id) if topic_id else None,
        replicas("partitions"),
        replicas("adding_replicas"),
        replicas("removing_replicas"),
    )


def state(partition: Partition, controller_epoch: int) -> bytes:
    value = {
        "controller_epoch": controller_epoch,
        "leader": partition.leader,
        "version": 1,
        "leader_epoch": partition.leader_epoch,
        "isr": list(partition.isr),
    }
    if partition.leader_recovery_state:
        value["leader_recovery_state"] = partition.leader_recovery_state
    return encode(value)


def read_state(topic: str, index: int, data: bytes, version: int, assignment: Assignment) -> Partition:
    """The partition of a state znode; its version in ZooKeeper is the partition's epoch."""
    value = decode(state_path(topic, index), data)
    return Partition(
        index=index,
        replicas=assignment.partitions[index],
        isr=tuple(value["isr"]),
        leader=value["leader"],
        leader_epoch=value["leader_epoch"],
        partition_epoch=version,
        leader_recovery_state=value.get("leader_recovery_state", 0),
        adding=assignment.adding.get(index, ()),
        removing=assignment.removing.get(index, ()),
    )


def config(entries: Mapping[str, str]) -> bytes:
    return encode({"version": 1, "config": dict(entries)})


def read_config(path: str, data: bytes) -> dict[str, str]:
    """The entries of a config znode; an empty znode has none."""
    return {k: str(v) for k, v in decode(path, data).get("config", {}).items()} if data else {}


def config_change(entity: str) -> bytes:
    return encode({"version": 2, "entity_path": entity})


def read_config_change(path: str, data: bytes) -> str:
    return str(decode(path, data).get("entity_path", ""))


def producer_ids(broker_id: int, block: range) -> bytes:
    return encode({"version": 1, "broker": broker_id, "block_start": str(block[0]), "block_end": str(block[-1])})


def read_next_producer_id(data: bytes) -> int:
    """The first producer id behind the latest block; an empty znode means that none was ever given out."""
    return int(decode(PRODUCER_IDS, data)["block_end"]) + 1 if data else 0


def feature() -> bytes:
    return encode({"features": {}, "version": 2, "status": 1})
