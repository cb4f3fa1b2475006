"""kafka-configs --zookeeper: SCRAM credentials of users, and settings of brokers that are not running, where Kafka
before 4.0 keeps them. So there can be passwords before there is a broker. What it refuses, it refuses in Kafka's words.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from typing import Any

from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError
from kcli.cli.joptsimple import Parsed
from kcli.cli.output import TEXT, show
from kcli.cli.zookeeper import ZK_TLS_CONFIG_FILE, kafka_nodes, tls_settings
from kcli.client import scram
from kcli.client.password_encoder import PREFIX, SECRET, PasswordEncoder, PasswordEncoderError
from kcli.client.zookeeper_configs import DEFAULT, USERS, ZooKeeperConfigs, entity_name, node_name
from kcli.client.zookeeper_tls import shows_a_certificate, with_overlay
from kcli.config import broker, broker_dynamic
from kcli.config.definition import ConfigError, parse_type
from kcli.config.java_hash import in_properties_order
from kcli.tools import configs_options as options
from kcli.tools import listings_cluster as listings
from kcli.tools.configs_alter import QUOTAS, credential

_DEPRECATED = (
    "Warning: --zookeeper is deprecated and will be removed in a future version of Kafka.\n"
    "Use --bootstrap-server instead to specify a broker to connect to."
)
_SALT_BYTES = 24
_DIALECT = "3.9"


class ConfigsInZooKeeper:
    """The actions, on one entity or, with --describe, on all users."""

    def __init__(self, parsed: Parsed, environment: Environment) -> None:
        self._parsed = parsed
        self._environment = environment
        self._form = parsed.value("output")
        (self._kind,) = options.kinds(parsed)
        names = options.names(parsed)
        self._node = node_name(self._kind, names[0]) if names else None
        self._gone = options.deleted(parsed)

    def do(self, action: str, changes: Mapping[str, str]) -> None:
        self._environment.warn(_DEPRECATED)
        if self._node is None and self._kind != USERS:
            raise CommandError("Error parsing broker . The broker's Entity Name must be a single integer value")
        stored = self._stored(changes)  # looks at what is wrong before anybody is asked
        settings = with_overlay(tls_settings(self._parsed.value(ZK_TLS_CONFIG_FILE.name)))
        hosts = self._parsed.value("zookeeper")
        with kafka_nodes(hosts, settings, secure=shows_a_certificate(settings)) as nodes:
            if not nodes.exists("/"):
                raise CommandError(f"{hosts}: ZooKeeper has no node /{hosts.partition('/')[2].strip('/')}")
            configs = ZooKeeperConfigs(nodes)
            if action == "describe":
                self._describe(configs)
            else:
                self._alter(configs, changes, stored)

    # Describing

    def _describe(self, configs: ZooKeeperConfigs) -> None:
        self._check_down(configs, f"--bootstrap-server option must be specified to describe {self._kind}")
        if self._form != TEXT:
            show(self._rows(configs), listings.CONFIGS_IN_ZOOKEEPER, self._form, self._environment)
            return
        for node, settings in self._described(configs):
            shown = ",".join(f"{name}={settings[name]}" for name in in_properties_order(settings))
            self._environment.print(f"Configs for {self._title(node)} are {shown}")

    def _rows(self, configs: ZooKeeperConfigs) -> Iterator[dict[str, Any]]:
        for node, settings in self._described(configs):
            name = entity_name(self._kind, node) or None
            for setting, value in sorted(settings.items()):
                yield {"entityType": self._kind, "entityName": name, "name": setting, "value": value}

    def _described(self, configs: ZooKeeperConfigs) -> Iterator[tuple[str, dict[str, str]]]:
        """One entity, or all that have settings."""
        if self._node is not None:
            yield self._node, configs.read(f"{self._kind}/{self._node}")
            return
        for node in configs.names(self._kind):
            if settings := configs.read(f"{self._kind}/{node}"):
                yield node, settings

    # Altering

    def _alter(self, configs: ZooKeeperConfigs, changes: Mapping[str, str], stored: Mapping[str, str]) -> None:
        assert self._node is not None
        self._check_down(configs, self._must_be_brokers(changes))

        def decide(present: Mapping[str, str]) -> dict[str, str]:
            missing = [name for name in self._gone if name not in present]
            if missing:
                raise CommandError(f"Invalid config(s): {','.join(missing)}")
            wanted = {name: value for name, value in {**present, **stored}.items() if name not in self._gone}
            self._check_names(wanted)
            return wanted

        configs.change(f"{self._kind}/{self._node}", decide)
        if self._form == TEXT:
            self._environment.print(f"Completed updating config for entity: {self._title(self._node)}.")
            return
        name = entity_name(self._kind, self._node) or None
        row = {"entityType": self._kind, "entityName": name, "added": sorted(stored), "deleted": sorted(self._gone)}
        show([row], listings.CONFIGS_ALTERED, self._form, self._environment)

    def _check_names(self, settings: Mapping[str, str]) -> None:
        if self._kind != USERS:
            return
        known = QUOTAS if self._node == DEFAULT else (*QUOTAS, *scram.HASHES)
        unknown = [name for name in settings if name not in known]
        if unknown:
            raise CommandError(f"requirement failed: Unknown Dynamic Configuration: HashSet({', '.join(unknown)}).")

    def _stored(self, changes: Mapping[str, str]) -> dict[str, str]:
        """Settings as they are kept."""
        if self._kind == USERS:
            if any(name not in scram.HASHES for name in [*changes, *self._gone]):
                raise CommandError(
                    f"requirement failed: {self._must_be_brokers(changes)}. User configuration updates using ZooKeeper"
                    " are only supported for SCRAM credential updates."
                )
            return {mechanism: _credential(mechanism, text) for mechanism, text in changes.items()}
        encoder = {name: value for name, value in changes.items() if name.startswith(PREFIX)}
        settings = {name: value for name, value in changes.items() if name not in encoder}
        _check_broker(settings, one=self._node != DEFAULT)
        return {**settings, **_encoded(settings, encoder)}

    def _must_be_brokers(self, changes: Mapping[str, str]) -> str:
        # The collections are printed as Java and Scala print them, which is what Kafka's tool does.
        added = ", ".join(f"{name}={changes[name]}" for name in in_properties_order(changes))
        gone = f"ArrayBuffer({', '.join(self._gone)})" if self._gone else "List()"
        return (
            f"--bootstrap-server option must be specified to update {self._kind} configs:"
            f" {{add: {{{added}}}, delete: {gone}}}"
        )

    def _check_down(self, configs: ZooKeeperConfigs, message: str) -> None:
        """Brokers that run have to be asked, since they check what they are given."""
        if self._kind == USERS:
            return
        running = configs.running_brokers()
        if self._node == DEFAULT and running:
            why = f"{len(running)} brokers are running"
        elif self._node in running:
            why = f"broker {self._node} is running"
        else:
            return
        raise CommandError(
            f"requirement failed: {message} - {why}. Broker configuration operations using ZooKeeper are only"
            " supported if the affected broker(s) are not running."
        )

    def _title(self, node: str) -> str:
        kind = "user-principal" if self._kind == USERS else self._kind
        return f"default {kind}" if node == DEFAULT else f"{kind} '{entity_name(self._kind, node)}'"


def _credential(mechanism: str, text: str) -> str:
    """What is kept of a password."""
    iterations, password = credential(mechanism, text, shown=mechanism.replace("-", "_"))
    if not password:
        raise CommandError(f"{mechanism}: the password must not be empty")
    salt = os.urandom(_SALT_BYTES)
    keys = scram.keys(mechanism, scram.salted(mechanism, password, salt, iterations))
    parts = {"salt": salt, "stored_key": keys.stored, "server_key": keys.server}
    encoded = ",".join(f"{name}={base64.b64encode(value).decode('ascii')}" for name, value in parts.items())
    return f"{encoded},iterations={iterations}"


def _check_broker(settings: Mapping[str, str], *, one: bool) -> None:
    """Names that may be set so, with values of their types; raises ConfigError."""
    _refuse(broker_dynamic.FIXED, broker_dynamic.fixed(settings, _DIALECT))
    _refuse(broker_dynamic.NO_LISTENER, broker_dynamic.without_listener(settings, _DIALECT), "HashSet")
    for name, text in settings.items():
        key = broker.find_key(name, _DIALECT)
        if key is not None and not key.read_only:
            key.parse(text)
        elif name in broker.DYNAMIC_ONLY:
            parse_type(name, text, "LONG")
    if not one:
        _refuse(broker_dynamic.OF_ONE_BROKER, broker_dynamic.of_one_broker(settings, _DIALECT))


def _refuse(reason: str, names: list[str], collection: str = "Set") -> None:
    if names:
        raise ConfigError(f"{reason}: {collection}({', '.join(in_properties_order(names))})")


def _encoded(settings: Mapping[str, str], encoder: Mapping[str, str]) -> dict[str, str]:
    """The secrets among settings, encrypted."""
    names = [name for name in settings if broker_dynamic.holds_password(name, _DIALECT)]
    if not names:
        return {}
    if SECRET not in encoder:
        raise CommandError(
            f"requirement failed: {SECRET} must be specified to update Set({', '.join(names)}). Other password encoder"
            " configs like cipher algorithm and iterations may also be specified to override the default encoding"
            " parameters. Password encoder configs will not be persisted in ZooKeeper."
        )
    try:
        password_encoder = PasswordEncoder(encoder)
        return {name: password_encoder.encode(settings[name]) for name in names}
    except PasswordEncoderError as error:
        raise CommandError(str(error)) from None
