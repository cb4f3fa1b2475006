"""`kafka-storage format --add-scram`: a user's credentials as a record for the metadata log."""

from __future__ import annotations

import base64
import binascii
import os
from typing import Any

from kcli.cli.errors import CommandError
from kcli.cli.options import INT
from kcli.client import scram
from kcli.wire import messages

_DEFAULT_ITERATIONS = 4096
_SALT_SIZE = 32
# Mechanism: its number in the record, the name that errors give it.
_MECHANISMS = {"SCRAM-SHA-256": (1, "SCRAM_SHA_256"), "SCRAM-SHA-512": (2, "SCRAM_SHA_512")}
_MAX_ITERATIONS = 16384


def parse_scram(argument: str) -> Any:
    """`SCRAM-SHA-256=[name=alice,password=secret]`, with salt, iterations or saltedpassword."""
    argument = argument.strip()
    mechanism, equals, rest = argument.partition("=")
    if not equals:
        raise CommandError(f"Failed to find equals sign in SCRAM argument '{argument}'")
    if mechanism not in _MECHANISMS:
        raise CommandError(f"The add-scram mechanism {mechanism} is not supported.")
    if not rest.startswith("["):
        raise CommandError("Expected configuration string to start with [")
    if not rest.endswith("]"):
        raise CommandError("Expected configuration string to end with ]")
    return _record(mechanism, dict(map(_component, rest[1:-1].split(","))))


def _component(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"No equals sign found in SCRAM component: {text}")
    if len(value) >= 2 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return name, value


def _record(mechanism: str, parts: dict[str, str]) -> Any:
    number, shown = _MECHANISMS[mechanism]
    name = parts.pop("name", None)
    if name is None:
        raise CommandError("You must supply 'name' to add-scram")
    given_salt = parts.pop("salt", None)
    salt = os.urandom(_SALT_SIZE) if given_salt is None else _decode(given_salt, "salt")
    iterations = _iterations(parts.pop("iterations", None), shown)
    password, salted_text = parts.pop("password", None), parts.pop("saltedpassword", None)
    if password is None and salted_text is None:
        raise CommandError("You must supply one of 'password' or 'saltedpassword' to add-scram")
    if password is None and given_salt is None:
        raise CommandError("You must supply 'salt' with 'saltedpassword' to add-scram")
    if password is not None and salted_text is not None:
        parts["saltedpassword"] = salted_text
    if password == "":
        raise CommandError("The 'password' given to add-scram must not be empty")
    if parts:
        raise CommandError(f"Unknown SCRAM configurations: {', '.join(sorted(parts))}")
    salted = (
        scram.salted(mechanism, password.encode(), salt, iterations)
        if password is not None
        else _decode(salted_text or "", "saltedPassword")
    )
    keys = scram.keys(mechanism, salted)
    return messages.UserScramCredentialRecord(
        name=name,
        mechanism=number,
        salt=salt,
        stored_key=keys.stored,
        server_key=keys.server,
        iterations=iterations,
    )


def _decode(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise CommandError(f"Failed to decode given {what}: {text}") from None


def _iterations(text: str | None, mechanism: str) -> int:
    if text is None:
        return _DEFAULT_ITERATIONS
    try:
        count: int = INT(text)
    except ValueError:
        raise CommandError(f"Failed to parse iterations count: {text}") from None
    if count < _DEFAULT_ITERATIONS:
        raise CommandError(f"The 'iterations' value must be >= {_DEFAULT_ITERATIONS} for add-scram using {mechanism}")
    if count > _MAX_ITERATIONS:
        raise CommandError(f"The 'iterations' value must be <= {_MAX_ITERATIONS} for add-scram using {mechanism}")
    return count
