"""What becomes of a `BulkProducer`'s records: a batch is delivered, sent again, split, or given up, and told of."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from kcli.client.producer_batch import Batch, Delivery, DeliveryError, Kind
from kcli.client.producer_config import ProducerConfig
from kcli.client.producer_link import Sent
from kcli.client.producer_queue import PartitionQueue, Verdict
from kcli.client.producer_topics import STALE_METADATA, Topics
from kcli.wire import errors
from kcli.wire.errors import KafkaError

_QUICK = 0.25  # of the request's timeout: twice as much would still arrive in time


class Outcomes:
    """Counts, and tells `on_delivery`; the queues of `topics` are where a batch stays or from which it goes."""

    def __init__(self, config: ProducerConfig, topics: Topics, on_delivery: Callable[[Delivery], None] | None) -> None:
        self.delivered = 0
        self.failed = 0
        self._config = config
        self._topics = topics
        self._on_delivery = on_delivery

    def settle(self, sent: Sent, answer: Any, now: float) -> None:
        """One partition's part of a response; None where the broker left it out."""
        if answer is None:
            self.fail(sent, errors.UNKNOWN_SERVER_ERROR, None, now)
        elif answer.error_code == errors.NONE:
            if now - sent.at < self._config.request_timeout * _QUICK:
                sent.queue.grow()
            self.deliver(sent, answer.base_offset, answer.log_append_time_ms)
        elif answer.record_errors and sent.batch.count > len(answer.record_errors):
            self._refuse_records(sent, answer)
        else:
            message = answer.error_message
            if answer.record_errors and answer.record_errors[0].batch_index_error_message:
                message = answer.record_errors[0].batch_index_error_message
            self.fail(sent, answer.error_code, message, now)

    def _refuse_records(self, sent: Sent, answer: Any) -> None:
        """Some records made the broker refuse the batch: they fail, the others are sent again (Kafka gives up all)."""
        if sent.batch not in sent.queue:
            return
        bad = {item.batch_index: item.batch_index_error_message for item in answer.record_errors}
        records = sent.batch.records()
        sent.queue.drop_records(sent.batch, bad)
        for position, message in bad.items():
            record = records[position][1:]
            error = _error(answer.error_code, message or answer.error_message)
            self.fail_unsent(sent.topic, Kind.RECORDS, [record], record[0], error, sent.queue.partition)

    def fail(self, sent: Sent, code: int, message: str | None, now: float) -> None:
        """An error: try again, split, or give up, as the queue judges it."""
        queue, batch = sent.queue, sent.batch
        if batch not in queue:
            return  # its time was over before the answer came
        if code in STALE_METADATA:
            self._topics.distrust(sent.topic)
        verdict = queue.judge(batch, code)
        if verdict is Verdict.DELIVERED:
            self.deliver(sent, -1, -1)
        elif verdict is Verdict.SPLIT:
            queue.split(batch)
        elif verdict is Verdict.RETRY:
            pause = min(self._config.retry_backoff * 2 ** (batch.attempts - 1), self._config.retry_backoff_max)
            queue.take_back(batch, now + pause)
        else:
            self._give_up(queue, batch, _error(code, message), refused=True)

    def deliver(self, sent: Sent, offset: int, timestamp: int) -> None:
        """The batch has arrived."""
        batch = sent.batch
        if batch not in sent.queue:
            return
        sent.queue.acknowledge(batch)
        self.delivered += batch.count
        self._tell(batch, offset, timestamp, None)

    def _give_up(self, queue: PartitionQueue, batch: Batch, error: DeliveryError, *, refused: bool = False) -> None:
        if refused:
            queue.give_up(batch)
        else:
            queue.abandon(batch)
        self.failed += batch.count
        self._tell(batch, -1, -1, error)

    def fail_unsent(
        self, topic: str, kind: Kind, items: Sequence[Any], when: int, error: DeliveryError, partition: int = -1
    ) -> None:
        """Records that never made it into a queue."""
        batch = Batch(topic, partition, kind, when, time.monotonic())
        batch.extend(items, 0)
        self.failed += batch.count
        self._tell(batch, -1, -1, error)

    def _tell(self, batch: Batch, offset: int, timestamp: int, error: DeliveryError | None) -> None:
        if self._on_delivery is not None:
            elapsed = time.monotonic() - batch.created
            self._on_delivery(
                Delivery(batch.topic, batch.partition, batch.count, offset, timestamp, elapsed, error, batch)
            )

    def fail_everything(self, error: DeliveryError) -> None:
        """Nothing can be sent any more."""
        for queue in self._topics.queues():
            for batch in list(queue.batches):
                self._give_up(queue, batch, error)

    def expire(self, now: float) -> bool:
        """Give up what has taken too long; whether there was such."""
        failed = self.failed
        for queue in self._topics.queues():
            for batch in queue.expired(now):
                waited = round(self._config.delivery_timeout * 1000)
                self._give_up(
                    queue,
                    batch,
                    DeliveryError(
                        "org.apache.kafka.common.errors.TimeoutException",
                        f"Expiring {batch.count} record(s) for {queue.topic}-{queue.partition}:{waited} ms has passed"
                        " since batch creation. The request has not been sent, or no server response has been"
                        " received yet.",
                    ),
                )
        return self.failed > failed


def _error(code: int, message: str | None) -> DeliveryError:
    error = KafkaError(code, message)
    return DeliveryError(error.java_class, error.message)
