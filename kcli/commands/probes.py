"""The steps on the way to a broker, one by one: `kcli doctor` calls them in order, and says how each one went.

A step returns what it found, or raises; `kcli.commands.remedies` says why, and what to change. Each is bounded in time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from kcli.client.address import Address
from kcli.client.connection import DEFAULT_CLIENT_ID, Connection
from kcli.client.errors import BrokerUnreachable, ClientError, RequestTimedOut, TlsFailed
from kcli.client.transport import Transport, open_socket, start_tls
from kcli.config.features import LEVELS, METADATA_VERSION
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    import socket

    from kcli.client.cluster import Cluster

_BY_NAME = 12  # the last versions of Produce and Fetch that name topics instead of giving their ids
_WITH_FENCED = 2  # the first version of DescribeCluster that tells of fenced brokers
_SOON = 30  # days
_SHORT_NAMES = {"commonName": "CN", "organizationName": "O", "organizationalUnitName": "OU", "countryName": "C"}


class Skipped(Exception):
    """There is nothing to try here; the text says why."""


class OtherCluster(ClientError):
    """An address leads to another cluster than the first did."""


class Probe(NamedTuple):
    """Where to go: an address that the user named, or one that a broker advertises. `fenced`: the cluster knows this
    broker, but does not hear of it."""

    address: Address
    config: Mapping[str, str]
    timeout: float
    broker: int | None = None
    fenced: bool = False

    @property
    def security(self) -> str:
        return self.config.get("security.protocol", "PLAINTEXT").upper()


class Walk:
    """The steps to one address; what one leaves behind is where the next begins."""

    STEPS = ("dns", "tcp", "tls", "sasl", "api-versions", "metadata")

    def __init__(self, probe: Probe, cluster_id: str | None = None) -> None:
        self.probe = probe
        self.metadata: Any = None
        self._cluster_id = cluster_id
        self._hosts: list[str] = []
        self._socket: socket.socket | None = None
        self._connection: Connection | None = None
        self._greeting: Any = None

    def step(self, name: str) -> str:
        """Go one step; what was found."""
        steps: dict[str, Callable[[], str]] = {
            "dns": self._dns,
            "tcp": self._tcp,
            "tls": self._tls,
            "sasl": self._sasl,
            "api-versions": self._api_versions,
            "metadata": self._metadata,
        }
        return steps[name]()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()

    def _dns(self) -> str:
        self._hosts = look_up(self.probe.address, self.probe.timeout)
        return ", ".join(self._hosts)

    def _tcp(self) -> str:
        self._socket = dial(self.probe.address, self._hosts, self.probe.timeout)
        host, port = self._socket.getpeername()[:2]
        return str(Address(host, port))

    def _tls(self) -> str:
        if not self.probe.security.endswith("SSL"):
            raise Skipped(f"security.protocol is {self.probe.security}")
        from kcli.client.tls import client_context

        assert self._socket is not None
        secured = start_tls(self._socket, client_context(self.probe.config), self.probe.address, self.probe.timeout)
        self._socket = secured
        return f"{secured.version()}, {certificate_text(secured.getpeercert() or {})}"

    def _sasl(self) -> str:
        if not self.probe.security.startswith("SASL"):
            raise Skipped(f"security.protocol is {self.probe.security}")
        from kcli.client.sasl import mechanism_name

        limit = {"sasl.login.read.timeout.ms": str(round(self.probe.timeout * 1000))}
        self._greet().authenticate({**self.probe.config, **limit}, self.probe.timeout)
        return mechanism_name(self.probe.config)

    def _api_versions(self) -> str:
        asked = self._connection is not None  # before SASL: once more, for what is told and how long it takes now
        connection = self._greet()
        if asked:
            self._greeting = connection.greet(self.probe.timeout)
        return f"{len(connection.versions)} APIs{release_of(self._greeting)}"

    def _metadata(self) -> str:
        assert self._connection is not None
        response = self._connection.request(messages.MetadataRequest(topics=[]), self.probe.timeout)
        if self._cluster_id not in (None, response.cluster_id):
            raise OtherCluster(f"it leads to the cluster {response.cluster_id}, not to {self._cluster_id}")
        self.metadata = response
        brokers = ", ".join(str(broker.node_id) for broker in sorted(response.brokers, key=lambda it: it.node_id))
        return f"cluster {response.cluster_id}, brokers {brokers or '(none)'}"

    def listeners(self) -> list[Probe]:
        """What the brokers advertise to those who come in here: a broker after another, fenced ones too (from 4.0)."""
        connection, request = self._connection, messages.DescribeClusterRequest
        assert connection is not None
        found = {broker.node_id: (broker.host, broker.port, False) for broker in self.metadata.brokers}
        if connection.supports(request, _WITH_FENCED):
            with suppress(ClientError):
                answer = connection.request(request(include_fenced_brokers=True), self.probe.timeout)
                for broker in answer.brokers:
                    found.setdefault(broker.broker_id, (broker.host, broker.port, broker.is_fenced))
        return [
            self.probe._replace(address=Address(host, port), broker=node, fenced=fenced)
            for node, (host, port, fenced) in sorted(found.items())
        ]

    def _greet(self) -> Connection:
        if self._connection is None:
            assert self._socket is not None
            client_id = self.probe.config.get("client.id") or DEFAULT_CLIENT_ID
            self._connection = Connection(Transport(self._socket, self.probe.address), client_id)
            self._greeting = self._connection.greet(self.probe.timeout)
        return self._connection


def look_up(address: Address, timeout: float) -> list[str]:
    """A name's addresses; the system's resolver cannot be interrupted: it works on a thread that may be left alone."""
    import socket

    found: list[str] = []
    trouble: list[str] = []

    def work() -> None:
        try:
            for item in socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM):
                if (host := str(item[4][0])) not in found:
                    found.append(host)
        except OSError as error:
            trouble.append((error.strerror or str(error)).lower())
        except UnicodeError:
            trouble.append("not a host name")

    thread = threading.Thread(target=work, name="resolver", daemon=True)
    thread.start()
    thread.join(timeout)
    if thread.is_alive():
        raise BrokerUnreachable(address, f"no answer within {round(timeout * 1000)} ms", silent=True)
    if not found:
        raise BrokerUnreachable(address, trouble[0] if trouble else "no address")
    return found


def dial(address: Address, hosts: list[str], timeout: float) -> socket.socket:
    """Connect to the first of a name's addresses that answers."""
    end = time.monotonic() + timeout
    reasons = []
    for position, host in enumerate(hosts):
        share = (end - time.monotonic()) / (len(hosts) - position)
        try:
            return open_socket(Address(host, address.port), max(0.05, share))
        except BrokerUnreachable as error:
            if error.reason not in reasons:
                reasons.append(error.reason)
    raise BrokerUnreachable(address, ", ".join(reasons))


