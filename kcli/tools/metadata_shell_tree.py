"""The tree that kafka-metadata-shell shows of a metadata image: directories are dicts, leaves are lines of text.

Names and texts are those of Kafka's shell. Deviation: a default entity of quotas is `user(<default>)`, where Kafka's
shell leaves the part out, and then fails on the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

from kcli import KAFKA_VERSION
from kcli.cli.errors import CommandError
from kcli.client.acl_rules import OPERATIONS, PATTERN_TYPES, PERMISSIONS, RESOURCE_TYPES
from kcli.config import features
from kcli.metadata.image import METADATA_VERSION, Broker, Endpoint, Image, Partition
from kcli.metadata.kraft import snapshots
from kcli.metadata.kraft.records import Transactions, decode_batches
from kcli.records.errors import CorruptRecord
from kcli.storage.fs import FileSystem
from kcli.wire.errors import WireError
from kcli.wire.uuid import to_text

Tree = dict[str, Any]
"""name -> Tree, or the text of a leaf"""

_COMMIT_ID = "a9ce3221537b8653"  # of Kafka 4.3.0
_SECURITY = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
_RESOURCES = {2: "TOPIC", 4: "BROKER", 8: "BROKER_LOGGER", 16: "CLIENT_METRICS", 32: "GROUP"}
_SCRAM = {1: "SCRAM-SHA-256", 2: "SCRAM-SHA-512"}
_RECOVERY = ("RECOVERED", "RECOVERING")
_QUOTA_PARTS = (("client-id", "clientId"), ("ip", "ip"), ("user", "user"))
_LOG = re.compile(r"\d{20}\.log")


class Provenance(NamedTuple):
    """The last of what an image was made from."""

    offset: int = -1
    epoch: int = -1
    time_ms: int = -1

    def __str__(self) -> str:
        time = datetime.fromtimestamp(self.time_ms // 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
        fraction = f".{self.time_ms % 1000:03d}".rstrip("0").rstrip(".")
        return f"offset {self.offset}, epoch {self.epoch}, time {time}{fraction}Z[UTC]"


def load(path: Path) -> tuple[Image, Provenance]:
    """The image of one snapshot or log file; of a folder, that of its newest snapshot and what the log adds to it."""
    try:
        if not path.is_dir():
            return _read([path])
        found = snapshots.listed(FileSystem(), str(path))
        logs = sorted(each for each in path.iterdir() if _LOG.fullmatch(each.name))
        if not found and not logs:
            raise CommandError(f"{path} has neither a snapshot (*.checkpoint) nor a log of the metadata")
        return _read([*(path / each.file for each in found[-1:]), *logs], found[-1].offset if found else 0)
    except FileNotFoundError:
        raise CommandError(f"java.nio.file.NoSuchFileException: {path}") from None
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None


def _read(paths: Iterable[Path], log_from: int = 0) -> tuple[Image, Provenance]:
    image, provenance, transactions = Image(), Provenance(), Transactions()
    for path in paths:
        start = log_from if path.suffix == ".log" else 0
        data = path.read_bytes()
        try:
            batches = list(decode_batches(data))
            if data and not batches:
                raise CorruptRecord("no whole batch at its beginning")
            for header, records, _ in batches:
                if header.is_control or header.next_offset <= start:
                    continue
                for number, record in enumerate(records):
                    if header.base_offset + number >= start:
                        for due in transactions.feed(record):
                            image.apply(due)
                provenance = Provenance(header.last_offset, header.leader_epoch, header.max_timestamp)
        except (CorruptRecord, WireError, ValueError) as error:
            raise CommandError(f"{path} is no log or snapshot of metadata, or it is damaged: {error}") from None
    return image, provenance


def tree(image: Image, provenance: Provenance) -> Tree:
    """Everything, from the root."""
    by_name = {topic.name: _topic(topic) for topic in image.topics.values()}
    return {
        "image": {
            "acls": {"byId": {to_text(record.id): _acl(record) for record in _kept(image, "acl")}},
            "clientQuotas": _quotas(image),
            "cluster": {
                "brokers": {str(broker.id): _broker(broker) for broker in image.brokers.values()},
                "controllers": {str(number): _controller(record) for number, record in image.controllers.items()},
            },
            "configs": {
                _RESOURCES.get(kind, "UNKNOWN") + (f":{name}" if name else ""): dict(entries)
                for (kind, name), entries in image.configs.items()
            },
            "delegationToken": {record.token_id: _token(record) for record in _kept(image, "token")},
            "features": _features(image),
            "producerIds": {"nextProducerId": str(image.next_producer_id if image.producer_ids else -1)},
            "provenance": str(provenance),
            "scram": _scram(image),
            "topics": {
                "byId": {to_text(topic.id): by_name[topic.name] for topic in image.topics.values()},
                "byName": by_name,
            },
        },
        "local": {"commitId": _COMMIT_ID, "version": KAFKA_VERSION},
    }


def _kept(image: Image, kind: str) -> list[Any]:
    return [record for (name, _), record in image.kept.items() if name == kind]


def _features(image: Image) -> Tree:
    level = image.metadata_version
    shown: Tree = {"metadataVersion": f"Optional[{features.name_of(level)}]" if level else "Optional.empty"}
    for name, level in image.features.items():
        if name != METADATA_VERSION:
            shown[f"finalized_{name}"] = str(level)
    return shown


def _topic(topic: Any) -> Tree:
    partitions = {str(index): _partition(each) for index, each in topic.partitions.items()}
    return {**partitions, "id": to_text(topic.id), "name": topic.name}


def _partition(each: Partition) -> str:
    return (
        f"PartitionRegistration(replicas={_list(each.replicas)}, directories={_ids(each.directories)},"
        f" isr={_list(each.isr)}, removingReplicas={_list(each.removing)}, addingReplicas={_list(each.adding)},"
        f" elr={_list(each.elr)}, lastKnownElr={_list(each.last_known_elr)}, leader={each.leader},"
        f" leaderRecoveryState={_RECOVERY[each.leader_recovery_state]}, leaderEpoch={each.leader_epoch},"
        f" partitionEpoch={each.partition_epoch})"
    )


def _broker(broker: Broker) -> str:
    rack = "Optional.empty" if broker.rack is None else f"Optional[{broker.rack}]"
    return (
        f"BrokerRegistration(id={broker.id}, epoch={broker.epoch}, incarnationId={to_text(broker.incarnation_id)},"
        f" listeners=[{_endpoints(broker.endpoints.values())}], supportedFeatures={_ranges(broker.features)},"
        f" rack={rack}, fenced={_bool(broker.fenced)}, inControlledShutdown={_bool(broker.in_controlled_shutdown)},"
        f" isMigratingZkBroker=false, directories={_ids(broker.directories)},"
        f" cordonedDirectories={_ids(broker.cordoned_directories)})"
    )


def _controller(record: Any) -> str:
    supported = {each.name: (each.min_supported_version, each.max_supported_version) for each in record.features}
    return (
        f"ControllerRegistration(id={record.controller_id}, incarnationId={to_text(record.incarnation_id)},"
        f" zkMigrationReady={_bool(record.zk_migration_ready)}, listeners=[{_endpoints(record.end_points)}],"
        f" supportedFeatures={_ranges(supported)})"
    )


def _endpoints(endpoints: Iterable[Endpoint]) -> str:
    return ", ".join(
        f"Endpoint(listenerName='{each.name}', securityProtocol={_SECURITY[each.security_protocol]},"
        f" host='{each.host}', port={each.port})"
        for each in sorted(endpoints, key=lambda each: each.name)
    )


def _acl(record: Any) -> str:
    return (
        f"StandardAcl[resourceType={RESOURCE_TYPES[record.resource_type]}, resourceName={record.resource_name},"
        f" patternType={PATTERN_TYPES[record.pattern_type]}, principal={record.principal}, host={record.host},"
        f" operation={OPERATIONS[record.operation]}, permissionType={PERMISSIONS[record.permission_type]}]"
    )


def _scram(image: Image) -> Tree:
    shown: Tree = {name: {} for name in _SCRAM.values()}
    for record in _kept(image, "scram"):
        shown[_SCRAM[record.mechanism]][record.name] = (
            f"ScramCredentialData(salt={bytes(record.salt).hex()}, storedKey={bytes(record.stored_key).hex()},"
            f" serverKey={bytes(record.server_key).hex()}, iterations={record.iterations})"
        )
    return shown


def _token(record: Any) -> str:
    return (
        f"DelegationTokenDatatokenId={record.token_id}(owner={record.owner}(tokenRequester={record.requester}"
        f"(renewers={' '.join(record.renewers)}, issueTimestamp={record.issue_timestamp},"
        f" maxTimestamp={record.max_timestamp}), expiryTimestamp={record.expiration_timestamp}"
    )


def _quotas(image: Image) -> Tree:
    shown: Tree = {}
    for record in _kept(image, "quota"):
        names = {each.entity_type: each.entity_name for each in record.entity}
        entity = "_".join(
            f"{shown_as}({'<default>' if names[part] is None else _escape(names[part])})"
            for part, shown_as in _QUOTA_PARTS
            if part in names
        )
        shown.setdefault(entity, {})[record.key] = repr(record.value)
    return shown


def _escape(name: str) -> str:
    return name.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _list(items: Iterable[Any]) -> str:
    return f"[{', '.join(map(str, items))}]"


def _ids(items: Iterable[bytes]) -> str:
    return _list(map(to_text, items))


def _ranges(supported: dict[str, tuple[int, int]]) -> str:
    return "{" + ", ".join(f"{name}: {low}-{high}" for name, (low, high) in sorted(supported.items())) + "}"


def _bool(value: bool) -> str:
    return "true" if value else "false"
