"""What the tools list of a real Kafka 4.3.0 with `--output json` is what docs/output.md says."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from kcli.cli.listing import Listing
from kcli.cli.main import Run, guard
from kcli.tools import (
    broker_api_versions,
    client_metrics,
    cluster,
    configs,
    console_producer,
    consumer_groups,
    delete_records,
    features,
    get_offsets,
    groups,
    leader_election,
    listings,
    log_dirs,
    metadata_quorum,
    reassign_partitions,
    share_groups,
    storage,
    streams_groups,
    topics,
    transactions,
)
from kcli.tools import listings_cluster as of_cluster
from kcli.tools import listings_files as of_files
from tests.cli.schema import check
from tests.cli.support import Recorded
from tests.interop import real_kafka
from tests.tools.streams_member import StreamsMember

pytestmark = [pytest.mark.interop, pytest.mark.slow]

QUOTA = "--user li --client-defaults"
# Each story is what one test does, on one broker however tests are shared out: its lines build on those before.
Story = tuple[tuple[Run, str, Listing], ...]
STORIES: tuple[Story, ...] = (
    (
        (topics.run, "--create --topic li-new", listings.TOPICS_CREATED),
        (topics.run, "--list", listings.TOPICS),
        (topics.run, "--alter --topic li-new --partitions 2", listings.TOPICS_CHANGED),
        (topics.run, "--delete --topic li-new", listings.TOPICS_CHANGED),
    ),
    ((topics.run, "--describe --topic li-t", listings.TOPICS_DESCRIBED),),
    ((groups.run, "--list", listings.GROUPS),),
    ((consumer_groups.run, "--list", listings.CONSUMER_GROUPS),),
    ((consumer_groups.run, "--describe --group li-classic", listings.CONSUMER_GROUP_OFFSETS),),
    ((consumer_groups.run, "--describe --group li-new", listings.CONSUMER_GROUP_OFFSETS),),
    ((consumer_groups.run, "--describe --group li-classic --members", listings.CONSUMER_GROUP_MEMBERS),),
    ((consumer_groups.run, "--describe --group li-new --members", listings.CONSUMER_GROUP_MEMBERS),),
    ((consumer_groups.run, "--describe --group li-classic --state", listings.CONSUMER_GROUP_STATE),),
    ((consumer_groups.run, "--describe --group li-new --state", listings.CONSUMER_GROUP_STATE),),
    (
        (consumer_groups.run, "--reset-offsets --group li-g --topic li-t --to-latest --execute", listings.RESET),
        (consumer_groups.run, "--delete-offsets --group li-g --topic li-t:0", listings.DELETED_OFFSETS),
        (consumer_groups.run, "--delete --group li-g", listings.DELETED_GROUPS),
    ),
    (
        (share_groups.run, "--reset-offsets --group li-s --topic li-t --to-latest --execute", listings.RESET),
        (share_groups.run, "--list", listings.SHARE_GROUPS),
        (share_groups.run, "--describe --group li-s", listings.SHARE_GROUP_OFFSETS),
        (share_groups.run, "--describe --group li-s --state", listings.SHARE_GROUP_STATE),
        (share_groups.run, "--delete-offsets --group li-s --topic li-t", listings.SHARE_GROUP_DELETED_OFFSETS),
        (share_groups.run, "--delete --group li-s", listings.DELETED_GROUPS),
    ),
    ((streams_groups.run, "--list", listings.SHARE_GROUPS),),
    ((streams_groups.run, "--describe --group li-app", listings.STREAMS_GROUP_OFFSETS),),
    ((streams_groups.run, "--describe --group li-app --members", listings.STREAMS_GROUP_MEMBERS),),
    ((streams_groups.run, "--describe --group li-app --state", listings.STREAMS_GROUP_STATE),),
    (
        (configs.run, "--alter --topic li-t --add-config retention.ms=900000000", of_cluster.CONFIGS_ALTERED),
        (configs.run, "--describe --topic li-t --all", of_cluster.CONFIGS),
    ),
    ((configs.run, "--describe --entity-type brokers --all", of_cluster.CONFIGS),),
    (
        (configs.run, f"{QUOTA} --alter --add-config producer_byte_rate=7", of_cluster.CONFIGS_ALTERED),
        (configs.run, f"{QUOTA} --describe", of_cluster.QUOTAS),
        (configs.run, f"{QUOTA} --alter --delete-config producer_byte_rate", of_cluster.CONFIGS_ALTERED),
    ),
    (
        (client_metrics.run, "--alter --name li --metrics a. --interval 1000", of_cluster.CLIENT_METRICS_CHANGED),
        (client_metrics.run, "--list", of_cluster.CLIENT_METRICS),
        (client_metrics.run, "--describe --name li", of_cluster.CLIENT_METRICS_DESCRIBED),
        (client_metrics.run, "--delete --name li", of_cluster.CLIENT_METRICS_CHANGED),
    ),
    ((get_offsets.run, "--topic li-t", of_cluster.OFFSETS),),
    ((delete_records.run, "--offset-json-file @records", of_cluster.DELETED_RECORDS),),
    ((log_dirs.run, "--describe --topic-list li-t", of_cluster.LOG_DIRS),),
    ((reassign_partitions.run, "--verify --reassignment-json-file @plan", of_cluster.REASSIGNMENT_STATES),),
    ((reassign_partitions.run, "--execute --reassignment-json-file @plan", of_cluster.REASSIGNMENTS_CHANGED),),
    (
        (
            reassign_partitions.run,
            "--generate --topics-to-move-json-file @topics --broker-list 1",
            of_cluster.REASSIGNMENT_PROPOSALS,
        ),
    ),
    ((leader_election.run, "--election-type preferred --topic li-t --partition 0", of_cluster.ELECTIONS),),
    ((broker_api_versions.run, "", of_cluster.API_VERSIONS),),
    ((cluster.run, "cluster-id @server", of_cluster.CLUSTER_ID),),
    ((cluster.run, "list-endpoints @server", of_cluster.ENDPOINTS),),
    ((features.run, "@server describe", of_cluster.FEATURES),),
    ((features.run, "@server upgrade --feature share.version=1 --dry-run", of_cluster.FEATURES_CHANGED),),
    ((metadata_quorum.run, "@server describe --status", of_cluster.QUORUM),),
    ((metadata_quorum.run, "@server describe --replication", of_cluster.QUORUM_REPLICAS),),
    ((transactions.run, "@server list", of_cluster.TRANSACTIONS),),
    ((transactions.run, "@server describe --transactional-id li-tx", of_cluster.TRANSACTION),),
    ((transactions.run, "@server describe-producers --topic li-t --partition 0", of_cluster.PRODUCERS),),
)


@pytest.fixture(scope="module")
def bootstrap(kafka_43: real_kafka.Kafka43) -> Iterator[str]:
    servers = kafka_43.bootstrap
    upgrade = f"--bootstrap-server {servers} upgrade --feature share.version=1"
    guard(features.run, upgrade.split(), Recorded())
    assert guard(topics.run, f"--bootstrap-server {servers} --create --topic li-t".split(), Recorded()) == 0
    assert guard(console_producer.run, f"--bootstrap-server {servers} --topic li-t".split(), Recorded(b"1\n2\n")) == 0
    producer = Producer({"bootstrap.servers": servers, "transactional.id": "li-tx"})
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce("li-t", b"x", partition=0)
    producer.commit_transaction(30)
    producer.begin_transaction()
    producer.produce("li-t", b"y", partition=0)
    producer.flush(30)
    members = []
    for group, protocol in (("li-classic", "classic"), ("li-new", "consumer")):
        consumer = Consumer({"bootstrap.servers": servers, "group.id": group, "group.protocol": protocol})
        consumer.subscribe(["li-t"])
        while not consumer.assignment():
            consumer.poll(0.2)
        consumer.commit(offsets=[TopicPartition("li-t", 0, 1)], asynchronous=False)
        members.append(consumer)
    with StreamsMember(servers, "li-app", ["li-t"], "li-app-store-changelog"):
        yield servers
    producer.abort_transaction(30)
    for consumer in members:
        consumer.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    where = {"topic": "li-t", "partition": 0}
    documents = {
        "@topics": {"version": 1, "topics": [{"topic": "li-t"}]},
        "@records": {"version": 1, "partitions": [{**where, "offset": 1}]},
        "@plan": {"version": 1, "partitions": [{**where, "replicas": [1], "log_dirs": ["any"]}]},
    }
    paths = {name: folder / name[1:] for name in documents}
    for name, path in paths.items():
        path.write_text(json.dumps(documents[name]))
    return paths


@pytest.mark.parametrize("story", STORIES, ids=[story[0][1] for story in STORIES])
def test_rows_are_as_documented(story: Story, bootstrap: str, files: dict[str, Path], tmp_path: Path) -> None:
    for run, line, listing in story:
        server = f"--bootstrap-server {bootstrap}"
        text = f"{server} {line}"
        if "@server" in line:
            before, _, rest = line.partition("@server")
            text = f"{before} {server} {rest}"
        for name, path in files.items():
            text = text.replace(name, str(path))
        deadline = time.monotonic() + 180
        while True:  # brokers learn of a change a moment after it was made
            environment = Recorded(variables={"XDG_STATE_HOME": str(tmp_path)})
            code = guard(run, [*text.split(), "--output", "json"], environment)
            assert code == 0, environment.err
            if check(environment.out, listing):
                break
            assert time.monotonic() < deadline, f"no rows: {line}"
            time.sleep(0.1)


def test_transactions_are_watched(bootstrap: str) -> None:
    line = f"--bootstrap-server {bootstrap} list --watch 0.2 --output json"
    command = [sys.executable, "-m", "kcli.tools.transactions", *line.split()]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(2):
            look = json.loads(process.stdout.readline())
            assert check(json.dumps(look["rows"]), of_cluster.TRANSACTIONS)
        process.kill()


def test_log_dirs_of_a_node(kafka_43: real_kafka.Kafka43, tmp_path: Path) -> None:
    for config, code in ((kafka_43.config, 0), (tmp_path / "none.properties", 1)):
        if code:
            config.write_text(kafka_43.config.read_text() + f"\nlog.dirs={tmp_path}\n")
        environment = Recorded()
        assert guard(storage.run, ["info", "-c", str(config), "--output", "json"], environment) == code
        (row,) = check(environment.out, of_files.LOG_DIRECTORIES)
        assert (row["problem"] is None) == (code == 0)
