"""kafka-topics: list, describe, create, alter and delete topics.

As Kafka's: what the cluster refuses is said on stdout, what is wrong with the options on stderr; both exit with 1.
With another form than text (`--output`) stdout holds results only.
"""

from __future__ import annotations

from typing import Any

from kcli.cli.connect import connect
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError, UsageError
from kcli.cli.joptsimple import Parsed
from kcli.cli.listing import Listing
from kcli.cli.main import parse_arguments, start
from kcli.cli.output import JSON, TEXT, YAML, remarks, show
from kcli.tools import listings
from kcli.tools.topics_options import TABLE, check

_COLLISION = (
    "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide."
    " To avoid issues it is best to use either, but not both."
)
_TOO_LONG_ID = 24
_MAX_REPLICATION = 32767


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    action = check(parsed)
    if parsed.has("watch"):
        if action != "describe":
            raise UsageError("--watch is for --describe")
        parsed.value("watch")
    form = parsed.value("output")
    # Imported here: --help and usage errors need no protocol.
    from kcli.client.admin import Admin
    from kcli.client.errors import ClientError
    from kcli.wire.errors import KafkaError

    cluster = connect(parsed, environment)
    try:
        with cluster:
            _Topics(Admin(cluster), parsed, environment, form).do(action)
    except (ClientError, KafkaError, CommandError) as error:
        say = remarks(form, environment)
        say(f"Error while executing topic command : {error}")
        return FAILED
    return OK


class _Topics:
    """The actions."""

    def __init__(self, admin: Any, options: Parsed, environment: Environment, form: str) -> None:
        self._admin = admin
        self._options = options
        self._environment = environment
        self._form = form

    def do(self, action: str) -> None:
        {
            "list": self._list,
            "describe": self._describe_or_watch,
            "create": self._create,
            "alter": self._alter,
            "delete": self._delete,
        }[action]()

    # Each action

    def _list(self) -> None:
        from kcli.client.admin import topic_id_text

        found = self._find()
        if self._form == TEXT:
            self._environment.print("\n".join(topic.name for topic in found))
            return
        self._show(
            [{"name": topic.name, "id": topic_id_text(topic.id), "internal": topic.internal} for topic in found],
            listings.TOPICS,
        )

    def _describe_or_watch(self) -> None:
        from kcli.cli.watch import look_or_watch

        def look(page: Environment) -> bool:
            self._environment = page
            self._describe()
            return True

        ours = self._environment
        try:
            look_or_watch(look, self._options, ours, self._form)
        finally:
            self._environment = ours

    def _describe(self) -> None:
        from kcli.client.admin import TOPIC_CONFIG, results
        from kcli.tools.topics_describe import Description, summary, to_rows, to_text, to_values

        if self._options.has("if-exists") and self._options.has("topic") and self._options.has("topic-id"):
            self._say(
                "Only topic id will be used when both --topic and --topic-id are specified"
                " and topicId is not Uuid.ZERO_UUID"
            )
        topics = self._described()
        if not topics and self._form == TEXT:
            return
        configs = results(self._admin.describe_configs(TOPIC_CONFIG, [topic.name for topic in topics]))
        reassignments = self._reassignments() if topics else {}
        alive = set(self._admin.cluster.nodes)
        described = [Description(topic, configs[topic.name], reassignments, alive) for topic in topics]
        if self._form == TEXT:
            if self._options.has("watch"):
                self._environment.print(summary(described))
            for line in to_text(described, self._options):
                self._environment.print(line)
        elif self._form in (JSON, YAML):
            self._show(to_values(described, self._options), listings.TOPICS_DESCRIBED)
        else:
            self._show(to_rows(described, self._options), listings.TOPIC_PARTITIONS)

    def _create(self) -> None:
        from kcli.client.admin import NewTopic, results, topic_id_text
        from kcli.wire import errors
        from kcli.wire.errors import KafkaError

        name = self._options.value("topic")
        partitions = self._options.value("partitions")
        replication = self._options.value("replication-factor")
        assignments = self._assignments()
        configs = _parse_configs(self._options.values("config"))
        if "." in name or "_" in name:
            self._say(_COLLISION)
        if replication is not None and not 1 <= replication <= _MAX_REPLICATION:
            raise CommandError(f"The replication factor must be between 1 and {_MAX_REPLICATION} inclusive")
        if partitions is not None and partitions < 1:
            raise CommandError("The partitions must be greater than 0")
        if not name:
            raise CommandError("The given topic name '' cannot be represented in a request.")
        topic = NewTopic(
            name,
            -1 if partitions is None else partitions,
            -1 if replication is None else replication,
            dict(enumerate(assignments)),
            configs,
        )
        try:
            created = results(self._admin.create_topics([topic]))[name]
        except KafkaError as error:
            if error.code == errors.TOPIC_ALREADY_EXISTS and self._options.has("if-not-exists"):
                self._show([], listings.TOPICS_CREATED)
                return
            raise
        if self._form == TEXT:
            self._environment.print(f"Created topic {name}.")
            return
        self._show(
            [
                {
                    "name": created.name,
                    "id": topic_id_text(created.id),
                    "partitions": _known(created.partitions),
                    "replicationFactor": _known(created.replication_factor),
                }
            ],
            listings.TOPICS_CREATED,
        )

    def _alter(self) -> None:
        from kcli.client.admin import results

        total = self._options.value("partitions")
        assignments = self._assignments()
        found = [topic.name for topic in self._required()]
        if not found:
            self._changed([], "altered")
            return
        totals: dict[str, Any] = dict.fromkeys(found, (total, None))
        if assignments:
            for name, topic in results(self._admin.describe_topics(found)).items():
                totals[name] = (total, assignments[len(topic.partitions) :])
        results(self._admin.create_partitions(totals))
        self._changed(found, "altered")

    def _delete(self) -> None:
        from kcli.client.admin import results

        found = [topic.name for topic in self._required()]
        if found:
            results(self._admin.delete_topics(found))
        self._changed(found, "deleted")

    # What the actions share

    def _find(self) -> list[Any]:
        """The topics that --topic and --exclude-internal leave."""
        from kcli.cli.topic_filter import topic_filter

        pattern = self._options.value("topic")
        wanted = topic_filter(
            ".*" if pattern is None else pattern, exclude_internal=self._options.has("exclude-internal")
        )
        return [topic for topic in self._admin.list_topics() if wanted(topic.name)]

    def _required(self) -> list[Any]:
        """The same, and an error if --topic names none."""
        found = self._find()
        pattern = self._options.value("topic")
        if pattern and not found and not self._options.has("if-exists"):
            raise CommandError(f"Topic '{pattern}' does not exist as expected")
        return found

    def _described(self) -> list[Any]:
        from kcli.client.admin import results
        from kcli.wire import uuid

        text = self._options.value("topic-id")
        topic_id = uuid.ZERO if text is None else parse_topic_id(text)
        if topic_id != uuid.ZERO:
            known = {topic.id for topic in self._admin.list_topics()}
            if topic_id in known:
                return list(results(self._admin.describe_topics_by_id([topic_id])).values())
            if not self._options.has("if-exists"):
                raise CommandError(f"TopicId '{text}' does not exist as expected")
            return []
        names = [topic.name for topic in self._required()]
        limit = self._options.value("partition-size-limit-per-response")
        if not names:
            return []
        found = results(self._admin.describe_topics(names, partitions_per_response=2000 if limit is None else limit))
        return [found[name] for name in names]

    def _reassignments(self) -> dict[tuple[str, int], Any]:
        from kcli.wire import errors
        from kcli.wire.errors import KafkaError

        try:
            found: dict[tuple[str, int], Any] = self._admin.reassignments()
            return found
        except KafkaError as error:
            if error.code in (errors.UNSUPPORTED_VERSION, errors.CLUSTER_AUTHORIZATION_FAILED):
                return {}  # as Kafka's tool: the rest of the description is worth having
            raise

    def _assignments(self) -> list[list[int]]:
        text = self._options.value("replica-assignment")
        return parse_assignments(text) if text else []

    def _say(self, text: str) -> None:
        """A remark: on stdout as Kafka has it, unless a program reads that."""
        remarks(self._form, self._environment)(text)

    def _changed(self, names: list[str], action: str) -> None:
        self._show([{"name": name, "action": action} for name in names], listings.TOPICS_CHANGED)

    def _show(self, rows: list[dict[str, Any]], listing: Listing) -> None:
        if self._form != TEXT:
            show(rows, listing, self._form, self._environment)


