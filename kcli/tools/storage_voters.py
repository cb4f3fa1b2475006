"""The first voters of a dynamic quorum (KIP-853), as `kafka-storage format --initial-controllers` names them."""

from __future__ import annotations

from typing import NamedTuple

from kcli.cli.errors import CommandError
from kcli.client.address import Address
from kcli.wire import messages, uuid

_IN = "in dynamic voter string."


class Voter(NamedTuple):
    """A controller, the id of its metadata folder, and where it listens."""

    id: int
    directory_id: bytes
    address: Address


def parse_voters(text: str) -> list[Voter]:
    """`0@host:9093:DIRECTORY-ID,1@...`."""
    voters = [parse_voter(part) for part in text.split(",") if part.strip()]
    if not voters:
        raise CommandError("No voters given.")
    ids = [voter.id for voter in voters]
    twice = next((node for node in ids if ids.count(node) > 1), None)
    if twice is not None:
        raise CommandError(f"Node id {twice} was specified more than once.")
    return sorted(voters)


def parse_voter(text: str) -> Voter:
    """One of them; errors in the words of Kafka's tool."""
    node, at, rest = text.strip().partition("@")
    if not at:
        raise CommandError("No @ found in dynamic voter string.")
    if not node:
        raise CommandError("Invalid @ at beginning of dynamic voter string.")
    number = _number(node, "node id")
    if number < 0:
        raise CommandError(f"Invalid negative node id {number} {_IN}")
    if not rest:
        raise CommandError("No hostname found after node id.")
    host, rest = _split_host(rest)
    port, colon, directory = rest.partition(":")
    if not colon:
        raise CommandError("No colon following port could be found.")
    port_number = _number(port, "port")
    if not 0 <= port_number <= 0xFFFF:
        raise CommandError(f"Invalid port {port_number} {_IN}")
    try:
        return Voter(number, uuid.from_text(directory), Address(host, port_number))
    except ValueError:
        raise CommandError(f"Failed to parse directory ID {_IN}") from None


def _split_host(text: str) -> tuple[str, str]:
    if not text.startswith("["):
        host, colon, rest = text.partition(":")
        if not colon:
            raise CommandError("No colon following hostname could be found.")
        return host, rest
    host, bracket, rest = text[1:].partition("]")
    if not bracket:
        raise CommandError("Hostname began with left bracket, but no right bracket was found.")
    if not rest.startswith(":"):
        raise CommandError("Port section must start with a colon.")
    return host, rest[1:]


def _number(text: str, what: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise CommandError(f"Failed to parse {what} {_IN}") from None


def voters_record(voters: list[Voter], listener: str) -> bytes:
    """The control record that a metadata log begins with."""
    record = messages.VotersRecord
    return record(
        version=0,
        voters=[
            record.Voter(
                voter_id=voter.id,
                voter_directory_id=voter.directory_id,
                endpoints=[record.Endpoint(name=listener, host=voter.address.host, port=voter.address.port)],
                kraft_version_feature=record.KRaftVersionFeature(min_supported_version=0, max_supported_version=1),
            )
            for voter in voters
        ],
    ).encode_bytes(0)
