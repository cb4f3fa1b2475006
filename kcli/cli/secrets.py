"""Secrets that a profile does not hold but points to, and those that it holds and nobody shall see.

A value may contain `${env:NAME}`, `${file:PATH}`, `${file:PATH:KEY}` (a line of a .properties file, as Kafka's
FileConfigProvider has it) and `${command:COMMAND}` (what a shell's command prints).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from kcli.cli.errors import CommandError

HIDDEN = "[hidden]"
SUGGESTION = "${env:NAME}, ${file:PATH} or ${command:COMMAND}"

_REFERENCE = re.compile(r"\$\{(env|file|command):((?:[^{}]|\{[^{}]*\})*)\}")
_JAAS = "sasl.jaas.config"
_JAAS_OPTION = re.compile(r"""([^\s=;"']+)(\s*=\s*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s;"']+)""", re.DOTALL)
_JAAS_PUBLIC = re.compile(
    r"username|unsecuredLoginStringClaim_\w+|use(KeyTab|TicketCache)|keyTab|principal|serviceName|storeKey|tokenauth"
    r"|doNotPrompt|refreshKrb5Config|renewTGT|debug|ticketCache|clientId|scope|extension_\w+",
)
_SECRET_NAME = re.compile(r"password|passphrase|secret|credential|token$|\.key$", re.IGNORECASE)
_PUBLIC_NAMES = ("ssl.truststore.certificates", "ssl.keystore.certificate.chain", "sasl.oauthbearer.sub.claim.name")


def is_secret(name: str) -> bool:
    """Whether the setting of this name is for one who may see it only."""
    return name == _JAAS or name == "ssl.keystore.key" or bool(_SECRET_NAME.search(name) and name not in _PUBLIC_NAMES)


def hide(name: str, value: str) -> str:
    """The value as it may be shown: what is a secret in clear is hidden, what points to one is not."""
    if not is_secret(name):
        return value
    if name != _JAAS:
        return value if _is_reference(value) else HIDDEN
    if _REFERENCE.fullmatch(value):
        return value
    options = list(_JAAS_OPTION.finditer(value))
    rest = _JAAS_OPTION.sub("", value).split()
    if len(rest) not in (2, 3) or not value.rstrip().endswith(";"):  # no login module, flag and semicolon
        return HIDDEN
    shown = [f"{option[1]}={option[3] if _is_public(option) else _hidden(option[3])}" for option in options]
    return " ".join([rest[0], rest[1].rstrip(";"), *shown]) + ";"


def in_clear(name: str, value: str) -> bool:
    """Whether a value holds a secret itself."""
    return hide(name, value) != value and HIDDEN in hide(name, value)


def _is_public(option: re.Match[str]) -> bool:
    return bool(_JAAS_PUBLIC.fullmatch(option[1])) or _is_reference(option[3].strip("\"'")) or option[3] in ('""', "''")


def _hidden(text: str) -> str:
    return f'"{HIDDEN}"' if text[0] in "\"'" else HIDDEN


def _is_reference(text: str) -> bool:
    return bool(_REFERENCE.fullmatch(text))


def resolve(name: str, value: str, origin: str, variables: Mapping[str, str]) -> str:
    """The value with what it points to in place. Raises CommandError, which names no secret."""

    def replace(match: re.Match[str]) -> str:
        found = _look_up(match[1], match[2], f"{origin}: {name}", variables)
        if name != _JAAS or match[0] == value:
            return found
        return found.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'")  # it stands in quotes there

    return _REFERENCE.sub(replace, value)


def absolute(value: str) -> str:
    """The value with the paths of its `${file:...}` made independent of the folder one is in."""

    def replace(match: re.Match[str]) -> str:
        if match[1] != "file":
            return match[0]
        path, colon, key = match[2].partition(":")
        return f"${{file:{os.path.abspath(os.path.expanduser(path))}{colon}{key}}}"

    return _REFERENCE.sub(replace, value)


def _look_up(kind: str, what: str, where: str, variables: Mapping[str, str]) -> str:
    if kind == "env":
        if what not in variables:
            raise CommandError(f"{where}: the variable {what} is not set")
        return variables[what]
    return _of_file(what, where) if kind == "file" else _of_command(what, where, variables)


def _of_file(what: str, where: str) -> str:
    path, colon, key = what.partition(":")
    try:
        if not colon:
            with open(os.path.expanduser(path), encoding="utf-8", errors="surrogateescape") as file:
                return file.read().rstrip("\r\n")
        from kcli.config.properties import PropertiesError, load

        settings = load(os.path.expanduser(path))
    except OSError as error:
        raise CommandError(f"{where}: {path}: {error.strerror}") from None
    except PropertiesError as error:
        raise CommandError(f"{where}: {path}:{error.line}: {error}") from None
    if key not in settings:
        raise CommandError(f"{where}: {path} has no {key}")
    return settings[key]


def _of_command(command: str, where: str, variables: Mapping[str, str]) -> str:
    import subprocess

    # Its standard error stays the user's, for what it asks or complains about.
    done = subprocess.run(["/bin/sh", "-c", command], stdout=subprocess.PIPE, env=dict(variables), check=False)
    if done.returncode:
        raise CommandError(f"{where}: the command '{command}' exited with {done.returncode}")
    return done.stdout.decode("utf-8", "surrogateescape").rstrip("\r\n")
