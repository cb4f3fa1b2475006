from __future__ import annotations

from kcli.api.faults import Action, Fault, Faults, topics_of
from kcli.wire import messages

PRODUCE, FETCH = 0, 1


def produce(topic: str) -> messages.Message:
    return messages.ProduceRequest(topic_data=[messages.ProduceRequest.TopicProduceData(name=topic)])


def fetch(topic: str) -> messages.Message:
    return messages.FetchRequest(topics=[messages.FetchRequest.FetchTopic(topic=topic)])


def test_a_rule_matches_by_api_topic_and_client() -> None:
    faults = Faults()
    rule = faults.add(Fault(Action.FAIL, api=PRODUCE, topic="t", client="c"))
    assert faults.match("c", produce("t")) is rule
    assert faults.match("c", produce("u")) is None
    assert faults.match("d", produce("t")) is None
    assert faults.match("c", fetch("t")) is None


def test_what_a_rule_leaves_out_matches_everything_and_the_first_rule_counts() -> None:
    faults = Faults()
    first = faults.add(Fault(Action.DROP, topic="t"))
    second = faults.add(Fault(Action.DELAY))
    assert faults.match(None, fetch("t")) is first
    assert faults.match(None, fetch("u")) is second
    faults.remove(first)
    assert faults.match(None, fetch("t")) is second


def test_a_rule_wears_out() -> None:
    faults = Faults()
    faults.add(Fault(Action.DISCONNECT, times=2))
    assert [faults.match("c", fetch("t")) is not None for _ in range(3)] == [True, True, False]
    assert faults.rules == []


def test_topics_of_requests_that_name_them() -> None:
    assert list(topics_of(produce("p"))) == ["p"]
    assert list(topics_of(fetch("f"))) == ["f"]
    assert list(topics_of(messages.DeleteTopicsRequest(topic_names=["a", "b"]))) == ["a", "b"]
    assert list(topics_of(messages.MetadataRequest(topics=None))) == []
    assert list(topics_of(messages.HeartbeatRequest())) == []


def test_topics_of_requests_that_carry_ids() -> None:
    known, unknown = bytes(range(16)), bytes(16)
    body = messages.ProduceRequest(
        topic_data=[messages.ProduceRequest.TopicProduceData(topic_id=topic_id) for topic_id in (unknown, known)]
    )
    assert list(topics_of(body, {known: "t"}.get)) == ["t"]
