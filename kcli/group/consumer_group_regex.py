"""RE2 expressions that consumers subscribe to topics by, matched in a time that no expression can blow up.

Kafka's broker uses RE2/J for what clients send it: no back references and no looking around, so that matching needs no
backtracking. A compiled expression here maps the set of positions where a match may start to those where it may end.
Topic names are ASCII, which is what classes are worked out over.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator

from kcli.group.consumer_group_regex_classes import ESCAPES, POSIX, UNICODE

MAX_REPEAT = 1000

Positions = frozenset[int]
Node = Callable[[str, Positions], Positions]

_NOWHERE: Positions = frozenset()
_QUOTABLE = frozenset(string.printable) - frozenset(string.ascii_letters + string.digits)
_CONTROLS = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}


class RegexError(ValueError):
    """Not an RE2 expression; the message is RE2/J's description."""


class Regex:
    """A compiled expression."""

    def __init__(self, pattern: str) -> None:
        self._node = _Parser(pattern).parse()

    def matches(self, text: str) -> bool:
        """Whether the whole text matches."""
        return len(text) in self._node(text, frozenset((0,)))


# Nodes


def _one_of(characters: frozenset[str]) -> Node:
    def match(text: str, starts: Positions) -> Positions:
        return frozenset(at + 1 for at in starts if at < len(text) and text[at] in characters)

    return match


def _not_one_of(characters: frozenset[str]) -> Node:
    def match(text: str, starts: Positions) -> Positions:
        return frozenset(at + 1 for at in starts if at < len(text) and text[at] not in characters)

    return match


def _where(holds: Callable[[str, int], bool]) -> Node:
    """A place rather than a character."""

    def match(text: str, starts: Positions) -> Positions:
        return frozenset(at for at in starts if holds(text, at))

    return match


def _sequence(nodes: list[Node]) -> Node:
    def match(text: str, starts: Positions) -> Positions:
        for node in nodes:
            if not starts:
                break
            starts = node(text, starts)
        return starts

    return match


def _any_of(nodes: list[Node]) -> Node:
    def match(text: str, starts: Positions) -> Positions:
        return _NOWHERE.union(*(node(text, starts) for node in nodes))

    return match


def _repeat(node: Node, least: int, most: int | None) -> Node:
    def match(text: str, starts: Positions) -> Positions:
        for _ in range(least):
            ends = node(text, starts)
            if ends == starts:
                break
            starts = ends
        reached = frontier = starts
        count = least
        while frontier and (most is None or count < most):
            frontier = node(text, frontier) - reached
            reached |= frontier
            count += 1
        return reached

    return match


def _is_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at] in ESCAPES["w"]


def _at_boundary(text: str, at: int) -> bool:
    return _is_word(text, at - 1) != _is_word(text, at)


# Parsing


