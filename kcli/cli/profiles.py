"""Profiles: named files of client settings, bootstrap.servers among them, and which of them is in use.

$XDG_CONFIG_HOME/kcli/profiles/NAME.properties is a profile, in Kafka's own names, and for its owner's eyes only;
$XDG_CONFIG_HOME/kcli/profile holds the name of the one in use. Without XDG_CONFIG_HOME it is ~/.config.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kcli.cli.errors import CommandError

SERVERS = "bootstrap.servers"

_LONGEST_NAME = 100
_SUFFIX = ".properties"
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f"}


class Profile(NamedTuple):
    """A profile as it is written: what its values point to is not looked up."""

    name: str
    path: str
    settings: dict[str, str]
    lines: dict[str, int]


class Profiles:
    """The profiles of a user, whose variables say where they are."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        base = variables.get("XDG_CONFIG_HOME") or ""
        if not os.path.isabs(base):  # as its specification has it
            base = os.path.join(variables["HOME"], ".config") if variables.get("HOME") else ""
        self.folder = os.path.join(base, "kcli") if base else ""

    def in_use(self) -> str | None:
        """The name of the profile in use."""
        if not self.folder:
            return None
        try:
            with open(self._choice, encoding="utf-8", errors="replace") as file:
                return file.read().strip() or None
        except OSError:
            return None

    def names(self) -> list[str]:
        """All profiles by name."""
        try:
            found = os.listdir(os.path.join(self.folder, "profiles")) if self.folder else []
        except FileNotFoundError:
            return []
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None
        names = (name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX))
        return sorted(name for name in names if _can_be_a_name(name))

    def read(self, name: str, named_by: str = "") -> Profile:
        """A profile; `named_by` tells where its name comes from, if it is not there. Raises CommandError."""
        path = self.path(name)
        from kcli.config.properties import PropertiesError, parse

        try:
            with open(path, "rb") as file:
                properties = list(parse(file.read().decode("latin-1")))
        except FileNotFoundError:
            known = ", ".join(self.names()) or "none; kcli profile add NAME makes one"
            origin = f" ({named_by})" if named_by else ""
            raise CommandError(f"There is no profile {name}{origin}. There are: {known}") from None
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None
        except PropertiesError as error:
            raise CommandError(f"{path}:{error.line}: {error}") from None
        settings = {entry.name: entry.value for entry in properties}
        return Profile(name, path, settings, {entry.name: entry.line for entry in properties})

    def write(self, name: str, settings: Mapping[str, str]) -> None:
        """Make a profile, or put it in the place of the old one: at once or not at all."""
        lines = [f"# kcli's profile {name}: kcli profile --help\n"]
        lines += [f"{_escaped(key, ' :=#!')}={_escaped(value, '')}\n" for key, value in settings.items()]
        self._replace(self.path(name), "".join(lines))

    def remove(self, name: str) -> None:
        """Forget a profile; if it was in use none is."""
        self.read(name)
        os.unlink(self.path(name))
        if self.in_use() == name:
            self.use(None)

    def use(self, name: str | None) -> None:
        """Set the profile in use, or none."""
        if name is not None:
            self.read(name)
            self._replace(self._choice, f"{name}\n")
        elif os.path.exists(self._choice):
            os.unlink(self._choice)

    def path(self, name: str) -> str:
        """Where a profile is, whether or not it is there. Raises CommandError for what cannot be a name."""
        if not _can_be_a_name(name):
            raise CommandError(f"'{name}' cannot be a profile's name: letters, digits, dot, dash and underscore can")
        if not self.folder:
            raise CommandError("There is no place for profiles: neither XDG_CONFIG_HOME nor HOME is set")
        return os.path.join(self.folder, "profiles", name + _SUFFIX)

    @property
    def _choice(self) -> str:
        return os.path.join(self.folder, "profile")

    def _replace(self, path: str, text: str) -> None:
        """Write a file that only its owner can read; whoever reads it sees all of it, old or new."""
        temporary = f"{path}.{os.getpid()}.new"
        try:
            for folder in (self.folder, os.path.dirname(path)):
                os.makedirs(folder, 0o700, exist_ok=True)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with open(descriptor, "wb") as file:
                    file.write(text.encode("latin-1"))
                    file.flush()
                    os.fsync(descriptor)
                os.replace(temporary, path)
            except BaseException:
                os.unlink(temporary)
                raise
        except OSError as error:
            raise CommandError(f"{error.filename or path}: {error.strerror}") from None


def _can_be_a_name(text: str) -> bool:
    plain = text.replace("_", "").replace("-", "").replace(".", "")
    return text[:1] not in ("", ".", "-") and len(text) <= _LONGEST_NAME and text.isascii() and plain.isalnum()


def _escaped(text: str, special: str) -> str:
    """A name or a value in the syntax of a .properties file, which is Latin-1."""
    return "".join(_one(character, special) for character in _shielded(text))


def _shielded(text: str) -> Iterable[str]:
    """The characters, a leading blank with the backslash that keeps it."""
    stripped = text.lstrip(" ")
    yield from (_ESCAPED_BLANK for _ in range(len(text) - len(stripped)))
    yield from stripped


_ESCAPED_BLANK = "\\ "


def _one(character: str, special: str) -> str:
    if character == _ESCAPED_BLANK:
        return character
    if character in special:
        return f"\\{character}"
    if character in _ESCAPES:
        return _ESCAPES[character]
    if ord(character) < 0x7F:
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))
