"""All logs of a broker: owns `log.dirs`, from the lock at the start to the clean-shutdown file at the end.

Has no thread and no timer: the broker calls `apply_retention` (each five minutes), `flush_due`, `empty_trash` and
`expire_producers` at its intervals. `load`, `flush_sealed` and what `due_checkpoints` gives may run in a thread.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from kcli.clock import Clock
from kcli.records.errors import CorruptRecord
from kcli.storage import checkpoints, names
from kcli.storage.checkpoints import TopicPartition
from kcli.storage.config import FOREVER, LogConfig
from kcli.storage.errors import CorruptFile, Interrupted, LogDirError, passes
from kcli.storage.fs import FileSystem
from kcli.storage.log import Log
from kcli.storage.meta_properties import KRAFT, MetaProperties, check_meta, read_meta, write_meta
from kcli.storage.producer_state import DEFAULT_EXPIRATION_MS
from kcli.storage.trash import Trash
from kcli.wire import errors, uuid
from kcli.wire.errors import KafkaError

_log = logging.getLogger(__name__)

_CLEAN_SHUTDOWN_VERSION = 0
_INDEXES_PER_TURN = 64
NO_BROKER_EPOCH = -1
Result = TypeVar("Result")


class Checkpoint(NamedTuple):
    """A log dir's file of offsets, as it should read now."""

    directory: str
    name: str
    offsets: dict[TopicPartition, int]


