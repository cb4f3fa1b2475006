"""The tools that there are, and `kcli`'s own commands: one row each, from which `kcli`, completion and the
documentation know them.

Nothing is imported to list them. A tool's module has `run(arguments, environment)` and `main()`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

from kcli.cli.options import OptionTable


class Tool(NamedTuple):
    """A tool by the name of Kafka's script, without .sh, or a command of ours (`kcli wait`).

    `options` is where its option table is, in `kcli.tools` or `kcli.commands`.
    """

    program: str
    summary: str
    options: str

    @property
    def command(self) -> str:
        """Its name under `kcli`."""
        return self.program.removeprefix("kcli ").removeprefix("kafka-")

    @property
    def room(self) -> str:
        """The package that it is in."""
        return "kcli.commands" if self.program.startswith("kcli ") else "kcli.tools"

    @property
    def module(self) -> Any:
        return import_module(f"{self.room}.{self.command.replace('-', '_')}")

    @property
    def table(self) -> OptionTable:
        module, _, name = self.options.partition(".")
        table: OptionTable = getattr(import_module(f"{self.room}.{module}"), name)
        return table


TOOLS = (
    Tool("kafka-topics", "List, describe, create, alter and delete topics.", "topics_options.TABLE"),
    Tool(
        "kafka-console-producer",
        "Send lines, or what is typed at a prompt, to a topic.",
        "console_producer_options.OPTIONS",
    ),
    Tool("kafka-console-consumer", "Print a topic's records.", "console_consumer_options.TABLE"),
    Tool(
        "kafka-console-share-consumer",
        "Print a topic's records, shared one by one with the group's other members.",
        "console_share_consumer_options.TABLE",
    ),
    Tool(
        "kafka-consumer-groups",
        "List, describe and delete consumer groups; reset their offsets.",
        "consumer_groups_options.TABLE",
    ),
    Tool("kafka-get-offsets", "The first, last or some other offset of partitions.", "get_offsets.TABLE"),
    Tool("kafka-delete-records", "Delete the beginning of partitions.", "delete_records.TABLE"),
    Tool("kafka-groups", "List groups of all types.", "groups.TABLE"),
    Tool(
        "kafka-share-groups",
        "List, describe and delete share groups; reset where they start.",
        "share_groups_options.TABLE",
    ),
    Tool(
        "kafka-streams-groups",
        "List, describe and delete streams groups; reset their offsets.",
        "streams_groups_options.TABLE",
    ),
    Tool(
        "kafka-broker-api-versions",
        "Which requests, and versions of them, each broker understands.",
        "broker_api_versions.TABLE",
    ),
    Tool("kafka-cluster", "A cluster's id and its nodes; forget a broker.", "cluster.TABLE"),
    Tool("kafka-features", "Describe, raise and lower the levels of a cluster's features.", "features.TABLE"),
    Tool("kafka-metadata-quorum", "The state of the controllers' quorum.", "metadata_quorum.TABLE"),
    Tool(
        "kafka-configs",
        "Print and change settings of topics, brokers, users, clients, groups and more.",
        "configs_options.TABLE",
    ),
    Tool("kafka-log-dirs", "What is in the log dirs of brokers.", "log_dirs.TABLE"),
    Tool("kafka-leader-election", "Have partitions elect another leader.", "leader_election.TABLE"),
    Tool(
        "kafka-transactions",
        "List and describe transactions, find those that hang, abort them.",
        "transactions_options.TABLE",
    ),
    Tool(
        "kafka-producer-perf-test",
        "How many records a second can be sent, and how long each takes.",
        "producer_perf_test_options.TABLE",
    ),
    Tool("kafka-acls", "List, add and remove the rules of an authorizer.", "acls_options.TABLE"),
    Tool("kafka-storage", "Format the folders of a KRaft node, and look at them.", "storage.TABLE"),
    Tool("kafka-consumer-perf-test", "How many records a second can be consumed.", "consumer_perf_test_options.TABLE"),
    Tool(
        "kafka-share-consumer-perf-test",
        "How many records a second a share group can consume.",
        "share_consumer_perf_test_options.TABLE",
    ),
    Tool("kafka-client-metrics", "Which metrics clients are asked to send.", "client_metrics_options.TABLE"),
    Tool(
        "kafka-delegation-tokens",
        "Create, renew, expire and describe delegation tokens.",
        "delegation_tokens_options.TABLE",
    ),
    Tool(
        "kafka-reassign-partitions",
        "Move partitions to other brokers and log dirs.",
        "reassign_partitions_options.TABLE",
    ),
    Tool("kafka-e2e-latency", "How long a record takes from a producer to a consumer.", "e2e_latency.TABLE"),
    Tool("kafka-replica-verification", "Compare the replicas of partitions.", "replica_verification.TABLE"),
    Tool("zookeeper-shell", "Look at ZooKeeper's nodes and change them.", "zookeeper_shell.TABLE"),
    Tool(
        "kafka-verifiable-producer",
        "Send numbers; a line of JSON for each says what became of it.",
        "verifiable_producer.TABLE",
    ),
    Tool(
        "kafka-verifiable-consumer",
        "Consume in a group; lines of JSON say what happens.",
        "verifiable_consumer.TABLE",
    ),
    Tool(
        "kafka-verifiable-share-consumer",
        "Consume in a share group; lines of JSON say what happens.",
        "verifiable_share_consumer.TABLE",
    ),
    Tool("kafka-dump-log", "What is in the files of a partition's folder.", "dump_log_options.TABLE"),
    Tool("kafka-metadata-shell", "Look at the metadata in a snapshot or log of a KRaft node.", "metadata_shell.TABLE"),
    Tool(
        "kafka-streams-application-reset",
        "Have a Kafka Streams application begin again.",
        "streams_application_reset_options.TABLE",
    ),
    Tool("kafka-server-start", "Run a broker.", "server_start.TABLE"),
    Tool("kafka-server-stop", "End the brokers that run on this machine for this user.", "server_stop.TABLE"),
)


COMMANDS = (
    Tool("kcli quickstart", "Start a broker, produce and consume; show each command.", "quickstart.TABLE"),
    Tool("kcli dump", "Write topics with all that belongs to them to a file.", "dump.TABLE"),
    Tool("kcli restore", "Bring the topics of a dump into a cluster.", "restore.TABLE"),
    Tool("kcli cp", "Copy topics to another cluster or to other names.", "cp.TABLE"),
    Tool("kcli digest", "Whether topics, or a topic and a dump, hold the same records.", "digest.TABLE"),
    Tool("kcli completions", "Print the completion script for a shell.", "completions.TABLE"),
    Tool("kcli profile", "Give clusters names: brokers and settings for --profile.", "profile.TABLE"),
    Tool("kcli wait", "Wait until brokers answer, a topic can be used, a group is at rest.", "wait.TABLE"),
    Tool("kcli doctor", "Try each step on the way to a cluster; say what fails, and what to change.", "doctor.TABLE"),
)
EVERYTHING = (*TOOLS, *COMMANDS)


def find_tool(name: str) -> Tool | None:
    """The tool called `topics`, `kafka-topics` or `kafka-topics.sh`, or the command `kcli NAME`."""
    name = name.removesuffix(".sh")
    return next((tool for tool in EVERYTHING if name in (tool.program, tool.command)), None)
