"""One JAAS entry as `sasl.jaas.config` holds it: `org.example.LoginModule required name="value" ... ;`."""

from __future__ import annotations

from typing import NamedTuple

_FLAGS = ("required", "requisite", "sufficient", "optional")


class JaasError(ValueError):
    """The text is not one JAAS entry."""


class JaasEntry(NamedTuple):
    """A login module's class and its options."""

    module: str
    flag: str
    options: dict[str, str]


def parse_jaas(text: str) -> JaasEntry:
    """Parse one entry, with Java's quoting: single or double quotes, backslash escapes inside them."""
    tokens = _tokens(text)
    if not tokens:
        raise JaasError("Login module not specified in JAAS config")
    if tokens[-1] != ";":
        raise JaasError("JAAS config entry not terminated by semi-colon")
    words = tokens[:-1]
    if ";" in words:
        raise JaasError("JAAS config property contains 2 login modules, should be 1 module")
    if len(words) < 2 or words[1].lower() not in _FLAGS:
        raise JaasError("Invalid login module control flag in JAAS config")
    rest = words[2:]
    options: dict[str, str] = {}
    while rest:
        name, equals, value = rest[0], rest[1:2], rest[2:3]
        if equals != ["="] or not value:
            raise JaasError(f"Value not specified for key '{name}' in JAAS config")
        options[name] = value[0]
        rest = rest[3:]
    return JaasEntry(words[0], words[1].lower(), options)


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character.isspace():
            position += 1
        elif character in "=;":
            tokens.append(character)
            position += 1
        elif character in "\"'":
            token, position = _quoted(text, position)
            tokens.append(token)
        else:
            end = position
            while end < len(text) and not text[end].isspace() and text[end] not in "=;\"'":
                end += 1
            tokens.append(text[position:end])
            position = end
    return tokens


def _quoted(text: str, position: int) -> tuple[str, int]:
    quote = text[position]
    out: list[str] = []
    position += 1
    while position < len(text) and text[position] != quote:
        if text[position] == "\\" and position + 1 < len(text):
            position += 1
        out.append(text[position])
        position += 1
    if position == len(text):
        raise JaasError(f"A quote is not closed in JAAS config: {quote}")
    return "".join(out), position + 1
