"""What the tools for partitions and clusters list with `--output`: a table of columns for each kind of row."""

from __future__ import annotations

from kcli.cli.listing import Listing

# Settings, rules, tokens

CONFIGS = Listing(
    "kafka-configs --describe, of topics, brokers, broker-loggers, client-metrics and groups",
    "A row for each setting.",
    """
    entityType  string   topics, brokers, broker-loggers, client-metrics or groups.
    entityName  string?  Whose setting it is; none for the default of all brokers.
    name        string   The setting.
    value       string?  Its value; none where it is a secret, or not set.
    source      string   Where the value comes from: DYNAMIC_TOPIC_CONFIG, DEFAULT_CONFIG...
    sensitive   boolean  Whether it is a secret.
    readOnly    boolean  Whether it needs a restart to change it.
    """,
)
QUOTAS = Listing(
    "kafka-configs --describe, of users, clients and ips",
    "A row for each quota and for each SCRAM credential.",
    """
    user       string?  The user, <default> for the default one; none where it is for any.
    client-id  string?  The client, likewise.
    ip         string?  The address, likewise.
    name       string   The quota, or the SCRAM mechanism.
    value      number   The quota, or the iterations of the credential.
    """,
)
CONFIGS_IN_ZOOKEEPER = Listing(
    "kafka-configs --zookeeper --describe",
    "A row for each setting, as ZooKeeper has it.",
    """
    entityType  string   users or brokers.
    entityName  string?  Whose setting it is; none for the default one.
    name        string   The setting, or the SCRAM mechanism.
    value       string   Its value; of a SCRAM mechanism what a broker checks passwords by, of a secret its encryption.
    """,
)
CONFIGS_ALTERED = Listing(
    "kafka-configs --alter",
    "The entity that was changed.",
    """
    entityType  string   topics, brokers, users...
    entityName  string?  Its name; none for the default one.
    added       strings  The names of the settings that were set.
    deleted     strings  The names of the settings that were taken away.
    """,
)
ACLS = Listing(
    "kafka-acls --list, --add, --remove",
    "A row for each rule that is there, was added or was removed.",
    """
    resourceType    string  TOPIC, GROUP, CLUSTER, TRANSACTIONAL_ID, DELEGATION_TOKEN or USER.
    resourceName    string  The resource, or what its name begins with.
    patternType     string  LITERAL or PREFIXED.
    principal       string  Whom it is for: User:alice.
    host            string  The address it is for, or *.
    operation       string  READ, WRITE, ALL...
    permissionType  string  ALLOW or DENY.
    """,
)
TOKENS = Listing(
    "kafka-delegation-tokens --create, --describe",
    "A row for each token.",
    """
    tokenId    string   The token.
    hmac       string   What clients log in with, as base64.
    owner      string   Whose it is: User:alice.
    requester  string   Who had it made.
    renewers   strings  Who may renew it, besides its owner.
    issued     time     When it was made.
    expires    time     When it ends, unless it is renewed.
    latest     time     When it ends in any case.
    """,
)
TOKEN_EXPIRY = Listing(
    "kafka-delegation-tokens --renew, --expire",
    "The token's new end.",
    """
    expires  time  When it ends now.
    """,
)
CLIENT_METRICS = Listing(
    "kafka-client-metrics --list",
    "A row for each subscription.",
    """
    name  string  The subscription.
    """,
)
CLIENT_METRICS_DESCRIBED = Listing(
    "kafka-client-metrics --describe",
    "A row for each subscription.",
    """
    name      string   The subscription.
    metrics   string?  Which metrics, by the beginnings of their names.
    interval  string?  How often, in ms.
    match     string?  Of which clients.
    """,
)
CLIENT_METRICS_CHANGED = Listing(
    "kafka-client-metrics --alter, --delete",
    "The subscription that was changed.",
    """
    name    string  The subscription.
    action  string  altered or deleted.
    """,
)

# Partitions

