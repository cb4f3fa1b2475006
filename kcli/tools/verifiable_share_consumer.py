"""kafka-verifiable-share-consumer: consume a topic in a share group, and say as a line of JSON whatever happens.

Deviation: an error that ends it exits with 1 (Kafka's 0 under KCLI_COMPAT_EXIT=1), a signal with the signal's code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.cli.argparse4j import Arguments
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError
from kcli.cli.inherited import PROFILE
from kcli.cli.main import start
from kcli.cli.options import INT, Option, OptionTable
from kcli.cli.settings import Settings, load_settings
from kcli.tools.verifiable_events import BOOTSTRAP, COMMAND_CONFIG, Events, config_file, read_options, text

if TYPE_CHECKING:
    from kcli.client.cluster import Cluster
    from kcli.client.share_consumer import ShareConsumer
    from kcli.client.share_records import Delivered
    from kcli.client.share_session import Acknowledgement
    from kcli.wire.errors import KafkaError

_OLD_FILE = "consumer.config"  # 4.0 and 4.1
_POLL = 0.2  # seconds; a signal waits no longer
_AUTO, _ASYNC, _SYNC = "auto", "async", "sync"
_STRATEGIES = ("earliest", "latest")

TABLE = OptionTable(
    program="kafka-verifiable-share-consumer",
    usage_program="verifiable-share-consumer",
    summary="This tool consumes messages from a specific topic in a share group and emits events as JSON objects to"
    " stdout.",
    usage="--topic TOPIC --group-id GROUP-ID --bootstrap-server HOST:PORT [OPTIONS]",
    options=(
        Option("topic", "The topic to consume from.", "TOPIC", required=True, complete="topic"),
        Option("group-id", "The share group to consume in.", "GROUP-ID", required=True, complete="group"),
        Option("max-messages", "How many to consume; -1: until it is stopped.", "MAX-MESSAGES", type=INT, default=-1),
        Option("verbose", "A line for each record."),
        Option(
            "acknowledgement-mode", "auto: with the next poll; sync and async: after each poll, waiting or not.",
            "ACKNOWLEDGEMENT-MODE", default=_AUTO, complete=(_AUTO, _SYNC, _ASYNC),
        ),
        Option(
            "offset-reset-strategy", "Have the group begin at the earliest or latest record, if it has no offsets.",
            "OFFSET-RESET-STRATEGY", default="", complete=_STRATEGIES,
        ),
        Option(_OLD_FILE, "Deprecated: use --command-config.", "CONFIG-FILE", complete="file"),
        COMMAND_CONFIG,
        BOOTSTRAP._replace(required=True),
        PROFILE,
    ),
    examples=(
        (
            "five records",
            "kafka-verifiable-share-consumer --bootstrap-server localhost:9092 --topic t --group-id g --max-messages 5"
            " --offset-reset-strategy earliest",
        ),
    ),
)  # fmt: skip


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    """The whole tool."""
    parsed = read_options(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    mode = parsed.value("acknowledgement-mode").lower()
    if mode not in (_AUTO, _ASYNC, _SYNC):
        raise CommandError(f"--acknowledgement-mode {mode} is unknown: one of {_AUTO}, {_SYNC}, {_ASYNC}")
    settings = _settings(parsed, environment)

    from kcli.client.cluster import Cluster
    from kcli.client.share_config import share_config

    with settings.reported():
        config = share_config(settings)
        cluster = Cluster(settings["bootstrap.servers"], settings)
    return Session(cluster, config, parsed, mode, environment).run()


def _settings(parsed: Arguments, environment: Environment) -> Settings:
    """The options win over the file's settings."""
    settings = load_settings(config_file(parsed, _OLD_FILE, TABLE, environment), (), parsed.inherited)
    settings["group.id"] = parsed.value("group-id")
    settings["bootstrap.servers"] = parsed.value("bootstrap-server")
    return settings


