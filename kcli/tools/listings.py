"""What the tools for topics and groups list with `--output`: a table of columns for each kind of row.

The other tools' are in `listings_cluster`, `listings_files` and `listings_measures`; docs/output.md shows them all.
"""

from __future__ import annotations

from kcli.cli.listing import Listing

# Topics

TOPICS = Listing(
    "kafka-topics --list",
    "A row for each topic.",
    """
    name      string   The topic.
    id        string?  Its id; none before Kafka 2.8.
    internal  boolean  Whether it is Kafka's own.
    """,
)
TOPICS_CREATED = Listing(
    "kafka-topics --create",
    "The topic that was created; no row where --if-not-exists found one.",
    """
    name               string    The topic.
    id                 string?   Its id; none before Kafka 2.8.
    partitions         integer?  How many partitions it has; none where the broker does not say.
    replicationFactor  integer?  How many replicas each has; none where the broker does not say.
    """,
)
TOPICS_DESCRIBED = Listing(
    "kafka-topics --describe (json, yaml)",
    "A row for each topic.",
    """
    name               string   The topic.
    id                 string?  Its id; none before Kafka 2.8.
    internal           boolean  Whether it is Kafka's own.
    partitionCount     integer  How many partitions it has.
    replicationFactor  integer  How many replicas each is meant to have.
    configs            object   The settings that differ from their defaults.
    partitions         objects  Its partitions (those that a report asks for), with the columns below but for topic.
    """,
)
TOPIC_PARTITIONS = Listing(
    "kafka-topics --describe (csv, table)",
    "A row for each partition.",
    """
    topic             string     The topic.
    partition         integer    The partition.
    leader            integer?   The broker that leads it; none where there is no leader.
    replicas          integers   The brokers that hold it, the preferred leader first.
    isr               integers   Those of them that are in sync.
    elr               integers?  Those that may still be elected (KIP-966); none where the cluster does not know.
    lastKnownElr      integers?  The last that were; none where the cluster does not know.
    addingReplicas    integers?  The brokers that it moves to; none where it does not move.
    removingReplicas  integers?  The brokers that it leaves; none where it does not move.
    """,
)
TOPICS_CHANGED = Listing(
    "kafka-topics --alter, --delete",
    "A row for each topic that was changed.",
    """
    name    string   The topic.
    action  string   altered or deleted.
    """,
)

# Groups

GROUPS = Listing(
    "kafka-groups --list",
    "A row for each group of any type.",
    """
    group     string   The group.
    type      string?  Classic, Consumer, Share or Streams; none where the broker does not say.
    protocol  string   What its members speak: consumer, share, streams, connect...; empty where nobody ever joined.
    """,
)
CONSUMER_GROUPS = Listing(
    "kafka-consumer-groups --list",
    "A row for each group.",
    """
    group     string   The group.
    type      string?  Classic or Consumer; none where the broker does not say.
    state     string?  Its state; none where the broker does not say.
    protocol  string   consumer; empty where nobody ever joined.
    """,
)
CONSUMER_GROUP_OFFSETS = Listing(
    "kafka-consumer-groups --describe [--offsets]",
    "A row for each partition that the group has an offset in, or a member for.",
    """
    group          string    The group.
    topic          string    The topic.
    partition      integer   The partition.
    leaderEpoch    integer?  The leader's epoch that was committed; none where none was.
    currentOffset  integer?  The offset that was committed; none where none was.
    logEndOffset   integer?  The partition's end; none where it has no leader.
    lag            integer?  What is between the two; none where one of them is missing.
    consumerId     string?   The member that has the partition; none where nobody does.
    host           string?   The member's address.
    clientId       string?   The member's client.id.
    """,
)
CONSUMER_GROUP_LAG = Listing(
    "kafka-consumer-groups --describe [--offsets] --watch",
    "A row for each partition, and one for the whole group, whose topic and partition are none.",
    """
    group          string    The group.
    topic          string?   The topic; none in the row of the whole group.
    partition      integer?  The partition; none in the row of the whole group.
    currentOffset  integer?  The offset that was committed; none where none was, and for the whole group.
    logEndOffset   integer?  The partition's end; none where it has no leader, and for the whole group.
    lag            integer?  What is between the two, or the sum of that; none where it is not known.
    lagSeconds     number?   The age of the first record that was not consumed yet; of the group the highest.
    consumedRate   number?   Offsets committed a second; none at the first look.
    producedRate   number?   Records written a second; none at the first look.
    catchUp        number?   Seconds until the lag is gone if both go on like this; none where it never will be.
    consumerId     string?   The member that has the partition; none where nobody does, and for the whole group.
    host           string?   The member's address.
    clientId       string?   The member's client.id.
    """,
)
CONSUMER_GROUP_MEMBERS = Listing(
    "kafka-consumer-groups --describe --members",
    "A row for each member.",
    """
    group              string    The group.
    consumerId         string    The member's id.
    groupInstanceId    string?   Its group.instance.id; none where it has none.
    host               string    Its address.
    clientId           string    Its client.id.
    partitions         integer   How many partitions it has.
    currentEpoch       integer?  Its epoch; none in a classic group.
    currentAssignment  string    What it has: topic:0,1;other:2.
    targetEpoch        integer?  The epoch of the target assignment; none in a classic group.
    targetAssignment   string    What it is to have.
    upgraded           boolean?  Whether it speaks the new protocol; none in a classic group.
    """,
)
_STATE = """
    group                  string    The group.
    coordinator            string    The address of its coordinator.
    coordinatorId          integer   The broker that coordinates it.
    {}state                  string    Its state.
    groupEpoch             integer?  Its epoch; none in a classic group.
    targetAssignmentEpoch  integer?  The epoch of the target assignment; none in a classic group.
    {}members                integer   How many members it has.
    """
