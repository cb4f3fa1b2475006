"""The TLS side of a listener: its context from Kafka's `ssl.*` settings, and who a client's certificate says it is."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Mapping
from typing import Any

from kcli.config.broker import BrokerConfig
from kcli.config.definition import ConfigError, to_text
from kcli.config.keystore import KeyStoreError, load_identity, load_trust
from kcli.config.tls import choose_ciphers, limit_versions
from kcli.security.session import ANONYMOUS

_STORE_SETTINGS = (
    "ssl.keystore.location", "ssl.keystore.type", "ssl.keystore.password", "ssl.keystore.key",
    "ssl.keystore.certificate.chain", "ssl.key.password", "ssl.truststore.location", "ssl.truststore.type",
    "ssl.truststore.password", "ssl.truststore.certificates",
)  # fmt: skip
_CLIENT_AUTH = {"none": ssl.CERT_NONE, "requested": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}

Identify = Callable[[Mapping[str, Any] | None], "str | None"]


def server_context(config: BrokerConfig, listener: str) -> ssl.SSLContext:
    """The context of one listener; raises ConfigError with one line that names what is wrong."""
    settings = {name: config.for_listener(listener, name) for name in _STORE_SETTINGS}
    stores = {name: str(value) for name, value in settings.items() if value is not None}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    limit_versions(context, config.for_listener(listener, "ssl.enabled.protocols"))
    suites = config.for_listener(listener, "ssl.cipher.suites")
    if suites:
        choose_ciphers(context, suites)
    try:
        if not load_identity(context, stores):
            raise ConfigError(f"Listener {listener} needs a key: ssl.keystore.location or ssl.keystore.key is not set")
        trusting = load_trust(context, stores)
    except KeyStoreError as error:
        raise ConfigError(f"Listener {listener}: {error}") from None
    client_auth = _CLIENT_AUTH[config.for_listener(listener, "ssl.client.auth")]
    if client_auth != ssl.CERT_NONE and not trusting:
        context.load_default_certs(ssl.Purpose.CLIENT_AUTH)
    context.verify_mode = client_auth
    return context


# Principals


_SHORT_NAMES = {
    "commonName": "CN", "countryName": "C", "localityName": "L", "stateOrProvinceName": "ST", "organizationName": "O",
    "organizationalUnitName": "OU", "streetAddress": "STREET", "domainComponent": "DC", "userId": "UID",
}  # fmt: skip
_EMAIL_ADDRESS = "1.2.840.113549.1.9.1"
_RULE = re.compile(r"RULE:((?:\\.|[^\\/])*)/((?:\\.|[^\\/])*)/([LU]?)")
_NEXT_RULE = re.compile(r"\s*,\s*")


def identifier(config: BrokerConfig, listener: str) -> Identify:
    """What turns a client's certificate into its principal, by `ssl.principal.mapping.rules`; None: it has none."""
    text = to_text(config.for_listener(listener, "ssl.principal.mapping.rules"), "STRING") or "DEFAULT"
    rules = parse_rules(text)

    def identify(certificate: Mapping[str, Any] | None) -> str | None:
        if not certificate:
            return ANONYMOUS
        name = apply_rules(rules, distinguished_name(certificate["subject"]))
        return None if name is None else f"User:{name}"

    return identify


def distinguished_name(subject: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    """A certificate's subject in RFC 2253's form, last part first, as Java prints it."""
    return ",".join("+".join(_attribute(*pair) for pair in part) for part in reversed(subject))


def _attribute(kind: str, value: str) -> str:
    if kind == "emailAddress":  # Java gives what RFC 2253 has no keyword for as DER
        data = value.encode("ascii", "replace")
        return f"{_EMAIL_ADDRESS}=#16{len(data):02x}{data.hex()}"
    escaped = re.sub(r'([,+"\\<>;])', r"\\\1", value)
    if escaped[:1] in ("#", " "):
        escaped = "\\" + escaped
    if escaped.endswith(" "):
        escaped = escaped[:-1] + "\\ "
    return f"{_SHORT_NAMES.get(kind, kind)}={escaped}"


_CASES: dict[str, Callable[[str], str]] = {"": str, "L": str.lower, "U": str.upper}
Rule = tuple[re.Pattern[str], str, str] | None


def parse_rules(text: str) -> list[Rule]:
    """`RULE:pattern/replacement/[L|U]` and `DEFAULT` (None here), split by commas; raises ConfigError."""
    rules: list[Rule] = []
    position = 0
    while position < len(text):
        match = _RULE.match(text, position)
        if match is not None:
            pattern, replacement, case = match.groups()
            rules.append((_compile(pattern), re.sub(r"\$(\d)", r"\\\1", replacement), case))
            position = match.end()
        elif text.startswith("DEFAULT", position):
            rules.append(None)
            position += len("DEFAULT")
        else:
            raise ConfigError(f"Invalid rule: `{text[position:]}`", "ssl.principal.mapping.rules", text)
        comma = _NEXT_RULE.match(text, position)
        if comma is None and position < len(text):
            raise ConfigError(f"Invalid rule: `{text[position:]}`", "ssl.principal.mapping.rules", text)
        position = comma.end() if comma is not None else position
    return rules


def _compile(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error:
        raise ConfigError(f"Invalid rule: `{pattern}`", "ssl.principal.mapping.rules", pattern) from None


def apply_rules(rules: list[Rule], name: str) -> str | None:
    """The name as the first rule that matches has it; None where none does."""
    for rule in rules:
        if rule is None:
            return name
        pattern, replacement, case = rule
        if pattern.fullmatch(name):
            return _CASES[case](pattern.sub(replacement, name, count=1))
    return None
