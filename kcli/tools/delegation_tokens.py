"""kafka-delegation-tokens: create, renew, expire and describe delegation tokens.

As Kafka's, what is about to be done is said first. A failure is one line on stderr, and exits with 1. Unlike Kafka's
(4.3, which asks for the tokens of nobody), --describe without an owner shows all tokens that we may see.
"""

from __future__ import annotations

import base64
import binascii
import time
from typing import TYPE_CHECKING, Any

from kcli.cli.connect import connect
from kcli.cli.environment import Environment
from kcli.cli.errors import OK, CommandError
from kcli.cli.joptsimple import Parsed
from kcli.cli.main import parse_arguments, start
from kcli.cli.output import TEXT, remarks, show
from kcli.tools import listings_cluster as listings
from kcli.tools.delegation_tokens_options import TABLE, check

if TYPE_CHECKING:
    from kcli.client.admin_tokens import Principal, Token, TokenAdmin

_WIDTHS = (15, 30, 15, 15, 25, 15, 15, 15)
_HEADER = ("TOKENID", "HMAC", "OWNER", "REQUESTER", "RENEWERS", "ISSUEDATE", "EXPIRYDATE", "MAXDATE")


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    action = check(parsed)
    cluster = connect(parsed, environment)

    # Imported here: --help and usage errors need no protocol.
    from kcli.client.admin_tokens import TokenAdmin
    from kcli.client.errors import ClientError

    try:
        with cluster:
            _Tokens(TokenAdmin(cluster), parsed, environment).do(action)
    except ClientError as error:
        raise CommandError(f"{error.java_class}: {error}") from None
    return OK


class _Tokens:
    """The actions."""

    def __init__(self, admin: TokenAdmin, options: Parsed, environment: Environment) -> None:
        self._admin = admin
        self._options = options
        self._environment = environment
        self._form = options.value("output")

    def do(self, action: str) -> None:
        {"create": self._create, "renew": self._renew, "expire": self._expire, "describe": self._describe}[action]()

    def _create(self) -> None:
        renewers = self._principals("renewer-principal")
        lifetime = self._options.value("max-life-time-period")
        self._say(f"Calling create token operation with renewers :{_text(renewers)} , max-life-time-period :{lifetime}")
        owners = self._principals("owner-principal")
        token = self._admin.create_token(renewers, lifetime, owners[0] if owners else None)
        self._say(f"Created delegation token with tokenId : {token.id}")
        self._show([token])

    def _renew(self) -> None:
        hmac, period = self._options.value("hmac"), self._options.value("renew-time-period")
        self._say(f"Calling renew token operation with hmac :{hmac} , renew-time-period :{period}")
        expires = self._admin.renew_token(_decode(hmac), period)
        self._done("renew", expires)

    def _expire(self) -> None:
        hmac, period = self._options.value("hmac"), self._options.value("expiry-time-period")
        self._say(f"Calling expire token operation with hmac :{hmac} , expire-time-period :{period}")
        expires = self._admin.expire_token(_decode(hmac), period)
        self._done("expire", expires)

    def _describe(self) -> None:
        owners = self._principals("owner-principal")
        whose = f"owners: {_text(owners)}" if owners else "current user."
        self._say(f"Calling describe token operation for {whose}")
        tokens = self._admin.describe_tokens(owners or None)
        self._say(f"Total number of tokens : {len(tokens)}")
        self._show(tokens)

    def _principals(self, option: str) -> list[Principal]:
        from kcli.client.admin_tokens import Principal

        found = []
        for text in self._options.values(option):
            type_, colon, name = text.strip().partition(":")
            if not colon:
                raise CommandError(f"expected a string in format principalType:principalName but got {text.strip()}")
            found.append(Principal(type_, name))
        return found

    def _done(self, action: str, expires: int) -> None:
        self._say(f"Completed {action} operation. New expiry date : {_date(expires)}")
        if self._form != TEXT:
            show([{"expires": expires}], listings.TOKEN_EXPIRY, self._form, self._environment)

    def _say(self, text: str) -> None:
        remarks(self._form, self._environment)(text)

    def _show(self, tokens: list[Token]) -> None:
        if self._form != TEXT:
            show([_row(token) for token in tokens], listings.TOKENS, self._form, self._environment)
            return
        if self._options.has("create"):
            self._environment.print()
        self._environment.print("\n\n".join(_line(row) for row in [_HEADER, *map(_cells, tokens)]))


def _line(row: tuple[str, ...]) -> str:
    return " ".join(cell.ljust(width) for cell, width in zip(row, _WIDTHS))


def _cells(token: Token) -> tuple[str, ...]:
    return (
        token.id,
        _encode(token.hmac),
        str(token.owner),
        str(token.requester),
        _text(token.renewers),
        *map(_date, (token.issued, token.expires, token.latest)),
    )


def _row(token: Token) -> dict[str, Any]:
    return {
        "tokenId": token.id,
        "hmac": _encode(token.hmac),
        "owner": str(token.owner),
        "requester": str(token.requester),
        "renewers": [str(renewer) for renewer in token.renewers],
        "issued": token.issued,
        "expires": token.expires,
        "latest": token.latest,
    }


def _text(principals: list[Principal]) -> str:
    return f"[{', '.join(map(str, principals))}]"


def _date(milliseconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M", time.localtime(milliseconds / 1000))


def _encode(hmac: bytes) -> str:
    return base64.b64encode(hmac).decode()


def _decode(hmac: str) -> bytes:
    try:
        return base64.b64decode(hmac, validate=True)
    except (binascii.Error, ValueError):
        raise CommandError(f"The HMAC {hmac} is not a base64 text") from None


if __name__ == "__main__":
    main()
