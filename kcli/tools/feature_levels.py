"""What kafka-features and kafka-storage both tell of releases and features, without asking a cluster."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError
from kcli.cli.options import SHORT, Command, Option
from kcli.cli.output import OUTPUT, TEXT, show
from kcli.config import features
from kcli.tools import listings_files as listings

RELEASE = Option(
    "release-version",
    f"The release, such as 4.0 or 3.9-IV0; without it {features.LATEST}.",
    "RELEASE_VERSION",
    complete=tuple(features.LEVELS),
)
FEATURE = Option("feature", "A feature and its level: group.version=1.", "FEATURE", repeated=True)


def lookups(program: str, release: Option = RELEASE, feature: Option = FEATURE) -> tuple[Command, Command]:
    """The subcommands `version-mapping` and `feature-dependencies`."""
    return (
        Command(
            "version-mapping",
            "Which levels of the other features go with a release's metadata.version.",
            (release, OUTPUT),
            examples=(("what 4.0 came with", f"{program} version-mapping --release-version 4.0"),),
        ),
        Command(
            "feature-dependencies",
            "What levels of features depend on.",
            (feature._replace(required=True), OUTPUT),
            examples=(
                ("what a level needs", f"{program} feature-dependencies --feature eligible.leader.replicas.version=1"),
            ),
        ),
    )


def level_of(text: str) -> int:
    """A release's metadata.version."""
    try:
        return features.level_of(text)
    except features.UnknownRelease as error:
        raise CommandError(str(error)) from None


def parse_level(text: str) -> tuple[str, int]:
    """`group.version=1`."""
    name, equals, level = text.partition("=")
    if not equals:
        raise CommandError(f"Can't parse feature=level string {text}: equals sign not found.")
    try:
        return name.strip(), SHORT(level.strip())
    except ValueError:
        raise CommandError(
            f"Can't parse feature=level string {text}: unable to parse {level.strip()} as a short."
        ) from None


def print_mapping(release: str | None, form: str, environment: Environment) -> None:
    """The features of a release."""
    release = features.LATEST if release is None else release
    level = level_of(release)
    others = [(feature.name, feature.default(level)) for feature in features.FEATURES]
    if form != TEXT:
        rows = [{"name": features.METADATA_VERSION, "level": level, "release": features.name_of(level)}]
        rows += [{"name": name, "level": number, "release": None} for name, number in others]
        show(rows, listings.FEATURE_LEVELS, form, environment)
        return
    environment.print(f"{features.METADATA_VERSION}={level} ({release})")
    for name, number in others:
        environment.print(f"{name}={number}")


def print_dependencies(texts: Iterable[str], form: str, environment: Environment) -> None:
    """What each `feature=level` needs."""
    if form != TEXT:
        show(map(_dependency_row, texts), listings.FEATURE_DEPENDENCIES, form, environment)
        return
    for text in texts:
        name, level, required = _dependency(text)
        shown = f"{name}={level}"
        if name == features.METADATA_VERSION:
            shown += f" ({features.name_of(level)})"
        if required is None:
            environment.print(f"{shown} has no dependencies.")
        else:
            environment.print(f"{shown} requires:")
            environment.print(f"    {features.METADATA_VERSION}={required} ({features.name_of(required)})")


def _dependency(text: str) -> tuple[str, int, int | None]:
    """A feature, its level, and the metadata.version that this needs."""
    name, level = parse_level(text)
    if name == features.METADATA_VERSION:
        if features.name_of(level) is None:
            raise CommandError(f"Unknown metadata.version {level}")
        return name, level, None
    feature = features.find(name)
    if feature is None:
        raise CommandError(f"Unknown feature: {name}")
    if not 0 <= level <= feature.highest:
        raise CommandError(f"No feature:{name} with feature level {level}")
    return name, level, feature.required(level)


def _dependency_row(text: str) -> dict[str, Any]:
    name, level, required = _dependency(text)
    needs = None if required is None else features.METADATA_VERSION
    return {"name": name, "level": level, "requires": needs, "requiresLevel": required}
