"""The commands of zookeeper-shell that work on nodes, and on who may do so."""

from __future__ import annotations

import re
from typing import Any

from kcli.cli.errors import CommandError
from kcli.tools.zookeeper_session import Options, Session, checked_path, is_number, show_stat, text_of, version_of

_LONGEST_TTL = (1 << 40) - 1  # milliseconds


def list_children(session: Session, options: Options) -> None:
    path = checked_path(options.words[0])
    if "R" in options.flags:
        for found in session.client.walk(path):
            session.say(found)
        return
    names, stat = session.client.children(path, watch="w" in options.flags)
    session.say(f"[{', '.join(names)}]")
    if "s" in options.flags:
        show_stat(session, stat)


def get(session: Session, options: Options) -> None:
    data, stat = session.client.get(checked_path(options.words[0]), watch="w" in options.flags)
    session.say(text_of(data))
    if "s" in options.flags:
        show_stat(session, stat)


def stat(session: Session, options: Options) -> None:
    show_stat(session, session.client.stat(checked_path(options.words[0]), watch="w" in options.flags))


def create(session: Session, options: Options) -> None:
    path, *rest = options.words
    ttl = _time_to_live(options)
    permissions = _permissions(session, rest[1]) if len(rest) > 1 else None
    if permissions == []:
        session.note("KeeperErrorCode = InvalidACL")
        raise CommandError("Acl is not valid : null")
    made = session.client.create(
        checked_path(path),
        rest[0].encode() if rest else None,
        permissions,
        ephemeral="e" in options.flags,
        sequence="s" in options.flags,
        container="c" in options.flags,
        ttl=ttl,
    )
    session.note(f"Created {made}")


def _time_to_live(options: Options) -> int | None:
    """The milliseconds of -t, if it goes with the other options."""
    flags = options.flags
    if "c" in flags and flags & {"e", "s"}:
        raise CommandError("-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.")
    text = options.values.get("t")
    if text is None:
        return None
    if not is_number(text):
        raise CommandError("-t argument must be a long value")
    if flags & {"e", "c"}:
        raise CommandError(f"TTLs cannot be used with {'Ephemeral' if 'e' in flags else 'Container'} znodes")
    if not 0 < int(text) <= _LONGEST_TTL:
        raise CommandError(f"ttl must be positive and cannot be larger than: {_LONGEST_TTL}")
    return int(text)


def set_data(session: Session, options: Options) -> None:
    path, data = options.words[:2]
    stat = session.client.set(checked_path(path), data.encode(), version_of(options))
    if "s" in options.flags:
        show_stat(session, stat)


def delete(session: Session, options: Options) -> None:
    session.client.delete(checked_path(options.words[0]), version_of(options))


def delete_all(session: Session, options: Options) -> None:
    session.client.delete_all(checked_path(options.words[0]))


def count(session: Session, options: Options) -> None:
    path = checked_path(options.words[0])
    session.client.stat(path)
    session.say(str(session.client.count_all(path)))


def ephemerals(session: Session, options: Options) -> None:
    found = session.client.ephemerals(checked_path(options.words[0]) if options.words else "/")
    session.say(f"[{', '.join(found)}]")


def sync(session: Session, options: Options) -> None:
    session.client.sync(checked_path(options.words[0]))
    session.say("Sync is OK")


# Watches

ADD_WATCH_USAGE = (
    "addWatch [-m mode] path # optional mode is one of [PERSISTENT, PERSISTENT_RECURSIVE]"
    " - default is PERSISTENT_RECURSIVE"
)


def add_watch(session: Session, options: Options) -> None:
    from kcli.client.zookeeper import WATCH_MODES

    mode = WATCH_MODES.get(options.values.get("m", "PERSISTENT_RECURSIVE").upper())
    if mode is None or len(options.words) > 1:
        raise CommandError(ADD_WATCH_USAGE)
    session.client.add_watch(checked_path(options.words[0]), mode)


def remove_watches(session: Session, options: Options) -> None:
    from kcli.client.zookeeper import ANY_WATCHES, CHILD_WATCHES, DATA_WATCHES

    kind = CHILD_WATCHES if "c" in options.flags else DATA_WATCHES if "d" in options.flags else ANY_WATCHES
    session.client.remove_watches(checked_path(options.words[0]), kind, local="l" in options.flags)


# Access


def _permissions(session: Session, text: str) -> list[Any]:
    """`scheme:id:perms,...`; what does not have this form is remarked on and left out, as ZooKeeper has it."""
    from kcli.client.zookeeper import PERMISSIONS, Permission

    found = []
    for word in text.split(","):
        match = re.fullmatch(r"([^:]*):(.*):([^:]*)", word)
        if match is None:
            session.note(f"{word} does not have the form scheme:id:perm")
            continue
        for letter in match[3]:
            if letter not in PERMISSIONS:
                session.note(f"Unknown perm type: {letter}")
        found.append(Permission(match[1], match[2], "".join(set(match[3]) & set(PERMISSIONS))))
    return found


def get_acl(session: Session, options: Options) -> None:
    permissions, stat = session.client.permissions(checked_path(options.words[0]))
    for scheme, id_, letters in permissions:
        session.say(f"'{scheme},'{id_}\n: {letters}")
    if "s" in options.flags:
        show_stat(session, stat)


def set_acl(session: Session, options: Options) -> None:
    path, text = options.words[:2]
    permissions = _permissions(session, text)
    if "R" in options.flags:
        _set_acl_below(session, checked_path(path), permissions, version_of(options))
        return
    stat = session.client.set_permissions(checked_path(path), permissions, version_of(options))
    if "s" in options.flags:
        show_stat(session, stat)


def _set_acl_below(session: Session, path: str, permissions: list[Any], version: int) -> None:
    """Nodes that refuse are remarked on, and the others done."""
    from kcli.client.zookeeper import ZooKeeperError

    for each in list(session.client.walk(path)):
        try:
            session.client.set_permissions(each, permissions, version)
        except ZooKeeperError as error:
            session.say(error.code)


def add_auth(session: Session, options: Options) -> None:
    session.client.add_auth(options.words[0], options.words[1] if len(options.words) > 1 else "")


def who_am_i(session: Session, options: Options) -> None:
    session.say("Auth scheme: User")
    for scheme, user in session.client.who_am_i():
        session.say(f"{scheme}: {user}")
