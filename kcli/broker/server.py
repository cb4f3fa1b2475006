"""The one place that builds a broker out of its rooms: in which order they start, and, backwards, how they stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, cast

from kcli.api.context import BrokerContext
from kcli.api.dispatch import Dispatch
from kcli.broker import endpoints, identity
from kcli.broker.background import Background
from kcli.broker.compaction import Compaction
from kcli.broker.errors import BrokerError
from kcli.broker.periodic import Periodic
from kcli.broker.settings import Settings
from kcli.clock import Clock, SystemClock
from kcli.config import topic as topic_config
from kcli.config.definition import ConfigError
from kcli.group.consumer_group_metadata import ConsumerGroupSettings, GroupMetadata
from kcli.group.coordinator import OFFSETS_TOPIC, GroupCoordinator
from kcli.group.settings import GroupSettings
from kcli.group.store import Store, StoredRecord
from kcli.metadata.controller_brokers import failed_directory_records
from kcli.metadata.errors import StartError
from kcli.metadata.image import BROKER_RESOURCE, TOPIC_RESOURCE, Record
from kcli.metadata.keeper import Keeper, Registration
from kcli.net.connection import Answer, Handle
from kcli.net.listener import BindError
from kcli.net.server import NetworkServer
from kcli.replica.coordinator_store import CoordinatorStore
from kcli.replica.manager import ReplicaManager
from kcli.replica.partition import Partition
from kcli.replica.producer_ids import ProducerIds
from kcli.security.session import Session
from kcli.storage import names
from kcli.storage.config import LogConfig
from kcli.storage.errors import LogDirError
from kcli.storage.manager import LogManager
from kcli.storage.meta_properties import KRAFT, ZOOKEEPER
from kcli.wire import uuid
from kcli.wire.errors import KafkaError

_START_ERRORS = (BindError, ConfigError, LogDirError, StartError)
_TRASH_MS = 5_000
_SEALED_MS = 10_000
_INDEXES_MS = 100

_log = logging.getLogger("kcli.broker")


class Broker:
    """One broker; its loop is the one that `start` runs on."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.bootstrap = ""
        """where clients of the first listener connect to"""
        self.failure: asyncio.Future[str] | None = None
        """done when the broker can serve nothing any more, and should be stopped"""
        self._undo = AsyncExitStack()
        self._serving = False
        self._resignations: list[asyncio.Task[None]] = []  # one for each log dir that failed

    @property
    def broker_id(self) -> int:
        return self.settings.broker_id

    async def start(self) -> None:
        """Return once clients are served; raises BrokerError, and then leaves nothing behind."""
        try:
            await self._start()
        except _START_ERRORS as error:
            await self.stop()
            raise BrokerError(str(error)) from error
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Undo what start did, last things first; the logs are closed cleanly."""
        await self._undo.aclose()

    async def _start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.failure = self._loop.create_future()
        for warning in self.settings.warnings:
            _log.warning("%s", warning)
        self._bind()
        await self._take_log_dirs()
        await self._load_logs()
        await self._register()
        self._start_replicas()
        if len(self.logs.online) < len(self.logs.log_dirs):
            await self._give_up_lost_leaderships()
        self._start_coordinators()
        self._start_dispatch()
        self._start_periodic()
        self._let_clients_in()
        _log.info("[KafkaServer id=%d] started: %s", self.broker_id, self._description())

    def _description(self) -> str:
        listening = ", ".join(str(listener) for listener in self._bound)
        return (
            f"listeners {listening}; broker id {self.broker_id}; cluster id {self.keeper.cluster_id}; "
            f"log dirs {', '.join(self.settings.log_dirs)}"
        )

    # Steps, in their order

    def _bind(self) -> None:
        """First, because it is what most often goes wrong, and nothing has to be undone then."""
        listening = endpoints.network_endpoints(self.settings)
        new_session = endpoints.session_factory(self.settings)
        self.network = NetworkServer(_not_yet, self.clock, endpoints.limits(self.settings), new_session)
        self._bound = self.network.bind(listening)
        self._undo.push_async_callback(self.network.close)
        self._advertised = endpoints.advertised(self.settings, self._bound)
        first = self._advertised[0]
        self.bootstrap = f"[{first.host}]:{first.port}" if ":" in first.host else f"{first.host}:{first.port}"

    async def _take_log_dirs(self) -> None:
        """Lock them, find out who we are, and start the keeper of that cluster's metadata."""
        settings = self.settings
        self.logs = LogManager(
            settings.log_dirs,
            self.clock,
            producer_expiration_ms=settings["producer.id.expiration.ms"],
            on_offline=self._log_dir_failed,
        )
        self.logs.open()
        self._undo.callback(self.logs.unlock)
        found = self.logs.read_meta()
        settings.broker_id = identity.broker_id(settings, found)
        if settings.zookeeper is None:
            cluster_id = identity.cluster_id(found)
            self._directory_ids = self.logs.claim(KRAFT, settings.broker_id, cluster_id)
            self.keeper = self._kraft_keeper(cluster_id)
            await self._start_keeper()
        else:
            self.keeper = self._zookeeper_keeper(settings.zookeeper)
            await self._start_keeper()
            self._directory_ids = self.logs.claim(ZOOKEEPER, settings.broker_id, self.keeper.cluster_id)

    def _kraft_keeper(self, cluster_id: str) -> Keeper:
        from kcli.metadata.kraft.keeper import KraftKeeper

        settings = self.settings
        directory = settings["metadata.log.dir"] or settings.log_dirs[0]
        return KraftKeeper(
            settings.broker_id, cluster_id, directory, settings, self.clock, on_failure=self._metadata_failed
        )

    def _zookeeper_keeper(self, connect: str) -> Keeper:
        from kcli.metadata.zk.keeper import ZkKeeper

        settings = self.settings
        session = settings["zookeeper.session.timeout.ms"]
        connection = settings["zookeeper.connection.timeout.ms"] or session
        return ZkKeeper(settings.broker_id, connect, session, connection, self.clock)

    async def _start_keeper(self) -> None:
        self._undo.push_async_callback(self.keeper.close)
        await self.keeper.start()
        self._take_dynamic_settings()
        self.keeper.add_listener(self._on_records)  # before the replicas, whose topics' defaults are among them

    async def _load_logs(self) -> None:
        """In the background, for after a crash it takes long, and signals shall not wait for it."""
        self._background = Background()
        self._undo.push_async_callback(self._background.close)
        self._undo.callback(self.logs.interrupt)
        await self._background.run(partial(self.logs.load, self._log_config))
        self._undo.push_async_callback(self._close_logs)
        if self.settings.zookeeper is None:
            self._set_strays_aside()

    def _set_strays_aside(self) -> None:
        """Folders of topics that the metadata does not know, or no longer knows by that id; Kafka does so, too."""
        for log in self.logs:
            topic = self.keeper.image.topics.get(log.topic)
            if topic is None or log.partition not in topic.partitions or log.topic_id not in (None, topic.id):
                _log.warning("%s belongs to no topic of this cluster: putting it aside", log.directory)
                self.logs.set_aside(log.topic, log.partition)

    async def _register(self) -> None:
        """Before any folder is made for a replica: a broker whose id is taken must not leave any behind."""
        directories = self._online_directories()
        await self.keeper.register(
            Registration(self.broker_id, self._advertised, self.settings["broker.rack"], directories)
        )

    def _online_directories(self) -> tuple[bytes, ...]:
        ids = (self._directory_ids[path] for path in self.logs.online)
        return tuple(uuid.from_text(text) for text in ids if text is not None)

    def _start_replicas(self) -> None:
        self.replicas = ReplicaManager(self.broker_id, self.keeper, self.logs, self.clock, self._topic_config)
        self.replicas.start()

    def _start_coordinators(self) -> None:
        store = cast("Store", CoordinatorStore(self.replicas, OFFSETS_TOPIC, StoredRecord))
        scheduler = asyncio.get_running_loop()
        metadata = GroupMetadata(
            self.keeper.image, ConsumerGroupSettings.of(self.settings), lambda: self.keeper.features_epoch
        )
        self.groups = GroupCoordinator(GroupSettings.of(self.settings), self.clock, store, scheduler, metadata)
        self._undo.push_async_callback(self.groups.close)
        self.groups.start()
        self.groups.follow(self.keeper)
        self.replicas.add_leadership_listener(self._on_leadership)

    def _start_dispatch(self) -> None:
        context = BrokerContext(
            config=self.settings,
            clock=self.clock,
            keeper=self.keeper,
            replicas=self.replicas,
            groups=self.groups,
            producer_ids=ProducerIds(self.keeper),
            owed=lambda: self.network.owed,
        )
        handle: Handle = Dispatch(context).handle
        uses_sasl = any(listener.protocol.startswith("SASL") for listener in self.settings.listeners)
        self.network.handle = _with_bare_sasl_tokens(handle) if uses_sasl else handle

    def _start_periodic(self) -> None:
        settings, logs = self.settings, self.logs
        periodic = Periodic()
        self._undo.callback(periodic.close)
        first = settings["log.initial.task.delay.ms"]
        checkpoint = min(
            settings["log.flush.offset.checkpoint.interval.ms"],
            settings["log.flush.start.offset.checkpoint.interval.ms"],
        )
        periodic.every(checkpoint, "checkpoint", self._checkpoint, first)
        periodic.every(
            settings["replica.high.watermark.checkpoint.interval.ms"],
            "checkpoint of high watermarks",
            partial(self._checkpoint, [names.HIGH_WATERMARKS]),
        )
        periodic.every(settings["log.retention.check.interval.ms"], "retention", logs.apply_retention, first)
        periodic.every(settings["log.flush.scheduler.interval.ms"], "flush", logs.flush_due, first)
        periodic.every(
            settings["producer.id.expiration.check.interval.ms"], "expiry of producers", logs.expire_producers, first
        )
        periodic.every(_INDEXES_MS, "writing of index entries", logs.save_index_entries)
        periodic.every(_TRASH_MS, "removal of deleted files", logs.empty_trash)
        periodic.every(_SEALED_MS, "flush of rolled segments", self._flush_sealed)
        if settings["log.cleaner.enable"]:
            compaction = Compaction(logs, self.clock, settings, self._background)
            self._undo.push_async_callback(compaction.close)
            compaction.start()

    def _let_clients_in(self) -> None:
        """The last step, so that the first of the end is that they are out; those that wait get what there is."""
        self._undo.push_async_callback(self.network.close)
        self._undo.callback(self.replicas.stop)
        self.network.start()
        self._serving = True

    # While it runs

    def _on_records(self, records: Sequence[Record]) -> None:
        if any(getattr(record, "resource_type", None) == BROKER_RESOURCE for record in records):
            self._take_dynamic_settings()

    def _take_dynamic_settings(self) -> None:
        image = self.keeper.image
        self.settings.update(image.config(BROKER_RESOURCE, str(self.broker_id)), image.config(BROKER_RESOURCE, ""))

    def _topic_config(self, overrides: Mapping[str, str]) -> dict[str, Any]:
        return topic_config.log_config(overrides, self.settings)

    def _log_config(self, topic: str) -> LogConfig:
        return LogConfig.of(self._topic_config(dict(self.keeper.image.config(TOPIC_RESOURCE, topic))))

    def _on_leadership(self, partition: Partition) -> None:
        if partition.topic != OFFSETS_TOPIC:
            return
        if self.replicas.hosted(partition.topic, partition.index) is partition and partition.is_leader:
            self.groups.elected(partition.index)
        else:
            self.groups.resigned(partition.index)

    def _flush_sealed(self) -> None:
        if any(log.has_unflushed_segments for log in self.logs):
            self._background.start("flush of rolled segments", self.logs.flush_sealed)

    def _checkpoint(self, wanted: Collection[str] = names.LOG_DIR_CHECKPOINTS) -> None:
        due = self.logs.due_checkpoints(wanted)
        if due:
            self._background.start("checkpoint", partial(self.logs.write_checkpoints, due))

    def _log_dir_failed(self, path: str) -> None:
        """Whoever meets a failure may be in another thread, and in the middle of an append."""
        self._loop.call_soon_threadsafe(self._after_log_dir_failure, path)

    def _after_log_dir_failure(self, path: str) -> None:
        if not self.logs.online:
            self._fail(f"Shutting down: all log dirs have failed, the last one was {path}")
        elif self._serving:
            self._resignations.append(self._loop.create_task(self._give_up_lost_leaderships()))

    async def _give_up_lost_leaderships(self) -> None:
        """Clients must not be sent here for what this broker can no longer read."""
        online = self._online_directories()
        lost = self.replicas.lost()
        try:
            await self.keeper.change(
                lambda image: (None, failed_directory_records(image, self.broker_id, online, lost))
            )
        except KafkaError as error:
            _log.error("The leaderships of a failed log dir could not be given up: %s", error)

    def _metadata_failed(self, path: str, error: OSError) -> None:
        self._fail(f"Shutting down: the metadata log in {path} failed: {error.strerror}")

    def _fail(self, reason: str) -> None:
        if self.failure is not None and not self.failure.done():
            self.failure.set_result(reason)

    async def _close_logs(self) -> None:
        registered = self.keeper.image.brokers.get(self.broker_id)
        await self._background.run(partial(self.logs.close, *([registered.epoch] if registered is not None else [])))


def _not_yet(frame: memoryview, session: Session) -> Answer:
    raise AssertionError("a request before the broker has started")


def _with_bare_sasl_tokens(handle: Handle) -> Handle:
    """After a SaslHandshake of version 0, what comes next is a token without a request around it."""
    from kcli.api.sasl_authenticate import bare_token

    def either(frame: memoryview, session: Session) -> Answer | Awaitable[Answer]:
        if session.sasl is not None and session.sasl.bare_tokens:
            return bare_token(session, frame)
        return handle(frame, session)

    return either
