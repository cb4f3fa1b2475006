"""The controller that `kafka-metadata-quorum add-controller` adds: its properties file and its formatted folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kcli.cli.errors import CommandError
from kcli.client.address import Address
from kcli.wire import uuid

_HINT = "Is this a valid controller configuration file?"


class Joiner(NamedTuple):
    """A controller that wants to join."""

    id: int
    directory_id: bytes
    listeners: list[tuple[str, Address]]

    @property
    def directory_id_text(self) -> str:
        return uuid.to_text(self.directory_id)


def read_joiner(file: str) -> Joiner:
    """Read a controller's configuration file, and the meta.properties that it leads to."""
    from kcli.cli.settings import load_settings

    settings = load_settings(file)
    return Joiner(_node_id(settings), _directory_id(_metadata_folder(settings)), _listeners(settings))


def _node_id(settings: Mapping[str, str]) -> int:
    text = settings.get("node.id")
    if text is None:
        raise CommandError(f"node.id not found in configuration file. {_HINT}")
    try:
        node = int(text)
    except ValueError:
        raise CommandError(f'For input string: "{text}"') from None
    if node < 0:
        raise CommandError(f"node.id was negative in configuration file. {_HINT}")
    if "controller" not in settings.get("process.roles", ""):
        raise CommandError(f"process.roles did not contain 'controller' in configuration file. {_HINT}")
    return node


def _metadata_folder(settings: Mapping[str, str]) -> str:
    found = settings.get("metadata.log.dir") or settings.get("log.dirs", "").split(",")[0].strip()
    if not found:
        raise CommandError(f"Neither metadata.log.dir nor log.dirs were found. {_HINT}")
    return found


def _directory_id(folder: str) -> bytes:
    from kcli.storage.errors import LogDirError
    from kcli.storage.fs import FileSystem
    from kcli.storage.meta_properties import read_meta

    try:
        meta = read_meta(FileSystem(), folder)
    except LogDirError as error:
        raise CommandError(str(error)) from None
    if meta is None:
        raise CommandError(f"Unable to read meta.properties from {folder}")
    if meta.directory_id is None:
        raise CommandError(f"No directory id found in {folder}")
    return uuid.from_text(meta.directory_id)


def _listeners(settings: Mapping[str, str]) -> list[tuple[str, Address]]:
    """The controller listeners, as advertised; a host that is left out is localhost."""
    from kcli.config.definition import ConfigError
    from kcli.config.listeners import parse_listeners

    names = settings.get("controller.listener.names")
    if names is None:
        raise CommandError(f"controller.listener.names was not found. {_HINT}")
    known: dict[str, Address] = {}
    for name in ("listeners", "advertised.listeners"):
        entries = [entry.strip() for entry in settings.get(name, "").split(",") if entry.strip()]
        # Only the addresses matter here, so every listener may pass for a plain one.
        protocols = {entry.partition(":")[0].upper(): "PLAINTEXT" for entry in entries}
        try:
            found = parse_listeners(name, entries, protocols)
        except ConfigError as error:
            raise CommandError(str(error)) from None
        known.update((item.name, Address(item.host or "localhost", item.port)) for item in found)
    listeners = []
    for name in (name.strip().upper() for name in names.split(",")):
        if name not in known:
            raise CommandError(f"Cannot find information about controller listener name: {name}")
        listeners.append((name, known[name]))
    return listeners
