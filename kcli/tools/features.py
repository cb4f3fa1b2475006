"""kafka-features: which features a cluster has settled on, and how to raise and lower their levels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kcli import KAFKA_VERSION
from kcli.cli.argparse4j import ArgumentError, Arguments, HelpWanted, VersionWanted, parse, show_help
from kcli.cli.connection_options import BOOTSTRAP_CONTROLLER, BOOTSTRAP_SERVER, COMMAND_CONFIG, argparse4j_row
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError
from kcli.cli.inherited import PROFILE
from kcli.cli.main import start
from kcli.cli.options import INT, Command, Exclusive, Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT, remarks, show
from kcli.config.features import FEATURES, METADATA_VERSION, name_of
from kcli.tools import listings_cluster as listings
from kcli.tools.feature_levels import (
    FEATURE,
    RELEASE,
    level_of,
    lookups,
    parse_level,
    print_dependencies,
    print_mapping,
)

_METADATA = Option("metadata", "Deprecated: use --release-version or --feature metadata.version=LEVEL.", "METADATA")
_UNSAFE = Option("unsafe", "Even if metadata may be lost for good.")
_DRY_RUN = Option("dry-run", "Only say whether it could be done.")

TABLE = OptionTable(
    program="kafka-features",
    summary="This tool manages feature flags in Kafka.",
    usage="(--bootstrap-server HOST:PORT | --bootstrap-controller HOST:PORT) COMMAND [OPTIONS]",
    options=(
        argparse4j_row(COMMAND_CONFIG),
        argparse4j_row(BOOTSTRAP_SERVER),
        PROFILE,
        argparse4j_row(BOOTSTRAP_CONTROLLER),
    ),
    exclusive=(Exclusive(("bootstrap-server", "bootstrap-controller")),),
    commands=(
        Command(
            "describe",
            "The features that a node supports, and the levels that are in force.",
            (Option("node-id", "Which node to ask [default: any].", "NODE_ID", type=INT), OUTPUT),
            examples=(("of broker 1 alone", "kafka-features --bootstrap-server localhost:9092 describe --node-id 1"),),
        ),
        Command(
            "upgrade",
            "Raise the levels of features.",
            (_METADATA, RELEASE, FEATURE, _DRY_RUN, OUTPUT),
            examples=(
                (
                    "to all that a release has",
                    "kafka-features --bootstrap-server localhost:9092 upgrade --release-version 4.3",
                ),
                ("one feature", "kafka-features --bootstrap-server localhost:9092 upgrade --feature share.version=1"),
            ),
        ),
        Command(
            "downgrade",
            "Lower the levels of features.",
            (_METADATA, RELEASE, FEATURE, _UNSAFE, _DRY_RUN, OUTPUT),
            examples=(
                (
                    "whether one could be lowered",
                    "kafka-features --bootstrap-server localhost:9092 downgrade --feature group.version=0 --dry-run",
                ),
            ),
        ),
        Command(
            "disable",
            "Lower the levels of features to zero.",
            (Option("feature", "The feature's name.", "FEATURE", repeated=True), _UNSAFE, _DRY_RUN, OUTPUT),
            examples=(
                ("one feature", "kafka-features --bootstrap-server localhost:9092 disable --feature share.version"),
            ),
        ),
        *lookups("kafka-features"),
    ),
    examples=(
        ("what is in force", "kafka-features --bootstrap-server localhost:9092 describe"),
        (
            "whether the cluster could be raised to a release",
            "kafka-features --bootstrap-server localhost:9092 upgrade --release-version 4.3 --dry-run",
        ),
    ),
)


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    try:
        parsed = parse(TABLE, arguments, environment)
        offline = parsed.command in ("version-mapping", "feature-dependencies")
        if not offline and not parsed.has("bootstrap-server") and not parsed.has("bootstrap-controller"):
            raise ArgumentError("You must specify either --bootstrap-controller or --bootstrap-server.")
    except HelpWanted as wanted:
        show_help(TABLE, wanted.command, environment)
        return OK
    except VersionWanted:
        environment.print(KAFKA_VERSION)
        return OK
    except ArgumentError as error:
        environment.warn(f"Command line error: {error.message}. Type --help for help.")
        return FAILED
    if parsed.command == "version-mapping":
        print_mapping(parsed.value("release-version"), parsed.value("output"), environment)
        return OK
    if parsed.command == "feature-dependencies":
        print_dependencies(parsed.value("feature"), parsed.value("output"), environment)
        return OK
    levels = {} if parsed.command == "describe" else _levels(parsed, environment)

    from kcli.cli.connect import connect
    from kcli.client.admin_cluster import ClusterAdmin

    with connect(parsed, environment) as cluster:
        admin = ClusterAdmin(cluster)
        if parsed.command == "describe":
            _describe(admin, parsed, environment)
            return OK
        return _update(admin, parsed, levels, environment)


def _describe(admin: Any, parsed: Arguments, environment: Environment) -> None:
    found = admin.features(parsed.value("node-id"))
    if parsed.value("output") != TEXT:
        rows = [{**item._asdict(), "epoch": found.epoch} for item in found.features]
        show(rows, listings.FEATURES, parsed.value("output"), environment)
        return
    epoch = "-" if found.epoch is None else found.epoch
    for item in found.features:
        lowest, highest, level = (_level_text(item.name, number) for number in (item.lowest, item.highest, item.level))
        environment.print(
            f"Feature: {item.name:<40}  SupportedMinVersion: {lowest:<15}  SupportedMaxVersion: {highest:<15}"
            f"  FinalizedVersionLevel: {level:<15}  Epoch: {epoch}"
        )


def _level_text(feature: str, level: int) -> str:
    if feature != METADATA_VERSION:
        return str(level)
    return name_of(level) or f"UNKNOWN [{level}]"


def _levels(parsed: Arguments, environment: Environment) -> dict[str, int]:
    """The levels that are asked for, by feature."""
    command = parsed.command
    if command == "disable":
        pairs: Iterable[tuple[str, int]] = [(name, 0) for name in parsed.value("feature") or ()]
    else:
        release, metadata, listed = (parsed.value(name) for name in ("release-version", "metadata", "feature"))
        if release is not None:
            if metadata is not None or listed is not None:
                raise CommandError("Can not specify `release-version` with other feature flags.")
            level = level_of(release)
            defaults = [(feature.name, feature.default(level)) for feature in FEATURES]
            return dict(
                [(METADATA_VERSION, level), *(pair for pair in defaults if command == "downgrade" or pair[1] > 0)]
            )
        pairs = _pairs(metadata, listed or (), parsed, environment)
    levels: dict[str, int] = {}
    for name, level in pairs:
        _check_level(command, level)
        if name in levels:
            raise CommandError(f"Feature {name} was specified more than once.")
        levels[name] = level
    if not levels:
        raise CommandError(f"You must specify at least one feature to {command}")
    if any(not name.strip() for name in levels):
        raise CommandError("Provided feature can not be empty.")
    return levels


def _pairs(
    metadata: str | None, listed: Iterable[str], parsed: Arguments, environment: Environment
) -> Iterator[tuple[str, int]]:
    """Features and levels one after the other, so that the first that is wrong is the one complained of."""
    if metadata is not None:
        say = remarks(parsed.value("output"), environment)
        say(" `metadata` flag is deprecated and may be removed in a future release.")
        yield METADATA_VERSION, level_of(metadata)
    yield from map(parse_level, listed)


def _check_level(command: str | None, level: int) -> None:
    if level < 0:
        raise CommandError("Cannot specify a negative version level.")
    if command == "upgrade" and level == 0:
        raise CommandError(
            "The upgradeType flag should be set to SAFE_DOWNGRADE or UNSAFE_DOWNGRADE when the provided"
            f" maxVersionLevel:{level} is < 1."
        )


def _update(admin: Any, parsed: Arguments, levels: dict[str, int], environment: Environment) -> int:
    from kcli.client.admin_cluster import SAFE_DOWNGRADE, UNSAFE_DOWNGRADE, UPGRADE

    command, dry_run = parsed.command, parsed.has("dry-run")
    if command == "upgrade":
        kind = UPGRADE
    else:
        kind = UNSAFE_DOWNGRADE if parsed.has("unsafe") else SAFE_DOWNGRADE
    outcome = admin.update_features(levels, kind, validate_only=dry_run)
    if parsed.value("output") != TEXT:
        rows = [
            {"name": name, "level": levels[name], "dryRun": dry_run, "error": error and str(error)}
            for name, error in sorted(outcome.items())
        ]
        show(rows, listings.FEATURES_CHANGED, parsed.value("output"), environment)
    for name, error in sorted(outcome.items()) if parsed.value("output") == TEXT else ():
        to = "" if command == "disable" else f" to {levels[name]}"
        if error is None:
            past = "disabled" if command == "disable" else f"{command}d"
            environment.print(f"{name} {'can be' if dry_run else 'was'} {past}{to}.")
        else:
            environment.print(f"{'Can' if dry_run else 'Could'} not {command} {name}{to}. {error}")
    failed = sum(error is not None for error in outcome.values())
    if failed:
        raise CommandError(f"{failed} out of {len(levels)} operation(s) failed.")
    return OK


if __name__ == "__main__":
    main()
