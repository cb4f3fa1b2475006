"""Kafka's scripts that stay with the JVM: each says so, with what to use instead, and exits with 1.

They run Java classes of the user's own (connectors, tasks, MBeans), or start servers that are Java programs.
"""

from __future__ import annotations

import sys
from pathlib import PurePath

from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, CommandError
from kcli.cli.main import start

_CONNECT = "Kafka Connect runs Java plugins"
_ZOOKEEPER = "ZooKeeper is a Java program"

SCRIPTS = {
    "connect-standalone": (_CONNECT, "the script of a Kafka release"),
    "connect-distributed": (_CONNECT, "the script of a Kafka release"),
    "connect-mirror-maker": ("MirrorMaker 2 runs on Kafka Connect", "the script of a Kafka release"),
    "connect-plugin-path": ("it scans the folders of Java plugins", "the script of a Kafka release"),
    "kafka-mirror-maker": ("MirrorMaker 1 ended with Kafka 3", "connect-mirror-maker of a Kafka release"),
    "kafka-jmx": ("JMX is Java's own protocol", "the script of a Kafka release, or jconsole"),
    "kafka-run-class": ("it runs a class of Kafka's jars", "the script of the tool that you mean; `kcli` lists ours"),
    "trogdor": ("its agents run Java workloads", "the script of a Kafka release"),
    "zookeeper-server-start": (_ZOOKEEPER, "the script of Kafka 3.9, or ZooKeeper's own zkServer.sh"),
    "zookeeper-server-stop": (_ZOOKEEPER, "the script of Kafka 3.9, or ZooKeeper's own zkServer.sh"),
    "zookeeper-security-migration": (
        "it works through Kafka's Java ZooKeeper client",
        "the script of Kafka 3.9, or setAcl of our zookeeper-shell",
    ),
}
"""Why each stays with the JVM, and what to use instead."""


def run(arguments: list[str], environment: Environment) -> int:
    """Say it."""
    reason, instead = SCRIPTS[environment.program]
    raise CommandError(f"{environment.program} stays with the JVM ({reason}): use {instead}.", FAILED)


def main() -> None:
    """The entry point of them all: the name is the program's, or from a checkout the first word."""
    name = PurePath(sys.argv[0]).stem
    start(run, name if name in SCRIPTS else sys.argv.pop(1))
