"""A connection on its way: taken, refused, or left behind before and after it was there."""

from __future__ import annotations

import select
import threading

import pytest

from kcli.client.cluster import Cluster
from kcli.client.connection import Connection
from kcli.client.errors import BrokerUnreachable
from kcli.client.opening import Opening
from kcli.testing.broker import InProcessBroker
from kcli.wire import messages
from tests.client.test_cluster import nobody


def outcome(opening: Opening) -> Opening:
    assert select.select([opening], [], [], 60)[0]
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
