"""What a new metadata log begins with: the features of a freshly formatted Kafka 4.3.0.

`kafka-storage format` leaves them in `bootstrap.checkpoint`; without that file they are those of the release.
"""

from __future__ import annotations

from collections.abc import Iterable

from kcli.metadata.controller_configs import ELR_FEATURE, MIN_ISR
from kcli.metadata.image import BROKER_RESOURCE, METADATA_VERSION, Record
from kcli.metadata.kraft.records import LATEST_LEVEL
from kcli.wire import messages

FILE = "bootstrap.checkpoint"

FEATURES = {
    METADATA_VERSION: LATEST_LEVEL,
    ELR_FEATURE: 1,
    "group.version": 1,
    "share.version": 1,
    "streams.version": 1,
    "transaction.version": 2,
}


def feature_records() -> list[Record]:
    """In the order of the format tool."""
    return [messages.FeatureLevelRecord(name=name, feature_level=level) for name, level in FEATURES.items()]


def first_records(bootstrap: Iterable[Record], min_insync_replicas: int) -> list[Record]:
    """The first batch of a log, one metadata transaction.

    With eligible leader replicas the minimum of in-sync replicas becomes a setting of the whole cluster (KIP-966).
    """
    records = list(bootstrap)
    if any(isinstance(r, messages.FeatureLevelRecord) and r.name == ELR_FEATURE and r.feature_level for r in records):
        records.append(
            messages.ConfigRecord(
                resource_type=BROKER_RESOURCE, resource_name="", name=MIN_ISR, value=str(min_insync_replicas)
            )
        )
    begin = messages.BeginTransactionRecord(name="Bootstrap records")
    return [begin, *records, messages.EndTransactionRecord()]
