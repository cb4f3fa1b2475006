"""kafka-features: which features a cluster has settled on, and how to raise and lower their levels."""

from __future__ import annotations

from typing import Any

from kcli import KAFKA_VERSION
from kcli.cli.argparse4j import ArgumentError, Arguments, HelpWanted, VersionWanted, parse, show_help
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError
from kcli.cli.feature_levels import FEATURE, RELEASE, level_of, lookups, parse_level, print_dependencies, print_mapping
from kcli.cli.main import start
from kcli.cli.options import INT, Command, Exclusive, Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT, show
from kcli.config.features import FEATURES, METADATA_VERSION, name_of

_METADATA = Option("metadata", "Deprecated: use --release-version or --feature metadata.version=LEVEL.", "METADATA")
_UNSAFE = Option("unsafe", "Even if metadata may be lost for good.")
_DRY_RUN = Option("dry-run", "Only say whether it could be done.")

TABLE = OptionTable(
    program="kafka-features",
    summary="This tool manages feature flags in Kafka.",
    usage="(--bootstrap-server HOST:PORT | --bootstrap-controller HOST:PORT) COMMAND [OPTIONS]",
    options=(
        Option(
            "command-config",
            "Client settings (security and so on) from a .properties file.",
            "COMMAND_CONFIG",
            group="Connection",
            complete="file",
        ),
        Option(
            "bootstrap-server",
            "Brokers to connect to first, separated by commas.",
            "BOOTSTRAP_SERVER",
            group="Connection",
        ),
        Option(
            "bootstrap-controller",
            "Controllers to connect to instead of brokers, separated by commas.",
            "BOOTSTRAP_CONTROLLER",
            group="Connection",
        ),
    ),
    exclusive=(Exclusive(("bootstrap-server", "bootstrap-controller")),),
    commands=(
        Command(
            "describe",
            "The features that a node supports, and the levels that are in force.",
            (Option("node-id", "Which node to ask [default: any].", "NODE_ID", type=INT), OUTPUT),
        ),
        Command("upgrade", "Raise the levels of features.", (_METADATA, RELEASE, FEATURE, _DRY_RUN)),
        Command("downgrade", "Lower the levels of features.", (_METADATA, RELEASE, FEATURE, _UNSAFE, _DRY_RUN)),
        Command(
            "disable",
            "Lower the levels of features to zero.",
            (Option("feature", "The feature's name.", "FEATURE", repeated=True), _UNSAFE, _DRY_RUN),
        ),
        *lookups(),
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
        parsed = parse(TABLE, arguments)
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
        print_mapping(parsed.value("release-version"), environment)
        return OK
    if parsed.command == "feature-dependencies":
        print_dependencies(parsed.value("feature"), environment)
        return OK
    levels = {} if parsed.command == "describe" else _levels(parsed, environment)

    from kcli.cli.connect import connect
    from kcli.client.admin_cluster import ClusterAdmin

    servers, controllers = parsed.value("bootstrap-server"), parsed.value("bootstrap-controller")
    with connect(servers, parsed.value("command-config"), environment, controllers=controllers) as cluster:
        admin = ClusterAdmin(cluster)
        if parsed.command == "describe":
            _describe(admin, parsed, environment)
            return OK
        return _update(admin, parsed, levels, environment)


def _describe(admin: Any, parsed: Arguments, environment: Environment) -> None:
    found = admin.features(parsed.value("node-id"))
    if parsed.value("output") != TEXT:
        show([{**item._asdict(), "epoch": found.epoch} for item in found.features], parsed.value("output"), environment)
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
        pairs = [(name, 0) for name in parsed.value("feature") or ()]
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
        pairs = []
        if metadata is not None:
            environment.print(" `metadata` flag is deprecated and may be removed in a future release.")
            pairs.append((METADATA_VERSION, level_of(metadata)))
        pairs += [parse_level(text) for text in listed or ()]
    levels: dict[str, int] = {}
    for name, level in pairs:
        if name in levels:
            raise CommandError(f"Feature {name} was specified more than once.")
        levels[name] = level
        if command == "upgrade" and level < 1:
            raise CommandError(
                "The upgradeType flag should be set to SAFE_DOWNGRADE or UNSAFE_DOWNGRADE when the provided"
                f" maxVersionLevel:{level} is < 1."
            )
    if not levels:
        raise CommandError(f"You must specify at least one feature to {command}")
    return levels


def _update(admin: Any, parsed: Arguments, levels: dict[str, int], environment: Environment) -> int:
    from kcli.client.admin_cluster import SAFE_DOWNGRADE, UNSAFE_DOWNGRADE, UPGRADE

    command, dry_run = parsed.command, parsed.has("dry-run")
    if command == "upgrade":
        kind = UPGRADE
    else:
        kind = UNSAFE_DOWNGRADE if parsed.has("unsafe") else SAFE_DOWNGRADE
    outcome = admin.update_features(levels, kind, validate_only=dry_run)
    for name, error in sorted(outcome.items()):
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
