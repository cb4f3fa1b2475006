import pytest

from kcli.config.definition import ConfigError
from kcli.config.listeners import ListenerAddress, parse_listeners, parse_protocol_map

PROTOCOLS = parse_protocol_map("PLAINTEXT:PLAINTEXT, tls:ssl,")


def listeners(*entries):
    return parse_listeners("listeners", entries, PROTOCOLS)


@pytest.mark.parametrize(
    "entry, expected",
    [
        ("PLAINTEXT://:9092", ("PLAINTEXT", "", 9092, "PLAINTEXT")),
        ("tls://[::1]:0", ("TLS", "::1", 0, "SSL")),
        ("Plaintext://some-host.example:1", ("PLAINTEXT", "some-host.example", 1, "PLAINTEXT")),
    ],
)
def test_entry(entry, expected):
    assert listeners(entry) == [ListenerAddress(*expected)]


@pytest.mark.parametrize(
    "entries, message",
    [
        (["X"], "Unable to parse X to a broker endpoint"),
        (["PLAINTEXT://h"], "Unable to parse"),
        (["FOO://:1"], "No security protocol defined for listener FOO"),
        (["TLS://:1", "tls://:2"], "different name"),
        (["TLS://:1", "PLAINTEXT://:1"], "different port"),
        (["TLS://127.0.0.1:1", "PLAINTEXT://127.0.0.2:1"], "different port"),
        (["PLAINTEXT://:70000"], "Invalid port 70000"),
    ],
)
def test_refusal(entries, message):
    with pytest.raises(ConfigError, match=message):
        listeners(*entries)


def test_one_port_for_both_ip_versions():
    assert len(listeners("TLS://127.0.0.1:1", "PLAINTEXT://[::1]:1")) == 2


def test_protocol_map_refuses():
    with pytest.raises(ConfigError, match="Invalid security protocol `X`"):
        parse_protocol_map("A:X")