def _known(number: int) -> int | None:
    return None if number < 0 else number


def parse_assignments(text: str) -> list[list[int]]:
    """`1:2,2:3`: the brokers of each partition."""
    partitions: list[list[int]] = []
    for index, part in enumerate(_java_split(text, ",")):
        brokers = [_broker_id(word.strip()) for word in _java_split(part, ":")]
        twice = dict.fromkeys(broker for broker in brokers if brokers.count(broker) > 1)
        if twice:
            raise CommandError(
                f"Partition replica lists may not contain duplicate entries: {','.join(map(str, twice))}"
            )
        partitions.append(brokers)
        if len(brokers) != len(partitions[0]):
            raise CommandError(f"Partition {index} has different replication factor: {brokers}")
    return partitions


def _broker_id(word: str) -> int:
    from kcli.cli.options import INT

    try:
        number: int = INT(word)
        return number
    except ValueError:
        raise CommandError(f'For input string: "{word}"') from None


def _java_split(text: str, separator: str) -> list[str]:
    """Java's split leaves out empty parts at the end."""
    parts = text.split(separator)
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts


def _parse_configs(pairs: list[str]) -> dict[str, str]:
    configs: dict[str, str] = {}
    for pair in pairs:
        parts = _java_split(pair, "=")
        if len(parts) != 2:
            raise CommandError(
                'requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".'
            )
        configs[parts[0].strip()] = parts[1].strip()
    _check_known(configs)
    return configs


def _check_known(configs: dict[str, str]) -> None:
    """Settings that 4.3.0 knows have to be what it allows, on older brokers as well; the broker judges all others."""
    if not configs:
        return
    from kcli.config import topic
    from kcli.config.definition import ConfigError

    try:
        topic.validate({name: text for name, text in configs.items() if name in topic.definition("4.3")})
    except ConfigError as error:
        raise CommandError(str(error)) from None


def parse_topic_id(text: str) -> bytes:
    """A topic's id; an error in the words of Kafka's Uuid."""
    import base64
    import binascii

    if len(text) > _TOO_LONG_ID:
        raise CommandError(
            f"Input string with prefix `{text[:_TOO_LONG_ID]}` is too long to be decoded as a base64 UUID"
        )
    wrong = next((letter for letter in text if not (letter.isascii() and (letter.isalnum() or letter in "-_="))), None)
    if wrong is not None:
        raise CommandError(f"Illegal base64 character {ord(wrong):x}")
    try:
        value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        if len(text) == 1:
            raise CommandError("Input byte[] should at least have 2 bytes for base64 bytes") from None
        raise CommandError("Last unit does not have enough valid bits") from None
    if len(value) != 16:
        raise CommandError(
            f"Input string `{text}` decoded as {len(value)} bytes,"
            " which is not equal to the expected 16 bytes of a base64-encoded UUID"
        )
    return value


if __name__ == "__main__":
    main()