class Session:
    """A consumer at work, and what is said of it."""

    def __init__(self, cluster: Cluster, config: Any, parsed: Arguments, mode: str, environment: Environment) -> None:
        from kcli.client.share_consumer import ShareConsumer

        self._cluster = cluster
        self._parsed = parsed
        self._mode = mode
        self._environment = environment
        self._events = Events(environment)
        self._limit = parsed.value("max-messages")
        self._acknowledged = 0
        self._consumer: ShareConsumer = ShareConsumer(
            cluster, config, warn=environment.warn, report=self._on_acknowledged
        )

    def run(self) -> int:
        """Until there were as many records as wanted, or a signal came; the exit code."""
        from kcli.client.errors import ClientError
        from kcli.records.errors import CorruptRecord
        from kcli.tools.console_producer_signals import Signals, impatient
        from kcli.tools.console_run import report
        from kcli.wire.errors import KafkaError

        code = OK
        with Signals(impatient(self._cluster, always=True)) as signals:
            try:
                self._events.say("startup_complete")
                self._set_strategy(self._parsed.value("offset-reset-strategy").lower())
                self._consumer.subscribe([self._parsed.value("topic")])
                while not 0 <= self._limit <= self._acknowledged and not signals.code:
                    self._step()
            except KeyboardInterrupt:
                pass
            except (KafkaError, ClientError, CorruptRecord) as error:
                report(error, self._environment)
                code = self._environment.exit_code(FAILED, OK)
            except CommandError as error:
                self._environment.warn(error.message)
                code = self._environment.exit_code(FAILED, OK)
            finally:
                self._consumer.close()
                self._events.say("shutdown_complete")
        return signals.code or code

    def _set_strategy(self, strategy: str) -> None:
        if not strategy:
            return
        if strategy not in _STRATEGIES:
            raise CommandError(f"java.lang.IllegalArgumentException: Unknown auto offset reset strategy: {strategy}")
        from kcli.client.admin import GROUP_CONFIG, SET, Admin, results

        group = self._parsed.value("group-id")
        results(Admin(self._cluster).alter_configs(GROUP_CONFIG, {group: [("share.auto.offset.reset", SET, strategy)]}))
        self._events.say("offset_reset_strategy_set", offsetResetStrategy=strategy)

    def _step(self) -> None:
        """One poll, and what came of it."""
        delivered = self._consumer.poll(_POLL)
        if not delivered:
            return
        self._say_consumed(delivered)
        if self._mode != _AUTO:
            self._consumer.commit(wait=self._mode == _SYNC)

    def _say_consumed(self, delivered: list[Delivered]) -> None:
        offsets: dict[tuple[str, int], list[int]] = {}
        for each in delivered:
            offsets.setdefault((each.topic, each.partition), []).extend(record[0] for record in each.records)
            if self._parsed.has("verbose"):
                for offset, _, key, value in each.records:
                    self._events.say(
                        "record_data",
                        key=text(key),
                        value=text(value),
                        topic=each.topic,
                        partition=each.partition,
                        offset=offset,
                    )
        count = sum(map(len, offsets.values()))
        self._events.say("records_consumed", count=count, partitions=_summaries(offsets))

    def _on_acknowledged(self, acknowledgements: list[Acknowledgement], error: KafkaError | None) -> None:
        offsets: dict[tuple[str, int], list[int]] = {}
        for each in acknowledgements:
            acquired = each.acquired
            offsets.setdefault((acquired.topic, acquired.partition), []).extend(acquired.offsets)
        count = sum(map(len, offsets.values()))
        outcome: dict[str, Any] = {"success": True} if error is None else {"error": error.message, "success": False}
        self._events.say("offsets_acknowledged", count=count, partitions=_summaries(offsets), **outcome)
        if error is None:
            self._acknowledged += count


def _summaries(offsets: dict[tuple[str, int], list[int]]) -> list[dict[str, Any]]:
    return [
        {"topic": topic, "partition": partition, "count": len(some), "offsets": sorted(some)}
        for (topic, partition), some in offsets.items()
    ]
