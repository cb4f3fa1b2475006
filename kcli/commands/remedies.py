"""Why a step of `kcli doctor` failed, and what to change.

An error says little of its cause: where it may have several, the address is asked again in other ways.
"""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from kcli.client.errors import (
    BrokerUnreachable,
    ClientError,
    ConnectionClosed,
    NotKafka,
    RequestTimedOut,
    SaslFailed,
    TlsFailed,
)
from kcli.client.sasl import mechanism_name
from kcli.commands.probes import OtherCluster, Probe, certificate_names, name_text, plainly, presented, speaks_tls
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

# OpenSSL's reasons not to believe a certificate.
_NOT_YET, _EXPIRED = 9, 10
_STRANGERS = (18, 19, 20, 21)  # signed by itself, or by somebody we do not know
_WRONG_NAME = (62, 64)  # of a host, of an IP address
_LOCAL = ("localhost", "127.0.0.1", "::1")


class Remedy(NamedTuple):
    """The cause in a few words, and what to do."""

    why: str
    fix: str


def remedy(probe: Probe, step: str, error: Exception) -> Remedy:
    """What to say of a step on the way to an address."""
    with suppress(ClientError, KafkaError, OSError):  # of questions asked in addition
        found = _remedy(probe, step, error)
        if found is not None:
            return found
    return Remedy(str(error), "see the broker's log, which says more")


def _remedy(probe: Probe, step: str, error: Exception) -> Remedy | None:
    if step == "dns":
        return _unknown_host(probe, error)
    if step == "tcp":
        return _unreachable(probe, error)
    if step == "tls":
        return _tls(probe, error)
    if isinstance(error, OtherCluster):
        return Remedy(str(error), _here(probe, "leave only addresses of one cluster in --bootstrap-server"))
    if isinstance(error, (SaslFailed, KafkaError)):
        return _refused(probe, error)
    if step == "metadata" and isinstance(error, ConnectionClosed) and not probe.security.startswith("SASL"):
        return _wants_sasl(probe) or _not_kafka(probe, error)
    if isinstance(error, TlsFailed):
        return _wants_certificate(probe, error)
    if isinstance(error, (NotKafka, ConnectionClosed, RequestTimedOut)):
        return _not_kafka(probe, error)
    if isinstance(error, ClientError):
        return Remedy(str(error), "correct the client's settings")
    return None


def _here(probe: Probe, at_bootstrap: str) -> str:
    """What to change so that an address is a good one."""
    if probe.broker is None:
        return at_bootstrap
    return f"set advertised.listeners on broker {probe.broker} to an address at which clients reach that broker"


def _advertised(probe: Probe) -> str:
    return f"{probe.address}" if probe.broker is None else f"broker {probe.broker} advertises {probe.address}, which"


def _unknown_host(probe: Probe, error: Exception) -> Remedy:
    reason = error.reason if isinstance(error, BrokerUnreachable) else str(error)
    if probe.broker is None:
        return Remedy(
            f"this machine cannot resolve {probe.address.host} ({reason})",
            "correct --bootstrap-server, or add the name to DNS or /etc/hosts",
        )
    return Remedy(
        f"{_advertised(probe)} this machine cannot resolve ({reason})",
        f"set advertised.listeners on broker {probe.broker} to a name that clients know, or add the name to DNS or"
        " /etc/hosts",
    )


def _unreachable(probe: Probe, error: Exception) -> Remedy:
    reason = error.reason if isinstance(error, BrokerUnreachable) else str(error)
    if probe.fenced:
        return Remedy(
            f"{_advertised(probe)} does not answer here, and the cluster does not hear of that broker: {reason}",
            f"start broker {probe.broker}, or, if it is gone for good: kafka-cluster unregister --id {probe.broker}",
        )
    if probe.broker is not None:
        hint = " (for each client, that name means its own machine)" if probe.address.host in _LOCAL else ""
        return Remedy(
            f"{_advertised(probe)} does not answer here: {reason}",
            f"{_here(probe, '')}{hint}; or open that port in the firewall",
        )
    if "refused" in reason:
        return Remedy(
            f"nothing listens at {probe.address} ({reason})",
            "start the broker, or correct --bootstrap-server; listeners in server.properties says where it listens",
        )
    return Remedy(
        f"{probe.address} does not answer ({reason})",
        "correct --bootstrap-server, or open the port in the firewalls on the way",
    )


