"""Character classes of RE2, as far as they reach into ASCII: topic names hold nothing else."""

from __future__ import annotations

import string
import unicodedata

_ASCII = frozenset(map(chr, range(128)))
_LETTERS = frozenset(string.ascii_letters)
_DIGITS = frozenset(string.digits)
_WORD = _LETTERS | _DIGITS | {"_"}
_SPACE = frozenset("\t\n\f\r ")
_GRAPH = frozenset(map(chr, range(33, 127)))

POSIX: dict[str, frozenset[str]] = {
    "alnum": _LETTERS | _DIGITS,
    "alpha": _LETTERS,
    "ascii": _ASCII,
    "blank": frozenset("\t "),
    "cntrl": frozenset(map(chr, range(32))) | {"\x7f"},
    "digit": _DIGITS,
    "graph": _GRAPH,
    "lower": frozenset(string.ascii_lowercase),
    "print": _GRAPH | {" "},
    "punct": frozenset(string.punctuation),
    "space": _SPACE | {"\v"},
    "upper": frozenset(string.ascii_uppercase),
    "word": _WORD,
    "xdigit": frozenset(string.hexdigits),
}

ESCAPES: dict[str, frozenset[str]] = {
    "d": _DIGITS,
    "D": _ASCII - _DIGITS,
    "s": _SPACE,
    "S": _ASCII - _SPACE,
    "w": _WORD,
    "W": _ASCII - _WORD,
}


def _by_category() -> dict[str, frozenset[str]]:
    """`\\pL`, `\\p{Lu}`: general categories by one letter and by two."""
    found: dict[str, frozenset[str]] = {name: frozenset() for name in "CLMNPSZ"}
    for character in _ASCII:
        category = unicodedata.category(character)
        for name in (category, category[0]):
            found[name] = found.get(name, frozenset()) | {character}
    return found


_SCRIPTS_BEYOND_ASCII = ("Arabic", "Armenian", "Cyrillic", "Devanagari", "Greek", "Han", "Hangul", "Hebrew", "Hiragana",
                         "Katakana", "Thai")  # fmt: skip

UNICODE: dict[str, frozenset[str]] = {
    "Any": _ASCII,
    "Common": _ASCII - _LETTERS,
    "Latin": _LETTERS,
    **dict.fromkeys(("Lm", "Lo", "Lt", "Mc", "Me", "Mn", "Nl", "No", "Pf", "Pi", "Zl", "Zp"), frozenset[str]()),
    **dict.fromkeys(_SCRIPTS_BEYOND_ASCII, frozenset[str]()),
    **_by_category(),
}
