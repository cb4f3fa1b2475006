"""What kafka-features and kafka-storage both tell of releases and features, without asking a cluster."""

from __future__ import annotations

from collections.abc import Iterable

from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError
from kcli.cli.options import SHORT, Command, Option
from kcli.config import features

RELEASE = Option(
    "release-version",
    f"The release, such as 4.0 or 3.9-IV0; without it {features.LATEST}.",
    "RELEASE_VERSION",
    complete=tuple(features.LEVELS),
)
FEATURE = Option("feature", "A feature and its level: group.version=1.", "FEATURE", repeated=True)


def lookups(release: Option = RELEASE, feature: Option = FEATURE) -> tuple[Command, Command]:
    """The subcommands `version-mapping` and `feature-dependencies`."""
    return (
        Command(
            "version-mapping", "Which levels of the other features go with a release's metadata.version.", (release,)
        ),
        Command("feature-dependencies", "What levels of features depend on.", (feature._replace(required=True),)),
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


def print_mapping(release: str | None, environment: Environment) -> None:
    """The features of a release."""
    release = features.LATEST if release is None else release
    level = level_of(release)
    environment.print(f"{features.METADATA_VERSION}={level} ({release})")
    for feature in features.FEATURES:
        environment.print(f"{feature.name}={feature.default(level)}")


def print_dependencies(texts: Iterable[str], environment: Environment) -> None:
    """What each `feature=level` needs."""
    for text in texts:
        name, level = parse_level(text)
        if name == features.METADATA_VERSION:
            release = features.name_of(level)
            if release is None:
                raise CommandError(f"Unknown metadata.version {level}")
            environment.print(f"{name}={level} ({release}) has no dependencies.")
            continue
        feature = features.find(name)
        if feature is None:
            raise CommandError(f"Unknown feature: {name}")
        if not 0 <= level <= feature.highest:
            raise CommandError(f"No feature:{name} with feature level {level}")
        required = feature.required(level)
        if required is None:
            environment.print(f"{name}={level} has no dependencies.")
        else:
            environment.print(f"{name}={level} requires:")
            environment.print(f"    {features.METADATA_VERSION}={required} ({features.name_of(required)})")
