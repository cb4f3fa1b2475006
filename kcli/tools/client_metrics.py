"""kafka-client-metrics: which metrics clients are asked to send to the brokers (KIP-714).

What the cluster refuses is said on stdout, as Kafka's tool has it, what is wrong with the options on stderr; both exit
with 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kcli.cli.connect import connect
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK
from kcli.cli.joptsimple import Parsed
from kcli.cli.main import parse_arguments, start
from kcli.cli.output import TEXT, remarks, show
from kcli.tools import listings_cluster as listings
from kcli.tools.client_metrics_options import TABLE, changes, check

if TYPE_CHECKING:
    from kcli.client.admin import ConfigEntry
    from kcli.client.admin_configs import ConfigAdmin


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    action = check(parsed)
    settings = changes(parsed)
    cluster = connect(parsed, environment)

    # Imported here: --help and usage errors need no protocol.
    from kcli.client.admin_configs import ConfigAdmin
    from kcli.client.errors import ClientError
    from kcli.wire.errors import KafkaError

    try:
        with cluster:
            _ClientMetrics(ConfigAdmin(cluster), parsed, settings, environment).do(action)
    except (ClientError, KafkaError) as error:
        say = remarks(parsed.value("output"), environment)
        say(f"Error while executing client metrics command : {error}")
        return FAILED
    return OK


class _ClientMetrics:
    """The actions."""

    def __init__(self, admin: ConfigAdmin, options: Parsed, changes: dict[str, str], environment: Environment) -> None:
        self._admin = admin
        self._options = options
        self._changes = changes
        self._environment = environment
        self._form = options.value("output")
        self._name: str | None = options.value("name")

    def do(self, action: str) -> None:
        {"list": self._list, "describe": self._describe, "alter": self._alter, "delete": self._delete}[action]()

    def _list(self) -> None:
        names = self._names()
        if self._form == TEXT:
            self._environment.print("\n".join(names))
        else:
            show([{"name": name} for name in names], listings.CLIENT_METRICS, self._form, self._environment)

    def _describe(self) -> None:
        names = self._names()
        if self._name is not None:
            if self._name not in names and self._form == TEXT:
                self._environment.print(
                    f"The client metric resource {self._name} doesn't exist and doesn't have dynamic config."
                )
            names = [name for name in names if name == self._name]
        if self._form != TEXT:
            show(map(self._row, names), listings.CLIENT_METRICS_DESCRIBED, self._form, self._environment)
            return
        for name in names:
            self._environment.print(f"Client metrics configs for {name} are:")
            for entry in self._entries(name):
                self._environment.print(f"  {entry.name}={entry.value}")

    def _row(self, name: str) -> dict[str, str | None]:
        found = {entry.name: entry.value for entry in self._entries(name)}
        return {
            "name": name,
            "metrics": found.get("metrics"),
            "interval": found.get("interval.ms"),
            "match": found.get("match"),
        }

    def _alter(self) -> None:
        name = self._name
        if name is None:
            from kcli.wire import uuid

            name = uuid.to_text(uuid.random())
        self._change(name, self._changes)
        self._done(name, "altered")

    def _delete(self) -> None:
        name = self._name or ""
        self._change(name, dict.fromkeys((entry.name for entry in self._entries(name)), ""))
        self._done(name, "deleted")

    def _names(self) -> list[str]:
        from kcli.client.admin import CLIENT_METRICS

        return sorted(self._admin.config_resources(CLIENT_METRICS))

    def _entries(self, name: str) -> list[ConfigEntry]:
        from kcli.client.admin import CLIENT_METRICS, results

        return sorted(results(self._admin.describe_configs(CLIENT_METRICS, [name]))[name])

    def _change(self, name: str, changes: dict[str, str]) -> None:
        from kcli.client.admin import CLIENT_METRICS, DELETE, SET, results

        operations: Iterable[tuple[str, int, str]] = [
            (setting, SET if value else DELETE, value) for setting, value in changes.items()
        ]
        results(self._admin.alter_configs(CLIENT_METRICS, {name: operations}))

    def _done(self, name: str, action: str) -> None:
        text = f"{action.title()} client metrics config for {name}."
        if self._form == TEXT:
            self._environment.print(text)
            return
        self._environment.warn(text)
        row = {"name": name, "action": action}
        show([row], listings.CLIENT_METRICS_CHANGED, self._form, self._environment)


if __name__ == "__main__":
    main()
