"""What the tools that measure and compare print with `--output`: a table of columns for each kind of row."""

from __future__ import annotations

from kcli.cli.listing import Listing

PRODUCED = Listing(
    "kafka-producer-perf-test",
    "A row for each reporting interval, one for the whole test, and with --warmup-records one for the steady state.",
    """
    scope             string    interval, total or steadyState.
    records           integer   How many records were acknowledged.
    recordsPerSecond  number    How many a second.
    mbPerSecond       number    How many times 1,048,576 bytes a second.
    averageLatencyMs  number    How long a record took on average.
    maxLatencyMs      integer   How long the slowest took.
    p50Ms             integer?  What half of all records stayed below; none for an interval.
    p95Ms             integer?  What 95 % did.
    p99Ms             integer?  What 99 % did.
    p999Ms            integer?  What 99.9 % did.
    """,
)
CONSUMED = Listing(
    "kafka-consumer-perf-test",
    "The whole test, or with --show-detailed-stats a row for each reporting interval.",
    """
    start                  time     When the test, or the interval, began.
    end                    time     When it ended.
    mb                     number   What was consumed until then, in units of 1,048,576 bytes.
    mbPerSecond            number   How much of it a second.
    records                integer  How many records were consumed until then.
    recordsPerSecond       number   How many a second.
    rebalanceMs            integer  How long there was no assignment.
    fetchMs                integer  The rest of the time.
    fetchMbPerSecond       number   As mbPerSecond, of that rest.
    fetchRecordsPerSecond  number   As recordsPerSecond, of that rest.
    """,
)
SHARE_CONSUMED = Listing(
    "kafka-share-consumer-perf-test",
    "The whole test; before it with --show-detailed-stats a row for each consumer and reporting interval, and with"
    " --show-consumer-stats one for each consumer.",
    """
    scope             string    interval, consumer or total.
    consumer          integer?  The share consumer, from 1 on; none for all of them.
    start             time      When the test, or the interval, began.
    end               time      When it ended.
    mb                number    What was consumed until then, in units of 1,048,576 bytes.
    mbPerSecond       number    How much of it a second.
    recordsPerSecond  number    How many records a second.
    records           integer   How many records were consumed until then.
    fetchMs           integer   How long that took.
    """,
)
LATENCY = Listing(
    "kafka-e2e-latency",
    "One row.",
    """
    records    integer  How many records were sent and received.
    averageMs  number   How long one took on average.
    p50Ms      integer  What half of them stayed below.
    p99Ms      integer  What 99 % did.
    p999Ms     integer  What 99.9 % did.
    """,
)
VERIFICATION = Listing(
    "kafka-replica-verification",
    "A row for each report, and for each difference.",
    """
    time        time      When it was found.
    event       string    report, or checksum or offset for a difference.
    topic       string?   The topic: of a report that of the partition that lags most; none where there is none.
    partition   integer?  The partition, likewise.
    offset      integer?  The offset that is compared next, or at which replicas differ.
    lag         integer?  Of a report: how far the partition's end is from there.
    partitions  integer?  Of a report: how many partitions are compared.
    replica     integer?  Of a difference: the broker that is compared with.
    value       integer?  Its checksum or offset.
    other       integer?  The broker that differs.
    otherValue  integer?  Its checksum or offset.
    """,
)
