"""Addresses as users write them."""

from __future__ import annotations

import pytest

from kcli.client.address import Address, AddressError, parse_addresses


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("localhost:9092", [Address("localhost", 9092)]),
        ("a:1, b:2,", [Address("a", 1), Address("b", 2)]),
        ("[::1]:9092", [Address("::1", 9092)]),
        ("PLAINTEXT://a:1", [Address("a", 1)]),
    ],
)
def test_host_and_port(text: str, addresses: list[Address]) -> None:
    assert parse_addresses(text) == addresses


@pytest.mark.parametrize("text", ["localhost", "localhost:", ":9092", "a:b", "a:-1", "a:1,b", "a:²"])
def test_what_is_no_address_is_said_to_be_none(text: str) -> None:
    with pytest.raises(AddressError, match=r"^Invalid url in bootstrap\.servers: "):
        parse_addresses(text)


def test_a_port_has_a_limit() -> None:
    with pytest.raises(AddressError, match=r"^Invalid port"):
        parse_addresses("a:65536")


@pytest.mark.parametrize("text", ["", " , "])
def test_no_address_at_all(text: str) -> None:
    with pytest.raises(AddressError, match="No resolvable bootstrap urls"):
        parse_addresses(text)


def test_an_address_reads_as_it_was_written() -> None:
    assert [str(address) for address in parse_addresses("a:1,[::1]:2")] == ["a:1", "[::1]:2"]
