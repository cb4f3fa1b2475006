"""Format the folders of a KRaft node: who it is, and what the metadata log begins with."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError
from kcli.config import features
from kcli.metadata.kraft import bootstrap, snapshots
from kcli.records.control import ControlType
from kcli.storage.errors import LogDirError
from kcli.storage.fs import FileSystem
from kcli.storage.meta_properties import KRAFT, MetaProperties, check_meta, read_meta, write_meta
from kcli.tools.storage_settings import NodeSettings
from kcli.tools.storage_voters import Voter, voters_record
from kcli.wire import messages, uuid

_METADATA_LOG = "__cluster_metadata-0"
_KRAFT_VERSION = "kraft.version"
_SCRAM_LEVEL = features.LEVELS["3.5-IV2"]


class Plan(NamedTuple):
    """What is to be formatted; `voters`: those that a dynamic quorum begins with, or None."""

    node: NodeSettings
    cluster_id: str
    levels: dict[str, int]
    credentials: Sequence[Any]
    voters: list[Voter] | None
    ignore_formatted: bool


def release_level(release: str | None) -> int | None:
    """The metadata level of a release that is to be formatted for."""
    if release is None:
        return None
    try:
        return features.level_of(release, stable=True)
    except features.UnknownRelease as error:
        raise CommandError(str(error)) from None


def feature_levels(release: int | None, given: dict[str, int], dynamic_quorum: bool) -> dict[str, int]:
    """The levels that a new cluster begins with."""
    if features.METADATA_VERSION in given and release is not None:
        raise CommandError(
            f"Use --release-version instead of --feature {features.METADATA_VERSION}=X to avoid ambiguity."
        )
    metadata_level = given.get(features.METADATA_VERSION, features.LATEST_LEVEL) if release is None else release
    if features.name_of(metadata_level) is None or metadata_level > features.LATEST_LEVEL:
        raise CommandError(f"No MetadataVersion with feature level {metadata_level}")
    known = {feature.name: feature for feature in features.FEATURES}
    for name in given:
        if name != features.METADATA_VERSION and name not in known:
            raise CommandError(f"Unsupported feature: {name}. Supported features are: {', '.join(sorted(known))}")
    levels = {name: given.get(name, feature.default(metadata_level)) for name, feature in known.items()}
    levels[_KRAFT_VERSION] = _kraft_level(given.get(_KRAFT_VERSION), dynamic_quorum)
    for name, level in levels.items():
        if not 0 <= level <= known[name].highest:
            raise CommandError(f"No feature:{name} with feature level {level}")
        required = known[name].required(level)
        if required is not None and metadata_level < required:
            raise CommandError(
                f"{name} could not be set to {level} because it depends on {features.METADATA_VERSION} level {required}"
            )
    return {features.METADATA_VERSION: metadata_level, **dict(sorted(levels.items()))}


def _kraft_level(given: int | None, dynamic_quorum: bool) -> int:
    if given is not None and (given > 0) != dynamic_quorum:
        flags = "--standalone, --initial-controllers, or --no-initial-controllers"
        raise CommandError(
            f"Cannot set {_KRAFT_VERSION} to {given} {'if' if dynamic_quorum else 'unless'} controller.quorum.voters is"
            f" empty and one of the flags {flags} is used. For dynamic controllers support, try using one of {flags}"
            " and removing controller.quorum.voters."
        )
    return int(dynamic_quorum) if given is None else given


def format_node(plan: Plan, environment: Environment) -> None:
    """Format the folders that are not; refuse if any belongs to another node, or is formatted already."""
    fs = FileSystem()
    expected = MetaProperties(KRAFT, plan.node.node_id, plan.cluster_id)
    formatted = [path for path in plan.node.directories if _is_formatted(fs, path, expected)]
    empty = [path for path in plan.node.directories if path not in formatted]
    records = _records(plan)
    if formatted and not plan.ignore_formatted:
        raise CommandError(
            f"Log directory {formatted[0]} is already formatted."
            " Use --ignore-formatted to ignore this directory and format the others."
        )
    if not empty:
        environment.print("All of the log directories are already formatted.")
        return
    level = plan.levels[features.METADATA_VERSION]
    shown = ", ".join(f"ApiMessageAndVersion({_shown(record)} at version 0)" for record in records)
    environment.print(
        f"Bootstrap metadata: BootstrapMetadata(records=[{shown}], metadataVersionLevel={level}, source=format command)"
    )
    for path in empty:
        environment.print(
            f"Formatting {_kind(plan, path)} {path} with {features.METADATA_VERSION} {features.name_of(level)}."
        )
        try:
            _format(fs, plan, path, records, expected)
        except OSError as error:
            raise CommandError(f"Error while writing meta.properties file {path}: {error.strerror}") from None


def _is_formatted(fs: FileSystem, path: str, expected: MetaProperties) -> bool:
    try:
        found = read_meta(fs, path)
        if found is not None:
            check_meta(path, found, expected)
    except LogDirError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"I/O error trying to read log directory {path}: {error.strerror}") from None
    return found is not None


def _records(plan: Plan) -> list[Any]:
    """The records of the bootstrap snapshot: levels above zero, but for kraft.version, which the log itself holds."""
    if plan.credentials and plan.levels[features.METADATA_VERSION] < _SCRAM_LEVEL:
        raise CommandError(f"SCRAM is only supported in {features.METADATA_VERSION} 3.5-IV2 or later.")
    records: list[Any] = [
        messages.FeatureLevelRecord(name=name, feature_level=level)
        for name, level in plan.levels.items()
        if level > 0 and name != _KRAFT_VERSION
    ]
    return [*records, *plan.credentials]


def _own_voter(plan: Plan) -> Voter | None:
    return next((voter for voter in plan.voters or () if voter.id == plan.node.node_id), None)


def _kind(plan: Plan, path: str) -> str:
    if path != plan.node.metadata_dir:
        return "data directory"
    if plan.voters is None:
        return "metadata directory"
    return "dynamic metadata directory" if _own_voter(plan) is None else "dynamic metadata voter directory"


def _format(fs: FileSystem, plan: Plan, path: str, records: list[Any], meta: MetaProperties) -> None:
    now = int(time.time() * 1000)
    level = plan.levels[features.METADATA_VERSION]
    fs.makedirs(path)
    batches = snapshots.encode(records, (), level=level, epoch=0, timestamp=now, last_log_timestamp=0)
    snapshots.write(fs, path, bootstrap.FILE, batches)
    directory_id = uuid.random()
    if path == plan.node.metadata_dir and plan.voters is not None:
        own = _own_voter(plan)
        directory_id = directory_id if own is None else own.directory_id
        _write_voters(fs, plan, path, now)
    # Last, because it is what makes the folder a formatted one.
    write_meta(fs, path, meta._replace(directory_id=uuid.to_text(directory_id)), now)


def _write_voters(fs: FileSystem, plan: Plan, path: str, now: int) -> None:
    folder = f"{path}/{_METADATA_LOG}"
    fs.makedirs(folder)
    version = messages.KRaftVersionRecord(version=0, kraft_version=plan.levels[_KRAFT_VERSION]).encode_bytes(0)
    quorum = [
        (ControlType.KRAFT_VERSION, version),
        (ControlType.KRAFT_VOTERS, voters_record(plan.voters or [], plan.node.listener_name)),
    ]
    batches = snapshots.encode(
        (), quorum, level=plan.levels[features.METADATA_VERSION], epoch=0, timestamp=now, last_log_timestamp=now
    )
    snapshots.write(fs, folder, snapshots.SnapshotId(0, 0).file, batches)


def _shown(record: Any) -> str:
    """A record as Java prints it."""
    if isinstance(record, messages.FeatureLevelRecord):
        return f"FeatureLevelRecord(name='{record.name}', featureLevel={record.feature_level})"
    salt, stored_key, server_key = map(_signed, (record.salt, record.stored_key, record.server_key))
    return (
        f"UserScramCredentialRecord(name='{record.name}', mechanism={record.mechanism}, salt={salt},"
        f" storedKey={stored_key}, serverKey={server_key}, iterations={record.iterations})"
    )


def _signed(value: bytes) -> list[int]:
    return [byte - 256 if byte > 127 else byte for byte in value]
