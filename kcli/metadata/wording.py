"""How the controller words its errors: Kafka 4.3 in KRaft mode, and Kafka 3.9 with ZooKeeper where it differs.

Tools print these texts and scripts match on them; which table is spoken is the keeper's `dialect`.
"""

from __future__ import annotations

from collections.abc import Mapping

KRAFT: Mapping[str, str] = {
    "name collides": "Topic '{name}' collides with existing topic: {first}",
    "null config": "Null value not supported for topic configs: {names}",
    "assignment and factor": ("A manual partition assignment was specified, but replication factor was not set to -1."),
    "assignment and partitions": "A manual partition assignment was specified, but numPartitions was not set to -1.",
    "assigned twice": "Found multiple manual partition assignments for partition {partition}",
    "not consecutive": "partitions should be a consecutive 0-based integer sequence",
    "empty assignment": "The manual partition assignment includes an empty replica list.",
    "unknown broker": ("The manual partition assignment includes broker {broker}, but no such broker is registered."),
    "broker twice": "The manual partition assignment includes the broker {broker} more than once.",
    "uneven assignment": (
        "The manual partition assignment includes a partition with {count} replica(s), but this is not consistent "
        "with previous partitions, which have {expected} replica(s)."
    ),
    "assigned to fenced": (
        "All brokers specified in the manual partition assignment for partition {partition} are fenced or in "
        "controlled shutdown."
    ),
    "bad factor": "Replication factor must be larger than 0, or -1 to use the default value.",
    "bad partitions": "Number of partitions was set to an invalid non-positive value.",
    "too many partitions": "Excessively large number of partitions per request.",
    "too many records": "Unable to perform excessively large batch operation.",
    "too few brokers": (
        "Unable to replicate the partition {factor} time(s): The target replication factor of {factor} cannot be "
        "reached because only {brokers} broker(s) are registered or some brokers have all their log directories "
        "cordoned."
    ),
    "no usable broker": (
        "Unable to replicate the partition {factor} time(s): All brokers are currently fenced, or have all their log "
        "directories cordoned."
    ),
    "no active broker": (
        "Unable to replicate the partition {factor} time(s): All brokers are currently fenced or in controlled "
        "shutdown."
    ),
    "fewer partitions": ("The topic {name} currently has {partitions} partition(s); {count} would not be an increase."),
    "as many partitions": "Topic already has {partitions} partition(s).",
    "wrong assignments": (
        "Attempted to add {additional} additional partition(s), but only {assignments} assignment(s) were specified."
    ),
    "no such topic": "This server does not host this topic-partition.",
    "no topic to alter": "The topic '{name}' does not exist.",
    "not a list": "Can't {operation} to key {key} because its type is not LIST.",
    "invalid value": "{reason}",
    "set": "[{names}]",
}

ZK: Mapping[str, str] = {
    **KRAFT,
    "name collides": "Topic '{name}' collides with existing topics: {all}",
    "assignment and factor": (
        "Both numPartitions or replicationFactor and replicasAssignments were set. Both cannot be used at the same "
        "time."
    ),
    "assignment and partitions": (
        "Both numPartitions or replicationFactor and replicasAssignments were set. Both cannot be used at the same "
        "time."
    ),
    "uneven assignment": "All partitions should have the same number of replicas",
    "bad factor": "Replication factor must be larger than 0.",
    "bad partitions": "Number of partitions must be larger than 0.",
    "too few brokers": "Replication factor: {factor} larger than available brokers: {brokers}.",
    "no usable broker": "Replication factor: {factor} larger than available brokers: 0.",
    "no active broker": "Replication factor: {factor} larger than available brokers: 0.",
    "fewer partitions": ("Topic currently has {partitions} partitions, which is higher than the requested {count}."),
    "as many partitions": "Topic already has {partitions} partitions.",
    "wrong assignments": (
        "Increasing the number of partitions by {additional} but {assignments} assignments provided."
    ),
    "unknown broker": "Unknown broker(s) in replica assignment: {broker}.",
    "no such topic": "The topic '{name}' does not exist.",
    "no topic to alter": "",
    "not a list": "Config value {lower} is not allowed for config key: {key}",
    "invalid value": "Invalid config value for resource ConfigResource(type={type}, name='{name}'): {reason}",
    "set": "Set({names})",
}

DIALECTS: Mapping[str, Mapping[str, str]] = {"kraft": KRAFT, "zk": ZK}