class _Parser:
    """Recursive descent over the pattern; flags hold until the end of the group they are set in."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._flags: frozenset[str] = frozenset()
        self._names: set[str] = set()

    def parse(self) -> Node:
        node = self._alternatives()
        if self._at < len(self._pattern):  # a ) that nothing opens
            raise RegexError("regexp/syntax: internal error")
        return node

    def _peek(self, text: str) -> bool:
        return self._pattern.startswith(text, self._at)

    def _take(self, text: str) -> bool:
        found = self._peek(text)
        if found:
            self._at += len(text)
        return found

    def _next(self, error: str) -> str:
        if self._at == len(self._pattern):
            raise RegexError(error)
        self._at += 1
        return self._pattern[self._at - 1]

    def _alternatives(self) -> Node:
        branches = [self._branch()]
        while self._take("|"):
            branches.append(self._branch())
        return _any_of(branches)

    def _branch(self) -> Node:
        nodes: list[Node] = []
        while self._at < len(self._pattern) and not self._peek("|") and not self._peek(")"):
            if self._pattern[self._at] in "*+?":
                raise RegexError("missing argument to repetition operator")
            found = list(self._atom())
            if found:
                found[-1] = self._repeated(found[-1])
            nodes += found
        return _sequence(nodes)

    def _repeated(self, node: Node) -> Node:
        bounds = self._bounds()
        if bounds is None:
            return node
        self._take("?")  # greedy or not, a whole match is the same
        if self._bounds() is not None:
            raise RegexError("invalid nested repetition operator")
        return _repeat(node, *bounds)

    def _bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return bounds
        return self._counted() if self._peek("{") else None

    def _counted(self) -> tuple[int, int | None] | None:
        """`{n}`, `{n,}` or `{n,m}`; anything else is no repetition but a brace."""
        end = self._pattern.find("}", self._at)
        low, comma, high = self._pattern[self._at + 1 : max(end, self._at + 1)].partition(",")
        if end < 0 or not _is_number(low) or (high and not _is_number(high)):
            return None
        self._at = end + 1
        least = int(low)
        most = (int(high) if high else None) if comma else least
        if max(least, most or 0) > MAX_REPEAT or (most is not None and most < least):
            raise RegexError("invalid repeat count")
        return least, most

    def _atom(self) -> Iterator[Node]:
        character = self._next("")
        if character == "(":
            yield from self._group()
        elif character == "[":
            yield self._class()
        elif character == "\\":
            yield from self._escape()
        elif character == ".":
            yield _not_one_of(frozenset() if "s" in self._flags else frozenset("\n"))
        elif character == "^":
            several = "m" in self._flags
            yield _where(lambda text, at: at == 0 or (several and text[at - 1] == "\n"))
        elif character == "$":
            several = "m" in self._flags
            yield _where(lambda text, at: at == len(text) or (several and text[at] == "\n"))
        else:
            yield self._literal(character)

    def _literal(self, character: str) -> Node:
        return _one_of(self._folded(frozenset(character)))

    def _folded(self, characters: frozenset[str]) -> frozenset[str]:
        if "i" not in self._flags:
            return characters
        return characters | {c.swapcase() for c in characters}

    def _group(self) -> Iterator[Node]:
        flags = self._flags
        if self._take("?") and not self._take_name() and self._take_flags():
            return  # flags for the rest of the group around
        inner = self._alternatives()
        if not self._take(")"):
            raise RegexError("missing closing )")
        self._flags = flags
        yield inner

    def _take_name(self) -> bool:
        if not (self._take("P<") or self._take("<")):
            return False
        name, closed, _ = self._pattern[self._at :].partition(">")
        if not closed or not name or not all(c.isascii() and (c.isalnum() or c == "_") for c in name):
            raise RegexError("invalid named capture")
        if name in self._names:
            raise RegexError("duplicate capture group name")
        self._names.add(name)
        self._at += len(name) + 1
        return True

    def _take_flags(self) -> bool:
        """`i-s:` or `i-s)`; whether they end at a parenthesis."""
        adding, seen = True, False
        while True:
            character = self._next("invalid or unsupported Perl syntax")
            if character in "imsU":
                self._flags = self._flags | {character} if adding else self._flags - {character}
                seen = True
            elif character == "-" and adding:
                adding, seen = False, False
            elif character in ":)" and (adding or seen):
                return character == ")"
            else:
                raise RegexError("invalid or unsupported Perl syntax")

    def _escape(self) -> Iterator[Node]:
        if self._take("Q"):
            quoted, _, _ = self._pattern[self._at :].partition("\\E")
            self._at = min(self._at + len(quoted) + 2, len(self._pattern))
            yield from map(self._literal, quoted)
        elif self._take("A"):
            yield _where(lambda text, at: at == 0)
        elif self._take("z"):
            yield _where(lambda text, at: at == len(text))
        elif self._take("b"):
            yield _where(_at_boundary)
        elif self._take("B"):
            yield _where(lambda text, at: not _at_boundary(text, at))
        else:
            characters = self._shorthand()
            yield self._literal(self._escaped()) if characters is None else _one_of(self._folded(characters))

    def _shorthand(self) -> frozenset[str] | None:
        """The characters of `\\d`, `\\pL`, `\\p{Greek}` and their like, behind the backslash."""
        letter = self._pattern[self._at : self._at + 1]
        if letter in ESCAPES:
            self._at += 1
            return ESCAPES[letter]
        if letter not in ("p", "P"):
            return None
        self._at += 1
        name = self._next("invalid character class range")
        if name == "{":
            name, closed, _ = self._pattern[self._at :].partition("}")
            if not closed:
                raise RegexError("invalid character class range")
            self._at += len(name) + 1
        negated = (letter == "P") != name.startswith("^")
        known = UNICODE.get(name.lstrip("^"))
        if known is None:
            raise RegexError("invalid character class range")
        return POSIX["ascii"] - known if negated else known

    def _escaped(self) -> str:
        """One character behind a backslash."""
        character = self._next("trailing backslash at end of expression")
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character == "x":
            return self._hexadecimal()
        if character in "01234567":
            return self._octal(character)
        if character in _QUOTABLE:
            return character
        raise RegexError("invalid escape sequence")

    def _octal(self, first: str) -> str:
        digits = first
        while len(digits) < 3 and self._at < len(self._pattern) and self._pattern[self._at] in string.octdigits:
            digits += self._next("")
        if first != "0" and len(digits) == 1:  # a back reference
            raise RegexError("invalid escape sequence")
        return chr(int(digits, 8))

    def _hexadecimal(self) -> str:
        braced = self._take("{")
        length = self._pattern.find("}", self._at) - self._at if braced else 2
        digits = self._pattern[self._at : self._at + max(length, 0)]
        self._at += len(digits) + braced
        whole = len(digits) == length > 0 and set(digits) <= set(string.hexdigits)
        if not whole or int(digits, 16) > 0x10FFFF:
            raise RegexError("invalid escape sequence")
        return chr(int(digits, 16))

    def _class(self) -> Node:
        negated = self._take("^")
        characters: set[str] = set()
        first = True
        while first or not self._peek("]"):
            first = False
            if self._at == len(self._pattern):
                raise RegexError("missing closing ]")
            characters |= self._class_item()
        self._at += 1
        folded = self._folded(frozenset(characters))
        return _not_one_of(folded) if negated else _one_of(folded)

    def _class_item(self) -> frozenset[str]:
        if self._take("[:"):
            name, closed, _ = self._pattern[self._at :].partition(":]")
            if closed:
                known = POSIX.get(name.lstrip("^"))
                if known is None:
                    raise RegexError("invalid character class range")
                self._at += len(name) + 2
                return POSIX["ascii"] - known if name.startswith("^") else known
            self._at -= 2
        if self._take("\\"):
            shorthand = self._shorthand()
            if shorthand is not None:
                return shorthand
            low = self._escaped()
        else:
            low = self._next("missing closing ]")
        if not self._peek("-") or self._pattern[self._at + 1 : self._at + 2] in ("]", ""):
            return frozenset(low)
        self._at += 1
        high = self._escaped() if self._take("\\") else self._next("missing closing ]")
        if high < low:
            raise RegexError("invalid character class range")
        return frozenset(map(chr, range(ord(low), min(ord(high), 127) + 1)))


def _is_number(text: str) -> bool:
    return bool(text) and text.isascii() and text.isdigit()
