"""kafka-delegation-tokens: its command line, its table, and a broker without tokens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kcli.cli.errors import CommandError
from kcli.cli.joptsimple import parse
from kcli.cli.main import guard
from kcli.cli.refusal import Refusal
from kcli.client.admin_tokens import Principal, Token
from kcli.testing.broker import InProcessBroker
from kcli.tools.delegation_tokens import _Tokens, run
from kcli.tools.delegation_tokens_options import TABLE, check
from tests.cli.support import Recorded

WHERE = "--bootstrap-server localhost:1 --command-config f "
ALICE, BOB = Principal("User", "alice"), Principal("User", "bob")
TOKEN = Token("id", b"\x00\x01\x02", ALICE, BOB, [BOB, ALICE], 0, 60_000, 120_000)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (WHERE, "Command must include exactly one action: --create, --renew, --expire or --describe"),
        (f"{WHERE} --create --renew", "Command must include exactly one action: --create, --renew, --expire or --desc"),
        ("--describe --command-config f", 'Missing required argument "[bootstrap-server]"'),
        ("--describe --bootstrap-server b", 'Missing required argument "[command-config]"'),
        (f"{WHERE} --create", 'Missing required argument "[max-life-time-period]"'),
        (f"{WHERE} --renew --hmac AAAA", 'Missing required argument "[renew-time-period]"'),
        (f"{WHERE} --expire --expiry-time-period -1", 'Missing required argument "[hmac]"'),
        (f"{WHERE} --describe --hmac AAAA", 'Option "[describe]" can\'t be used with option "[hmac]"'),
    ],
)
def test_options_that_make_no_sense(line: str, says: str) -> None:
    with pytest.raises(Refusal) as error:
        check(parse(TABLE, line.split()))
    assert error.value.message.startswith(says)


class Tokens:
    """Stands where the cluster is, and knows one token."""

    def describe_tokens(self, owners: object) -> list[Token]:
        assert owners == [ALICE]
        return [TOKEN]

    def create_token(self, renewers: object, lifetime: int, owner: object) -> Token:
        assert (renewers, lifetime, owner) == ([BOB], -1, None)
        return TOKEN

    def renew_token(self, hmac: bytes, period: int) -> int:
        assert (hmac, period) == (TOKEN.hmac, 5)
        return TOKEN.expires


def do(action: str, *words: str) -> Recorded:
    environment = Recorded()
    _Tokens(Tokens(), parse(TABLE, [f"--{action}", *words]), environment).do(action)  # type: ignore[arg-type]
    return environment


def test_a_description() -> None:
    lines = do("describe", "--owner-principal", "User:alice").out.splitlines()
    assert lines[:2] == ["Calling describe token operation for owners: [User:alice]", "Total number of tokens : 1"]
    assert lines[2].split() == [
        "TOKENID",
        "HMAC",
        "OWNER",
        "REQUESTER",
        "RENEWERS",
        "ISSUEDATE",
        "EXPIRYDATE",
        "MAXDATE",
    ]
    assert lines[3] == ""
    assert lines[4].startswith(
        f"{'id':<15} {'AAEC':<30} {'User:alice':<15} {'User:bob':<15} {'[User:bob, User:alice]':<25}"
    )


def test_a_new_token() -> None:
    lines = do("create", "--max-life-time-period", "-1", "--renewer-principal", "User:bob").out.splitlines()
    assert lines[:3] == [
        "Calling create token operation with renewers :[User:bob] , max-life-time-period :-1",
        "Created delegation token with tokenId : id",
        "",
    ]
    assert len(lines) == 6


def test_a_renewal() -> None:
    lines = do("renew", "--hmac", "AAEC", "--renew-time-period", "5").out.splitlines()
    assert lines[0] == "Calling renew token operation with hmac :AAEC , renew-time-period :5"
    assert lines[1].startswith("Completed renew operation. New expiry date : ")


@pytest.mark.parametrize("hmac", ["?", "AAE"])
def test_an_hmac_is_base64(hmac: str) -> None:
    with pytest.raises(CommandError, match="is not a base64 text"):
        do("renew", "--hmac", hmac, "--renew-time-period", "5")


def test_a_principal_has_a_type() -> None:
    with pytest.raises(CommandError, match=r"^expected a string in format principalType:principalName but got alice$"):
        do("describe", "--owner-principal", "alice")


def test_for_programs() -> None:
    environment = do("describe", "--owner-principal", "User:alice", "--output", "json")
    (row,) = json.loads(environment.out)
    assert row == {
        "tokenId": "id",
        "hmac": "AAEC",
        "owner": "User:alice",
        "requester": "User:bob",
        "renewers": ["User:bob", "User:alice"],
        "issued": 0,
        "expires": 60_000,
        "latest": 120_000,
    }


def test_a_broker_without_tokens_says_so_in_one_line(tmp_path: Path) -> None:
    config = tmp_path / "client.properties"
    config.write_text("")
    with InProcessBroker() as broker:
        environment = Recorded(program="kafka-delegation-tokens")
        words = ["--bootstrap-server", broker.bootstrap_servers, "--command-config", str(config), "--describe"]
        code = guard(run, words, environment)
    assert (code, environment.out) == (1, "Calling describe token operation for current user.\n")
    (line,) = environment.err.splitlines()
    assert line.startswith("org.apache.kafka.common.errors.")
