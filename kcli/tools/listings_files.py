"""What the tools for folders and files list with `--output`: a table of columns for each kind of row."""

from __future__ import annotations

from kcli.cli.listing import Listing

LOG_DIRECTORIES = Listing(
    "kafka-storage info",
    "A row for each log dir of the node.",
    """
    directory    string    The log dir.
    clusterId    string?   The cluster it belongs to; none where it is not formatted.
    directoryId  string?   Its own id; none where it has none.
    nodeId       integer?  The node it belongs to; none where it is not formatted.
    version      integer?  The version of its meta.properties; none where it is not formatted.
    problem      string?   What is wrong with it.
    """,
)
FEATURE_LEVELS = Listing(
    "kafka-features, kafka-storage version-mapping",
    "A row for each feature.",
    """
    name     string   The feature.
    level    integer  The level that goes with the release.
    release  string?  The release; none but for metadata.version.
    """,
)
FEATURE_DEPENDENCIES = Listing(
    "kafka-features, kafka-storage feature-dependencies",
    "A row for each feature that was asked for.",
    """
    name           string    The feature.
    level          integer   The level that was asked for.
    requires       string?   The feature that it depends on; none where there is none.
    requiresLevel  integer?  The least level of that.
    """,
)
LOG_BATCHES = Listing(
    "kafka-dump-log, of logs and snapshots of the metadata",
    "A row for each batch.",
    """
    file             string    The file.
    position         integer   Where in the file it begins.
    size             integer   Its bytes.
    baseOffset       integer   The offset of its first record.
    lastOffset       integer   That of its last.
    count            integer   How many records it has.
    maxTimestamp     time?     The latest timestamp of them; none where they have none.
    timestampType    string    CreateTime or LogAppendTime.
    leaderEpoch      integer?  The epoch of the leader that took it.
    producerId       integer?  Its producer; none where that is not idempotent.
    producerEpoch    integer?  The producer's epoch, likewise.
    baseSequence     integer?  The sequence number of its first record, likewise.
    lastSequence     integer?  That of its last.
    transactional    boolean   Whether it is part of a transaction.
    control          boolean   Whether it holds markers instead of records.
    deleteHorizonMs  time?     When its tombstones may go; none where that is not decided.
    compression      string    none, gzip, snappy, lz4 or zstd.
    magic            integer   The version of its format.
    crc              integer   Its checksum.
    valid            boolean   Whether the checksum is right.
    """,
)
LOG_RECORDS = Listing(
    "kafka-dump-log --print-data-log, --deep-iteration or a decoder, of logs and snapshots of the metadata",
    "A row for each record.",
    """
    file           string    The file.
    baseOffset     integer   The first offset of its batch.
    offset         integer   Its offset.
    timestamp      time?     Its timestamp; none where it has none.
    timestampType  string    CreateTime or LogAppendTime.
    keySize        integer?  The bytes of its key; none where it has none.
    valueSize      integer?  The bytes of its value; none where it has none.
    sequence       integer?  Its sequence number; none where its producer is not idempotent.
    headerKeys     strings   The names of its headers.
    control        string?   What a marker says; none for a record.
    key            string?   Its key as the decoder has it; none without one, and with --deep-iteration alone.
    value          string?   Its value, likewise.
    """,
)
OFFSET_INDEX = Listing(
    "kafka-dump-log, of offset indexes",
    "A row for each entry.",
    """
    file      string   The file.
    offset    integer  The last offset of a batch.
    position  integer  Where in the log that batch begins.
    """,
)
TIME_INDEX = Listing(
    "kafka-dump-log, of time indexes",
    "A row for each entry.",
    """
    file       string   The file.
    timestamp  time?    A timestamp; none where the records have none.
    offset     integer  The offset of the record that is not surpassed until then.
    """,
)
TRANSACTION_INDEX = Listing(
    "kafka-dump-log, of indexes of aborted transactions",
    "A row for each transaction.",
    """
    file              string   The file.
    producerId        integer  The producer.
    firstOffset       integer  Where the transaction begins.
    lastOffset        integer  The offset of its marker.
    lastStableOffset  integer  The last stable offset when that was written.
    """,
)
PRODUCER_SNAPSHOT = Listing(
    "kafka-dump-log, of producer snapshots",
    "A row for each producer.",
    """
    file                           string    The file.
    producerId                     integer   The producer.
    producerEpoch                  integer   Its epoch.
    coordinatorEpoch               integer?  The epoch of the coordinator that wrote its last marker; none if none did.
    currentTransactionStartOffset  integer?  Where its open transaction begins; none if it has none.
    lastTimestamp                  time?     The timestamp of its last record.
    firstSequence                  integer?  The first sequence number of its last batch; none after a marker.
    lastSequence                   integer?  The last one.
    lastOffset                     integer?  The offset of that batch's last record.
    offsetDelta                    integer?  How far that is from its first.
    """,
)
METADATA_NODES = Listing(
    "kafka-metadata-shell ls, find, tree and cat",
    "A row for each node that the command comes to.",
    """
    path       string   Its path from the root on.
    directory  boolean  Whether it is a directory.
    content    string?  What it holds; none for a directory.
    """,
)
