"""What an administrator asks of delegation tokens (KIP-48): a login that another may use in one's name for a while."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from kcli.client.admin import Admin
from kcli.wire import messages
from kcli.wire.errors import KafkaError


class Principal(NamedTuple):
    """Who: printed as Kafka does."""

    type: str
    name: str

    def __str__(self) -> str:
        return f"{self.type}:{self.name}"


class Token(NamedTuple):
    """A token; times are in milliseconds since 1970."""

    id: str
    hmac: bytes
    owner: Principal
    requester: Principal
    renewers: list[Principal]
    issued: int
    expires: int
    latest: int


class TokenAdmin(Admin):
    """Calls on tokens; the connection has to be a secured one."""

    def create_token(
        self, renewers: Iterable[Principal], max_lifetime_ms: int, owner: Principal | None = None
    ) -> Token:
        """A token for ourselves or, with permission, for an owner."""
        request = messages.CreateDelegationTokenRequest
        renewers = list(renewers)
        answer = self._checked(
            request(
                owner_principal_type=None if owner is None else owner.type,
                owner_principal_name=None if owner is None else owner.name,
                renewers=[
                    request.CreatableRenewers(principal_type=who.type, principal_name=who.name) for who in renewers
                ],
                max_lifetime_ms=max_lifetime_ms,
            )
        )
        return Token(
            answer.token_id,
            bytes(answer.hmac),
            *_people(answer),
            renewers,
            answer.issue_timestamp_ms,
            answer.expiry_timestamp_ms,
            answer.max_timestamp_ms,
        )

    def renew_token(self, hmac: bytes, period_ms: int) -> int:
        """When it expires now."""
        answer = self._checked(messages.RenewDelegationTokenRequest(hmac=hmac, renew_period_ms=period_ms))
        return int(answer.expiry_timestamp_ms)

    def expire_token(self, hmac: bytes, period_ms: int) -> int:
        """When it expires now; at once with a period of -1."""
        answer = self._checked(messages.ExpireDelegationTokenRequest(hmac=hmac, expiry_time_period_ms=period_ms))
        return int(answer.expiry_timestamp_ms)

    def describe_tokens(self, owners: Iterable[Principal] | None = None) -> list[Token]:
        """The tokens of owners, or all that we may see."""
        request = messages.DescribeDelegationTokenRequest
        owner = request.DescribeDelegationTokenOwner
        answer = self._checked(
            request(
                owners=None
                if owners is None
                else [owner(principal_type=who.type, principal_name=who.name) for who in owners]
            )
        )
        return [
            Token(
                item.token_id,
                bytes(item.hmac),
                *_people(item),
                [Principal(who.principal_type, who.principal_name) for who in item.renewers],
                item.issue_timestamp,
                item.expiry_timestamp,
                item.max_timestamp,
            )
            for item in answer.tokens
        ]

    def _checked(self, body: messages.Message) -> Any:
        answer = self._ask(None, body, lambda response: [response])
        if answer.error_code:
            raise KafkaError(answer.error_code)
        return answer


def _people(item: Any) -> tuple[Principal, Principal]:
    """Owner and requester; before 3.3 they were the same."""
    owner = Principal(item.principal_type, item.principal_name)
    requester = Principal(item.token_requester_principal_type, item.token_requester_principal_name)
    return owner, requester if requester.name else owner
