import re
from pathlib import Path
from types import SimpleNamespace

from kcli.api.dispatch import Dispatch
from kcli.wire.apis import API_NAMES

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "broker.md"


def test_every_request_that_is_served_is_documented():
    context = SimpleNamespace(apis={})
    Dispatch(context)
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+)-(\d+) \|$", DOCUMENT.read_text(), re.MULTILINE)
    documented = {(name, int(key), int(low), int(high)) for name, key, low, high in rows}
    served = {(API_NAMES[api.key], api.key, api.min_version, api.max_version) for api in context.apis.values()}
    assert documented == served
