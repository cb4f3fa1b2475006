"""kafka-transactions: list and describe transactions, find those that hang, abort them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from kcli.cli.argparse4j import Arguments, parse_arguments
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError
from kcli.cli.listing import Listing
from kcli.cli.main import start
from kcli.cli.output import TEXT, show
from kcli.cli.text_table import print_rows
from kcli.cli.watch import WATCH, look_or_watch
from kcli.tools import listings_cluster as listings
from kcli.tools.transactions_options import TABLE

_MINUTE = 60_000
_HINT = ". Enable debug logging for additional detail."  # Kafka's words, which scripts may look for


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment, kafkas_help_exit=FAILED)
    if isinstance(parsed, int):
        return parsed
    _check(parsed)

    from kcli.cli.connect import connect
    from kcli.client.admin_transactions import TransactionAdmin

    file = parsed.value("command-config")
    if file and not os.path.exists(file):
        raise CommandError(f"Failed to load admin client properties: {file}{_HINT}")
    with connect(parsed, environment) as cluster:
        admin, command = TransactionAdmin(cluster), _COMMANDS[parsed.command or ""]
        if not parsed.knows(WATCH.name):
            command(admin, parsed, environment)
            return OK

        def look(page: Environment) -> bool:
            command(admin, parsed, page)
            return True

        look_or_watch(look, parsed, environment, parsed.value("output"))
    return OK


def _check(parsed: Arguments) -> None:
    if parsed.command == "find-hanging":
        if not parsed.has("topic") and not parsed.has("broker-id"):
            raise CommandError(
                "The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search"
            )
        if parsed.has("partition") and not parsed.has("topic"):
            raise CommandError("The --partition argument requires --topic to be provided")
    if parsed.command == "abort" and not parsed.has("start-offset"):
        if not parsed.has("producer-id"):
            raise CommandError(
                "The transaction to abort must be identified either with --start-offset (for brokers on 3.0 or above)"
                " or with --producer-id, --producer-epoch, and --coordinator-epoch (for older brokers)"
            )
        for name in ("producer-epoch", "coordinator-epoch"):
            if not parsed.has(name):
                raise CommandError(f"Missing required argument --{name}")


@contextmanager
def _explained(what: str) -> Iterator[None]:
    """Failures in the words of Kafka's tool."""
    from kcli.wire.errors import KafkaError

    try:
        yield
    except KafkaError as error:
        raise CommandError(f"Failed to {what}: {error}{_HINT}") from None


def _print(
    heads: Sequence[str],
    rows: list[Sequence[object]],
    listing: Listing,
    parsed: Arguments,
    environment: Environment,
) -> None:
    if parsed.value("output") == TEXT:
        print_rows(heads, [["None" if cell is None else cell for cell in row] for row in rows], environment)
        return
    show([dict(zip(listing.names, row, strict=True)) for row in rows], listing, parsed.value("output"), environment)


def _list(admin: Any, parsed: Arguments, environment: Environment) -> None:
    duration = parsed.value("duration-filter")
    with _explained("list transactions"):
        found = admin.list_transactions(
            duration=-1 if duration is None else duration, pattern=parsed.value("transactional-id-pattern")
        )
    heads = ("TransactionalId", "Coordinator", "ProducerId", "TransactionState")
    _print(heads, list(found), listings.TRANSACTIONS, parsed, environment)


def _describe(admin: Any, parsed: Arguments, environment: Environment) -> None:
    transactional_id = parsed.value("transactional-id")
    with _explained(f"describe transaction state of transactional-id `{transactional_id}`"):
        found = admin.describe_transaction(transactional_id)
    heads: tuple[str, ...] = ("CoordinatorId", "TransactionalId", "ProducerId", "ProducerEpoch", "TransactionState")
    heads += ("TransactionTimeoutMs", "CurrentTransactionStartTimeMs", "TransactionDurationMs", "TopicPartitions")
    partitions = [f"{topic}-{partition}" for topic, partition in found.partitions]
    row = [
        found.coordinator,
        transactional_id,
        found.producer_id,
        found.producer_epoch,
        found.state,
        found.timeout_ms,
        found.start,
        None if found.start is None else _now() - found.start,
        ",".join(partitions) if parsed.value("output") == TEXT else partitions,
    ]
    _print(heads, [row], listings.TRANSACTION, parsed, environment)


def _describe_producers(admin: Any, parsed: Arguments, environment: Environment) -> None:
    topic, partition, broker = parsed.value("topic"), parsed.value("partition"), parsed.value("broker-id")
    where = "leader" if broker is None else f"broker {broker}"
    with _explained(f"describe producers for partition {topic}-{partition} on {where}"):
        states = admin.producers([(topic, partition)], broker)[topic, partition]
    heads: tuple[str, ...] = ("ProducerId", "ProducerEpoch", "LatestCoordinatorEpoch", "LastSequence", "LastTimestamp")
    heads += ("CurrentTransactionStartOffset",)
    rows: list[Sequence[object]] = [
        state._replace(
            coordinator_epoch=_number(state.coordinator_epoch, parsed),
            last_sequence=_number(state.last_sequence, parsed),
        )
        for state in states
    ]
    _print(heads, rows, listings.PRODUCERS, parsed, environment)


