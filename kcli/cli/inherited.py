"""What a command line leaves out, and a profile or a variable gives: brokers and settings.

A flag wins over --command-config and its like, then comes --profile, KCLI_PROFILE, KAFKA_BOOTSTRAP_SERVERS, and last
the profile in use. docs/extras.md says it in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

from kcli.cli.environment import Environment
from kcli.cli.options import OURS_SUFFIX, Option
from kcli.cli.profiles import SERVERS, Profile, Profiles

PROFILE = Option(
    "profile",
    "Brokers and settings that 'kcli profile add NAME' wrote down [default: KCLI_PROFILE, or the one in use].",
    "NAME",
    group=f"Profile {OURS_SUFFIX}",
    complete="profile",
)
PROFILE_VARIABLE, SERVERS_VARIABLE = "KCLI_PROFILE", "KAFKA_BOOTSTRAP_SERVERS"

_BROKERS, _CONTROLLERS, _OLD = "bootstrap-server", "bootstrap-controller", "broker-list"
_ELSEWHERE = ("zookeeper", "authorizer", "authorizer-properties")  # what is asked instead of any broker
_FILES = ("command-config", "producer.config", "consumer.config")
_PAIRS = ("command-property", "producer-props", "producer-property", "consumer-property")


class Inherited(NamedTuple):
    """Brokers, unless the command line names some, and a profile whose settings lie under all others."""

    servers: str | None
    profile: Profile | None
    variables: Mapping[str, str]


class Given(Protocol):
    """The options of a command line, whoever parsed it."""

    inherited: Inherited | None

    def knows(self, name: str) -> bool:
        """Whether the tool has this option."""

    def has(self, name: str) -> bool:
        """Whether it was given."""

    def value(self, name: str) -> Any:
        """Its argument."""


def server_options(options: Iterable[Option]) -> list[str]:
    """Those of a tool's options that name brokers or controllers; the first is the one that a profile stands for.

    --broker-list does so where it is the old name, or the only one; elsewhere it has ids of brokers.
    """
    by_name = {option.name: option for option in options}
    names = [name for name in (_BROKERS, _CONTROLLERS) if name in by_name]
    if _OLD in by_name and (not names or by_name[_OLD].deprecated is not None):
        names.append(_OLD)
    return names


def inherit(
    options: Iterable[Option], given: Mapping[str, list[str]], environment: Environment
) -> tuple[str, Inherited] | None:
    """What to add to the options that were given: the name of the one for brokers, and what is inherited."""
    names = server_options(options)
    if not names or (PROFILE.name not in given and any(name in given for name in _ELSEWHERE)):
        return None
    named = given[PROFILE.name][-1] if PROFILE.name in given else None
    found = _find(named, any(name in given for name in names), environment.variables)
    if found is not None and found.servers is not None:
        found = found._replace(servers=_nearer(given) or found.servers)
    return None if found is None else (names[0], found)


def _find(named: str | None, has_servers: bool, variables: Mapping[str, str]) -> Inherited | None:
    servers = None if has_servers else variables.get(SERVERS_VARIABLE) or None
    profile = chosen(named, has_servers or servers is not None, variables)
    if profile is None:
        return None if servers is None else Inherited(servers, None, variables)
    if not has_servers:
        servers = resolved(profile, SERVERS, variables) if profile.settings.get(SERVERS) else servers
    return Inherited(servers, profile, variables)


def chosen(named: str | None, has_servers: bool, variables: Mapping[str, str]) -> Profile | None:
    """The profile that counts: the one that --profile names, KCLI_PROFILE's, or the one in use. Raises CommandError."""
    origin = ""
    if named is None:
        named, origin = variables.get(PROFILE_VARIABLE) or None, PROFILE_VARIABLE
    if named is None and not has_servers:  # the profile in use is for when nothing is said of where
        named, origin = Profiles(variables).in_use(), "the profile in use; kcli profile use NAME changes it"
    return None if named is None else Profiles(variables).read(named, origin)


def resolved(profile: Profile, name: str, variables: Mapping[str, str]) -> str:
    """A profile's setting with what it points to in place."""
    value = profile.settings[name]
    if "${" not in value:
        return value
    from kcli.cli.secrets import resolve

    return resolve(name, value, f"{profile.path}:{profile.lines[name]}", variables)


def _nearer(given: Mapping[str, list[str]]) -> str | None:
    """The brokers of --command-property or --command-config, which are nearer than a profile's."""
    pairs = [pair for name in _PAIRS for pair in given.get(name, ())]
    servers = dict(pair.split("=", 1) for pair in pairs if "=" in pair).get(SERVERS)
    return servers or next((found for found in _of_files(given) if found), None)


def _of_files(given: Mapping[str, list[str]]) -> Iterator[str | None]:
    from kcli.config.properties import PropertiesError, load

    for name in _FILES:
        for path in given.get(name, ()):
            with suppress(OSError, PropertiesError):  # the tool itself will say so
                yield load(path).get(SERVERS)


def servers_of(options: Given) -> tuple[str | None, str | None]:
    """The brokers, or else the controllers, that a command line gives or inherits."""
    brokers = next((options.value(name) for name in (_BROKERS, _OLD) if _given(options, name)), None)
    controllers = options.value(_CONTROLLERS) if _given(options, _CONTROLLERS) else None
    return brokers, controllers


def _given(options: Given, name: str) -> bool:
    return options.knows(name) and options.has(name)
