"""sasl.jaas.config, quoted as Java quotes."""

from __future__ import annotations

import pytest

from kcli.config.jaas import JaasError, parse_jaas

MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (f"{MODULE} required;", {}),
        (f'{MODULE} required username="a" password="b";', {"username": "a", "password": "b"}),
        (f"{MODULE} required username=a password='b c';", {"username": "a", "password": "b c"}),
        (f'{MODULE} required password="a;b=c \\"d\\" \\\\" ;', {"password": 'a;b=c "d" \\'}),
        (f'{MODULE}\n  REQUIRED\n  user_bob = "x" ;\n', {"user_bob": "x"}),
        (f'{MODULE} optional empty="";', {"empty": ""}),
    ],
)
def test_options_are_read(text: str, options: dict[str, str]) -> None:
    entry = parse_jaas(text)
    assert entry.module == MODULE
    assert entry.options == options


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Login module not specified in JAAS config"),
        (f"{MODULE} required", "JAAS config entry not terminated by semi-colon"),
        (f"{MODULE};", "Invalid login module control flag in JAAS config"),
        (f"{MODULE} maybe;", "Invalid login module control flag in JAAS config"),
        (f"{MODULE} required username;", "Value not specified for key 'username' in JAAS config"),
        (f"{MODULE} required username=;", "Value not specified for key 'username' in JAAS config"),
        (f'{MODULE} required a="b;', 'A quote is not closed in JAAS config: "'),
        (f"{MODULE} required; {MODULE} required;", "JAAS config property contains 2 login modules"),
    ],
)
def test_what_is_no_entry_is_refused(text: str, message: str) -> None:
    with pytest.raises(JaasError) as error:
        parse_jaas(text)
    assert str(error.value).startswith(message)