def _tls(probe: Probe, error: Exception) -> Remedy | None:
    import ssl

    cause = error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _not_believed(probe, cause.verify_code, cause.verify_message)
    if not isinstance(cause, OSError):  # nothing was sent: a setting is wrong
        return Remedy(str(error), "correct the ssl. settings of the client")
    wanted = _plain_security(probe)
    if wanted is not None:
        return Remedy(
            f"the port speaks no TLS, but security.protocol is {probe.security}",
            f"set security.protocol={wanted}, or use the port of a listener with TLS",
        )
    return Remedy(
        str(error),
        "see whether the port is a Kafka listener with TLS, and has ssl.enabled.protocols and ssl.cipher.suites in"
        " common with the client",
    )


def _plain_security(probe: Probe) -> str | None:
    """What a listener without TLS takes; None if it is none."""
    try:
        with plainly(probe, tls=False) as connection:
            return "SASL_PLAINTEXT" if _asks_for_sasl(connection, probe.timeout) else "PLAINTEXT"
    except (ClientError, KafkaError):
        return None


def _not_believed(probe: Probe, code: int, message: str) -> Remedy:
    host = probe.address.host
    certificate = presented(probe)
    subject, issuer = name_text(certificate.get("subject", ())), name_text(certificate.get("issuer", ()))
    if code in _WRONG_NAME:
        names = ", ".join(certificate_names(certificate)) or subject
        by_name = "connect by a name that it has"
        if probe.broker is not None:
            by_name = f"set advertised.listeners on broker {probe.broker} to a name that it has"
        return Remedy(
            f"the certificate is for {names}, not for {host}",
            f"{by_name}, or give the broker a certificate for {host}; an empty"
            " ssl.endpoint.identification.algorithm lets any name pass, and with it impostors",
        )
    if code == _EXPIRED:
        return Remedy(
            f"the certificate of {subject} ended at {certificate.get('notAfter')}",
            "renew the certificate in the broker's ssl.keystore.location (and see that this machine's clock is right)",
        )
    if code == _NOT_YET:
        return Remedy(
            f"the certificate of {subject} begins at {certificate.get('notBefore')}",
            "set this machine's clock right, or the broker's certificate",
        )
    if code not in _STRANGERS:
        return Remedy(f"the certificate of {subject} is not believed: {message}", "give the broker a valid certificate")
    store = probe.config.get("ssl.truststore.location")
    known = f"that {store} does not hold" if store else "that this machine does not know"
    return Remedy(
        f"the certificate of {subject} is signed by {issuer}, {known} ({message})",
        "set ssl.truststore.location, and ssl.truststore.type (PEM, PKCS12 or JKS), to a file with that authority's"
        " certificate",
    )


def _refused(probe: Probe, error: SaslFailed | KafkaError) -> Remedy | None:
    name = mechanism_name(probe.config)
    if isinstance(error, SaslFailed):
        more = "sasl.oauthbearer. settings" if name == "OAUTHBEARER" else "sasl.mechanism"
        return Remedy(str(error), f"correct sasl.jaas.config for {name}, or {more}")
    if error.code == errors.ILLEGAL_SASL_STATE:
        return _no_sasl(probe)
    if error.code == errors.UNSUPPORTED_SASL_MECHANISM:
        with plainly(probe, tls=probe.security.endswith("SSL")) as connection:
            if not _asks_for_sasl(connection, probe.timeout):
                return _no_sasl(probe)
        return Remedy(
            str(error),
            f"set sasl.mechanism to one that is enabled, or add {name} to sasl.enabled.mechanisms on the broker",
        )
    if error.code == errors.SASL_AUTHENTICATION_FAILED:
        user = _user(probe)
        return Remedy(
            f"the broker refuses {f'the user {user}' if user else 'us'}: {error}",
            f"correct username and password in sasl.jaas.config, or add the user to the broker (for {name})",
        )
    if error.code == errors.UNSUPPORTED_VERSION:
        return Remedy(
            str(error),
            "use a broker's listener (this one may be a controller's), or a Kafka that is not older than 2.1",
        )
    return None


def _no_sasl(probe: Probe) -> Remedy:
    plain = probe.security.removeprefix("SASL_")
    return Remedy(
        f"the listener takes no SASL, but security.protocol is {probe.security}",
        f"set security.protocol={plain}, or use the port of a listener with SASL",
    )


