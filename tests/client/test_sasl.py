"""The client's side of SASL: the exchanges of the RFCs, and servers that lie."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from kcli.client.errors import SaslFailed
from kcli.client.oauth import OauthBearer, unsecured_token
from kcli.client.sasl import Plain, Scram, mechanism

SERVER_NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
SERVER_FIRST = f"r={SERVER_NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"


def scram() -> Scram:
    """The exchange of RFC 7677, section 3."""
    return Scram("SCRAM-SHA-256", "user", "pencil", nonce="rOprNGfwEbeRWgbNEkqO")


def test_plain_says_it_all_at_once() -> None:
    exchange = Plain("user", "pässwort")
    assert exchange.first() == b"\0user\0" + "pässwort".encode()
    assert exchange.answer(b"") is None


def test_scram_is_that_of_the_rfc() -> None:
    exchange = scram()
    assert exchange.first() == b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    assert exchange.answer(SERVER_FIRST.encode()) == (
        f"c=biws,r={SERVER_NONCE},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=".encode()
    )
    assert exchange.answer(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=") is None


def test_names_are_escaped_and_tokens_announced() -> None:
    exchange = Scram("SCRAM-SHA-512", "a=b,c", "x", delegation_token=True, nonce="n")
    assert exchange.first() == b"n,,n=a=3Db=2Cc,r=n,tokenauth=true"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (SERVER_FIRST.replace("rOpr", "xOpr"), "Invalid server nonce"),
        (SERVER_FIRST.replace(SERVER_NONCE, "rOprNGfwEbeRWgbNEkqO"), "Invalid server nonce"),
        (SERVER_FIRST.replace("4096", "4095"), "the minimum is 4096"),
        (SERVER_FIRST.replace("i=4096", "i=many"), "Invalid SCRAM message"),
        (SERVER_FIRST.replace("s=", "t="), "Invalid SCRAM message"),
        ("e=other-error", "Authentication failed: other-error"),
    ],
)
def test_a_servers_first_message_is_checked(answer: str, message: str) -> None:
    with pytest.raises(SaslFailed, match=message):
        scram().answer(answer.encode())


@pytest.mark.parametrize("final", [b"v=AAAA", b"v=!", b"x=1", b"\xff", b""])
def test_a_server_that_does_not_know_the_password_is_found_out(final: bytes) -> None:
    exchange = scram()
    exchange.answer(SERVER_FIRST.encode())
    with pytest.raises(SaslFailed):
        exchange.answer(final)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"sasl.mechanism": "PLAIN"}, r"sasl\.jaas\.config is missing"),
        ({"sasl.mechanism": "PLAIN", "sasl.jaas.config": "x required"}, "not terminated by semi-colon"),
        ({"sasl.mechanism": "PLAIN", "sasl.jaas.config": "x required;"}, "needs username and password"),
        ({"sasl.mechanism": "DIGEST-MD5", "sasl.jaas.config": "x required;"}, "is not supported: PLAIN, SCRAM"),
        ({"sasl.mechanism": "OAUTHBEARER", "sasl.jaas.config": "x required;"}, "token.endpoint.url"),
        ({}, "sasl.kerberos.service.name is missing"),
    ],
)
def test_what_is_missing_is_named(config: dict[str, str], message: str) -> None:
    with pytest.raises(SaslFailed, match=message):
        mechanism(config, "localhost")


def decoded(segment: str) -> object:
    return json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))


def test_an_unsecured_token_carries_the_claims() -> None:
    token = unsecured_token(
        {
            "unsecuredLoginStringClaim_sub": "alice",
            "unsecuredLoginNumberClaim_level": "3",
            "unsecuredLoginListClaim_scope": ",a,b",
            "unsecuredLoginLifetimeSeconds": "60",
        },
        now=1000,
    )
    head, claims, signature = token.split(".")
    assert decoded(head) == {"alg": "none"}
    assert decoded(claims) == {"iat": 1000, "exp": 1060, "sub": "alice", "level": 3, "scope": ["a", "b"]}
    assert signature == ""


def test_a_token_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("abc.def.\n")
    config = {"sasl.oauthbearer.token.endpoint.url": file.as_uri()}
    exchange = OauthBearer(config, {"extension_traceId": "7"})
    assert exchange.first() == b"n,,\x01auth=Bearer abc.def.\x01traceId=7\x01\x01"
    assert exchange.answer(b'{"status":"invalid_token"}') == b"\x01"
    assert exchange.answer(b"") is None


def test_a_missing_token_file_is_named() -> None:
    with pytest.raises(SaslFailed, match="The token file /nonesuch cannot be read"):
        OauthBearer({"sasl.oauthbearer.token.endpoint.url": "file:///nonesuch"}, {})


def test_a_token_endpoint_that_is_not_there_is_named() -> None:
    config = {"sasl.oauthbearer.token.endpoint.url": "http://localhost:1/token"}
    with pytest.raises(SaslFailed, match="http://localhost:1/token did not give a token"):
        OauthBearer(config, {"clientId": "a", "clientSecret": "b"})