OFFSETS = Listing(
    "kafka-get-offsets",
    "A row for each partition.",
    """
    topic      string   The topic.
    partition  integer  The partition.
    offset     integer  The offset at the time that was asked for.
    """,
)
DELETED_RECORDS = Listing(
    "kafka-delete-records",
    "A row for each partition of the file.",
    """
    topic         string    The topic.
    partition     integer   The partition.
    lowWatermark  integer?  Its first offset now; none where that failed.
    error         string?   Why that failed.
    """,
)
LOG_DIRS = Listing(
    "kafka-log-dirs",
    "A row for each replica, and one for a log dir without any, in which the last four are none.",
    """
    broker     integer   The broker.
    logDir     string    The log dir.
    error      string?   What is wrong with it.
    partition  string?   The partition: orders-0.
    size       integer?  Its bytes.
    offsetLag  integer?  How far behind the high watermark (or, if it is to replace another, that one) it is.
    isFuture   boolean?  Whether it is to replace the replica in another log dir.
    """,
)
REASSIGNMENTS = Listing(
    "kafka-reassign-partitions --list",
    "A row for each partition that moves.",
    """
    topic      string    The topic.
    partition  integer   The partition.
    replicas   integers  The brokers that hold it, or are about to.
    adding     integers  Those that are about to.
    removing   integers  Those that will no longer.
    """,
)
REASSIGNMENT_STATES = Listing(
    "kafka-reassign-partitions --verify",
    "A row for each partition of the plan, and for each replica that it wants in a certain log dir.",
    """
    topic      string     The topic.
    partition  integer    The partition.
    broker     integer?   The broker of a replica that moves between log dirs; none for the partition itself.
    state      string     inProgress, completed, inactive (no move, and not where the plan has it) or missing.
    current    integers?  Where the replicas are, as far as that is known; none for a log dir.
    target     integers?  Where they are to be; none for a log dir.
    logDir     string?    The log dir that the replica is to be in; none for the partition itself.
    """,
)
REASSIGNMENT_PROPOSALS = Listing(
    "kafka-reassign-partitions --generate",
    "A row for each partition of the topics.",
    """
    topic            string    The topic.
    partition        integer   The partition.
    current          integers  The brokers that hold it.
    currentLogDirs   strings   Where it lies on each of them; any where that is not known.
    proposed         integers  The brokers that could hold it.
    """,
)
REASSIGNMENTS_CHANGED = Listing(
    "kafka-reassign-partitions --execute, --cancel",
    "A row for each partition, and for each replica that goes to a certain log dir.",
    """
    topic      string     The topic.
    partition  integer    The partition.
    broker     integer?   The broker of a replica that moves between log dirs; none for the partition itself.
    action     string     started or cancelled.
    current    integers?  Where the replicas are; none for a log dir.
    target     integers?  Where they go; none for a log dir, and where a move was cancelled.
    logDir     string?    The log dir that the replica goes to, or stays in; none for the partition itself.
    """,
)
ELECTIONS = Listing(
    "kafka-leader-election",
    "A row for each partition that was asked for, or where there was something to do.",
    """
    topic         string   The topic.
    partition     integer  The partition.
    electionType  string   preferred or unclean.
    outcome       string   elected, notNeeded or failed.
    error         string?  Why it failed.
    """,
)

# The cluster