class LogManager:
    """`open`, `claim`, `load`, then logs can be had; `close` at the end."""

    def __init__(
        self,
        log_dirs: Sequence[str],
        clock: Clock,
        *,
        fs: FileSystem | None = None,
        producer_expiration_ms: int = DEFAULT_EXPIRATION_MS,
        on_offline: Callable[[str], None] | None = None,
    ) -> None:
        """on_offline is told of a log dir that failed, in whatever thread met that; without any, nothing is left."""
        self.log_dirs = [os.path.abspath(path) for path in log_dirs]
        self.online: list[str] = []
        self.logs: dict[TopicPartition, Log] = {}
        self._held: Counter[str] = Counter()  # how many logs each log dir has
        self._clock = clock
        self._fs = fs or FileSystem()
        self._producer_expiration_ms = producer_expiration_ms
        self._on_offline = on_offline
        self._trash = Trash(self._fs, clock)
        self._written: dict[str, Mapping[TopicPartition, int]] = {}
        self._failing = threading.Lock()
        self._behind: set[Log] = set()
        self._interrupted = False
        self._loaded: set[str] = set()
        self._locked: list[str] = []

    # Start

    def open(self) -> None:
        """Make, check and lock the log dirs. Raises LogDirError."""
        if len(set(map(os.path.realpath, self.log_dirs))) < len(self.log_dirs):
            raise LogDirError(f"Duplicate log directory found: {', '.join(self.log_dirs)}")
        try:
            for path in self.log_dirs:
                self._open_dir(path)
                self.online.append(path)
        except LogDirError:
            self.unlock()
            raise

    def _open_dir(self, path: str) -> None:
        try:
            self._fs.makedirs(path)
            if not self._fs.is_writable(path):
                raise LogDirError(f"Log directory {path} is not writable")
            lock = os.path.join(path, names.LOCK)
            locked = self._fs.lock(lock)
        except OSError as error:
            raise LogDirError(f"Log directory {path} cannot be used: {error.strerror}") from None
        if not locked:
            raise LogDirError(
                f"Failed to acquire lock on file .lock in {path}. "
                "A Kafka instance in another process or thread is using this directory."
            )
        self._locked.append(lock)

    def read_meta(self) -> dict[str, MetaProperties | None]:
        """What each log dir says of itself, None for a new one. Raises LogDirError."""
        try:
            return {path: read_meta(self._fs, path) for path in self.online}
        except OSError as error:
            raise LogDirError(f"{error.filename or names.META_PROPERTIES}: {error.strerror}") from None

    def claim(self, version: int, node_id: int, cluster_id: str) -> dict[str, str | None]:
        """Refuse log dirs of another broker or cluster, write our name into new ones; gives the directory ids."""
        ids: dict[str, str | None] = {}
        for path, found in self.read_meta().items():
            expected = MetaProperties(version, node_id, cluster_id)
            if found is not None:
                check_meta(path, found, expected)
            directory_id = found.directory_id if found is not None else None
            if version == KRAFT and directory_id is None:
                directory_id = uuid.to_text(uuid.random())
            complete = expected._replace(directory_id=directory_id)
            if complete != found:
                try:
                    write_meta(self._fs, path, complete, self._clock.time_ms())
                except OSError as error:
                    raise LogDirError(f"{path}: meta.properties cannot be written: {error.strerror}") from None
            ids[path] = directory_id
        return ids

    def load(self, config_of: Callable[[str], LogConfig]) -> None:
        """Open every log, recovering those of a log dir that was not closed cleanly. Raises LogDirError."""
        for path in list(self.online):
            try:
                self._load_dir(path, config_of)
                self._loaded.add(path)
            except OSError as error:
                self._fail(path, error)
            except (Interrupted, LogDirError):
                for log in self:
                    log.release()
                raise
        if not self.online:
            raise LogDirError(f"None of the log directories can be used: {', '.join(self.log_dirs)}")

    def interrupt(self) -> None:
        """End a `load` in another thread: it raises Interrupted, and all is as after a crash."""
        self._interrupted = True

    def _check_interrupted(self) -> None:
        if self._interrupted:
            raise Interrupted

    def _load_dir(self, path: str, config_of: Callable[[str], LogConfig]) -> None:
        marker = os.path.join(path, names.CLEAN_SHUTDOWN)
        clean = self._fs.exists(marker)
        self._fs.unlink(marker)  # before anything is opened: from here on, a crash is a crash
        points, starts, committed = (
            self._read_offsets(os.path.join(path, name))
            for name in (names.RECOVERY_POINTS, names.LOG_STARTS, names.HIGH_WATERMARKS)
        )
        for name in self._fs.listdir(path):
            directory = os.path.join(path, name)
            if not self._fs.is_dir(directory) or name == f"{names.METADATA_TOPIC}-0":
                continue
            parsed = names.parse_partition_dir(name)
            if parsed is None or parsed[2] in (names.FUTURE_DIR, names.STRAY_DIR):
                _log.warning("Leaving %s alone, it is no partition's folder in use", directory)
                continue
            topic, partition, mark = parsed
            if mark == names.DELETE_DIR:
                self._trash.discard_dir(directory, config_of(topic).file_delete_delay_ms)
                continue
            key = (topic, partition)
            if key in self.logs:
                raise LogDirError(
                    f"Duplicate log directories for {topic}-{partition} are found in both {directory} and "
                    f"{self.logs[key].directory}"
                )
            log = self._open_log(
                directory,
                config_of(topic),
                clean=clean,
                recovery_point=points.get(key, 0),
                log_start=starts.get(key, 0),
            )
            log.high_watermark = committed.get(key, log.log_start_offset)
            self.logs[key] = log
            self._held[path] += 1

    def _read_offsets(self, path: str) -> dict[TopicPartition, int]:
        """A checkpoint file that cannot be read counts as empty: then more is checked, nothing is lost."""
        try:
            return checkpoints.read_offsets(self._fs, path)
        except CorruptFile as error:
            _log.warning("Ignoring a checkpoint: %s", error)
            return {}

    def _open_log(
        self, directory: str, config: LogConfig, *, clean: bool = True, recovery_point: int = 0, log_start: int = 0
    ) -> Log:
        try:
            return Log(
                self._fs,
                self._clock,
                directory,
                config,
                clean=clean,
                recovery_point=recovery_point,
                log_start=log_start,
                trash=self._trash,
                on_failure=self._fail,
                producer_expiration_ms=self._producer_expiration_ms,
                on_progress=self._check_interrupted,
                behind=self._behind,
            )
        except (CorruptFile, CorruptRecord) as error:
            raise LogDirError(f"The log in {directory} cannot be loaded: {error}") from None

    def disk_usage(self, path: str) -> tuple[int, int]:
        """(bytes that the disk under a log dir has in all, bytes that are left). Raises OSError."""
        return self._fs.disk_usage(path)

    # Logs

    def get(self, topic: str, partition: int) -> Log | None:
        return self.logs.get((topic, partition))

    def __iter__(self) -> Iterator[Log]:
        return iter(list(self.logs.values()))

    def get_or_create(self, topic: str, partition: int, topic_id: bytes | None, config: LogConfig) -> Log:
        """A partition's log; a folder that is of an older topic of the same name is put aside."""
        log = self.logs.get((topic, partition))
        if log is not None and None not in (topic_id, log.topic_id) and log.topic_id != topic_id:
            _log.warning("%s holds the log of another topic of the same name: putting it aside", log.directory)
            self.set_aside(topic, partition)
            log = None
        if log is None:
            log = self._create(topic, partition, config)
        else:
            log.update_config(config)
        if topic_id is not None:
            log.assign_topic_id(topic_id)
        return log

    def _create(self, topic: str, partition: int, config: LogConfig) -> Log:
        """In the log dir that has the fewest logs; the next one if that fails."""
        if len(self.online) < len(self.log_dirs):
            raise KafkaError(
                errors.KAFKA_STORAGE_ERROR,
                f"Can not create log for {topic}-{partition} because log directories "
                f"{', '.join(path for path in self.log_dirs if path not in self.online)} are offline",
            )
        for path in sorted(self.online, key=self._held.__getitem__):
            directory = os.path.join(path, names.partition_dir(topic, partition))
            try:
                log = self._open_log(directory, config)
            except OSError as error:
                self._blame(path, error)
                continue
            except LogDirError as error:
                raise KafkaError(errors.KAFKA_STORAGE_ERROR, str(error)) from None
            self.logs[topic, partition] = log
            self._held[path] += 1
            return log
        raise KafkaError(errors.KAFKA_STORAGE_ERROR, f"No log directories available. Tried {', '.join(self.log_dirs)}")

    def delete(self, topic: str, partition: int) -> None:
        """Take a log away at once; its files go later."""
        log = self._rename(topic, partition, names.DELETE_DIR)
        if log is not None:
            self._trash.discard_dir(log.directory, log.config.file_delete_delay_ms)

    def set_aside(self, topic: str, partition: int) -> None:
        """Keep a log that belongs to nothing the cluster knows, under a name that nobody uses."""
        self._rename(topic, partition, names.STRAY_DIR)

    def _rename(self, topic: str, partition: int, mark: str) -> Log | None:
        log = self.logs.pop((topic, partition), None)
        if log is None:
            return None
        parent = os.path.dirname(log.directory)
        self._held[parent] -= 1
        if log.failed:
            return None
        log.rename(os.path.join(parent, names.marked_dir(topic, partition, mark)))
        log.release()
        return log

    # Failures

    def _fail(self, path: str, error: OSError) -> None:
        """A log dir's disk cannot be trusted any more: nothing of it is served until the broker starts anew."""
        with self._failing:
            if path not in self.online:
                return
            self.online.remove(path)
        _log.error("Stopping serving logs in dir %s: %s", path, error)
        for log in self._logs_in(path):
            log.failed = True
        if self._on_offline:
            self._on_offline(path)

    def _blame(self, path: str, error: OSError) -> None:
        """Nothing that clients wait for was lost: a log dir whose disk is full is tried again next time."""
        if passes(error):
            _log.warning("Writing to log dir %s failed: %s", path, error)
        else:
            self._fail(path, error)

    def _logs_in(self, path: str) -> list[Log]:
        return [log for log in self if os.path.dirname(log.directory) == path]

    # Work that comes back

    def due_checkpoints(self, wanted: Collection[str] = names.LOG_DIR_CHECKPOINTS) -> list[Checkpoint]:
        """The files that no longer read as they should: recovery points, high watermarks, start offsets."""
        due = []
        for path in self.online:
            logs = self._logs_in(path)
            for name in wanted:
                offsets = _CHECKPOINTED[name](logs)
                if self._written.get(os.path.join(path, name)) != offsets:
                    due.append(Checkpoint(path, name, offsets))
        return due

    def write_checkpoints(self, due: Sequence[Checkpoint]) -> None:
        """Put them on the disk, which takes its time: may run in a thread."""
        for directory, name, offsets in due:
            target = os.path.join(directory, name)
            try:
                checkpoints.write_offsets(self._fs, target, offsets)
            except OSError as error:
                self._blame(directory, error)
            else:
                self._written[target] = offsets

    def checkpoint(self) -> None:
        """Write down recovery points, high watermarks and start offsets, where they have changed."""
        self.write_checkpoints(self.due_checkpoints())

    def save_index_entries(self) -> None:
        """Bring the index files of logs that were written to up to date, of so many that nobody waits for it."""
        for _ in range(min(len(self._behind), _INDEXES_PER_TURN)):
            log = self._behind.pop()
            if self.logs.get(_key(log)) is log:
                self._quietly(log, Log.save_index_entries)

    def apply_retention(self) -> int:
        """Delete what is too old or too much everywhere; returns how many segments went."""
        return sum(self._quietly(log, Log.delete_old_segments) or 0 for log in self)

    def flush_due(self) -> None:
        """Flush the logs that have waited for their flush.ms."""
        now = self._clock.time_ms()
        for log in self:
            if log.config.flush_ms != FOREVER and now - log.last_flush_ms >= log.config.flush_ms:
                self._quietly(log, Log.flush)

    def flush_sealed(self) -> None:
        """Put on the disk itself what rolls have left behind. Takes long: meant for a thread."""
        for log in self:
            if log.has_unflushed_segments:
                self._quietly(log, Log.flush_sealed)

    def _quietly(self, log: Log, work: Callable[[Log], Result]) -> Result | None:
        """One log that fails, and has said so, does not keep the others from their turn."""
        if log.failed:
            return None
        try:
            return work(log)
        except KafkaError as error:
            _log.warning("%s", error.message)
            return None

    def expire_producers(self) -> None:
        """Forget the producers that have not written for producer.id.expiration.ms."""
        now = self._clock.time_ms()
        for log in self:
            log.producers.remove_expired(now)

    def empty_trash(self) -> None:
        """Remove the deleted files whose time has come."""
        try:
            self._trash.empty()
        except OSError as error:
            _log.warning("A deleted file could not be removed: %s", error)

    # End

    def close(self, broker_epoch: int = NO_BROKER_EPOCH) -> None:
        """Flush and close all logs, and leave word that all is in order where it is."""
        for log in self:
            self._quietly(log, Log.flush)
            self._quietly(log, Log.close)
        self.checkpoint()
        marker = json.dumps({"version": _CLEAN_SHUTDOWN_VERSION, "brokerEpoch": broker_epoch}, separators=(",", ":"))
        for path in [path for path in self.online if path in self._loaded]:
            try:
                self._fs.write(os.path.join(path, names.CLEAN_SHUTDOWN), marker.encode(), sync=True)
            except OSError as error:
                self._blame(path, error)
        self.logs.clear()
        self._held.clear()
        self.unlock()

    def unlock(self) -> None:
        """Let others have the log dirs; all that is left to do after a start that failed."""
        while self._locked:
            self._fs.unlock(self._locked.pop())
        self.online.clear()


def _key(log: Log) -> TopicPartition:
    return (log.topic, log.partition)


def _recovery_points(logs: Sequence[Log]) -> dict[TopicPartition, int]:
    return {_key(log): log.recovery_point for log in logs}


def _high_watermarks(logs: Sequence[Log]) -> dict[TopicPartition, int]:
    return {_key(log): log.high_watermark for log in logs}


def _log_starts(logs: Sequence[Log]) -> dict[TopicPartition, int]:
    return {_key(log): log.log_start_offset for log in logs if log.log_start_offset > log.segments[0].base_offset}


_CHECKPOINTED: Mapping[str, Callable[[Sequence[Log]], dict[TopicPartition, int]]] = {
    names.RECOVERY_POINTS: _recovery_points,
    names.HIGH_WATERMARKS: _high_watermarks,
    names.LOG_STARTS: _log_starts,
}
