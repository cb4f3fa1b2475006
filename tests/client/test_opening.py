"""A connection on its way: taken, refused, or left behind before and after it was there."""

from __future__ import annotations

import select
import threading

import pytest

from kcli.client.address import parse_addresses
from kcli.client.cluster import Cluster
from kcli.client.connection import Connection
from kcli.client.errors import BrokerUnreachable
from kcli.client.opening import Opening, Openings, race
from kcli.testing.broker import InProcessBroker
from kcli.wire import messages
from tests.client.test_cluster import nobody


def outcome(opening: Opening) -> Opening:
    poller = select.poll()  # select() takes no numbers above 1023
    poller.register(opening, select.POLLIN)
    assert poller.poll(60_000)
    return opening


def test_it_is_taken() -> None:
    with InProcessBroker() as broker, Cluster(broker.bootstrap_servers) as cluster:
        cluster.refresh()
        with outcome(cluster.opening(1)).take() as connection:
            assert connection.request(messages.MetadataRequest()).brokers


def test_what_stood_in_its_way_is_raised() -> None:
    with Cluster(nobody()) as cluster, pytest.raises(BrokerUnreachable):
        outcome(cluster.opening(-1)).take()


@pytest.mark.parametrize("early", [True, False])
def test_nobody_wants_it_any_more(early: bool) -> None:
    abandoned = threading.Event()
    made: list[Connection] = []

    with InProcessBroker() as broker, Cluster(broker.bootstrap_servers) as cluster:

        def connect() -> Connection:
            if early:
                assert abandoned.wait(60)
            made.append(cluster.open(-1))
            return made[0]

        opening = Opening(-1, connect)
        if not early:
            outcome(opening)
        opening.abandon()
        abandoned.set()
        for thread in threading.enumerate():
            if getattr(thread, "_target", None) == opening._run:
                thread.join(60)
        assert made[0].fileno() == -1


def test_who_cannot_be_reached_is_left_alone_ever_longer() -> None:
    with InProcessBroker() as broker, Cluster(broker.bootstrap_servers) as cluster:
        cluster.refresh()
        there = cluster.nodes[1]
        cluster.nodes[1] = there._replace(address=parse_addresses(nobody())[0])
        openings = Openings(cluster, 1.0, 3.0)
        now = 100.0
        for pause in (1.0, 2.0, 3.0, 3.0):
            opening = openings.begin(1, now)
            assert opening is not None
            assert openings.begin(1, now) is None  # it is under way
            with pytest.raises(BrokerUnreachable):
                openings.take(outcome(opening), now)
            assert openings.begin(1, now) is None  # it is too early
            assert openings.missing
            assert openings.wake_at(now) == now + pause
            now += pause
        cluster.nodes[1] = there
        opening = openings.begin(1, now)
        assert opening is not None
        openings.take(outcome(opening), now).close()
        assert (openings.missing, openings.not_before(1), list(openings)) == (False, 0.0, [])


def test_the_first_of_several_wins_and_the_others_turn_back() -> None:
    turned_back = threading.Event()
    last: list[Connection] = []

    def connect(node: int) -> Connection:
        if node == 0:
            assert turned_back.wait(60)
        if node == 1:
            raise BrokerUnreachable(cluster.address(-1), "it is not there")
        connection = cluster.open(-1)
        last.append(connection)
        return connection

    with InProcessBroker() as broker, Cluster(broker.bootstrap_servers) as cluster:
        running = race([0, 1, 2, 3], lambda node: Opening(node, lambda: connect(node)), 0.01)
        node, failure = next(running)
        assert (node, type(failure)) == (1, BrokerUnreachable)
        node, connection = next(running)
        assert node in (2, 3)
        assert isinstance(connection, Connection)
        running.close()
        turned_back.set()
        for thread in threading.enumerate():
            if getattr(thread, "_target", None) is not None and "Opening" in str(thread._target):  # type: ignore[attr-defined]
                thread.join(60)
        assert all(each.fileno() == -1 for each in last if each is not connection)
        assert connection.fileno() != -1
        connection.close()
