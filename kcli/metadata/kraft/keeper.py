"""The standalone keeper: the metadata log `__cluster_metadata-0` as Kafka 4.3.0 writes it, led by this node alone.

Start: the newest snapshot and the log behind it make the image; a new epoch begins with a LeaderChange record; an
empty log begins with the features of a fresh cluster. Each commit is one batch, on the disk before it takes effect.
Records that this broker does not act on stay in the log and in snapshots, so that real Kafka goes on where we stopped.

Not written: Kafka's NoOp twice a second (it tells followers that the leader lives; here there are none), and the
leaderships given up one by one at a clean stop: the broker fences itself, and the next start leads in a new epoch.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from kcli.clock import Clock
from kcli.config.broker import BrokerConfig
from kcli.metadata.controller import MAX_RECORDS_PER_CHANGE
from kcli.metadata.controller_brokers import SUPPORTED_FEATURES, registration_record, unfence_records
from kcli.metadata.errors import StartError
from kcli.metadata.image import METADATA_VERSION, Image, Record
from kcli.metadata.keeper import PRODUCER_ID_BLOCK, Keeper, Quorum, Registration
from kcli.metadata.kraft import bootstrap, quorum_state, snapshots
from kcli.metadata.kraft.quorum_state import QuorumState
from kcli.metadata.kraft.records import LATEST_LEVEL, Transactions, decode_batches, encode_batch
from kcli.metadata.kraft.snapshots import Control, SnapshotId
from kcli.records.control import ControlType, build_control, control_type, leader_change_value
from kcli.records.errors import CorruptRecord
from kcli.storage.config import LogConfig
from kcli.storage.errors import CorruptFile
from kcli.storage.fs import FileSystem
from kcli.storage.log import Log, OnFailure
from kcli.storage.producer_state import Origin
from kcli.wire import errors, messages, uuid
from kcli.wire.errors import KafkaError, WireError

FOLDER = "__cluster_metadata-0"

MAX_BATCH_BYTES = 8 << 20  # of records of many changes; Kafka's own bound

_READ_BYTES = 1 << 20
_KEPT_SNAPSHOTS = 2
_NO_RETENTION = -1

_log = logging.getLogger(__name__)


@dataclass
class _Grown:
    """What was written since the last snapshot."""

    bytes: int = 0
    since_ms: int | None = None


class KraftKeeper(Keeper):
    """Keeps the image in a metadata log below one log dir."""

    dialect = "kraft"

    def __init__(
        self,
        broker_id: int,
        cluster_id: str,
        directory: str,
        config: BrokerConfig,
        clock: Clock,
        fs: FileSystem | None = None,
        on_failure: OnFailure | None = None,
    ) -> None:
        """directory: the log dir that holds the metadata log (`metadata.log.dir`, or the first of `log.dirs`)."""
        super().__init__(broker_id)
        self._cluster_id = cluster_id
        self._directory = directory
        self._folder = f"{directory}/{FOLDER}"
        self._config = config
        self._clock = clock
        self._fs = fs or FileSystem()
        self._on_failure = on_failure
        self._opened: Log | None = None
        self._epoch = 0
        self._led = False
        self._quorum: list[Control] = []
        self._grown = _Grown()
        self._last_timestamp = 0
        self._snapshotting: asyncio.Task[None] | None = None

    @property
    def cluster_id(self) -> str:
        return self._cluster_id

    @property
    def controller_id(self) -> int:
        return self.broker_id if self._led else -1

    @property
    def features_epoch(self) -> int:
        return self._records.log_end_offset - 1

    def quorum(self) -> Quorum:
        voters = next((value for kind, value in self._quorum if kind == ControlType.KRAFT_VOTERS), None)
        directory_id, endpoints = uuid.ZERO, []
        if voters is not None:
            for voter in messages.VotersRecord.decode(voters, 0)[0].voters:
                directory_id, endpoints = bytes(voter.voter_directory_id), voter.endpoints
        addresses = tuple((endpoint.name, endpoint.host, endpoint.port) for endpoint in endpoints)
        return Quorum(self._epoch, self._records.log_end_offset, directory_id, addresses)

    @property
    def _records(self) -> Log:
        assert self._opened is not None, "the keeper was not started"
        return self._opened

    # Start

    async def start(self) -> None:
        """Raises StartError when the folder holds what this broker cannot or must not lead."""
        try:
            await asyncio.to_thread(self._open)
            transaction_open = self._load()
        except (CorruptRecord, CorruptFile, WireError, ValueError, OSError, KafkaError) as error:
            raise StartError(f"{self._folder}: the metadata cannot be read: {error}") from error
        self._check_features()
        self._begin_epoch()
        if transaction_open:
            await self._append([messages.AbortTransactionRecord(reason="the controller was restarted")])
        if not self.image.features:
            await self._bootstrap()
        self._led = True

    def _open(self) -> None:
        self._fs.makedirs(self._folder)
        snapshots.remove_leftovers(self._fs, self._folder)
        config = LogConfig(
            segment_bytes=self._config["metadata.log.segment.bytes"],
            segment_ms=self._config["metadata.log.segment.ms"],
            max_message_bytes=MAX_BATCH_BYTES,
            retention_bytes=_NO_RETENTION,
            retention_ms=_NO_RETENTION,
        )
        # As Kafka does, every start checks the whole log: it is small, and everything else depends on it.
        self._opened = Log(self._fs, self._clock, self._folder, config, clean=False, on_failure=self._on_failure)
        self._opened.assign_topic_id(uuid.METADATA_TOPIC_ID)

    def _load(self) -> bool:
        """Make the image; whether the log ends within a metadata transaction."""
        offset = self._load_snapshot()
        transactions = Transactions()
        while offset < self._records.log_end_offset:
            found = self._records.read(offset, _READ_BYTES).records
            for header, records, controls in decode_batches(found):
                for at, record in enumerate(records, header.base_offset):
                    if at >= offset:
                        self._apply(transactions.feed(record))
                for key, value in controls:
                    self._note_quorum(control_type(key), value)
                offset = header.next_offset
                self._last_timestamp = header.max_timestamp
        self._grown = _Grown(self._records.size, self._clock.time_ms() if self._records.size else None)
        return transactions.open

    def _load_snapshot(self) -> int:
        """Where the log goes on behind the newest snapshot."""
        newest = snapshots.latest(self._fs, self._folder)
        start = self._records.log_start_offset
        if newest is None:
            if start > 0:
                raise CorruptFile(f"the log begins at offset {start}, and no whole snapshot has what came before")
            return 0
        snapshot_id, snapshot = newest
        if snapshot_id.offset < start:
            raise CorruptFile(f"the log begins at offset {start}, behind the newest snapshot {snapshot_id.file}")
        if snapshot_id.offset > self._records.log_end_offset:
            self._records.truncate_fully(snapshot_id.offset)
        self._apply(snapshot.records)
        for kind, value in snapshot.quorum:
            self._note_quorum(kind, value)
        self._epoch = snapshot_id.epoch
        return snapshot_id.offset

    def _apply(self, records: Sequence[Record]) -> None:
        for record in records:
            self.image.apply(record)

    def _note_quorum(self, kind: int, value: bytes) -> None:
        if kind not in (ControlType.KRAFT_VERSION, ControlType.KRAFT_VOTERS):
            return
        if kind == ControlType.KRAFT_VOTERS:
            voters = messages.VotersRecord.decode(value, 0)[0].voters
            self._check_alone({voter.voter_id for voter in voters})
        self._quorum = sorted([*(entry for entry in self._quorum if entry[0] != kind), (kind, value)])

    def _check_alone(self, voters: set[int]) -> None:
        if not voters <= {self.broker_id}:
            others = ", ".join(map(str, sorted(voters - {self.broker_id})))
            raise StartError(
                f"{self._folder}: the metadata belongs to a quorum with node {others}; a standalone broker can only "
                "lead a log of its own"
            )

    def _check_features(self) -> None:
        known = {name: high for name, (_, high) in SUPPORTED_FEATURES.items()}
        for name, level in self.image.features.items():
            if level > known.get(name, 0):
                raise StartError(
                    f"{self._folder}: {name} is at level {level}, this broker knows it up to {known.get(name, 0)}"
                )

    def _begin_epoch(self) -> None:
        path = f"{self._folder}/{quorum_state.FILE}"
        state = quorum_state.read(self._fs, path)
        if state is not None:
            self._check_alone(set(state.voters))
        known = state.leader_epoch if state is not None else 0
        self._epoch = max(self._epoch, known, self._records.latest_epoch, 0) + 1
        dynamic = bool(self._quorum)
        quorum_state.write(self._fs, path, QuorumState(self._epoch, int(dynamic)), self.broker_id)
        change = leader_change_value(self.broker_id, [self.broker_id], [self.broker_id])
        batch = build_control(ControlType.LEADER_CHANGE, change, self._clock.time_ms())
        self._records.append_as_leader(batch, self._epoch, origin=Origin.COORDINATOR)

    async def _bootstrap(self) -> None:
        """The first records of a new cluster; what the format tool left says which."""
        path = f"{self._directory}/{bootstrap.FILE}"
        if self._fs.exists(path):
            try:
                records = snapshots.decode(self._fs.read(path)).records
            except (CorruptRecord, WireError) as error:
                raise StartError(f"{path}: {error}") from error
        else:
            records = bootstrap.feature_records()
            self._write_bootstrap(records)
        first = bootstrap.first_records(records, self._config["min.insync.replicas"])
        await self._append(first)
        self._apply(first[1:-1])
        self._check_features()

    def _write_bootstrap(self, records: Sequence[Record]) -> None:
        now = self._clock.time_ms()
        batches = snapshots.encode(records, [], level=LATEST_LEVEL, epoch=0, timestamp=now, last_log_timestamp=0)
        snapshots.write(self._fs, self._directory, bootstrap.FILE, batches)

    # Changes

    async def register(self, registration: Registration) -> None:
        def come(image: Image) -> tuple[None, Sequence[Record]]:
            return None, [registration_record(registration, self._records.log_end_offset)]

        await self.change(come)
        led = unfence_records(self.image, self.broker_id)
        for start in range(0, len(led), MAX_RECORDS_PER_CHANGE):
            part = led[start : start + MAX_RECORDS_PER_CHANGE]
            await self.change(lambda _, part=part: (None, part))  # type: ignore[misc]

    async def commit(self, records: Sequence[Record]) -> None:
        if len(records) > MAX_RECORDS_PER_CHANGE:
            raise KafkaError(errors.POLICY_VIOLATION, "Excessively large number of partitions per request.")
        await self._append(records)
        self._publish(records)
        self._maybe_snapshot()

    async def _append(self, records: Sequence[Record]) -> None:
        """Write one batch; it is on the disk when this returns."""
        now = self._clock.time_ms()
        batch = encode_batch(records, self.image.features.get(METADATA_VERSION, LATEST_LEVEL), now)
        self._records.append_as_leader(batch, self._epoch, origin=Origin.COORDINATOR)
        await asyncio.to_thread(self._records.flush)
        self._last_timestamp = now
        self._grown.bytes += len(batch)
        if self._grown.since_ms is None:
            self._grown.since_ms = now

    async def allocate_producer_ids(self) -> range:
        def decide(image: Image) -> tuple[range, Sequence[Record]]:
            first = image.next_producer_id
            broker = image.brokers.get(self.broker_id)
            record = messages.ProducerIdsRecord(
                broker_id=self.broker_id,
                broker_epoch=broker.epoch if broker is not None else -1,
                next_producer_id=first + PRODUCER_ID_BLOCK,
            )
            return range(first, first + PRODUCER_ID_BLOCK), [record]

        return await self.change(decide)

    async def close(self) -> None:
        """Leave fenced, as a broker that stops cleanly does: the next start need not wait for a session's end."""
        if self._opened is None:
            return
        async with self._change_lock:
            if self._snapshotting is not None:
                await asyncio.wait([self._snapshotting])
            broker = self.image.brokers.get(self.broker_id)
            if self._led and broker is not None and not broker.fenced and not self._records.failed:
                fence = messages.BrokerRegistrationChangeRecord(
                    broker_id=self.broker_id, broker_epoch=broker.epoch, fenced=1
                )
                await self._append([fence])
            self._led = False
            log, self._opened = self._records, None
            log.close()

    # Snapshots

    def _maybe_snapshot(self) -> None:
        """Make a snapshot when enough was written since the last one, or the oldest of it is old enough."""
        if self._snapshotting is not None or self._grown.since_ms is None:
            return
        most = self._config["metadata.log.max.record.bytes.between.snapshots"]
        longest = self._config["metadata.log.max.snapshot.interval.ms"]
        waited = self._clock.time_ms() - self._grown.since_ms
        if self._grown.bytes >= most or (longest > 0 and waited >= longest):
            self._snapshotting = asyncio.create_task(self._snapshot())

    async def _snapshot(self) -> None:
        try:
            # A log that is too large is cut exactly where the snapshot ends, so that its older part can go.
            retained = self._config["metadata.max.retention.bytes"]
            if 0 <= retained < self._records.size:
                self._records.roll()
            snapshot_id = SnapshotId(self._records.log_end_offset, self._epoch)
            contents = list(self.image.records())
            level, last = self.image.metadata_version, self._last_timestamp
            self._grown = _Grown()
            await asyncio.to_thread(self._write_snapshot, snapshot_id, contents, level, last)
            self._forget_before(snapshot_id)
        except (OSError, KafkaError) as error:
            # Nothing is lost without it: the log holds everything.
            _log.warning("%s: no snapshot could be written: %s", self._folder, error)
        finally:
            self._snapshotting = None

    def _write_snapshot(self, snapshot_id: SnapshotId, contents: Sequence[Record], level: int, last: int) -> None:
        batches = snapshots.encode(
            contents,
            self._quorum,
            level=level,
            epoch=snapshot_id.epoch,
            timestamp=self._clock.time_ms(),
            last_log_timestamp=last,
        )
        snapshots.write(self._fs, self._folder, snapshot_id.file, batches)

    def _forget_before(self, snapshot_id: SnapshotId) -> None:
        for older in snapshots.listed(self._fs, self._folder)[:-_KEPT_SNAPSHOTS]:
            self._fs.unlink(f"{self._folder}/{older.file}")
        if self._records.segments[-1].base_offset == snapshot_id.offset:
            self._records.high_watermark = self._records.log_end_offset
            self._records.delete_records(snapshot_id.offset)
            self._records.delete_old_segments()
