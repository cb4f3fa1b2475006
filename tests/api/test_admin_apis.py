"""ApiVersions, DescribeCluster, topics, partitions and properties through their requests, in every version."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from kcli.api.request import Api
from kcli.wire import errors, messages
from kcli.wire.apis import request_class
from tests.api.admin import MODULES, Broker, serve

CREATE = messages.CreateTopicsRequest
INCREMENTAL = messages.IncrementalAlterConfigsRequest
DESCRIBE = messages.DescribeConfigsRequest
PAGES = messages.DescribeTopicPartitionsRequest


def new(name: str, partitions: int = 1, **configs: str) -> Any:
    entries = [CREATE.CreatableTopicConfig(name=key.replace("_", "."), value=value) for key, value in configs.items()]
    return CREATE.CreatableTopic(name=name, num_partitions=partitions, replication_factor=1, configs=entries)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_version_of_the_schema_is_served(module: Any) -> None:
    assert (module.API.min_version, module.API.max_version) == request_class(module.API.key).VERSIONS


class TestApiVersions:
    @pytest.mark.parametrize("version", range(5))
    def test_requests_and_their_versions(self, tmp_path: Path, version: int) -> None:
        async def work(broker: Broker) -> Any:
            broker.context.apis = {**broker.context.apis, 0: Api(0, 3, 13, advertised_min=0)}
            software = {"client_software_name": "kcli", "client_software_version": "1.0"} if version >= 3 else {}
            return await broker.ask(messages.ApiVersionsRequest(**software), version)

        answer = serve(tmp_path, work)
        ranges = {api.api_key: (api.min_version, api.max_version) for api in answer.api_keys}
        assert answer.error_code == errors.NONE
        assert list(ranges) == sorted(ranges)
        assert ranges[0] == (0, 13)
        assert ranges[3] == (0, 13)

    def ask(self, folder: Path, version: int = 4, *apis: Api, **software: str) -> Any:
        async def work(broker: Broker) -> Any:
            broker.context.apis = {**broker.context.apis, **{api.key: api for api in apis}}
            named = {"client_software_name": "kcli", "client_software_version": "1.0", **software}
            answer = await broker.ask(messages.ApiVersionsRequest(**named), version)
            return answer, broker.session

        return serve(folder, work)

    @pytest.mark.parametrize("wrong", ["", "-a", "a_b", "a b", "b-"])
    def test_software_that_is_badly_named_is_refused(self, tmp_path: Path, wrong: str) -> None:
        answer, session = self.ask(tmp_path, client_software_name=wrong)
        assert (answer.error_code, answer.api_keys) == (errors.INVALID_REQUEST, [])
        assert session.client_software_name == "unknown"

    def test_the_session_remembers_the_software(self, tmp_path: Path) -> None:
        _, session = self.ask(tmp_path)
        assert (session.client_software_name, session.client_software_version) == ("kcli", "1.0")

    def test_only_features_that_are_served_are_told(self, tmp_path: Path) -> None:
        answer, _ = self.ask(tmp_path / "few")
        finalized = {feature.name: feature.max_version_level for feature in answer.finalized_features}
        assert finalized == {"metadata.version": 30, "eligible.leader.replicas.version": 1}
        assert answer.finalized_features_epoch > 0
        answer, _ = self.ask(tmp_path / "more", 4, Api(68, 0, 1), Api(26, 0, 4))
        finalized = {feature.name: feature.max_version_level for feature in answer.finalized_features}
        assert (finalized["group.version"], finalized["transaction.version"]) == (1, 1)
        supported = {feature.name: feature.max_version for feature in answer.supported_features}
        assert (supported["transaction.version"], supported["metadata.version"]) == (1, 30)

    def test_a_lowest_level_of_zero_is_told_from_version_4_on(self, tmp_path: Path) -> None:
        answer, _ = self.ask(tmp_path, 3)
        assert [feature.name for feature in answer.supported_features] == ["metadata.version"]

    def test_requests_of_the_other_dialect_are_not_told(self, tmp_path: Path) -> None:
        answer, _ = self.ask(tmp_path, 4, Api(75, 0, 0, dialects=("zk",)))
        assert 75 not in {api.api_key for api in answer.api_keys}


class TestDescribeCluster:
    @pytest.mark.parametrize("version", range(3))
    def test_the_broker_at_the_listener_of_the_request(self, tmp_path: Path, version: int) -> None:
        async def work(broker: Broker) -> Any:
            broker.session.listener = "OUTER"
            request = messages.DescribeClusterRequest(include_cluster_authorized_operations=True)
            return await broker.ask(request, version)

        answer = serve(tmp_path, work)
        assert (answer.error_code, answer.cluster_id, answer.controller_id) == (errors.NONE, "cluster", 1)
        assert [(b.broker_id, b.host, b.port, b.rack) for b in answer.brokers] == [(1, "outside", 19092, "r1")]
        assert answer.cluster_authorized_operations == 8096

    @pytest.mark.parametrize(
        ("kind", "code"), [(2, errors.MISMATCHED_ENDPOINT_TYPE), (9, errors.UNSUPPORTED_ENDPOINT_TYPE)]
    )
    def test_other_endpoints_are_elsewhere(self, tmp_path: Path, kind: int, code: int) -> None:
        answer = serve(tmp_path, lambda broker: broker.ask(messages.DescribeClusterRequest(endpoint_type=kind)))
        assert answer.error_code == code


class TestTopics:
    @pytest.mark.parametrize("version", range(2, 8))
    def test_create_tells_what_came_of_it(self, tmp_path: Path, version: int) -> None:
        async def work(broker: Broker) -> Any:
            return await broker.ask(CREATE(topics=[new("t", 3, retention_ms="5"), new("a/b")]), version)

        made, refused = serve(tmp_path, work).topics
        assert (made.name, made.error_code, made.error_message) == ("t", errors.NONE, None)
        assert refused.error_code == errors.INVALID_TOPIC_EXCEPTION
        if version >= 5:
            assert (made.num_partitions, made.replication_factor) == (3, 1)
            configs = {config.name: (config.value, config.config_source) for config in made.configs}
            assert configs["retention.ms"] == ("5", 1)
            assert configs["min.insync.replicas"] == ("1", 3)
            assert list(configs) == sorted(configs)

    @pytest.mark.parametrize("version", range(1, 7))
    def test_delete(self, tmp_path: Path, version: int) -> None:
        async def work(broker: Broker) -> None:
            await broker.ask(CREATE(topics=[new("t")]))
            state = messages.DeleteTopicsRequest.DeleteTopicState
            by_state = {"topics": [state(name="t")]} if version >= 6 else {"topic_names": ["t"]}
            request = messages.DeleteTopicsRequest(**by_state)
            codes = [(await broker.ask(request, version)).responses[0].error_code for _ in range(2)]
            assert codes == [errors.NONE, errors.UNKNOWN_TOPIC_OR_PARTITION]

        serve(tmp_path, work)

    @pytest.mark.parametrize(("version", "code"), [(2, errors.INVALID_REQUEST), (3, errors.TOPIC_DELETION_DISABLED)])
    def test_deletion_can_be_forbidden(self, tmp_path: Path, version: int, code: int) -> None:
        async def work(broker: Broker) -> int:
            await broker.ask(CREATE(topics=[new("t")]))
            answer = await broker.ask(messages.DeleteTopicsRequest(topic_names=["t"]), version)
            assert "t" in broker.keeper.image.topics
            return answer.responses[0].error_code

        assert serve(tmp_path, work, delete_topic_enable="false") == code

    @pytest.mark.parametrize("version", range(4))
    def test_more_partitions(self, tmp_path: Path, version: int) -> None:
        request = messages.CreatePartitionsRequest

        async def work(broker: Broker) -> int:
            await broker.ask(CREATE(topics=[new("t")]))
            wanted = request(topics=[request.CreatePartitionsTopic(name="t", count=3, assignments=None)])
            answer = await broker.ask(wanted, version)
            assert [result.error_code for result in answer.results] == [errors.NONE]
            return len(broker.keeper.image.topics["t"].partitions)

        assert serve(tmp_path, work) == 3


def resource(kind: int, name: str, keys: list[str] | None = None) -> Any:
    return DESCRIBE.DescribeConfigsResource(resource_type=kind, resource_name=name, configuration_keys=keys)


def change(kind: int, name: str, key: str, value: str) -> Any:
    config = INCREMENTAL.AlterableConfig(name=key, value=value, config_operation=0)
    return INCREMENTAL.AlterConfigsResource(resource_type=kind, resource_name=name, configs=[config])


class TestProperties:
    @pytest.mark.parametrize("version", range(1, 5))
    def test_describe(self, tmp_path: Path, version: int) -> None:
        async def work(broker: Broker) -> Any:
            await broker.ask(CREATE(topics=[new("t", retention_ms="5")]))
            wanted = [
                resource(2, "t", ["retention.ms", "segment.ms"]),
                resource(2, "nonesuch"),
                resource(4, "1", ["num.partitions"]),
                resource(4, ""),
                resource(4, "7"),
                resource(32, ""),
                resource(8, "1"),
            ]
            return await broker.ask(DESCRIBE(resources=wanted, include_synonyms=True), version)

        topic, missing, own, cluster, other, group, loggers = serve(tmp_path, work, num_partitions="4").results
        assert [(c.name, c.value, c.config_source) for c in topic.configs] == [
            ("retention.ms", "5", 1),
            ("segment.ms", "604800000", 5),
        ]
        assert (missing.error_code, missing.error_message) == (errors.UNKNOWN_TOPIC_OR_PARTITION, "")
        assert [(c.value, c.config_source, c.read_only) for c in own.configs] == [("4", 4, True)]
        assert [(s.name, s.value, s.source) for s in own.configs[0].synonyms] == [
            ("num.partitions", "4", 4),
            ("num.partitions", "1", 5),
        ]
        assert [(c.name, c.value, c.config_source) for c in cluster.configs] == [("min.insync.replicas", "1", 3)]
        assert other.error_message == "Unexpected broker id, expected 1 or empty string, but received 7"
        assert group.error_message == "Group name must not be empty"
        assert ("root", 6) in [(c.name, c.config_source) for c in loggers.configs]

    def test_documentation_and_synonyms_come_only_when_asked_for(self, tmp_path: Path) -> None:
        async def work(broker: Broker) -> list[Any]:
            wanted = [resource(4, "1", ["num.partitions"])]
            return [
                (await broker.ask(DESCRIBE(resources=wanted, include_synonyms=on, include_documentation=on))).results
                for on in (False, True)
            ]

        [[silent], [told]] = serve(tmp_path, work)
        assert (silent.configs[0].synonyms, silent.configs[0].documentation) == ([], None)
        assert told.configs[0].synonyms
        assert told.configs[0].documentation
        assert told.configs[0].config_type == 3

    @pytest.mark.parametrize("version", range(2))
    def test_alter_incrementally(self, tmp_path: Path, version: int) -> None:
        async def work(broker: Broker) -> Any:
            await broker.ask(CREATE(topics=[new("t")]))
            request = INCREMENTAL(resources=[change(2, "t", "retention.ms", "5"), change(2, "t2", "a", "5")])
            answer = await broker.ask(request, version)
            return answer.responses, broker.keeper.image.config(2, "t")

        [changed, refused], config = serve(tmp_path, work)
        assert (changed.error_code, changed.resource_type, changed.resource_name) == (errors.NONE, 2, "t")
        assert refused.error_code == errors.INVALID_CONFIG
        assert config == {"retention.ms": "5"}

    def test_levels_of_loggers(self, tmp_path: Path) -> None:
        name = "kcli.api.test_levels_of_loggers"
        logger = logging.getLogger(name)

        def loggers(*changes: tuple[str, str | None, int], broker: str = "1", validate_only: bool = False) -> Any:
            made = [INCREMENTAL.AlterableConfig(name=n, value=v, config_operation=o) for n, v, o in changes]
            wanted = INCREMENTAL.AlterConfigsResource(resource_type=8, resource_name=broker, configs=made)
            return INCREMENTAL(resources=[wanted], validate_only=validate_only)

        async def work(broker: Broker) -> list[Any]:
            async def alter(*changes: tuple[str, str | None, int], **options: Any) -> tuple[int, str | None]:
                [response] = (await broker.ask(loggers(*changes, **options))).responses
                return response.error_code, response.error_message

            assert await alter((name, "DEBUG", 0), validate_only=True) == (0, None)
            assert logger.level == logging.NOTSET
            assert await alter((name, "DEBUG", 0)) == (0, None)
            [result] = (await broker.ask(DESCRIBE(resources=[resource(8, "1", [name])]))).results
            assert [(c.name, c.value, c.config_source) for c in result.configs] == [(name, "DEBUG", 6)]
            assert await alter((name, None, 1)) == (0, None)
            assert logger.level == logging.NOTSET
            return [
                await alter((name, "LOUD", 0)),
                await alter((name, "INFO", 0), ("nobody", "INFO", 0)),
                await alter(("root", None, 1)),
                await alter((name, "INFO", 2)),
                await alter((name, "INFO", 0), broker="7"),
            ]

        refused = serve(tmp_path, work)
        assert logger.level == logging.NOTSET
        assert refused == [
            (
                errors.INVALID_CONFIG,
                f"Cannot set the log level of {name} to LOUD as it is not a supported log level. "
                "Valid log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN",
            ),
            (errors.INVALID_CONFIG, "Logger nobody does not exist!"),
            (errors.INVALID_REQUEST, "Removing the log level of the root logger is not allowed"),
            (errors.INVALID_REQUEST, "APPEND operation is not allowed for the BROKER_LOGGER resource"),
            (errors.INVALID_REQUEST, "Unexpected broker id, expected 1, but received 7"),
        ]

    @pytest.mark.parametrize("version", range(3))
    def test_alter_all(self, tmp_path: Path, version: int) -> None:
        legacy = messages.AlterConfigsRequest

        async def work(broker: Broker) -> Any:
            await broker.ask(CREATE(topics=[new("t", segment_ms="7")]))
            config = legacy.AlterableConfig(name="retention.ms", value="5")
            wanted = legacy.AlterConfigsResource(resource_type=2, resource_name="t", configs=[config])
            answer = await broker.ask(legacy(resources=[wanted]), version)
            return answer.responses[0].error_code, broker.keeper.image.config(2, "t")

        assert serve(tmp_path, work) == (errors.NONE, {"retention.ms": "5"})

    def test_what_has_properties(self, tmp_path: Path) -> None:
        request = messages.ListConfigResourcesRequest

        async def work(broker: Broker) -> list[Any]:
            await broker.ask(CREATE(topics=[new("t")]))
            await broker.ask(INCREMENTAL(resources=[change(32, "g", "consumer.session.timeout.ms", "50000")]))
            everything = await broker.ask(request(resource_types=[]))
            groups = await broker.ask(request(resource_types=[32]))
            refused = await broker.ask(request(resource_types=[99]))
            metrics = await broker.ask(request(), 0)
            return [everything, groups, refused, metrics]

        everything, groups, refused, metrics = serve(tmp_path, work)
        listed = {(found.resource_type, found.resource_name) for found in everything.config_resources}
        assert listed == {(2, "t"), (4, "1"), (8, "1"), (32, "g")}
        assert [found.resource_name for found in groups.config_resources] == ["g"]
        assert refused.error_code == errors.UNSUPPORTED_VERSION
        assert metrics.config_resources == []


class TestTopicPartitions:
    def test_pages_of_all_topics_join_to_the_whole(self, tmp_path: Path) -> None:
        async def work(broker: Broker) -> None:
            counts = {"b": 3, "a": 2, "c": 4}
            await broker.ask(CREATE(topics=[new(name, count) for name, count in counts.items()]))
            for limit in (1, 2, 3, 4, 9, 100):
                seen: list[tuple[str, int]] = []
                cursor = None
                while True:
                    page = await broker.ask(PAGES(response_partition_limit=limit, cursor=cursor))
                    found = [(topic.name, p.partition_index) for topic in page.topics for p in topic.partitions]
                    assert 0 < len(found) <= limit
                    seen += found
                    if page.next_cursor is None:
                        break
                    at = page.next_cursor
                    cursor = PAGES.Cursor(topic_name=at.topic_name, partition_index=at.partition_index)
                assert seen == [(name, index) for name in "abc" for index in range(counts[name])]

        serve(tmp_path, work)

    def test_named_topics_and_errors(self, tmp_path: Path) -> None:
        async def work(broker: Broker) -> None:
            await broker.ask(CREATE(topics=[new("a")]))
            wanted = [PAGES.TopicRequest(name=name) for name in ("nonesuch", "a", "a/b")]
            answer = await broker.ask(PAGES(topics=wanted))
            assert [(topic.name, topic.error_code) for topic in answer.topics] == [
                ("a", errors.NONE),
                ("a/b", errors.INVALID_TOPIC_EXCEPTION),
                ("nonesuch", errors.UNKNOWN_TOPIC_OR_PARTITION),
            ]
            [partition] = answer.topics[0].partitions
            assert (partition.leader_id, partition.isr_nodes, partition.eligible_leader_replicas) == (1, [1], [])
            assert answer.topics[0].topic_authorized_operations == 3576

        serve(tmp_path, work)

    @pytest.mark.parametrize(("name", "index"), [("zz", 0), ("a", -1)])
    def test_a_cursor_that_points_nowhere_is_refused(self, tmp_path: Path, name: str, index: int) -> None:
        async def work(broker: Broker) -> Any:
            await broker.ask(CREATE(topics=[new("a")]))
            cursor = PAGES.Cursor(topic_name=name, partition_index=index)
            return await broker.ask(PAGES(topics=[PAGES.TopicRequest(name="a")], cursor=cursor))

        assert [topic.error_code for topic in serve(tmp_path, work).topics] == [errors.INVALID_REQUEST]