def _abort(admin: Any, parsed: Arguments, environment: Environment) -> None:
    partition = (parsed.value("topic"), parsed.value("partition"))
    shown = f"{partition[0]}-{partition[1]}"
    start_offset = parsed.value("start-offset")
    if start_offset is None:
        producer = (parsed.value("producer-id"), parsed.value("producer-epoch"), parsed.value("coordinator-epoch"))
    else:
        with _explained(f"validate producer state for partition {shown}"):
            states = admin.producers([partition])[partition]
        found = next((state for state in states if state.transaction_start == start_offset), None)
        if found is None:
            raise CommandError(
                f"Could not find any open transactions starting at offset {start_offset} on partition {shown}"
            )
        producer = (found.producer_id, found.producer_epoch, found.coordinator_epoch or 0)
    # Before its first marker a producer's coordinator epoch is -1; 0 is no higher than any coordinator's.
    producer_id, producer_epoch, coordinator_epoch = (*producer[:2], max(producer[2], 0))
    spec = (
        f"AbortTransactionSpec(topicPartition={shown}, producerId={producer_id}, producerEpoch={producer_epoch},"
        f" coordinatorEpoch={coordinator_epoch})"
    )
    with _explained(f"abort transaction {spec}"):
        admin.abort(partition, producer_id, producer_epoch, coordinator_epoch)


def _find_hanging(admin: Any, parsed: Arguments, environment: Environment) -> None:
    broker = parsed.value("broker-id")
    oldest = _now() - parsed.value("max-transaction-timeout") * _MINUTE
    partitions = _searched(admin, parsed)
    where = "Optional.empty" if broker is None else f"Optional[{broker}]"  # as Java prints it
    with _explained(f"describe producers for {len(partitions)} partitions on broker {where}"):
        states = admin.producers(partitions, broker)
    candidates = [
        (partition, state)
        for partition, some in states.items()
        for state in some
        if state.transaction_start is not None and state.last_timestamp < oldest
    ]
    heads: tuple[str, ...] = (
        "Topic",
        "Partition",
        "ProducerId",
        "ProducerEpoch",
        "CoordinatorEpoch",
        "StartOffset",
        "LastTimestamp",
    )
    heads += ("Duration(min)",)
    rows: list[Sequence[object]] = [
        (
            *partition,
            state.producer_id,
            state.producer_epoch,
            _number(state.coordinator_epoch, parsed),
            state.transaction_start,
            state.last_timestamp,
            (_now() - state.last_timestamp) // _MINUTE,
        )
        for partition, state in _without_coordinator(admin, candidates)
    ]
    _print(heads, rows, listings.HANGING, parsed, environment)


def _searched(admin: Any, parsed: Arguments) -> list[tuple[str, int]]:
    from kcli.client.admin import results

    topic, broker = parsed.value("topic"), parsed.value("broker-id")
    if parsed.has("partition"):
        return [(topic, parsed.value("partition"))]
    with _explained("list topics"):
        names = [topic] if topic is not None else [item.name for item in admin.list_topics()]
    with _explained(f"describe {len(names)} topics"):
        described = results(admin.describe_topics(names))
    return [
        (name, part.partition)
        for name, item in described.items()
        for part in item.partitions
        if broker is None or broker in part.replicas
    ]


def _without_coordinator(admin: Any, candidates: list[Any]) -> list[Any]:
    """Those whose coordinator knows nothing of a transaction in that partition: no marker will ever come."""
    from kcli.wire.errors import TRANSACTIONAL_ID_NOT_FOUND, KafkaError

    if not candidates:
        return []
    producer_ids = {state.producer_id for _, state in candidates}
    with _explained(f"list transactions for {len(producer_ids)} producers"):
        listed = {
            item.producer_id: item.transactional_id for item in admin.list_transactions(producer_ids=producer_ids)
        }
    covered: dict[int, list[tuple[str, int]]] = {}
    with _explained(f"describe {len(listed)} transactions"):
        for producer_id, transactional_id in listed.items():
            try:
                covered[producer_id] = admin.describe_transaction(transactional_id).partitions
            except KafkaError as error:
                if error.code != TRANSACTIONAL_ID_NOT_FOUND:
                    raise
    return [(part, state) for part, state in candidates if part not in covered.get(state.producer_id, ())]


def _terminate(admin: Any, parsed: Arguments, environment: Environment) -> None:
    transactional_id = parsed.value("transactionalId")
    with _explained(f"force terminate transactionalId `{transactional_id}`"):
        admin.fence(transactional_id)


def _number(number: int | None, parsed: Arguments) -> int | None:
    """In Kafka's text -1 stands for nothing."""
    if parsed.value("output") == TEXT:
        return -1 if number is None else number
    return None if number == -1 else number


def _now() -> int:
    return int(time.time() * 1000)


_COMMANDS: dict[str, Callable[[Any, Arguments, Environment], None]] = {
    "list": _list,
    "describe": _describe,
    "describe-producers": _describe_producers,
    "abort": _abort,
    "find-hanging": _find_hanging,
    "forceTerminateTransaction": _terminate,
}


if __name__ == "__main__":
    main()
