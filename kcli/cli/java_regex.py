"""Java's regular expressions, as users write them for topic names, in Python's.

Topic names are ASCII, so that any character class of Java (nested, intersected, by property) can be worked out to the
characters it holds and written down plainly. What neither language has in common is an error, not a guess.
"""

from __future__ import annotations

import re
import string

_ASCII = frozenset(map(chr, range(128)))
_WORD = frozenset(string.ascii_letters + string.digits + "_")
_DIGIT = frozenset(string.digits)
_SPACE = frozenset(" \t\n\x0b\f\r")
_PROPERTIES = {
    "Lower": frozenset(string.ascii_lowercase),
    "Upper": frozenset(string.ascii_uppercase),
    "ASCII": _ASCII,
    "Alpha": frozenset(string.ascii_letters),
    "Digit": _DIGIT,
    "Alnum": frozenset(string.ascii_letters + string.digits),
    "Punct": frozenset(string.punctuation),
    "Graph": frozenset(string.ascii_letters + string.digits + string.punctuation),
    "Print": frozenset(string.ascii_letters + string.digits + string.punctuation + " "),
    "Blank": frozenset(" \t"),
    "Cntrl": frozenset(map(chr, range(32))) | {"\x7f"},
    "XDigit": frozenset(string.hexdigits),
    "Space": _SPACE,
}
_PROPERTIES |= {
    "L": _PROPERTIES["Alpha"],
    "Lu": _PROPERTIES["Upper"],
    "Ll": _PROPERTIES["Lower"],
    "N": _DIGIT,
    "Nd": _DIGIT,
    "P": _PROPERTIES["Punct"] - frozenset("$+<=>^`|~"),
    "javaLowerCase": _PROPERTIES["Lower"],
    "javaUpperCase": _PROPERTIES["Upper"],
    "IsAlphabetic": _PROPERTIES["Alpha"],
    "IsDigit": _DIGIT,
    "IsLetter": _PROPERTIES["Alpha"],
}
_SHORTHANDS = {
    "d": _DIGIT,
    "D": _ASCII - _DIGIT,
    "w": _WORD,
    "W": _ASCII - _WORD,
    "s": _SPACE,
    "S": _ASCII - _SPACE,
    "h": frozenset(" \t"),
    "H": _ASCII - frozenset(" \t"),
    "v": frozenset("\n\x0b\f\r"),
    "V": _ASCII - frozenset("\n\x0b\f\r"),
}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}
_QUANTIFIER = re.compile(r"\{\d+(,\d*)?\}")
_BOUNDARIES = {"b": r"\b", "B": r"\B", "A": r"\A", "z": r"\Z", "Z": r"(?=\n?\Z)"}


class RegexError(ValueError):
    """Not a regular expression."""


def compile_java(pattern: str) -> re.Pattern[str]:
    """The pattern for Python; to be used with `fullmatch` where Java's code says `matches`."""
    try:
        return re.compile(_Translator(pattern).translate(), re.ASCII)
    except (re.error, IndexError, OverflowError, RecursionError) as error:
        raise RegexError(str(error)) from None


