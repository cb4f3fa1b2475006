"""SASL/OAUTHBEARER (RFC 7628): where the token comes from, and the one message that carries it.

Three sources, as in Kafka: a token endpoint (client credentials), a file, or an unsecured token made up from
`unsecuredLoginStringClaim_*` options, which only test clusters accept.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping

from kcli.client.errors import SaslFailed

_ENDPOINT_TIMEOUT_MS = 30_000
_CLAIM = "unsecuredLogin"
_EXTENSION = "extension_"


class OauthBearer:
    """Sends the token; an error challenge has to be acknowledged before the broker says that it failed."""

    def __init__(self, config: Mapping[str, str], options: Mapping[str, str]) -> None:
        self._token = _token(config, options)
        self._extensions = {
            name.removeprefix(_EXTENSION).removeprefix("unsecuredLoginExtension_"): value
            for name, value in options.items()
            if name.startswith((_EXTENSION, "unsecuredLoginExtension_"))
        }

    def first(self) -> bytes:
        pairs = [f"auth=Bearer {self._token}", *(f"{name}={value}" for name, value in self._extensions.items())]
        return ("n,,\x01" + "".join(f"{pair}\x01" for pair in pairs) + "\x01").encode()

    def answer(self, challenge: bytes) -> bytes | None:
        return b"\x01" if challenge else None


def _token(config: Mapping[str, str], options: Mapping[str, str]) -> str:
    url = config.get("sasl.oauthbearer.token.endpoint.url")
    if url and url.startswith("file:"):
        return _token_of_file(url)
    if url:
        return _token_of_endpoint(url, config, options)
    if any(name.startswith(_CLAIM) for name in options):
        return unsecured_token(options)
    raise SaslFailed("OAUTHBEARER needs sasl.oauthbearer.token.endpoint.url, or unsecured claims in sasl.jaas.config")


def _token_of_file(url: str) -> str:
    from urllib.parse import unquote, urlsplit

    path = unquote(urlsplit(url).path)
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except OSError as error:
        raise SaslFailed(f"The token file {path} cannot be read: {error.strerror}") from None


def _token_of_endpoint(url: str, config: Mapping[str, str], options: Mapping[str, str]) -> str:
    """The client credentials grant of RFC 6749."""
    from urllib.error import URLError
    from urllib.parse import quote, urlencode
    from urllib.request import Request, urlopen

    prefix = "sasl.oauthbearer.client.credentials.client."
    identifier = options.get("clientId") or config.get(prefix + "id")
    secret = options.get("clientSecret") or config.get(prefix + "secret")
    if not identifier or secret is None:
        raise SaslFailed("OAUTHBEARER needs clientId and clientSecret in sasl.jaas.config for the token endpoint")
    form = {"grant_type": "client_credentials"}
    scope = options.get("scope") or config.get("sasl.oauthbearer.scope")
    if scope:
        form["scope"] = scope
    credentials = base64.b64encode(f"{quote(identifier, safe='')}:{quote(secret, safe='')}".encode()).decode("ascii")
    request = Request(url, urlencode(form).encode("ascii"), {"Authorization": f"Basic {credentials}"})
    timeout = int(config.get("sasl.login.read.timeout.ms") or _ENDPOINT_TIMEOUT_MS) / 1000
    try:
        with urlopen(request, timeout=timeout) as answer:
            return str(json.load(answer)["access_token"])
    except (URLError, TimeoutError) as error:
        raise SaslFailed(f"The token endpoint {url} did not give a token: {error}") from None
    except (ValueError, KeyError, TypeError):
        raise SaslFailed(f"The token endpoint {url} answered without an access_token") from None


def unsecured_token(options: Mapping[str, str], now: float | None = None) -> str:
    """A JWT that nobody signed, from `unsecuredLoginStringClaim_x`, `...NumberClaim_x`, `...ListClaim_x`."""
    issued = time.time() if now is None else now
    lifetime = int(options.get("unsecuredLoginLifetimeSeconds", "3600"))
    claims: dict[str, object] = {"iat": issued, "exp": issued + lifetime}
    for name, value in options.items():
        kind, _, claim = name.removeprefix(_CLAIM).partition("Claim_")
        if kind == "String":
            claims[claim] = value
        elif kind == "Number":
            claims[claim] = float(value)
        elif kind == "List" and value:
            claims[claim] = value[1:].split(value[0])
    return f"{_segment({'alg': 'none'})}.{_segment(claims)}."


def _segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode("ascii").rstrip("=")
