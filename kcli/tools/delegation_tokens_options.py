"""kafka-delegation-tokens' command line: its options, and which of them go together."""

from __future__ import annotations

from kcli.cli.connection_options import BOOTSTRAP_SERVER, COMMAND_CONFIG
from kcli.cli.inherited import PROFILE
from kcli.cli.joptsimple import Parsed
from kcli.cli.options import HELP, LONG, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT
from kcli.cli.refusal import refusal

_ACTION = "Actions (exactly one)"
_CREATE = "Creating and describing"
_TOKEN = "Renewing and expiring"

TABLE = OptionTable(
    program="kafka-delegation-tokens",
    summary="This tool helps to create, renew, expire, or describe delegation tokens.",
    usage="--bootstrap-server HOST:PORT --command-config FILE (--create | --renew | --expire | --describe) [OPTIONS]",
    options=(
        BOOTSTRAP_SERVER._replace(help="REQUIRED: Brokers to connect to first, separated by commas."),
        PROFILE,
        COMMAND_CONFIG._replace(
            help="REQUIRED: Client settings from a .properties file: tokens take a login"
            " (SASL, or a client's certificate)."
        ),
        Option("create", "Create a token.", group=_ACTION),
        Option("renew", "Have a token live longer, within its longest life.", group=_ACTION),
        Option("expire", "End a token.", group=_ACTION),
        Option("describe", "Print tokens: of the owners given, or all that we may see.", group=_ACTION),
        Option(
            "owner-principal",
            "Whose token: with --create instead of our own, with --describe to see only theirs.",
            "TYPE:NAME",
            group=_CREATE,
            repeated=True,
            optional="",
        ),
        Option(
            "renewer-principal",
            "With --create: who may renew it, besides the owner.",
            "TYPE:NAME",
            group=_CREATE,
            repeated=True,
            optional="",
        ),
        Option(
            "max-life-time-period",
            "With --create: how long it may live at the longest, in milliseconds;"
            " -1: the broker's delegation.token.max.lifetime.ms.",
            "MS",
            type=LONG,
            group=_CREATE,
        ),
        Option("hmac", "Which token: its HMAC, as it was printed.", "BASE64", group=_TOKEN),
        Option(
            "renew-time-period",
            "How much longer, in milliseconds; -1: the broker's delegation.token.expiry.time.ms.",
            "MS",
            type=LONG,
            group=_TOKEN,
        ),
        Option("expiry-time-period", "End it in so many milliseconds; -1: now.", "MS", type=LONG, group=_TOKEN),
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        (
            "a token that alice may use as long as the broker allows",
            "kafka-delegation-tokens --bootstrap-server localhost:9092 --command-config alice.properties --create"
            " --max-life-time-period -1",
        ),
        (
            "end it",
            "kafka-delegation-tokens --bootstrap-server localhost:9092 --command-config alice.properties --expire"
            " --expiry-time-period -1 --hmac ABC==",
        ),
    ),
)

_ACTIONS = ("create", "renew", "expire", "describe")
_REQUIRED = {
    "create": ("max-life-time-period",),
    "renew": ("hmac", "renew-time-period"),
    "expire": ("hmac", "expiry-time-period"),
    "describe": (),
}
_FORBIDDEN = {
    "create": ("hmac", "renew-time-period", "expiry-time-period"),
    "renew": ("renewer-principal", "max-life-time-period", "expiry-time-period", "owner-principal"),
    "expire": ("max-life-time-period", "renew-time-period", "owner-principal"),
    "describe": ("renew-time-period", "max-life-time-period", "hmac", "expiry-time-period"),
}


def check(options: Parsed) -> str:
    """The action; raises CommandError in Kafka's words, in Kafka's order."""
    chosen = [action for action in _ACTIONS if options.has(action)]
    if len(chosen) != 1:
        raise refusal(TABLE, "Command must include exactly one action: --create, --renew, --expire or --describe")
    (action,) = chosen
    profile = options.inherited is not None and options.inherited.profile is not None
    for name in ("bootstrap-server", *(() if profile else ("command-config",)), *_REQUIRED[action]):
        if not options.has(name):
            raise refusal(TABLE, f'Missing required argument "[{name}]"')
    for name in _FORBIDDEN[action]:
        if options.has(name):
            raise refusal(TABLE, f'Option "[{action}]" can\'t be used with option "[{name}]"')
    return action