def _user(probe: Probe) -> str | None:
    from kcli.config.jaas import JaasError, parse_jaas

    try:
        return parse_jaas(probe.config.get("sasl.jaas.config", "")).options.get("username")
    except JaasError:
        return None


def _wants_sasl(probe: Probe) -> Remedy | None:
    """What to set for a listener that hangs up on whoever has not said who they are."""
    request = messages.SaslHandshakeRequest(mechanism="?")
    with plainly(probe, tls=probe.security == "SSL") as connection:
        if not connection.supports(request):
            return None
        answer = connection.request(request, probe.timeout)
    if not answer.mechanisms:
        return None
    return Remedy(
        f"the listener asks for SASL, but security.protocol is {probe.security}",
        f"set security.protocol=SASL_{probe.security}, sasl.mechanism (enabled: {', '.join(answer.mechanisms)}) and"
        " sasl.jaas.config",
    )


def _not_kafka(probe: Probe, error: Exception) -> Remedy:
    if not probe.security.endswith("SSL") and speaks_tls(probe):
        wanted = "SSL"
        with suppress(ClientError, KafkaError), plainly(probe, tls=True) as connection:
            wanted = "SASL_SSL" if _asks_for_sasl(connection, probe.timeout) else "SSL"
        return Remedy(
            f"the port speaks TLS, but security.protocol is {probe.security}",
            f"set security.protocol={wanted}, or use the port of a listener without TLS",
        )
    own_key = probe.config.get("ssl.keystore.location") or probe.config.get("ssl.keystore.key")
    if probe.security.endswith("SSL") and not own_key and not isinstance(error, RequestTimedOut):
        return _wants_certificate(probe, error)
    return Remedy(str(error), _here(probe, "see whether this is the port of a Kafka broker, and correct it"))


def _wants_certificate(probe: Probe, error: Exception) -> Remedy:
    """With TLS 1.3 a client learns only after the handshake that its certificate, or the lack of one, is refused."""
    store = probe.config.get("ssl.keystore.location")
    held = f"refuses the certificate in {store}" if store else "asks for a certificate of the client's"
    return Remedy(
        f"the broker ended the connection after the TLS handshake; most likely it {held} ({error})",
        "set ssl.keystore.location and ssl.keystore.type to a key and certificate that the broker's ssl.truststore"
        " trusts, or see whether this is the port of a Kafka broker",
    )


def _asks_for_sasl(connection: object, timeout: float) -> bool:
    """Whether a connection that has been greeted is of no use before SASL."""
    from kcli.client.connection import Connection

    assert isinstance(connection, Connection)
    try:
        connection.request(messages.MetadataRequest(topics=[]), timeout)
    except ConnectionClosed:
        return True
    return False


_FOR_TOPICS = {
    errors.TOPIC_AUTHORIZATION_FAILED: "grant this user Create, Write and Read on the topic (kafka-acls), name a topic"
    " that it may use by --topic, or leave the probe away by --read-only",
    errors.CLUSTER_AUTHORIZATION_FAILED: "grant this user Create on the cluster (kafka-acls), name a topic that it may"
    " use by --topic, or leave the probe away by --read-only",
    errors.POLICY_VIOLATION: "name a topic by --topic: the cluster's policy does not let this one be created",
    errors.MESSAGE_TOO_LARGE: "raise message.max.bytes on the broker, or max.message.bytes of the topic",
    errors.UNKNOWN_TOPIC_OR_PARTITION: "create the topic, or correct --topic",
    errors.NOT_ENOUGH_REPLICAS: "bring the missing brokers back: fewer replicas are in sync than min.insync.replicas",
    errors.LEADER_NOT_AVAILABLE: "bring the brokers back that hold the partition (kafka-topics --describe)",
    errors.KAFKA_STORAGE_ERROR: "see to the disks of the broker (kafka-log-dirs --describe)",
}


def topic_remedy(step: str, topic: str, error: Exception) -> Remedy:
    """What to say when the probe of a topic fails."""
    if step == "cleanup":
        return Remedy(f"it is left behind: {error}", f"delete it: kafka-topics --delete --topic {topic}")
    code = error.code if isinstance(error, KafkaError) else None
    fix = _FOR_TOPICS.get(code, "see the broker's log, which says more") if code is not None else (
        "see whether the partition's leader is well: its log says more"
    )  # fmt: skip
    return Remedy(str(error), fix)
