from __future__ import annotations

import asyncio

import pytest

from kcli.api.group_answers import client_host, then


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("127.0.0.1", "/127.0.0.1"),
        ("::1", "/0:0:0:0:0:0:0:1"),
        ("fe80::1:20%eth0", "/fe80:0:0:0:0:0:1:20"),
        ("::ffff:10.0.0.7", "/10.0.0.7"),
        ("somewhere", "/somewhere"),
    ],
)
def test_addresses_are_written_as_java_writes_them(address: str, written: str) -> None:
    assert client_host(address) == written


def test_a_change_is_made_now_or_when_the_answer_is_there() -> None:
    async def later() -> int:
        return 1

    assert then(1, lambda answer: answer + 1) == 2
    assert asyncio.run(then(later(), lambda answer: answer + 1)) == 2