def dial_again(probe: Probe) -> socket.socket:
    """Another connection to where one could be made."""
    return dial(probe.address, look_up(probe.address, probe.timeout), probe.timeout)


@contextmanager
def plainly(probe: Probe, *, tls: bool) -> Iterator[Connection]:
    """A connection that has been greeted, whatever the settings say; with TLS nothing is verified."""
    connected = dial_tls(probe) if tls else dial_again(probe)
    try:
        connection = Connection(Transport(connected, probe.address))
        connection.greet(probe.timeout)
        yield connection
    finally:
        connected.close()


def speaks_tls(probe: Probe) -> bool:
    """Whether a TLS handshake is answered."""
    try:
        dial_tls(probe).close()
    except TlsFailed as error:
        return " alert " in str(error)  # it refuses us in TLS's own words
    except ClientError:
        return False
    return True


def dial_tls(probe: Probe, certificate: bytes | None = None) -> Any:
    """A TLS socket that has verified nothing, or only that the peer has this certificate."""
    connected = dial_again(probe)
    try:
        return start_tls(connected, _trusting(certificate), probe.address, probe.timeout)
    except BaseException:
        connected.close()
        raise


def presented(probe: Probe) -> Mapping[str, Any]:
    """The certificate at an address, whoever signed it; Python takes apart only those that it has verified."""
    with dial_tls(probe) as first:
        raw = first.getpeercert(binary_form=True)
    with dial_tls(probe, raw) as second:
        found: Mapping[str, Any] = second.getpeercert() or {}
        return found


def _trusting(certificate: bytes | None) -> Any:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if certificate is not None:
        no_check_time = 0x200000  # X509_V_FLAG_NO_CHECK_TIME, which the ssl module has no name for
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | no_check_time
        context.load_verify_locations(cadata=certificate)
    return context