class _Translator:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0

    def translate(self) -> str:
        out = self._sequence()
        if self._position < len(self._pattern):
            raise RegexError("Unmatched closing ')'")
        return out

    def _sequence(self) -> str:
        """What stands between two parentheses, or the whole. Flags set on the way, `(?i)`, hold to its end."""
        out: list[str] = []
        flags: list[str] = []
        while self._position < len(self._pattern) and self._peek() != ")":
            character = self._next()
            if character == "\\":
                out.append(self._escape())
            elif character == "[":
                out.append(_written(self._class()))
            elif character == "{":
                out.append(self._quantifier())
            elif character == "|":
                out += [")" * len(flags), "|", *flags]
            elif character != "(":
                out.append(character)
            elif (found := self._bare_flags()) is not None:
                flags.append(found)
                out.append(found)
            else:
                out.append(self._group())
        return "".join(out) + ")" * len(flags)

    def _bare_flags(self) -> str | None:
        """`(?i)`, as the opening of a group with these flags."""
        match = re.match(r"\?([a-zA-Z-]+)\)", self._rest())
        if match is None:
            return None
        self._position += match.end()
        return f"(?{_flags(match[1])}:"

    def _group(self) -> str:
        head = "("
        if self._rest().startswith("?"):
            match = re.match(r"\?(<[a-zA-Z][a-zA-Z0-9]*>|<=|<!|[=!>:]|[a-zA-Z-]+:)", self._rest())
            if match is None:
                raise RegexError("Unknown inline modifier")
            self._position += match.end()
            kind = match[1]
            if kind.endswith(":") and kind != ":":
                head = f"(?{_flags(kind[:-1])}:"
            else:
                head = f"(?P{kind}" if kind.startswith("<") and kind.endswith(">") else f"(?{kind}"
        inner = self._sequence()
        if self._position == len(self._pattern):
            raise RegexError("Unclosed group")
        self._position += 1
        return f"{head}{inner})"

    def _quantifier(self) -> str:
        match = _QUANTIFIER.match(self._pattern, self._position - 1)
        if match is None:
            raise RegexError("Illegal repetition")
        self._position = match.end()
        return match[0]

    def _escape(self) -> str:
        character = self._peek()
        if character in _BOUNDARIES:
            self._position += 1
            return _BOUNDARIES[character]
        if character == "Q":
            return re.escape(self._quoted())
        if character == "k":
            match = re.match(r"k<([a-zA-Z][a-zA-Z0-9]*)>", self._rest())
            if match is None:
                raise RegexError("Illegal group reference")
            self._position += match.end()
            return f"(?P={match[1]})"
        if character in "123456789":
            self._position += 1
            return f"(?:\\{character})"
        held = self._escaped_set()
        return re.escape(next(iter(held))) if len(held) == 1 else _written(held)

    def _quoted(self) -> str:
        start = self._position + 1
        end = self._pattern.find("\\E", start)
        if end < 0:
            self._position = len(self._pattern)
            return self._pattern[start:]
        self._position = end + 2
        return self._pattern[start:end]

    def _escaped_set(self) -> frozenset[str]:
        """The characters that an escape stands for; the position is behind the backslash."""
        character = self._next()
        if character in _SHORTHANDS:
            return _SHORTHANDS[character]
        if character in _CONTROLS:
            return frozenset(_CONTROLS[character])
        if character in "pP":
            return self._property(negated=character == "P")
        if character in "xu":
            match = re.match(r"[0-9a-fA-F]{2}" if character == "x" else r"[0-9a-fA-F]{4}", self._rest())
            if match is None:
                raise RegexError("Illegal escape sequence")
            self._position += match.end()
            return frozenset(chr(int(match[0], 16)))
        if character == "0":
            match = re.match(r"[0-3]?[0-7]{1,2}", self._rest())
            if match is None:
                raise RegexError("Illegal octal escape sequence")
            self._position += match.end()
            return frozenset(chr(int(match[0], 8)))
        if character.isascii() and character.isalpha():
            raise RegexError("Illegal/unsupported escape sequence")
        return frozenset(character)

    def _property(self, negated: bool) -> frozenset[str]:
        match = re.match(r"\{(\w+)\}|(\w)", self._rest())
        name = (match[1] or match[2]) if match is not None else ""
        if match is None or name not in _PROPERTIES:
            raise RegexError(f"Unknown character property name {{{name}}}")
        self._position += match.end()
        return _ASCII - _PROPERTIES[name] if negated else _PROPERTIES[name]

    def _class(self) -> frozenset[str]:
        """A class whose bracket has been read, up to its end: unions of items, joined by `&&`."""
        negated = self._rest().startswith("^")
        self._position += negated
        result: frozenset[str] | None = None
        union: set[str] = set()
        filled = False
        while True:
            if self._rest().startswith("&&"):
                self._position += 2
                if filled:
                    result = frozenset(union) if result is None else result & union
                union, filled = set(), False
                continue
            character = self._next()
            if character == "]" and (filled or result is not None):
                break
            union |= self._item(character)
            filled = True
        held = frozenset(union) if result is None else (result & union if filled else result)
        return _ASCII - held if negated else held

    def _item(self, character: str) -> frozenset[str]:
        if character == "[":
            return self._class()
        if character == "\\":
            if self._peek() == "Q":
                return frozenset(self._quoted())
            held = self._escaped_set()
            if len(held) != 1:
                return held
            character = next(iter(held))
        if self._rest().startswith("-") and self._rest()[1:2] not in ("]", "[", ""):
            self._position += 1
            last = self._next()
            if last == "\\":
                last = min(self._escaped_set())
            if last < character:
                raise RegexError("Illegal character range")
            return frozenset(map(chr, range(ord(character), min(ord(last), 127) + 1)))
        return frozenset(character)

    def _peek(self) -> str:
        return self._pattern[self._position]

    def _next(self) -> str:
        character = self._pattern[self._position]
        self._position += 1
        return character

    def _rest(self) -> str:
        return self._pattern[self._position :]


def _flags(text: str) -> str:
    """Flags that both languages have; Unix lines and Unicode cases make no difference to ASCII names."""
    kept = "".join(flag for flag in text if flag not in "duU")
    if not re.fullmatch(r"[imsx]*(-[imsx]+)?", kept):
        raise RegexError("Unknown inline modifier")
    return kept


def _written(held: frozenset[str]) -> str:
    """A class as Python has it; one that holds nothing never matches."""
    if not held:
        return "(?!)"
    return "[" + "".join(map(re.escape, sorted(held))) + "]"
