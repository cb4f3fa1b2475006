"""Client settings of a command line: a file (`--command-config`), pairs (`--command-property`), a profile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from kcli.cli.errors import CommandError
from kcli.cli.inherited import Inherited, resolved
from kcli.cli.profiles import SERVERS

_CONFIG_EXCEPTION = "org.apache.kafka.common.config.ConfigException"


class Settings(dict[str, str]):
    """Settings by name, each with where it came from: `client.properties:3`, or nothing for the command line."""

    def __init__(self) -> None:
        super().__init__()
        self.origins: dict[str, str] = {}

    def add_file(self, path: str) -> None:
        """Take a Java .properties file."""
        from kcli.config.properties import PropertiesError, read

        try:
            for name, value, line in read(path):
                self[name] = value
                self.origins[name] = f"{path}:{line}"
        except PropertiesError as error:
            raise CommandError(f"{path}:{error.line}: {error}") from None
        except FileNotFoundError:
            raise CommandError(f"java.nio.file.NoSuchFileException: {path}") from None
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None

    def add_pairs(self, pairs: Iterable[str]) -> None:
        """Take `name=value` texts; without a value it is empty, as Kafka has it."""
        for pair in pairs:
            name, _, value = pair.partition("=")
            self[name] = value
            self.origins.pop(name, None)

    def take(self, others: Settings) -> None:
        """Let others go over these."""
        for name, value in others.items():
            self[name] = value
            self.origins.pop(name, None)
        self.origins.update(others.origins)

    def over(self, *pairs: str) -> Settings:
        """These, with `name=value` texts over them."""
        changed = Settings()
        changed.take(self)
        changed.add_pairs(pairs)
        return changed

    def inherit(self, inherited: Inherited | None, *, but: Iterable[str] = ()) -> None:
        """Take from a profile what is not set yet."""
        if inherited is None or inherited.profile is None:
            return
        profile = inherited.profile
        for name in profile.settings:
            if name not in self and name != SERVERS and name not in but:
                self[name] = resolved(profile, name, inherited.variables)
                self.origins[name] = f"{profile.path}:{profile.lines[name]}"

    def unknown(self) -> list[str]:
        """A remark on each name that no client of Kafka's knows; they are taken and ignored, as Kafka does."""
        from difflib import get_close_matches

        from kcli.client.config import ADMIN, CONSUMER, PRODUCER, definition

        known = {name for client in (ADMIN, CONSUMER, PRODUCER) for name in definition(client)}
        remarks = []
        for name in self:
            if name in known:
                continue
            close = get_close_matches(name, known, 1, 0.8)
            where = f"{self.origins[name]}: " if name in self.origins else ""
            hint = f"; did you mean {close[0]}?" if close else ""
            remarks.append(f"{where}Kafka's clients have no setting {name}, it is ignored{hint}")
        return remarks

    def parse(self, client: str) -> dict[str, Any]:
        """Typed values with defaults, by the table of a kind of client (`client.config.PRODUCER`...)."""
        from kcli.client import config

        with self.reported():
            return config.parse(client, self)

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Within it a bad value is reported in Kafka's words, followed by the file and line that it stands in."""
        from kcli.client.address import AddressError
        from kcli.config.definition import ConfigError

        try:
            yield
        except ConfigError as error:
            origin = self.origins.get(error.name)
            raise CommandError(f"{_CONFIG_EXCEPTION}: {error}" + (f" ({origin})" if origin else "")) from None
        except AddressError as error:
            raise CommandError(f"{_CONFIG_EXCEPTION}: {error}") from None


def load_settings(file: str | None, pairs: Iterable[str] = (), under: Inherited | None = None) -> Settings:
    """The settings of a file, pairs that go over them, and a profile's under both."""
    settings = Settings()
    if file is not None:
        settings.add_file(file)
    settings.add_pairs(pairs)
    settings.inherit(under)
    return settings