API_VERSIONS = Listing(
    "kafka-broker-api-versions",
    "A row for each request of each broker.",
    """
    broker  integer   The broker.
    api     string    The request; UNKNOWN for one that kcli does not know.
    key     integer   Its key.
    min     integer?  The oldest version that the broker takes; none where it does not know the request.
    max     integer?  The newest.
    usable  integer?  The newest that kcli can speak too; none where there is none.
    """,
)
CLUSTER_ID = Listing(
    "kafka-cluster cluster-id",
    "The cluster.",
    """
    clusterId  string?  Its id; none where it is too old to have one.
    """,
)
ENDPOINTS = Listing(
    "kafka-cluster list-endpoints",
    "A row for each broker or controller.",
    """
    id      integer   The node.
    host    string    Its host.
    port    integer   Its port.
    rack    string?   Its rack.
    fenced  boolean?  Whether it is fenced off; none where the cluster does not say.
    type    string    broker or controller.
    """,
)
FEATURES = Listing(
    "kafka-features describe",
    "A row for each feature.",
    """
    name     string    The feature.
    lowest   integer   The lowest level that the node supports.
    highest  integer   The highest.
    level    integer   The one in force; 0 for none.
    epoch    integer?  The epoch of those in force; none where the node does not know any.
    """,
)
FEATURES_CHANGED = Listing(
    "kafka-features upgrade, downgrade, disable",
    "A row for each feature that was to be changed.",
    """
    name    string   The feature.
    level   integer  The level that was asked for.
    dryRun  boolean  Whether it was only tried.
    error   string?  Why it was not changed, or could not be.
    """,
)
QUORUM = Listing(
    "kafka-metadata-quorum describe --status",
    "One row.",
    """
    clusterId             string?  The cluster's id.
    leaderId              integer  The controller that leads.
    leaderEpoch           integer  Its epoch.
    highWatermark         integer  The metadata log's high watermark.
    maxFollowerLag        integer  How many records the slowest voter is behind.
    maxFollowerLagTimeMs  integer?  For how many ms; none where that is not known.
    voters                objects  The voters: id, directoryId and endpoints, the last two where they are known.
    observers             objects  The observers, likewise.
    """,
)
QUORUM_REPLICAS = Listing(
    "kafka-metadata-quorum describe --replication",
    "A row for each replica of the metadata log.",
    """
    id                     integer  The node.
    directoryId            string   The id of its metadata directory.
    logEndOffset           integer  The end of its log.
    lag                    integer  How far it is behind the leader.
    lastFetchTimestamp     time?    When it fetched last; none where the leader does not know.
    lastCaughtUpTimestamp  time?    When it had everything last; none where the leader does not know.
    status                 string   Leader, Follower or Observer.
    """,
)

# Transactions

TRANSACTIONS = Listing(
    "kafka-transactions list",
    "A row for each transactional id.",
    """
    transactionalId   string   The id.
    coordinator       integer  The broker that coordinates it.
    producerId        integer  Its producer.
    transactionState  string   Empty, Ongoing, PrepareCommit, CompleteCommit...
    """,
)
TRANSACTION = Listing(
    "kafka-transactions describe",
    "One row.",
    """
    coordinatorId                  integer   The broker that coordinates it.
    transactionalId                string    The id.
    producerId                     integer   Its producer.
    producerEpoch                  integer   The producer's epoch.
    transactionState               string    Empty, Ongoing, PrepareCommit, CompleteCommit...
    transactionTimeoutMs           integer   After how many ms it is aborted.
    currentTransactionStartTimeMs  time?     When the present transaction began; none if there is none.
    transactionDurationMs          integer?  How long it has been going on; none if there is none.
    topicPartitions                strings   The partitions in it: orders-0.
    """,
)
PRODUCERS = Listing(
    "kafka-transactions describe-producers",
    "A row for each producer that the partition remembers.",
    """
    producerId                     integer   The producer.
    producerEpoch                  integer   Its epoch.
    latestCoordinatorEpoch         integer?  The epoch of the coordinator that wrote its last marker; none if none did.
    lastSequence                   integer?  The sequence number of its last record; none after a marker.
    lastTimestamp                  time      The timestamp of its last record.
    currentTransactionStartOffset  integer?  Where its open transaction begins; none if it has none.
    """,
)
HANGING = Listing(
    "kafka-transactions find-hanging",
    "A row for each transaction that nobody will end.",
    """
    topic             string   The topic.
    partition         integer  The partition.
    producerId        integer  The producer.
    producerEpoch     integer  Its epoch.
    coordinatorEpoch  integer?  The epoch of the coordinator that wrote its last marker; none if none did.
    startOffset       integer  Where the transaction begins.
    lastTimestamp     time     The timestamp of its last record.
    durationMin       integer  For how many minutes nothing has come.
    """,
)
