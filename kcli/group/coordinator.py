"""The group coordinator's driver."""

from kcli.group.store import NO_PRODUCER_ID, Store, StoredRecord

__all__ = ["NO_PRODUCER_ID", "Store", "StoredRecord"]