def certificate_text(certificate: Mapping[str, Any]) -> str:
    """Whose it is, for which names, until when."""
    import ssl

    text = name_text(certificate.get("subject", ()))
    if names := certificate_names(certificate):
        text += f" for {', '.join(names)}"
    ends = certificate.get("notAfter")
    if ends:
        seconds = ssl.cert_time_to_seconds(ends)
        days = int((seconds - time.time()) // 86400)
        text += time.strftime(", until %Y-%m-%d", time.gmtime(seconds))
        if 0 <= days < _SOON:
            text += f" (ends in {days} days: renew it)"
    return text


def certificate_names(certificate: Mapping[str, Any]) -> list[str]:
    """The hosts that it is for."""
    return [value for _, value in certificate.get("subjectAltName", ())]


def name_text(name: Any) -> str:
    """`CN=kafka, O=Example`."""
    return ", ".join(f"{_SHORT_NAMES.get(key, key)}={value}" for part in name for key, value in part)


def release_of(greeting: Any) -> str:
    """The release that a broker's highest metadata.version belongs to; nothing where it does not say (ZooKeeper)."""
    names = {level: name for name, level in LEVELS.items()}
    for feature in getattr(greeting, "supported_features", None) or ():
        if feature.name == METADATA_VERSION and feature.max_version in names:
            return f", Kafka {names[feature.max_version].partition('-')[0]}"
    return ""


def produce(cluster: Cluster, topic: str, value: bytes, timeout: float, reachable: Collection[int]) -> int:
    """Write a record to partition 0, whose leader should be one of those that can be reached; its offset."""
    from kcli.records.builder import build_values

    request = messages.ProduceRequest
    body = request(
        acks=-1,
        timeout_ms=round(timeout * 1000),
        topic_data=[
            request.TopicProduceData(
                name=topic,
                partition_data=[
                    request.PartitionProduceData(index=0, records=build_values([value], round(time.time() * 1000)))
                ],
            )
        ],
    )

    def attempt() -> int:
        leader = cluster.leader(topic, 0)
        if leader not in reachable:
            raise Skipped(f"partition 0 is led by broker {leader}, which cannot be reached")
        response = _of_leader(cluster, topic, body)
        answer = response.responses[0].partition_responses[0]
        if answer.error_code:
            raise KafkaError(answer.error_code, getattr(answer, "error_message", None))
        return int(answer.base_offset)

    return cluster.retry(attempt, timeout)


def fetch(cluster: Cluster, topic: str, offset: int, value: bytes, timeout: float) -> None:
    """Read the record at an offset of partition 0; raises unless it is this one."""
    from kcli.records.reader import read_values

    request = messages.FetchRequest
    part = request.FetchPartition(partition=0, fetch_offset=offset, partition_max_bytes=1 << 20)
    body = request(
        max_wait_ms=min(500, round(timeout * 500)),
        min_bytes=1,
        max_bytes=1 << 20,
        topics=[request.FetchTopic(topic=topic, partitions=[part])],
    )

    def attempt() -> bool:
        response = _of_leader(cluster, topic, body)
        if response.error_code:
            raise KafkaError(response.error_code)
        answer = response.responses[0].partitions[0]
        if answer.error_code:
            raise KafkaError(answer.error_code)
        return bool(answer.records) and value in read_values(answer.records)

    end = time.monotonic() + timeout
    while not cluster.retry(attempt, timeout):
        if time.monotonic() > end:
            raise RequestTimedOut(f"the record did not come within {round(timeout * 1000)} ms")


def _of_leader(cluster: Cluster, topic: str, body: messages.Message) -> Any:
    leader = cluster.leader(topic, 0)
    version = cluster.connection(leader).version_for(body, _BY_NAME)
    return cluster.request(leader, body, version=version)


def create(cluster: Cluster, topic: str, broker: int) -> None:
    """Create a topic of one partition on a broker."""
    from kcli.client.admin import Admin, NewTopic, results

    new = NewTopic(topic, assignments={0: [broker]}, configs={"min.insync.replicas": "1"})
    results(Admin(cluster).create_topics([new]))


def delete(cluster: Cluster, topic: str) -> None:
    """Delete it; that it is not there is as good."""
    from kcli.client.admin import Admin

    error = Admin(cluster).delete_topics([topic])[topic]
    if error is not None and error.code != errors.UNKNOWN_TOPIC_OR_PARTITION:
        raise error
