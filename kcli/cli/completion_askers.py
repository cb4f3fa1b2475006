"""What the cluster is asked for each kind of name that completes: one or two requests each, none of which changes
anything. Runs in the background, where nobody waits for it (`cli.completion_live`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

Asker = Callable[[Any], list[str]]


def _topics(cluster: Any) -> list[str]:
    return sorted(topic.name for topic in cluster.metadata().topics if topic.name)


def _topic_ids(cluster: Any) -> list[str]:
    from kcli.wire import uuid

    return sorted(uuid.to_text(topic.topic_id) for topic in cluster.metadata().topics if topic.topic_id != uuid.ZERO)


def _brokers(cluster: Any) -> list[str]:
    return [str(broker.node_id) for broker in sorted(cluster.metadata([]).brokers, key=lambda broker: broker.node_id)]


def _groups(cluster: Any) -> list[str]:
    from kcli.client.admin_groups import list_groups

    return sorted(group.id for group in list_groups(cluster))


def _controllers(cluster: Any) -> list[str]:
    from kcli.client.admin_cluster import ClusterAdmin

    quorum = ClusterAdmin(cluster).quorum()
    return [str(number) for number in sorted({replica.id for replica in (*quorum.voters, *quorum.observers)})]


def _transactional_ids(cluster: Any) -> list[str]:
    from kcli.client.admin_transactions import TransactionAdmin

    return sorted(found.transactional_id for found in TransactionAdmin(cluster).list_transactions())


def _client_metrics(cluster: Any) -> list[str]:
    from kcli.client.admin import CLIENT_METRICS
    from kcli.client.admin_configs import ConfigAdmin

    return sorted(ConfigAdmin(cluster).config_resources(CLIENT_METRICS))


def _quota_names(part: str) -> Asker:
    """The users, clients or addresses that have quotas, and the users with SCRAM credentials."""

    def ask(cluster: Any) -> list[str]:
        from kcli.client.admin_configs import CLIENT_ID, IP, USER, ConfigAdmin

        admin = ConfigAdmin(cluster)
        entities = [(part,)] if part == IP else [(part,), (USER, CLIENT_ID)]
        quotas = [quota for parts in entities for quota in admin.client_quotas([(one, None, True) for one in parts])]
        names = {quota.entity.get(part) for quota in quotas}
        if part == USER:
            with suppress(Exception):  # older brokers have none of this
                names |= set(admin.scram_credentials())
        return sorted(name for name in names if name)

    return ask


def _principals(cluster: Any) -> list[str]:
    from kcli.client.acl_rules import ANY_ENTRY, ANY_PATTERN, Rule
    from kcli.client.admin_acls import AclAdmin

    rules: Iterable[Rule] = AclAdmin(cluster).describe_acls(Rule(ANY_PATTERN, ANY_ENTRY))
    return sorted({rule.entry.principal for rule in rules if rule.entry.principal})


# What is wanted all the time is asked for together; each of the others when it is wanted itself.
TOGETHER: dict[str, Asker] = {"topic": _topics, "broker": _brokers, "group": _groups}
ALONE: dict[str, Asker] = {
    "topic id": _topic_ids,
    "controller": _controllers,
    "transactional id": _transactional_ids,
    "metrics subscription": _client_metrics,
    "user": _quota_names("user"),
    "client": _quota_names("client-id"),
    "ip": _quota_names("ip"),
    "principal": _principals,
}
