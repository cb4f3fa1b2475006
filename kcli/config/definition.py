"""What a table of properties is made of: names, types, defaults, what is allowed, and Kafka's words when it is not.

A table is text, one property a line, columns split by `` | ``; the column ``allowed`` names a validator:
``[0,...,9]`` (a range), ``one of a,b``, ``any case of a,b``, ``non-empty``, ``list``, ``non-empty list``,
``list of a,b`` and a few that belong to one property. An empty column means that anything of the type will do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple  # dataclasses would cost every tool 6 ms at its start

HIDDEN = "[hidden]"
READ_ONLY, PER_BROKER, CLUSTER_WIDE = "read-only", "per-broker", "cluster-wide"
_MODES = {"": READ_ONLY, "broker": PER_BROKER, "cluster": CLUSTER_WIDE}
_IMPORTANCE = {"H": "HIGH", "M": "MEDIUM", "L": "LOW"}
_DIALECTS = ("3.9", "4.3")
TYPE_CODES = {
    "BOOLEAN": 1, "STRING": 2, "INT": 3, "SHORT": 4, "LONG": 5, "DOUBLE": 6, "LIST": 7, "CLASS": 8, "PASSWORD": 9,
}  # fmt: skip
"""The numbers that DescribeConfigs answers carry for the types."""

Validator = Callable[[str, Any], None]


class ConfigError(Exception):
    """A value that a property does not allow; the text is the one Kafka's ConfigException has."""

    java_class = "org.apache.kafka.common.config.ConfigException"

    def __init__(self, message: str, name: str = "", value: Any = None, reason: str = "") -> None:
        super().__init__(message)
        self.name = name
        self.value = value
        self.reason = reason or message


def invalid(name: str, value: Any, reason: str) -> ConfigError:
    """The error for one property's value, in Kafka's wording."""
    return ConfigError(f"Invalid value {_java(value)} for configuration {name}: {reason}", name, value, reason)


class Synonym(NamedTuple):
    """Another property (of the broker) that gives this one its value, in a unit of its own."""

    name: str
    multiplier: int = 1


class ConfigKey(NamedTuple):
    """One property of a table."""

    name: str
    type: str
    default: Any
    allowed: str = ""
    importance: str = "MEDIUM"
    update_mode: str = READ_ONLY
    dialects: tuple[str, ...] = _DIALECTS
    internal: bool = False
    synonyms: tuple[Synonym, ...] = ()
    documentation: str = ""
    validator: Validator | None = None

    @property
    def sensitive(self) -> bool:
        """Whether the value is a secret that no answer may show."""
        return self.type == "PASSWORD"

    @property
    def read_only(self) -> bool:
        """Whether only a restart changes the value."""
        return self.update_mode == READ_ONLY

    @property
    def acted_on(self) -> bool:
        """Whether the value changes anything here; those that do are the ones with a documentation."""
        return bool(self.documentation)

    @property
    def default_text(self) -> str | None:
        """The default as it would stand in a file."""
        return to_text(self.default, self.type)

    def parse(self, value: Any) -> Any:
        """The value in its type, checked; raises ConfigError."""
        parsed = parse_type(self.name, value, self.type)
        if "list" in self.allowed and parsed is not None:
            parsed = list(dict.fromkeys(parsed))
        if self.validator is not None:
            self.validator(self.name, parsed)
        return parsed


