"""Finding one's way in a cluster: our own broker where it can play the part, scripted ones where it must misbehave."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from kcli.client.address import Address
from kcli.client.cluster import Cluster
from kcli.client.errors import BrokerUnreachable, ClusterUnreachable, HungUp, RequestTimedOut, TurnedAway
from kcli.testing.broker import InProcessBroker
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError
from kcli.wire.frames import RequestHeader
from tests.client.bad_network import BadNetwork
from tests.client.scripted_broker import HANG_UP, ScriptedBroker

QUICK = {"retry.backoff.ms": "1", "retry.backoff.max.ms": "2"}


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        yield broker.bootstrap_servers


def nobody() -> str:
    with socket.create_server(("localhost", 0)) as listener:
        return f"localhost:{listener.getsockname()[1]}"


def metadata(*brokers: Address, controller: int = 0, leader: int = 0) -> Any:
    response = messages.MetadataResponse
    topic = response.MetadataResponseTopic
    return response(
        brokers=[
            response.MetadataResponseBroker(node_id=number, host=address.host, port=address.port)
            for number, address in enumerate(brokers)
        ],
        controller_id=controller,
        topics=[topic(name="t", partitions=[response.MetadataResponsePartition(partition_index=0, leader_id=leader)])],
    )


def test_the_brokers_the_controller_and_the_coordinator_are_found(bootstrap: str) -> None:
    with Cluster(bootstrap) as cluster:
        cluster.refresh()
        assert [node.id for node in cluster.nodes.values()] == [1]
        assert cluster.controller() == 1
        assert cluster.coordinator("a group") == 1
        assert cluster.cluster_id


def test_a_topic_is_created_by_asking_only_where_that_is_wanted(bootstrap: str) -> None:
    with Cluster(bootstrap) as cluster:
        with pytest.raises(KafkaError) as error:
            cluster.topic("made-by-asking")
        assert error.value.code == errors.UNKNOWN_TOPIC_OR_PARTITION
        created = cluster.retry(lambda: cluster.topic("made-by-asking", auto_create=True))
        assert created.name == "made-by-asking"
        assert cluster.retry(lambda: cluster.leader("made-by-asking", 0)) == 1


def test_the_bootstrap_connection_is_kept_for_its_broker() -> None:
    with (
        ScriptedBroker(lambda header, body: metadata(broker.address)) as broker,
        Cluster(str(broker.address)) as cluster,
    ):
        cluster.refresh()
        cluster.request(cluster.leader("t", 0), messages.MetadataRequest())
        assert broker.connections == 1


def test_bootstrap_addresses_are_tried_in_turn(bootstrap: str) -> None:
    with Cluster(f"{nobody()},{bootstrap}") as cluster:
        cluster.refresh()
        assert list(cluster.nodes) == [1]


def test_nobody_there_is_told_at_once_with_every_address() -> None:
    one, two = nobody(), nobody()
    with pytest.raises(ClusterUnreachable) as error:
        Cluster(f"{one},{two}").refresh()
    assert str(error.value) == f"Cannot connect to {one}: connection refused; {two}: connection refused"


def test_a_silent_address_does_not_hold_up_the_next(bootstrap: str) -> None:
    with socket.create_server(("localhost", 0)) as silent:
        address = f"localhost:{silent.getsockname()[1]}"
        with Cluster(f"{address},{bootstrap}", {"socket.connection.setup.timeout.ms": "3600000"}) as cluster:
            cluster.refresh()
            assert list(cluster.nodes) == [1]


def test_what_any_broker_can_answer_is_asked_of_another_when_one_does_not() -> None:
    mute: list[Any] = []

    def script(header: RequestHeader, body: Any) -> Any:
        mute.append(body)
        return None if len(mute) > 1 else metadata(one.address, two.address)

    with (
        ScriptedBroker(script) as one,
        ScriptedBroker(lambda header, body: metadata(one.address, two.address)) as two,
        Cluster(str(one.address)) as cluster,
    ):
        cluster.refresh()
        cluster.request_timeout = 3600.0
        cluster.refresh()
        cluster.refresh()
        assert len(mute) == 2
        assert len([header for header, _ in two.requests if header.api_key == messages.MetadataRequest.API_KEY]) == 2


def test_an_address_where_nobody_answers_is_passed_over_or_told(bootstrap: str) -> None:
    with socket.create_server(("localhost", 0)) as silent:
        address = f"localhost:{silent.getsockname()[1]}"
        quick = {"socket.connection.setup.timeout.ms": "100"}
        with Cluster(f"{address},{bootstrap}", quick) as cluster:
            cluster.refresh()
            assert list(cluster.nodes) == [1]
        with pytest.raises(ClusterUnreachable, match=f"Cannot connect to {address}: it accepts connections but does"):
            Cluster(address, quick).refresh()


def test_a_dead_idle_connection_is_opened_anew() -> None:
    answers: list[Any] = []

    def script(header: RequestHeader, body: Any) -> Any:
        answers.append(header)
        return HANG_UP if len(answers) == 2 else metadata(broker.address)

    with ScriptedBroker(script) as broker, Cluster(str(broker.address), QUICK) as cluster:
        node = cluster.any_node()
        cluster.request(node, messages.MetadataRequest())
        cluster.request(node, messages.MetadataRequest())
        assert len(answers) == 3
        assert broker.connections == 2


def test_a_broker_that_always_hangs_up_is_not_asked_for_ever() -> None:
    with ScriptedBroker(lambda header, body: HANG_UP) as broker, Cluster(str(broker.address), QUICK) as cluster:
        with pytest.raises(TurnedAway, match="does it ask for SASL"):
            cluster.refresh()
        assert broker.connections == 3


def port_of(bootstrap: str) -> int:
    return int(bootstrap.rpartition(":")[2])


def test_a_connection_that_breaks_at_the_greeting_is_tried_again(bootstrap: str) -> None:
    with BadNetwork(port_of(bootstrap), refusals=2) as network, Cluster(network.address, QUICK) as cluster:
        cluster.refresh()
        assert network.connections == 3


def test_who_always_hangs_up_at_the_greeting_is_named(bootstrap: str) -> None:
    with BadNetwork(port_of(bootstrap), refusals=100) as network, Cluster(network.address, QUICK) as cluster:
        with pytest.raises(HungUp, match=f"{network.address} closed the connection at the first request"):
            cluster.refresh()
        assert network.connections == 3


def test_a_cluster_that_has_answered_is_given_time_to_come_back_behind_its_proxy() -> None:
    def script(header: RequestHeader, body: Any) -> Any:
        return metadata(Address("localhost", network.port))

    with (
        ScriptedBroker(script) as broker,
        BadNetwork(broker.address.port) as network,
        Cluster(network.address, QUICK) as cluster,
    ):
        cluster.refresh()
        cluster.close()
        network.refusals = 10
        cluster.refresh()
        assert network.connections == 12


def test_a_network_that_breaks_first_requests_is_not_taken_for_a_wrong_listener() -> None:
    refusals = 5

    def script(header: RequestHeader, body: Any) -> Any:
        nonlocal refusals
        if header.api_key == messages.MetadataRequest.API_KEY:
            return metadata(broker.address)
        refusals -= 1
        return messages.ListGroupsResponse() if refusals < 0 else HANG_UP

    with ScriptedBroker(script) as broker, Cluster(str(broker.address), QUICK) as cluster:
        cluster.refresh()
        cluster.close()
        assert cluster.ask(messages.ListGroupsRequest()).groups == []


def test_in_a_hurry_neither_answers_nor_connections_are_waited_for() -> None:
    with (
        ScriptedBroker(lambda header, body: None) as mute,
        socket.create_server(("localhost", 0)) as silent,
        Cluster(str(mute.address)) as one,
        Cluster(f"localhost:{silent.getsockname()[1]}") as another,
    ):
        with one.hurried(0.05), pytest.raises(RequestTimedOut, match="did not answer a Metadata request within 50 ms"):
            one.refresh()
        with another.hurried(0.05), pytest.raises(ClusterUnreachable, match="does not answer within 50 ms"):
            another.refresh()
        assert one.request_timeout == another.request_timeout == 30


def web_server(header: RequestHeader, body: Any) -> Any:
    return b"HTTP/1.1 400 Bad Request\r\n\r\n"


@pytest.mark.parametrize("greet", [web_server, lambda header, body: HANG_UP], ids=["web", "mute"])
def test_an_address_of_something_else_is_passed_over(bootstrap: str, greet: Any) -> None:
    with (
        ScriptedBroker(web_server, greet) as other,
        Cluster(f"{other.address},{bootstrap}", QUICK) as cluster,
    ):
        cluster.refresh()
        assert list(cluster.nodes) == [1]


def test_patience_is_for_errors_that_time_heals() -> None:
    with ScriptedBroker(lambda header, body: metadata(broker.address)) as broker:
        cluster = Cluster(str(broker.address), QUICK)
        outcomes = [errors.NOT_LEADER_OR_FOLLOWER, errors.REQUEST_TIMED_OUT, errors.TOPIC_ALREADY_EXISTS]

        def attempt() -> None:
            raise KafkaError(outcomes.pop(0))

        with pytest.raises(KafkaError) as error:
            cluster.retry(attempt)
        assert error.value.code == errors.TOPIC_ALREADY_EXISTS
        assert outcomes == []


def test_patience_ends() -> None:
    cluster = Cluster("localhost:1", QUICK | {"default.api.timeout.ms": "20"})

    def attempt() -> None:
        raise KafkaError(errors.NOT_LEADER_OR_FOLLOWER)

    with pytest.raises(KafkaError):
        cluster.retry(attempt)


def test_what_was_known_is_forgotten_before_another_try() -> None:
    leaders = [-1, -1, 0]

    def script(header: RequestHeader, body: Any) -> Any:
        return metadata(broker.address, leader=leaders.pop(0) if body.topics else 0)

    with ScriptedBroker(script) as broker, Cluster(str(broker.address), QUICK) as cluster:
        assert cluster.retry(lambda: cluster.leader("t", 0)) == 0
        assert leaders == []


def test_a_broker_that_cannot_be_reached_where_it_says_is_named() -> None:
    unreachable = Address("localhost", int(nobody().rpartition(":")[2]))

    with (
        ScriptedBroker(lambda header, body: metadata(unreachable)) as broker,
        Cluster(str(broker.address), QUICK) as cluster,
    ):
        cluster.refresh()
        with pytest.raises(BrokerUnreachable, match=str(unreachable)):
            cluster.request(cluster.leader("t", 0), messages.MetadataRequest())


def test_a_broker_that_says_nothing_is_asked_after_the_others() -> None:
    quick = {**QUICK, "socket.connection.setup.timeout.ms": "100", "default.api.timeout.ms": "5000"}
    with (
        socket.create_server(("localhost", 0)) as silent,
        ScriptedBroker(lambda header, body: metadata(Address(*silent.getsockname()), broker.address)) as broker,
        Cluster(str(broker.address), quick) as cluster,
    ):
        cluster.refresh()
        cluster.close()  # of what is open, nothing has to be opened
        cluster.refresh()
        cluster.close()
        assert cluster.any_node() == 1


@pytest.mark.parametrize("partition", [-1, 1])
def test_a_partition_that_there_is_not(partition: int) -> None:
    with ScriptedBroker(lambda header, body: metadata(broker.address)) as broker:
        with Cluster(str(broker.address)) as cluster, pytest.raises(KafkaError) as error:
            cluster.leader("t", partition)
        assert error.value.code == errors.UNKNOWN_TOPIC_OR_PARTITION


def test_coordinators_are_found_by_old_requests_too() -> None:
    def greet(header: RequestHeader, body: Any) -> Any:
        item = messages.ApiVersionsResponse.ApiVersion
        return messages.ApiVersionsResponse(api_keys=[item(api_key=10, min_version=0, max_version=3)])

    def script(header: RequestHeader, body: Any) -> Any:
        assert body.key == "g"
        return messages.FindCoordinatorResponse(node_id=7, host="localhost", port=broker.address.port)

    with ScriptedBroker(script, greet) as broker, Cluster(str(broker.address), QUICK) as cluster:
        assert cluster.coordinator("g") == 7
        assert cluster.nodes[7].address == broker.address
