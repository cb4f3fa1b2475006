"""What an administrator asks of the settings of users, clients, addresses and other resources that are not topics or
brokers: which there are, quotas (KIP-546), and SCRAM credentials (KIP-554).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from kcli.client.admin import Admin
from kcli.client.scram import salted
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

USER, CLIENT_ID, IP = "user", "client-id", "ip"
SCRAM_MECHANISMS = {"SCRAM-SHA-256": 1, "SCRAM-SHA-512": 2}
_EXACTLY, _THE_DEFAULT, _ANY = 0, 1, 2  # how a part of an entity is matched
_SALT_BYTES = 24

Entity = Mapping[str, str | None]  # the kinds of its parts and their names; None is the default of that kind


class Quota(NamedTuple):
    """The quotas of one entity."""

    entity: dict[str, str | None]
    values: dict[str, float]


class ScramCredential(NamedTuple):
    """What can be seen of a user's credential."""

    mechanism: str
    iterations: int


class ConfigAdmin(Admin):
    """Calls on these settings, through brokers or controllers."""

    def config_resources(self, kind: int) -> list[str]:
        """The names of the resources of a kind that have settings (before 4.1 of client metrics only)."""
        response = self._ask_broker_or_controller(
            None, messages.ListConfigResourcesRequest(resource_types=[kind]), lambda response: [response]
        )
        _check(response)
        return [item.resource_name for item in response.config_resources if item.resource_type == kind]

    # Quotas

    def client_quotas(self, parts: Sequence[tuple[str, str | None, bool]]) -> list[Quota]:
        """The quotas of entities that have just these parts: (kind, name, whether any name will do)."""
        request = messages.DescribeClientQuotasRequest
        body = request(
            components=[
                request.ComponentData(
                    entity_type=kind,
                    match_type=_ANY if any_name else _THE_DEFAULT if name is None else _EXACTLY,
                    match=None if any_name else name,
                )
                for kind, name, any_name in parts
            ],
            strict=True,
        )
        response = self._ask_broker_or_controller(None, body, lambda response: [response])
        _check(response)
        return [
            Quota(
                {part.entity_type: part.entity_name for part in entry.entity},
                {item.key: item.value for item in entry.values},
            )
            for entry in response.entries or ()
        ]

    def alter_client_quotas(self, entity: Entity, changes: Mapping[str, float | None]) -> None:
        """Set quotas of an entity; None removes one."""
        request = messages.AlterClientQuotasRequest
        body = request(
            entries=[
                request.EntryData(
                    entity=[request.EntityData(entity_type=kind, entity_name=name) for kind, name in entity.items()],
                    ops=[
                        request.OpData(key=key, value=0.0 if value is None else value, remove=value is None)
                        for key, value in changes.items()
                    ],
                )
            ],
            validate_only=False,
        )
        response = self._ask_broker_or_controller(None, body, lambda response: response.entries)
        for item in response.entries:
            _check(item)

    # SCRAM

    def scram_credentials(self, users: Iterable[str] = ()) -> dict[str, list[ScramCredential] | KafkaError]:
        """The credentials of users (none named: of all); those who have none are left out."""
        request = messages.DescribeUserScramCredentialsRequest
        names = {mechanism: name for name, mechanism in SCRAM_MECHANISMS.items()}
        body = request(users=[request.UserName(name=user) for user in users])
        response = self._ask_broker_or_controller(None, body, lambda response: [response])
        _check(response)
        found: dict[str, list[ScramCredential] | KafkaError] = {}
        for item in response.results:
            if item.error_code == errors.RESOURCE_NOT_FOUND:
                continue
            if item.error_code:
                found[item.user] = KafkaError(item.error_code, item.error_message)
                continue
            found[item.user] = [
                ScramCredential(names.get(info.mechanism, "UNKNOWN"), info.iterations) for info in item.credential_infos
            ]
        return found

    def alter_scram_credentials(
        self, user: str, set_: Mapping[str, tuple[int, bytes]], delete: Iterable[str] = ()
    ) -> None:
        """Set (mechanism: iterations and password) and delete credentials of a user. The password stays here: what
        travels is salted."""
        request = messages.AlterUserScramCredentialsRequest
        deletion, upsertion = request.ScramCredentialDeletion, request.ScramCredentialUpsertion
        upsertions = []
        for mechanism, (iterations, password) in set_.items():
            salt = os.urandom(_SALT_BYTES)
            upsertions.append(
                upsertion(
                    name=user,
                    mechanism=SCRAM_MECHANISMS[mechanism],
                    iterations=iterations,
                    salt=salt,
                    salted_password=salted(mechanism, password, salt, iterations),
                )
            )
        response = self._ask_controller(
            request(
                deletions=[deletion(name=user, mechanism=SCRAM_MECHANISMS[name]) for name in delete],
                upsertions=upsertions,
            ),
            lambda response: response.results,
        )
        for item in response.results:
            _check(item)


def _check(answer: Any) -> None:
    if answer.error_code:
        raise KafkaError(answer.error_code, getattr(answer, "error_message", None))