class ConfigDef(Mapping[str, ConfigKey]):
    """A table of properties, by name, in the order of their names."""

    def __init__(self, keys: Iterable[ConfigKey]) -> None:
        self._keys = {key.name: key for key in keys}

    def __getitem__(self, name: str) -> ConfigKey:
        return self._keys[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def parse(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Every property of the table with its given or default value; names the table does not hold are left out."""
        return {name: key.parse(values[name]) if name in values else key.default for name, key in self._keys.items()}

    def known_in(self, dialect: str) -> ConfigDef:
        """The properties that one version of Kafka shows to its users."""
        return ConfigDef(key for key in self._keys.values() if dialect in key.dialects and not key.internal)


def read_table(text: str, dialect: str, columns: tuple[str, ...]) -> ConfigDef:
    """The table for one dialect; a property that differs has two lines, and then the dialect's own line counts."""
    keys: dict[str, ConfigKey] = {}
    for line in text.splitlines():
        cells = line.split(" | ")
        key = _key(dict(zip(columns, [cell.strip() for cell in cells] + [""] * (len(columns) - len(cells)))))
        earlier = keys.get(key.name)
        if earlier is None:
            keys[key.name] = key
        elif dialect in key.dialects:
            keys[key.name] = key._replace(dialects=_DIALECTS)
        else:
            keys[key.name] = earlier._replace(dialects=_DIALECTS)
    return ConfigDef(keys.values())


def _key(row: dict[str, str]) -> ConfigKey:
    synonyms = (synonym.partition("*") for synonym in row.get("synonyms", "").split(",") if synonym)
    key_type, allowed = row["type"], row["allowed"]
    return ConfigKey(
        name=row["name"],
        type=key_type,
        default=None if row["default"] == "null" else parse_type(row["name"], row["default"], key_type),
        allowed=allowed,
        importance=_IMPORTANCE[row["importance"][0]],
        update_mode=_MODES[row.get("dynamic", "")],
        dialects=(row["dialect"],) if row["dialect"] else _DIALECTS,
        internal=row["importance"].endswith("i"),
        synonyms=tuple(Synonym(name, int(factor or 1)) for name, _, factor in synonyms),
        documentation=row.get("documentation", ""),
        validator=_validator(allowed),
    )


# Types


_LIMITS = {"SHORT": 15, "INT": 31, "LONG": 63}
_INTEGER = re.compile(r"[+-]?[0-9]+")


def parse_type(name: str, value: Any, key_type: str) -> Any:
    """Text to the value of a type, as Kafka's ConfigDef.parseType reads it; other values pass through."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if key_type == "BOOLEAN":
        if text.lower() not in ("true", "false"):
            raise invalid(name, value, "Expected value to be either true or false")
        return text.lower() == "true"
    if key_type in _LIMITS:
        return _parse_integer(name, value, text, key_type)
    if key_type == "DOUBLE":
        return _parse_double(name, value, text)
    if key_type == "LIST":
        return re.split(r"\s*,\s*", text) if text else []
    return value if key_type == "PASSWORD" else text


def _parse_integer(name: str, value: str, text: str, key_type: str) -> int:
    limit = 1 << _LIMITS[key_type]
    if _INTEGER.fullmatch(text) and len(text) < 25 and -limit <= int(text) < limit:
        return int(text)
    raise invalid(name, value, f"Not a number of type {key_type}")


def _parse_double(name: str, value: str, text: str) -> float:
    # Java allows a type letter after a number, Python allows underscores and "infinity" in any case.
    number = text[:-1] if text[-1:] in tuple("fFdD") and text[-2:-1] != "n" else text
    try:
        if "_" in number:
            raise ValueError
        return float(number)
    except ValueError:
        raise invalid(name, value, "Not a number of type DOUBLE") from None


def to_text(value: Any, key_type: str) -> str | None:
    """A value as it stands in a file and in DescribeConfigs' answers."""
    if value is None or isinstance(value, str):
        return value
    if key_type == "LIST":
        return ",".join(value)
    return _java(value)


def _java(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(value) + "]"
    return _java_double(value) if isinstance(value, float) else str(value)


def _java_double(value: float) -> str:
    """Java writes 1.0E10 where Python writes 10000000000.0, and changes over at other sizes."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return str(value)
    if value != value or value in (float("inf"), float("-inf")):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    digits = repr(value).lstrip("-").partition("e")[0].replace(".", "").strip("0")
    exponent = int(f"{value:e}".partition("e")[2])
    return f"{'-' if value < 0 else ''}{digits[0]}.{digits[1:] or '0'}E{exponent}"


# Validators


def _range(low: float | None, high: float | None, reason: str = "", also: float | None = None) -> Validator:
    def check(name: str, value: Any) -> None:
        if value is None:
            raise invalid(name, value, "Value must be non-null")
        if value == also:
            return
        if low is not None and value < low:
            raise invalid(name, value, reason or f"Value must be at least {low}")
        if high is not None and value > high:
            raise invalid(name, value, reason or f"Value must be no more than {high}")

    return check


def _one_of(choices: list[str], any_case: bool) -> Validator:
    allowed = {choice.upper() for choice in choices} if any_case else set(choices)
    note = " (case insensitive)" if any_case else ""

    def check(name: str, value: Any) -> None:
        given = value.upper() if any_case and value is not None else value
        if given not in allowed:
            raise invalid(name, value, f"String must be one of{note}: {', '.join(choices)}")

    return check


def _list_of(choices: list[str], may_be_empty: bool) -> Validator:
    shown = f"[{', '.join(choices)}]" if choices else "any non-empty value"
    member = _one_of(choices, any_case=False)

    def check(name: str, value: Any) -> None:
        if value is None:
            return
        if not value and not may_be_empty:
            reason = f"must not be empty. Valid values include: {shown}"
            raise ConfigError(f"Configuration '{name}' {reason}", name, "", reason)
        if "" in value:
            raise ConfigError(f"Configuration '{name}' values must not be empty.", name, ",".join(value))
        for item in value if choices else ():
            member(name, item)

    return check


def _non_empty(name: str, value: Any) -> None:
    if value == "":
        raise invalid(name, value, "String must be non-empty")


def _voters(name: str, value: Any) -> None:
    form = "Each entry should be in the form `{id}@{host}:{port}`."
    for entry in value:
        node, at, address = entry.partition("@")
        if not at or "@" in address:
            raise ConfigError(f"Invalid configuration value for {name}. {form}", name, entry)
        if not _INTEGER.fullmatch(node):
            raise ConfigError(f"Failed to parse voter ID as an integer from {node}", name, entry)
        if not _HOST_PORT.fullmatch(address):
            raise ConfigError(
                f"Failed to parse host name from entry {entry} for the configuration {name}. {form}", name, entry
            )


def _endpoints(name: str, value: Any) -> None:
    for entry in value:
        if not _HOST_PORT.fullmatch(entry):
            raise ConfigError(
                f"Failed to parse host name from {entry} for the configuration {name}. "
                'Each entry should be in the form "{host}:{port}"',
                name,
                entry,
            )


def _throttled_replicas(name: str, value: Any) -> None:
    if value not in ([], ["*"]) and not all(re.fullmatch(r"\d+:\d+", item) for item in value):
        raise invalid(
            name,
            value,
            f"{name} must be the literal '*' or a list of replicas in the following format: "
            "[partitionId]:[brokerId],[partitionId]:[brokerId],...",
        )


def _kafka_version(name: str, value: Any) -> None:
    if not _VERSION.fullmatch(value):
        raise invalid(name, value, f"Version {value} is not a valid version")


def _offset_reset(name: str, value: Any) -> None:
    if value.lower() not in ("latest", "earliest") and not re.fullmatch(r"by_duration:P[0-9A-Z.]+", value):
        raise invalid(
            name,
            value,
            "Invalid value `" + value + "` for configuration " + name + ". "
            "The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS.>'.",
        )


_HOST_PORT = re.compile(r"(.*?://)?(\[[0-9a-zA-Z:.%-]+\]|[0-9a-zA-Z._-]+):\d+")
_VERSION = re.compile(r"(0\.(8\.[0-2]|9\.0|10\.[0-2]|11\.0)|1\.[01]|2\.[0-8]|3\.\d|4\.\d)(\.\d+)*(-IV\d+)?")
_NAMED: dict[str, Validator] = {
    "non-empty": _non_empty,
    "voters": _voters,
    "endpoints": _endpoints,
    "replicas": _throttled_replicas,
    "version": _kafka_version,
    "offset reset": _offset_reset,
    "[1,...,9] or -1": _range(1, 9, "Value must be between 1 and 9 or equal to -1", also=-1),
    "[1,...] or -1": _range(1, None, "Value can be -1 or greater than 0", also=-1),
}


def _validator(allowed: str) -> Validator | None:
    if not allowed:
        return None
    if allowed in _NAMED:
        return _NAMED[allowed]
    if allowed.startswith("["):
        low, _, high = allowed.strip("[]").partition(",...")
        return _range(_number(low), _number(high.lstrip(",")))
    kind, _, choices = allowed.partition("of ")
    if "list" in kind:
        return _list_of(choices.split(",") if choices else [], not kind.startswith("non-empty"))
    return _one_of(choices.split(","), any_case=kind == "any case ")


def _number(text: str) -> float | None:
    if not text:
        return None
    return float(text) if "." in text else int(text)
