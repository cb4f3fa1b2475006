"""The network over real sockets: framing, order, limits, flow control."""

import asyncio
import errno
import gc
import os
import resource
import socket
import struct
import warnings

import pytest

from kcli.clock import ManualClock
from kcli.net.connection import FIRST_PIECE, FRAMES_WAITING
from kcli.net.listener import BindError, Endpoint
from kcli.net.server import Limits, NetworkServer
from kcli.security.session import Session
from kcli.wire.errors import WireError


def framed(body):
    return struct.pack(">i", len(body)) + body


def echo(frame, session):
    return [struct.pack(">i", len(frame)), bytes(frame)]


class Client:
    """Asyncio streams over one connection, since the server runs in the same loop."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port, host="127.0.0.1"):
        return cls(*await asyncio.open_connection(host, port))

    def send(self, *bodies):
        self.writer.write(b"".join(map(framed, bodies)))

    async def receive(self):
        (size,) = struct.unpack(">i", await self.reader.readexactly(4))
        return await self.reader.readexactly(size)

    async def closed(self):
        try:
            return await self.reader.read(1) == b""
        except ConnectionError:
            return True

    def close(self):
        self.writer.close()


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request):
    """Run a coroutine on each of the loops that the broker may run on."""
    if request.param == "uvloop":
        uvloop = pytest.importorskip("uvloop")
        new_loop = uvloop.new_event_loop
    else:
        new_loop = asyncio.new_event_loop

    def run(coroutine):
        loop = new_loop()
        try:
            return loop.run_until_complete(asyncio.wait_for(coroutine, 60))
        finally:
            loop.close()

    return run


class Served:
    """A server with one listener on a free port."""

    def __init__(self, handle=echo, clock=None, new_session=None, **limits):
        self.server = NetworkServer(handle, clock or ManualClock(), Limits(**limits), new_session)

    async def __aenter__(self):
        (listener,) = self.server.bind([Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", 0)])
        self.port = listener.port
        self.server.start()
        return self

    async def __aexit__(self, *exc):
        await self.server.close(0.05)

    async def connect(self):
        return await Client.open(self.port)

    async def until(self, condition):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def test_answers_in_order_when_some_take_longer(run):
    async def scenario():
        async def later(frame):
            await asyncio.sleep(0.01)
            return [framed(bytes(frame))]

        def handle(frame, session):
            if frame[:1] == b"n":
                return None
            return later(frame) if frame[:1] == b"l" else [framed(bytes(frame))]

        async with Served(handle) as served:
            client = await served.connect()
            sent = [b"%c%d" % (b"sln"[i % 3], i) for i in range(60)]
            client.send(*sent)
            expected = [body for body in sent if not body.startswith(b"n")]
            assert [await client.receive() for _ in expected] == expected

    run(scenario())


def test_frames_cut_anywhere(run):
    async def scenario():
        async with Served() as served:
            client = await served.connect()
            bodies = [b"a", b"bcd", b"", bytes(range(256))]
            for byte in b"".join(map(framed, bodies)):
                client.writer.write(bytes([byte]))
                await asyncio.sleep(0)
            assert [await client.receive() for _ in bodies] == bodies

    run(scenario())


def test_many_small_frames_at_once(run):
    async def scenario():
        async with Served() as served:
            client = await served.connect()
            bodies = [b"%d" % i for i in range(20000)]
            client.send(*bodies)
            assert [await client.receive() for _ in bodies] == bodies

    run(scenario())


def test_large_frames_both_ways(run):
    async def scenario():
        async with Served() as served:
            client = await served.connect()
            bodies = [os.urandom(size) for size in (3 * FIRST_PIECE + 7, 20_000_000, 5)]
            client.send(*bodies)
            assert [await client.receive() for _ in bodies] == bodies

    run(scenario())


def test_slow_reader_gets_all_and_is_not_read_from_meanwhile(run):
    async def scenario():
        handled = []

        def handle(frame, session):
            handled.append(len(frame))
            return [framed(bytes(4_000_000))]

        async with Served(handle) as served:
            client = await served.connect()
            for _ in range(50):
                client.send(b"x")
                await asyncio.sleep(0)
            await asyncio.sleep(0.1)
            assert len(handled) < 10  # what the system's socket buffers take, and one answer that waits
            assert 0 < served.server.owed <= 4_000_004
            for _ in range(50):
                assert len(await client.receive()) == 4_000_000
            assert len(handled) == 50
            assert served.server.owed == 0

            client.send(*[b"x"] * 50)
            await served.until(lambda: served.server.owed > 0)
            client.close()
            await served.until(lambda: not served.server.connections)
            assert served.server.owed == 0

    run(scenario())


@pytest.mark.parametrize("announced", [-1, -(2**31), 2**31 - 1, 1001])
def test_announced_size_out_of_bounds_closes(run, announced):
    async def scenario():
        async with Served(request_bytes=1000) as served:
            client = await served.connect()
            client.writer.write(framed(b"ok") + struct.pack(">i", announced) + b"abc")
            assert await client.receive() == b"ok"
            assert await client.closed()

    run(scenario())


def test_huge_announcement_allocates_nothing_of_the_kind(run):
    async def scenario():
        async with Served() as served:
            clients = [await served.connect() for _ in range(50)]
            for client in clients:
                client.writer.write(struct.pack(">i", 100_000_000) + b"abc")
            await served.until(lambda: sum(c._frame is not None for c in served.server.connections) == 50)
            assert all(len(c._frame) <= FIRST_PIECE for c in served.server.connections)
            for client in clients:
                client.close()

    run(scenario())


def test_smaller_bound_before_authentication(run):
    async def scenario():
        session = []

        def new_session(endpoint):
            session.append(Session(endpoint.name, authenticated=False))
            return session[-1]

        async with Served(new_session=new_session, unauthenticated_bytes=10) as served:
            client = await served.connect()
            client.send(bytes(10))
            assert len(await client.receive()) == 10
            session[0].authenticated = True
            client.send(bytes(11))
            assert len(await client.receive()) == 11
            session[0].authenticated = False
            client.send(bytes(11))
            assert await client.closed()

    run(scenario())


def test_wire_error_closes_after_the_answers_before(run):
    async def scenario():
        async def fail_later():
            raise WireError("no")

        def handle(frame, session):
            if frame == b"bad":
                raise WireError("no")
            return fail_later() if frame == b"late" else echo(frame, session)

        async with Served(handle) as served:
            for bad in (b"bad", b"late"):
                client = await served.connect()
                client.send(b"good", bad, b"never")
                assert await client.receive() == b"good"
                assert await client.closed()

    run(scenario())


def test_handler_may_ask_to_close_after_its_answer(run):
    async def scenario():
        def handle(frame, session):
            session.closing = True
            return echo(frame, session)

        async with Served(handle) as served:
            client = await served.connect()
            client.send(b"one", b"two")
            assert await client.receive() == b"one"
            assert await client.closed()

    run(scenario())


def test_lost_client_cancels_its_request(run):
    async def scenario():
        cancelled = asyncio.Event()

        async def forever():
            try:
                await asyncio.sleep(1000)
            finally:
                cancelled.set()

        async with Served(lambda frame, session: forever()) as served:
            client = await served.connect()
            client.send(b"x")
            await served.until(lambda: any(c.busy for c in served.server.connections))
            client.close()
            await cancelled.wait()
            await served.until(lambda: not served.server.connections)

    run(scenario())


def test_what_a_client_sent_before_it_left_is_handled(run):
    """A producer with acks=0 sends and goes. What would have to wait meanwhile is not worth anything to it any more."""

    async def scenario():
        seen = []

        def swallow(frame, session):
            seen.append(bytes(frame))

        async with Served(swallow) as served:
            client = await served.connect()
            bodies = [str(number).encode() for number in range(FRAMES_WAITING)]
            client.send(*bodies)
            client.close()
            await served.until(lambda: len(seen) == len(bodies))
            await served.until(lambda: not served.server.connections)
            assert seen == bodies

    run(scenario())


def test_a_request_whose_client_left_at_once_is_cancelled_without_noise(run):
    async def scenario():
        async def inner():
            await asyncio.sleep(1000)

        async def outer(work):
            await work

        def handle(frame, session):
            (connection,) = served.server.connections
            asyncio.get_running_loop().call_soon(connection.abort)  # before the request gets its first turn
            return outer(inner())

        async with Served(handle) as served:
            client = await served.connect()
            client.send(b"x")
            assert await client.closed()
            client.close()

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run(scenario())
        gc.collect()
    assert not [warning for warning in caught if "never awaited" in str(warning.message)]


def test_idle_connections_end(run):
    async def scenario():
        clock = ManualClock()
        async with Served(clock=clock, idle_seconds=600) as served:
            idle, active = await served.connect(), await served.connect()
            await served.until(lambda: len(served.server.connections) == 2)
            clock.advance(400)
            active.send(b"x")
            await active.receive()
            clock.advance(300)
            served.server.close_idle()
            assert await idle.closed()
            active.send(b"x")
            assert await active.receive() == b"x"

    run(scenario())


def test_connections_per_address(run):
    async def scenario():
        async with Served(connections_per_address=5, overrides={"127.0.0.1": 2}) as served:
            first, _second, third = [await served.connect() for _ in range(3)]
            assert await third.closed()
            first.close()
            await served.until(lambda: len(served.server.connections) == 1)
            fourth = await served.connect()
            fourth.send(b"x")
            assert await fourth.receive() == b"x"

    run(scenario())


def test_connections_above_the_limit_wait_for_a_place(run):
    async def scenario():
        async with Served(connections=2) as served:
            clients = [await served.connect() for _ in range(4)]
            for client in clients:
                client.send(b"x")
            assert await clients[0].receive() == b"x"
            await asyncio.sleep(0.05)
            assert len(served.server.connections) == 2
            for client in clients[:3]:
                client.close()
            assert await clients[3].receive() == b"x"

    run(scenario())


def test_running_out_of_descriptors_is_survived(run):
    async def scenario():
        async with Served() as served:
            first = await served.connect()
            first.send(b"x")
            await first.receive()
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            waiting = [socket.socket() for _ in range(3)]
            for one in waiting:
                one.setblocking(False)
            resource.setrlimit(resource.RLIMIT_NOFILE, (waiting[-1].fileno() + 1, hard))
            try:
                for one in waiting:
                    assert one.connect_ex(("127.0.0.1", served.port)) in (0, errno.EINPROGRESS)
                first.send(b"still")
                assert await first.receive() == b"still"
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            loop = asyncio.get_running_loop()
            for one in waiting:
                await loop.sock_sendall(one, framed(b"now"))
                assert await loop.sock_recv(one, 4) == framed(b"now")[:4]
                one.close()

    run(scenario())


def test_a_burst_of_connections_waits_for_the_loop(run):
    async def scenario():
        async with Served() as served:
            # The loop stands still. A queue of 50, Kafka's default, would leave most of them waiting.
            burst = [
                socket.create_connection(("127.0.0.1", served.port), 5) for _ in range(300)
            ]  # the loop stands still
            loop = asyncio.get_running_loop()
            for one in burst:
                one.setblocking(False)
                await loop.sock_sendall(one, framed(b"all"))
            for one in burst:
                assert await loop.sock_recv(one, 7) == framed(b"all")
                one.close()

    run(scenario())


def test_connects_and_drops_leave_nothing(run):
    async def scenario():
        async with Served() as served:
            before = len(os.listdir("/dev/fd"))
            for _ in range(300):
                client = await served.connect()
                client.send(b"x")
                client.close()
            await served.until(lambda: not served.server.connections and not served.server._opening)
            assert len(os.listdir("/dev/fd")) <= before + 2
            assert not served.server._per_address

    run(scenario())


def test_port_in_use_names_listener_and_address(run):
    async def scenario():
        async with Served() as served:
            other = NetworkServer(echo, ManualClock())
            endpoint = Endpoint("OTHER", "PLAINTEXT", "127.0.0.1", served.port)
            with pytest.raises(BindError, match=rf"OTHER://127\.0\.0\.1:{served.port} .*Address already in use"):
                other.bind([Endpoint("A", "PLAINTEXT", "127.0.0.1", 0), endpoint])
            with pytest.raises(BindError, match="no-such-host"):
                other.bind([Endpoint("A", "PLAINTEXT", "no-such-host.invalid", 1)])

    run(scenario())


def test_empty_host_takes_both_ip_versions(run):
    async def scenario():
        server = NetworkServer(echo, ManualClock())
        (listener,) = server.bind([Endpoint("A", "PLAINTEXT", "", 0)])
        server.start()
        hosts = ["127.0.0.1", *(["::1"] if listener._socket.family == socket.AF_INET6 else [])]
        clients = [await Client.open(listener.port, host) for host in hosts]
        for client in clients:
            client.send(b"x")
            assert await client.receive() == b"x"
        addresses = {connection.session.client_address for connection in server.connections}
        assert addresses == set(hosts)
        await server.close(0.05)

    run(scenario())


def test_close_ends_idle_and_waiting_connections(run):
    async def scenario():
        started = asyncio.Event()

        async def forever():
            started.set()
            await asyncio.sleep(1000)

        served = Served(lambda frame, session: forever())
        async with served:
            idle, busy = await served.connect(), await served.connect()
            busy.send(b"x")
            await started.wait()
        assert await idle.closed()
        assert await busy.closed()
        assert not served.server.connections

    run(scenario())
