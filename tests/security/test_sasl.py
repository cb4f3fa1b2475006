import pytest

from kcli.config.broker import BrokerConfig
from kcli.config.definition import ConfigError
from kcli.security.sasl import Plain, SaslError, SaslServer, State, mechanisms_of

MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule required"


def plain_config(jaas, mechanisms="PLAIN"):
    return BrokerConfig({"sasl.enabled.mechanisms": mechanisms, "listener.name.sasl.plain.sasl.jaas.config": jaas})


@pytest.fixture
def server():
    jaas = f'{MODULE} username="broker" password="b" user_alice="secret" user_bob="";'
    return SaslServer(mechanisms_of(plain_config(jaas), "SASL"))


def test_success(server):
    assert server.handshake("PLAIN", 1)
    assert server.user is None
    assert server.authenticate(b"\0alice\0secret") == b""
    assert (server.state, server.user) == (State.COMPLETE, "alice")


def test_version_0_sends_bare_tokens_until_it_is_over(server):
    server.handshake("PLAIN", 0)
    assert server.bare_tokens
    server.authenticate(b"alice\0alice\0secret")
    assert not server.bare_tokens


def test_unknown_mechanism(server):
    assert not server.handshake("SCRAM-SHA-256", 1)
    assert server.state is State.FAILED


@pytest.mark.parametrize(
    "token, message",
    [
        (b"\0alice\0wrong", "Authentication failed: Invalid username or password"),
        (b"\0nobody\0secret", "Authentication failed: Invalid username or password"),
        (b"\0broker\0b", "Authentication failed: Invalid username or password"),
        (b"\0bob\0", "Authentication failed: password not specified"),
        (b"\0\0secret", "Authentication failed: username not specified"),
        (b"bob\0alice\0secret", "Client requested an authorization id that is different from username"),
        (b"alice", "expected 3 tokens, got 1"),
        (b"\0a\0b\0c", "expected 3 tokens, got 4"),
        (b"\0\xff\0b", "not UTF-8"),
    ],
)
def test_refusals(server, token, message):
    server.handshake("PLAIN", 1)
    with pytest.raises(SaslError, match=message):
        server.authenticate(token)
    assert (server.state, server.user) == (State.FAILED, None)


def test_unknown_user_with_an_empty_password_never_matches():
    with pytest.raises(SaslError):
        Plain({}).evaluate(b"\0x\0y")


@pytest.mark.parametrize(
    "config, message",
    [
        (BrokerConfig({"sasl.enabled.mechanisms": "PLAIN"}), "listener.name.sasl.plain.sasl.jaas.config is not set"),
        (plain_config("nonsense"), "listener.name.sasl.plain.sasl.jaas.config: JAAS config entry not terminated"),
        (plain_config(f"{MODULE};", "PLAIN,FOO"), "FOO: this broker offers PLAIN"),
    ],
)
def test_bad_settings(config, message):
    with pytest.raises(ConfigError, match=message):
        mechanisms_of(config, "SASL")
