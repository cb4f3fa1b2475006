"""The commands of zookeeper-shell for quotas, which ZooKeeper keeps in nodes below /zookeeper/quota."""

from __future__ import annotations

import re

from kcli.cli.errors import CommandError
from kcli.tools.zookeeper_session import Options, Session, checked_path, is_number, text_of

SET_USAGE = "setquota -n|-b|-N|-B val path"
_ROOT = "/zookeeper/quota"
LIMITS = {"n": "count", "b": "bytes", "N": "countHardLimit", "B": "byteHardLimit"}
_MEANINGS = {"n": "num soft quota", "b": "bytes soft quota", "N": "num hard quota", "B": "bytes hard quota"}


def _limits(path: str) -> str:
    return f"{_ROOT}{path.rstrip('/')}/zookeeper_limits"


def _statistics(path: str) -> str:
    return _limits(path).replace("zookeeper_limits", "zookeeper_stats")


def _read_quota(session: Session, path: str) -> dict[str, int] | None:
    from kcli.client.zookeeper import ZooKeeperError

    try:
        data, _ = session.client.get(_limits(path))
    except ZooKeeperError as error:
        if error.missing:
            return None
        raise
    pairs = (part.partition("=") for part in re.split("[,;]", text_of(data)))
    quota = dict.fromkeys(LIMITS.values(), -1)
    quota.update((name, int(value.rstrip("="))) for name, _, value in pairs if name in quota)
    return quota


def _quota_text(quota: dict[str, int]) -> str:
    count, size, hard_size, hard_count = (quota[name] for name in ("count", "bytes", "byteHardLimit", "countHardLimit"))
    return f"count={count},bytes={size}=;byteHardLimit={hard_size};countHardLimit={hard_count}"


def list_quota(session: Session, options: Options) -> None:
    path = checked_path(options.words[0])
    session.note(f"absolute path is {_limits(path)}")
    quota = _read_quota(session, path)
    if quota is None:
        session.note(f"quota for {path} does not exist.")
        return
    session.say(f"Output quota for {path} {_quota_text(quota)}")
    stats, _ = session.client.get(_statistics(path))
    session.say(f"Output stat for {path} {text_of(stats)}")


def set_quota(session: Session, options: Options) -> None:
    from kcli.client.zookeeper import ZooKeeperError

    (letter, text), *others = options.values.items() or [("", "")]
    if not letter:
        names = ", ".join(f"-{each} {meaning}" for each, meaning in _MEANINGS.items())
        raise CommandError(f"Missing required option: [{names}]")
    if others:
        raise CommandError(
            f"The option '{others[0][0]}' was specified but an option from this group has already been selected:"
            f" '{letter}'"
        )
    reason = _no_quota(options.words[0], letter, text)
    if reason is not None:
        session.note(reason)
        return
    path = checked_path(options.words[0])
    try:
        session.client.stat(path)
    except ZooKeeperError as error:
        raise CommandError(f"{path} does not exist." if error.missing else str(error)) from None
    _store_quota(session, path, LIMITS[letter], int(text))


def _no_quota(path: str, letter: str, text: str) -> str | None:
    """Why a quota is refused without asking the server."""
    if path.startswith(_ROOT):
        return f"cannot set a quota under the path: {_ROOT}"
    if not is_number(text):
        return "NumberFormatException happens when parsing the option value"
    if letter in "nN" and int(text) <= 0:
        return "the num quota must be greater than zero"
    if int(text) < 0:
        return "the bytes quota must be greater than or equal to zero"
    return None


def _store_quota(session: Session, path: str, name: str, value: int) -> None:
    quota = _read_quota(session, path)
    new = {**(quota or dict.fromkeys(LIMITS.values(), -1)), name: value}
    if quota is not None:
        _warn_of_excess(session, path, new)
        session.client.set(_limits(path), _quota_text(new).encode())
        return
    _make_parents(session, _limits(path))
    # The server keeps the statistics up from when there are limits.
    session.client.create(_limits(path), _quota_text(new).encode())
    session.client.create(_statistics(path), b"count=0,bytes=0")
    _warn_of_excess(session, path, new)


def _warn_of_excess(session: Session, path: str, quota: dict[str, int]) -> None:
    data, _ = session.client.get(_statistics(path))
    used = {name: int(value) for name, _, value in (part.partition("=") for part in text_of(data).split(","))}
    for what, limits in (("count", ("count", "countHardLimit")), ("bytes", ("bytes", "byteHardLimit"))):
        if any(0 < quota[limit] < used[what] for limit in limits):
            session.say(f"[Warning]: the {what} quota you create is less than the existing {what}:{used[what]}")


def _make_parents(session: Session, path: str) -> None:
    from kcli.client.zookeeper import ZooKeeperError

    parts = path.split("/")[1:-1]
    for length in range(1, len(parts) + 1):
        parent = "/" + "/".join(parts[:length])
        try:
            session.client.stat(parent)
        except ZooKeeperError as error:
            if not error.missing:
                raise
            session.client.create(parent, None)


def delete_quota(session: Session, options: Options) -> None:
    path = checked_path(options.words[0])
    quota = _read_quota(session, path)
    if quota is None:
        session.say(f"Quota does not exist for {path}")
        return
    quota.update((LIMITS[letter], -1) for letter in options.flags)
    if options.flags:
        session.client.set(_limits(path), _quota_text(quota).encode())
    else:
        session.client.delete_all(_limits(path).rpartition("/")[0])