CONSUMER_GROUP_STATE = Listing(
    "kafka-consumer-groups --describe --state",
    "A row for each group.",
    _STATE.format("assignmentStrategy  string?  How partitions are assigned; none where nobody said.\n    ", ""),
)
RESET = Listing(
    "kafka-consumer-groups, kafka-share-groups, kafka-streams-groups --reset-offsets",
    "A row for each partition, with and without --execute.",
    """
    group      string    The group.
    topic      string    The topic.
    partition  integer   The partition.
    oldOffset  integer?  The offset before; none where there was none.
    newOffset  integer?  The offset after; none where it was taken away.
    change     integer?  The difference; none where one of them is missing.
    """,
)
APPLICATION_RESET = Listing(
    "kafka-streams-application-reset",
    "A row for each partition that is set elsewhere, then one for each topic that is deleted; with --dry-run, too.",
    """
    topic      string    The topic.
    partition  integer?  The partition; none where the topic is deleted.
    action     string    reset, skipped (an intermediate topic, to its end) or deleted.
    offset     integer?  Where the application begins again; none where the topic is deleted.
    """,
)
DELETED_GROUPS = Listing(
    "kafka-consumer-groups, kafka-share-groups, kafka-streams-groups --delete",
    "A row for each group that was to be deleted.",
    """
    group    string   The group.
    deleted  boolean  Whether it is gone.
    error    string?  Why not.
    """,
)
DELETED_OFFSETS = Listing(
    "kafka-consumer-groups, kafka-streams-groups --delete-offsets",
    "A row for each partition, or for a topic that does not exist.",
    """
    topic      string    The topic.
    partition  integer?  The partition; none where the topic is not known.
    error      string?   Why its offset is still there.
    """,
)

# Share groups, streams groups

