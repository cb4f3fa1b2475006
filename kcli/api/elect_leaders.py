"""ElectLeaders (43), versions 0 to 2: the preferred leader, or an unclean one, for some partitions or for all.

Asked for all, the answer leaves out the partitions that need no election, yet names their topics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.metadata.controller_elections import PREFERRED, UNCLEAN, elect_leader
from kcli.metadata.image import Image, Record
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(43, 0, 2, dialects=("kraft",))


async def handle(context: BrokerContext, request: Request) -> Any:
    body = request.body
    election = body.election_type if request.version >= 1 else PREFERRED
    if body.topic_partitions is not None and not body.topic_partitions:
        return messages.ElectLeadersResponse()
    if election not in (PREFERRED, UNCLEAN):
        return _unknown_election(body.topic_partitions, election)

    def decide(image: Image) -> tuple[list[Any], list[Record]]:
        return _elect(context, image, body.topic_partitions, election)

    results = await context.keeper.change(decide)
    return messages.ElectLeadersResponse(replica_election_results=results)


def _elect(
    context: BrokerContext, image: Image, asked: list[Any] | None, election: int
) -> tuple[list[Any], list[Record]]:
    """(a ReplicaElectionResult for each topic, records)."""
    everything = asked is None
    lost = context.replicas.lost()
    if asked is None:
        wanted = [(topic.name, list(topic.partitions)) for topic in image.topics.values()]
    else:
        wanted = [(topic.topic, topic.partitions) for topic in asked]
    records: list[Record] = []
    results = []
    for name, indexes in wanted:
        answers = []
        for index in indexes:
            error: KafkaError | None = None
            try:
                records.append(elect_leader(image, context.broker_id, name, index, election, lost))
            except KafkaError as raised:
                error = raised
            if error is None or not everything or error.code != errors.ELECTION_NOT_NEEDED:
                answers.append(_answer(index, error))
        results.append(messages.ElectLeadersResponse.ReplicaElectionResult(topic=name, partition_result=answers))
    return results, records


def _answer(index: int, error: KafkaError | None) -> Any:
    return messages.ElectLeadersResponse.PartitionResult(
        partition_id=index,
        error_code=error.code if error is not None else errors.NONE,
        error_message=error.message if error is not None else None,
    )


def _unknown_election(asked: list[Any] | None, election: int) -> Any:
    error = KafkaError(errors.INVALID_REQUEST, f"Unknown election type {election}")
    results = [
        messages.ElectLeadersResponse.ReplicaElectionResult(
            topic=topic.topic, partition_result=[_answer(index, error) for index in topic.partitions]
        )
        for topic in asked or ()
    ]
    return messages.ElectLeadersResponse(error_code=error.code, replica_election_results=results)