SHARE_GROUPS = Listing(
    "kafka-share-groups, kafka-streams-groups --list",
    "A row for each group.",
    """
    group  string   The group.
    state  string?  Its state; none where the broker does not say.
    """,
)
SHARE_GROUP_OFFSETS = Listing(
    "kafka-share-groups --describe [--offsets]",
    "A row for each partition that the group reads.",
    """
    group        string    The group.
    topic        string    The topic.
    partition    integer   The partition.
    leaderEpoch  integer?  The leader's epoch.
    startOffset  integer?  Where the group's records begin; none where that is not decided yet.
    lag          integer?  How many records are not done with; none where the broker does not say.
    """,
)
SHARE_GROUP_MEMBERS = Listing(
    "kafka-share-groups --describe --members",
    "A row for each member.",
    """
    group        string   The group.
    consumerId   string   The member's id.
    host         string   Its address.
    clientId     string   Its client.id.
    partitions   integer  How many partitions it has.
    memberEpoch  integer  Its epoch.
    assignment   string   What it has: topic:0,1;other:2.
    """,
)
SHARE_GROUP_STATE = Listing(
    "kafka-share-groups --describe --state",
    "A row for each group.",
    _STATE.format("assignmentStrategy  string?  How partitions are assigned; none where nobody said.\n    ", ""),
)
SHARE_GROUP_DELETED_OFFSETS = Listing(
    "kafka-share-groups --delete-offsets",
    "A row for each topic.",
    """
    topic  string   The topic.
    error  string?  Why its offsets are still there.
    """,
)
STREAMS_GROUP_OFFSETS = Listing(
    "kafka-streams-groups --describe [--offsets]",
    "A row for each partition that members read.",
    """
    group          string    The group.
    topic          string    The topic.
    partition      integer   The partition.
    currentOffset  integer?  The offset that was committed; none where none was.
    leaderEpoch    integer?  The leader's epoch that was committed; none where none was.
    logEndOffset   integer   The partition's end.
    lag            integer   What is between the two; without an offset, all that the partition holds.
    """,
)
STREAMS_GROUP_MEMBERS = Listing(
    "kafka-streams-groups --describe --members",
    "A row for each member.",
    """
    group        string   The group.
    member       string   The member's id.
    protocol     string   classic or streams.
    memberEpoch  integer  Its epoch.
    process      string   The id of its process.
    host         string   Its address.
    clientId     string   Its client.id.
    assignments  string   Its tasks, like ACTIVE: 0:[0,1].
    target       string   The tasks that it is to have.
    """,
)
STREAMS_GROUP_STATE = Listing(
    "kafka-streams-groups --describe --state",
    "A row for each group.",
    _STATE.format("", "topologyEpoch          integer   The epoch of its topology.\n    "),
)
PROFILES = Listing(
    "kcli profile list",
    "A row for each profile.",
    """
    name              string   The profile.
    inUse             boolean  Whether it is the one of KCLI_PROFILE, or else the one in use.
    bootstrapServers  string?  The brokers to connect to first.
    securityProtocol  string   How to connect to them.
    """,
)
PROFILE = Listing(
    "kcli profile show",
    "A row for each setting.",
    """
    name   string  The setting.
    value  string  Its value, without what nobody shall see.
    """,
)
DOCTOR = Listing(
    "kcli doctor",
    "A row for each step.",
    """
    step          string    dns, tcp, tls, sasl, api-versions, metadata; listener; topic, produce, fetch, cleanup.
    target        string    The address, or the topic.
    broker        integer?  The broker that advertises the address.
    status        string    ok, failed or skipped.
    found         string    What was found, why it failed, or why it was not tried.
    fix           string?   What to change where it failed.
    milliseconds  number?   How long it took; none where it was not tried.
    """,
)
WAITED = Listing(
    "kcli wait",
    "A row for what was waited for, whether it came or not.",
    """
    condition  string   brokers, topic, group, lag or record.
    name       string?  The topic or group; none for brokers.
    met        boolean  Whether it came true in time.
    missing    string?  What was missing when the time was over.
    seconds    number   How long it took.
    value      string?  The record's value, bytes that are no UTF-8 replaced; none without one.
    """,
)
COPIED = Listing(
    "kcli dump, restore, cp",
    "A row for each topic; with --digest one for each of its partitions before it.",
    """
    topic      string    The topic, by the name that it has now.
    partition  integer?  The partition; none in the row of the topic as a whole.
    records    integer   How many records of it were written.
    digest     string    Their digest.
    """,
)
DIGESTS = Listing(
    "kcli digest",
    "A row for each partition, and one for each topic as a whole.",
    """
    topic      string    The topic.
    partition  integer?  The partition; none in the row of the topic as a whole.
    records    integer   How many records it has.
    digest     string    Their digest.
    """,
)
