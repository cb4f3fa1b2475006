"""Every property that a broker of Kafka 3.9 or 4.3 knows: facts only, read by kcli.config.broker.

A property with a last column is one we act on. Two lines for one name: the value differs between the versions.
"""

# ruff: noqa: E501

COLUMNS = ("name", "type", "default", "allowed", "importance", "dynamic", "dialect", "documentation")

TABLE = """\
add.partitions.to.txn.retry.backoff.max.ms | INT | 100 | [0,...] | H |  | 4.3
add.partitions.to.txn.retry.backoff.ms | INT | 20 | [1,...] | H |  | 4.3
advertised.listeners | LIST | null | non-empty list | H | broker | 3.9 | Addresses that clients are told to connect to.
advertised.listeners | LIST | null | non-empty list | H |  | 4.3 | Addresses that clients are told to connect to.
alter.config.policy.class.name | CLASS | null |  | L
alter.log.dirs.replication.quota.window.num | INT | 11 | [1,...] | L
alter.log.dirs.replication.quota.window.size.seconds | INT | 1 | [1,...] | L
authorizer.class.name | STRING |  |  | L
auto.create.topics.enable | BOOLEAN | true |  | H |  |  | Create a topic when a client asks for one that is not there.
auto.include.jmx.reporter | BOOLEAN | true |  | L |  | 3.9
auto.leader.rebalance.enable | BOOLEAN | true |  | H
background.threads | INT | 10 | [1,...] | H | cluster
broker.heartbeat.interval.ms | INT | 2000 |  | M
broker.id | INT | -1 |  | H |  |  | Id of this broker.
broker.id.generation.enable | BOOLEAN | true |  | M |  | 3.9 | Take an id from ZooKeeper when none is set.
broker.rack | STRING | null |  | M |  |  | Rack this broker stands in.
broker.session.timeout.ms | INT | 9000 |  | M
client.quota.callback.class | CLASS | null |  | L
compression.gzip.level | INT | -1 | [1,...,9] or -1 | M | cluster |  | Level when batches are compressed again with gzip.
compression.lz4.level | INT | 9 | [1,...,17] | M | cluster |  | Level when batches are compressed again with lz4.
compression.type | STRING | producer | one of uncompressed,zstd,lz4,snappy,gzip,producer | H | cluster |  | Compression of stored batches; producer keeps what came.
compression.zstd.level | INT | 3 | [-131072,...,22] | M | cluster |  | Level when batches are compressed again with zstd.
config.providers | LIST |  | list | L | cluster | 4.3
connection.failed.authentication.delay.ms | INT | 100 | [0,...] | L |  |  | Wait before a failed login is answered.
connections.max.idle.ms | LONG | 600000 |  | M |  |  | Time after which an idle connection is closed.
connections.max.reauth.ms | LONG | 0 |  | M
control.plane.listener.name | STRING | null |  | H |  | 3.9
controlled.shutdown.enable | BOOLEAN | true |  | M
controlled.shutdown.max.retries | INT | 3 |  | M |  | 3.9
controlled.shutdown.retry.backoff.ms | LONG | 5000 |  | M |  | 3.9
controller.listener.names | LIST | null | non-empty list | H |  |  | Listeners kept for controllers.
controller.performance.always.log.threshold.ms | LONG | 2000 | [0,...] | Mi |  | 4.3
controller.performance.sample.period.ms | LONG | 60000 | [100,...] | Mi |  | 4.3
controller.quorum.append.linger.ms | INT | 25 | [0,...] | M
controller.quorum.auto.join.enable | BOOLEAN | false |  | L |  | 4.3
controller.quorum.bootstrap.servers | LIST |  | endpoints | H
controller.quorum.election.backoff.max.ms | INT | 1000 | [0,...] | H
controller.quorum.election.timeout.ms | INT | 1000 | [0,...] | H
controller.quorum.fetch.max.bytes | INT | 1048576 | [1,...] | L |  | 4.3
controller.quorum.fetch.snapshot.max.bytes | INT | 1048576 | [1,...] | L |  | 4.3
controller.quorum.fetch.timeout.ms | INT | 2000 | [0,...] | H
controller.quorum.request.timeout.ms | INT | 2000 | [0,...] | M
controller.quorum.retry.backoff.ms | INT | 20 | [0,...] | L
controller.quorum.voters | LIST |  | voters | H |  |  | Controllers of the quorum, id@host:port.
controller.quota.window.num | INT | 11 | [1,...] | L
controller.quota.window.size.seconds | INT | 1 | [1,...] | L
controller.socket.timeout.ms | INT | 30000 |  | M
cordoned.log.dirs | LIST |  | list | M | broker | 4.3
create.topic.policy.class.name | CLASS | null |  | L
default.replication.factor | INT | 1 |  | M |  |  | Replicas of a topic created without a number.
delegation.token.expiry.check.interval.ms | LONG | 3600000 | [1,...] | L
delegation.token.expiry.time.ms | LONG | 86400000 | [1,...] | M
delegation.token.master.key | PASSWORD | null |  | M |  | 3.9
delegation.token.max.lifetime.ms | LONG | 604800000 | [1,...] | M
delegation.token.secret.key | PASSWORD | null |  | M
delete.records.purgatory.purge.interval.requests | INT | 1 |  | M
delete.topic.enable | BOOLEAN | true |  | H |  |  | Allow topics to be deleted.
early.start.listeners | LIST | null | list | H
eligible.leader.replicas.enable | BOOLEAN | false |  | H |  | 3.9
fetch.max.bytes | INT | 57671680 | [1024,...] | M |  |  | Most bytes of one fetch answer.
fetch.purgatory.purge.interval.requests | INT | 1000 |  | M
follower.fetch.last.tiered.offset.enable | BOOLEAN | false |  | M | cluster | 4.3
group.consumer.assignment.interval.ms | INT | 1000 | [0,...] | M | cluster | 4.3
group.consumer.assignors | LIST | org.apache.kafka.coordinator.group.assignor.UniformAssignor,org.apache.kafka.coordinator.group.assignor.RangeAssignor |  | M |  | 3.9
group.consumer.assignors | LIST | uniform,range | non-empty list | M |  | 4.3
group.consumer.heartbeat.interval.ms | INT | 5000 | [1,...] | M
group.consumer.max.assignment.interval.ms | INT | 15000 | [0,...] | M |  | 4.3
group.consumer.max.heartbeat.interval.ms | INT | 15000 | [1,...] | M
group.consumer.max.session.timeout.ms | INT | 60000 | [1,...] | M
group.consumer.max.size | INT | 2147483647 | [1,...] | M
group.consumer.migration.policy | STRING | disabled | any case of DISABLED,DOWNGRADE,UPGRADE,BIDIRECTIONAL | Mi |  | 3.9
group.consumer.migration.policy | STRING | bidirectional | any case of DISABLED,DOWNGRADE,UPGRADE,BIDIRECTIONAL | M |  | 4.3 | Whether a group with members may change from the classic protocol to KIP-848 (upgrade) and back (downgrade).
group.consumer.min.assignment.interval.ms | INT | 0 | [0,...] | M |  | 4.3
group.consumer.min.heartbeat.interval.ms | INT | 5000 | [1,...] | M
group.consumer.min.session.timeout.ms | INT | 45000 | [1,...] | M
group.consumer.regex.refresh.interval.ms | INT | 600000 | [10000,...] | Mi |  | 4.3
group.consumer.session.timeout.ms | INT | 45000 | [1,...] | M
group.coordinator.append.linger.ms | INT | 10 | [0,...] | M |  | 3.9
group.coordinator.append.linger.ms | INT | -1 | [-1,...] | M |  | 4.3
group.coordinator.background.threads | INT | 2 | [1,...] | H |  | 4.3
group.coordinator.cached.buffer.max.bytes | INT | 1048588 | [524288,...] | M | cluster | 4.3
group.coordinator.new.enable | BOOLEAN | false |  | Mi |  | 3.9
group.coordinator.rebalance.protocols | LIST | classic | list of consumer,classic,share,unknown | M |  | 3.9
group.coordinator.rebalance.protocols | LIST | classic,consumer,streams | non-empty list of consumer,classic,share,streams | M |  | 4.3
group.coordinator.threads | INT | 1 | [1,...] | M |  | 3.9
group.coordinator.threads | INT | 4 | [1,...] | H |  | 4.3
group.initial.rebalance.delay.ms | INT | 3000 |  | M |  |  | Wait for more members before a new group's first rebalance.
group.max.session.timeout.ms | INT | 1800000 |  | M |  |  | Largest session timeout a member may ask for.
group.max.size | INT | 2147483647 | [1,...] | M |  |  | Most members of a group.
group.min.session.timeout.ms | INT | 6000 |  | M |  |  | Smallest session timeout a member may ask for.
group.share.assignment.interval.ms | INT | 1000 | [0,...] | M | cluster | 4.3
group.share.assignors | LIST | simple | non-empty list | M |  | 4.3
group.share.delivery.count.limit | INT | 5 | [2,...,10] | M
group.share.enable | BOOLEAN | false |  | Mi |  | 3.9
group.share.heartbeat.interval.ms | INT | 5000 | [1,...] | M
group.share.initialize.retry.interval.ms | INT | 30000 | [1,...] | Li |  | 4.3
group.share.max.assignment.interval.ms | INT | 15000 | [0,...] | M |  | 4.3
group.share.max.delivery.count.limit | INT | 10 | [5,...,25] | M |  | 4.3
group.share.max.groups | SHORT | 10 | [1,...,100] | M |  | 3.9
group.share.max.heartbeat.interval.ms | INT | 15000 | [1,...] | M
group.share.max.partition.max.record.locks | INT | 4000 | [2000,...,10000] | M |  | 4.3
group.share.max.record.lock.duration.ms | INT | 60000 | [30000,...,3600000] | M
group.share.max.session.timeout.ms | INT | 60000 | [1,...] | M
group.share.max.share.sessions | INT | 2000 | [1,...] | M |  | 4.3
group.share.max.size | SHORT | 200 | [10,...,1000] | M |  | 3.9
group.share.max.size | INT | 200 | [1,...,1000] | M |  | 4.3
group.share.min.assignment.interval.ms | INT | 0 | [0,...] | M |  | 4.3
group.share.min.delivery.count.limit | INT | 2 | [2,...,5] | M |  | 4.3
group.share.min.heartbeat.interval.ms | INT | 5000 | [1,...] | M
group.share.min.partition.max.record.locks | INT | 100 | [100,...,2000] | M |  | 4.3
group.share.min.record.lock.duration.ms | INT | 15000 | [1000,...,30000] | M
group.share.min.session.timeout.ms | INT | 45000 | [1,...] | M
group.share.partition.max.record.locks | INT | 200 | [100,...,10000] | M |  | 3.9
group.share.partition.max.record.locks | INT | 2000 | [100,...,10000] | M |  | 4.3
group.share.persister.class.name | STRING | org.apache.kafka.server.share.persister.DefaultStatePersister |  | Mi |  | 4.3
group.share.record.lock.duration.ms | INT | 30000 | [1000,...,60000] | M |  | 3.9
group.share.record.lock.duration.ms | INT | 30000 | [1000,...,3600000] | M |  | 4.3
group.share.session.timeout.ms | INT | 45000 | [1,...] | M
group.streams.assignment.interval.ms | INT | 1000 | [0,...] | M | cluster | 4.3
group.streams.heartbeat.interval.ms | INT | 5000 | [1,...] | M |  | 4.3
group.streams.initial.rebalance.delay.ms | INT | 3000 | [0,...] | M |  | 4.3
group.streams.max.assignment.interval.ms | INT | 15000 | [0,...] | M |  | 4.3
group.streams.max.heartbeat.interval.ms | INT | 15000 | [1,...] | M |  | 4.3
group.streams.max.session.timeout.ms | INT | 60000 | [1,...] | M |  | 4.3
group.streams.max.size | INT | 2147483647 | [1,...] | M |  | 4.3
group.streams.max.standby.replicas | INT | 2 | [0,...] | M |  | 4.3
group.streams.min.assignment.interval.ms | INT | 0 | [0,...] | M |  | 4.3
group.streams.min.heartbeat.interval.ms | INT | 5000 | [1,...] | M |  | 4.3
group.streams.min.session.timeout.ms | INT | 45000 | [1,...] | M |  | 4.3
group.streams.num.standby.replicas | INT | 0 | [0,...] | M |  | 4.3
group.streams.session.timeout.ms | INT | 45000 | [1,...] | M |  | 4.3
initial.broker.registration.timeout.ms | INT | 60000 |  | M
inter.broker.listener.name | STRING | null |  | M |  |  | Listener that brokers use among themselves.
inter.broker.protocol.version | STRING | 3.9-IV0 | version | M |  | 3.9
internal.metadata.delete.delay.millis | LONG | 60000 |  | Li |  | 4.3
internal.metadata.log.segment.bytes | INT | null |  | Li |  | 4.3
internal.metadata.max.batch.size.in.bytes | INT | 8388608 |  | Li |  | 4.3
kafka.metrics.polling.interval.secs | INT | 10 | [1,...] | L
kafka.metrics.reporters | LIST |  | list | L
leader.imbalance.check.interval.seconds | LONG | 300 | [1,...] | H
leader.imbalance.per.broker.percentage | INT | 10 |  | H |  | 3.9
listener.security.protocol.map | STRING | SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT |  | L | broker |  | Security protocol of each listener name.
listeners | LIST | PLAINTEXT://:9092 | non-empty list | H | broker |  | Addresses to listen on, NAME://host:port.
log.cleaner.backoff.ms | LONG | 15000 | [0,...] | M | cluster |  | Wait before logs to compact are looked for again.
log.cleaner.dedupe.buffer.size | LONG | 134217728 |  | M | cluster |  | Memory for the keys of a log that is compacted.
log.cleaner.delete.retention.ms | LONG | 86400000 | [0,...] | M | cluster |  | Time a tombstone is kept.
log.cleaner.enable | BOOLEAN | true |  | M |  |  | Compact the logs whose cleanup.policy says so.
log.cleaner.io.buffer.load.factor | DOUBLE | 0.9 |  | M | cluster |  | Share of that memory that may be used.
log.cleaner.io.buffer.size | INT | 524288 | [0,...] | M | cluster
log.cleaner.io.max.bytes.per.second | DOUBLE | 1.7976931348623157E308 |  | M | cluster
log.cleaner.max.compaction.lag.ms | LONG | 9223372036854775807 | [1,...] | M | cluster |  | Time after which a record must be compacted.
log.cleaner.min.cleanable.ratio | DOUBLE | 0.5 | [0,...,1] | M | cluster |  | Share of uncleaned bytes that starts a cleaning.
log.cleaner.min.compaction.lag.ms | LONG | 0 | [0,...] | M | cluster |  | Time a record stays out of compaction.
log.cleaner.threads | INT | 1 | [0,...] | M | cluster
log.cleanup.policy | LIST | delete | list of compact,delete | M | cluster |  | What happens to old segments.
log.dir | LIST | /tmp/kafka-logs | non-empty list | H |  |  | Folder that holds the partitions, when log.dirs is not set.
log.dir.failure.timeout.ms | LONG | 30000 | [1,...] | L
log.dirs | LIST | null | non-empty list | H |  |  | Folders that hold the partitions.
log.flush.interval.messages | LONG | 9223372036854775807 | [1,...] | H | cluster |  | Records between two flushes to disk.
log.flush.interval.ms | LONG | null |  | H | cluster |  | Time a record may wait for its flush to disk.
log.flush.offset.checkpoint.interval.ms | INT | 60000 | [0,...] | H |  |  | Time between two writes of the recovery points.
log.flush.scheduler.interval.ms | LONG | 9223372036854775807 |  | H |  |  | Time between two looks for logs to flush.
log.flush.start.offset.checkpoint.interval.ms | INT | 60000 | [0,...] | H |  |  | Time between two writes of the log start offsets.
log.index.interval.bytes | INT | 4096 | [0,...] | M | cluster |  | Bytes between two index entries.
log.index.size.max.bytes | INT | 10485760 | [4,...] | M | cluster |  | Largest index file.
log.initial.task.delay.ms | LONG | 30000 | [0,...] | Li |  |  | Wait before the first checkpoint, retention and flush.
log.local.retention.bytes | LONG | -2 | [-2,...] | M | cluster
log.local.retention.ms | LONG | -2 | [-2,...] | M | cluster
log.message.downconversion.enable | BOOLEAN | true |  | L | cluster | 3.9
log.message.format.version | STRING | 3.0-IV1 | version | M |  | 3.9
log.message.timestamp.after.max.ms | LONG | 9223372036854775807 | [0,...] | M | cluster | 3.9 | How far in the future a record's timestamp may lie.
log.message.timestamp.after.max.ms | LONG | 3600000 | [0,...] | M | cluster | 4.3 | How far in the future a record's timestamp may lie.
log.message.timestamp.before.max.ms | LONG | 9223372036854775807 | [0,...] | M | cluster |  | How far in the past a record's timestamp may lie.
log.message.timestamp.difference.max.ms | LONG | 9223372036854775807 | [0,...] | M | cluster | 3.9
log.message.timestamp.type | STRING | CreateTime | one of CreateTime,LogAppendTime | M | cluster |  | Whether the producer or the broker stamps records.
log.preallocate | BOOLEAN | false |  | M | cluster |  | Give new segments their full size at once.
log.retention.bytes | LONG | -1 |  | H | cluster |  | Bytes kept per partition.
log.retention.check.interval.ms | LONG | 300000 | [1,...] | M |  |  | Time between two looks for segments to delete.
log.retention.hours | INT | 168 |  | H |  |  | Time records are kept, when neither ms nor minutes are set.
log.retention.minutes | INT | null |  | H |  |  | Time records are kept, when log.retention.ms is not set.
log.retention.ms | LONG | null |  | H | cluster |  | Time records are kept.
log.roll.hours | INT | 168 | [1,...] | H |  |  | Age at which a segment is rolled, when log.roll.ms is not set.
log.roll.jitter.hours | INT | 0 | [0,...] | H |  |  | Random part taken off the roll age, when log.roll.jitter.ms is not set.
log.roll.jitter.ms | LONG | null |  | H | cluster |  | Random part taken off the roll age.
log.roll.ms | LONG | null |  | H | cluster |  | Age at which a segment is rolled.
log.segment.bytes | INT | 1073741824 | [14,...] | H | cluster | 3.9 | Size at which a segment is rolled.
log.segment.bytes | INT | 1073741824 | [1048576,...] | H | cluster | 4.3 | Size at which a segment is rolled.
log.segment.delete.delay.ms | LONG | 60000 | [0,...] | H | cluster |  | Wait before a deleted file leaves the disk.
max.connection.creation.rate | INT | 2147483647 | [0,...] | M | cluster
max.connections | INT | 2147483647 | [0,...] | M | cluster |  | Most connections of the broker.
max.connections.per.ip | INT | 2147483647 | [0,...] | M | cluster |  | Most connections from one address.
max.connections.per.ip.overrides | STRING |  |  | M | cluster |  | Addresses with their own limit, address:number.
max.incremental.fetch.session.cache.slots | INT | 1000 | [0,...] | M
max.request.partition.size.limit | INT | 2000 | [1,...] | M |  |  | Most partitions of one answer to DescribeTopicPartitions.
message.max.bytes | INT | 1048588 | [0,...] | H | cluster |  | Largest record batch accepted.
metadata.log.dir | STRING | null |  | H |  |  | Folder that holds the metadata log.
metadata.log.max.record.bytes.between.snapshots | LONG | 20971520 | [1,...] | H |  |  | Bytes of metadata records after which a snapshot is made.
metadata.log.max.snapshot.interval.ms | LONG | 3600000 | [0,...] | H |  |  | Time after which a snapshot of the metadata is made.
metadata.log.segment.bytes | INT | 1073741824 | [12,...] | H |  | 3.9 | Size at which a segment of the metadata log is rolled.
metadata.log.segment.bytes | INT | 1073741824 | [8388608,...] | H |  | 4.3 | Size at which a segment of the metadata log is rolled.
metadata.log.segment.min.bytes | INT | 8388608 | [12,...] | Hi |  | 3.9
metadata.log.segment.ms | LONG | 604800000 |  | H |  |  | Age at which a segment of the metadata log is rolled.
metadata.max.idle.interval.ms | INT | 500 | [0,...] | L
metadata.max.retention.bytes | LONG | 104857600 |  | H |  |  | Size above which the metadata log's oldest part goes.
metadata.max.retention.ms | LONG | 604800000 |  | H
metric.reporters | LIST |  | list | L | cluster | 3.9
metric.reporters | LIST | org.apache.kafka.common.metrics.JmxReporter | list | L | cluster | 4.3
metrics.num.samples | INT | 2 | [1,...] | L
metrics.recording.level | STRING | INFO |  | L
metrics.sample.window.ms | LONG | 30000 | [1,...] | L
min.insync.replicas | INT | 1 | [1,...] | H | cluster |  | Replicas that must hold a record before acks=all answers.
node.id | INT | -1 | [0,...] | H |  |  | Id of this node.
num.io.threads | INT | 8 | [1,...] | H | cluster
num.network.threads | INT | 3 | [1,...] | H | cluster
num.partitions | INT | 1 | [1,...] | M |  |  | Partitions of a topic created without a number.
num.recovery.threads.per.data.dir | INT | 1 | [1,...] | H | cluster | 3.9
num.recovery.threads.per.data.dir | INT | 2 | [1,...] | H | cluster | 4.3
num.replica.alter.log.dirs.threads | INT | null |  | H
num.replica.fetchers | INT | 1 | [1,...] | H | cluster
offset.metadata.max.bytes | INT | 4096 |  | H |  |  | Largest text stored beside a committed offset.
offsets.commit.required.acks | SHORT | -1 |  | H |  | 3.9
offsets.commit.timeout.ms | INT | 5000 | [1,...] | H
offsets.load.buffer.size | INT | 5242880 | [1,...] | H
offsets.retention.check.interval.ms | LONG | 600000 | [1,...] | H |  |  | Time between two looks for expired offsets.
offsets.retention.minutes | INT | 10080 | [1,...] | H |  |  | Time the offsets of an empty group are kept.
offsets.topic.compression.codec | INT | 0 |  | H
offsets.topic.num.partitions | INT | 50 | [1,...] | H |  |  | Partitions of __consumer_offsets.
offsets.topic.replication.factor | SHORT | 3 | [1,...] | H |  |  | Replicas of __consumer_offsets.
offsets.topic.segment.bytes | INT | 104857600 | [1,...] | H |  |  | Segment size of __consumer_offsets.
password.encoder.cipher.algorithm | STRING | AES/CBC/PKCS5Padding |  | L |  | 3.9
password.encoder.iterations | INT | 4096 | [1024,...] | L |  | 3.9
password.encoder.key.length | INT | 128 | [8,...] | L |  | 3.9
password.encoder.keyfactory.algorithm | STRING | null |  | L |  | 3.9
password.encoder.old.secret | PASSWORD | null |  | M |  | 3.9
password.encoder.secret | PASSWORD | null |  | M |  | 3.9
principal.builder.class | CLASS | org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder |  | M | broker
process.roles | LIST |  | non-empty list of broker,controller | H |  |  | Roles of this node in KRaft mode.
producer.id.expiration.check.interval.ms | INT | 600000 | [1,...] | Li |  |  | Time between two looks for producers to forget.
producer.id.expiration.ms | INT | 86400000 | [1,...] | L | cluster |  | Time an idle producer's sequence numbers are remembered.
producer.purgatory.purge.interval.requests | INT | 1000 |  | M
queued.max.request.bytes | LONG | -1 |  | M
queued.max.requests | INT | 500 | [1,...] | H
quota.window.num | INT | 11 | [1,...] | L
quota.window.size.seconds | INT | 1 | [1,...] | L
remote.fetch.max.wait.ms | INT | 500 | [1,...] | M | cluster
remote.list.offsets.request.timeout.ms | LONG | 30000 | [1,...] | M | cluster | 4.3
remote.log.index.file.cache.total.size.bytes | LONG | 1073741824 | [1,...] | L | cluster
remote.log.index.file.cache.ttl.ms | LONG | 900000 | [-1,...] | Li |  | 4.3
remote.log.manager.copier.thread.pool.size | INT | -1 | [1,...] or -1 | M |  | 3.9
remote.log.manager.copier.thread.pool.size | INT | 10 | [1,...] | M | cluster | 4.3
remote.log.manager.copy.max.bytes.per.second | LONG | 9223372036854775807 | [1,...] | M | cluster
remote.log.manager.copy.quota.window.num | INT | 11 | [1,...] | M
remote.log.manager.copy.quota.window.size.seconds | INT | 1 | [1,...] | M
remote.log.manager.expiration.thread.pool.size | INT | -1 | [1,...] or -1 | M |  | 3.9
remote.log.manager.expiration.thread.pool.size | INT | 10 | [1,...] | M | cluster | 4.3
remote.log.manager.fetch.max.bytes.per.second | LONG | 9223372036854775807 | [1,...] | M | cluster
remote.log.manager.fetch.quota.window.num | INT | 11 | [1,...] | M
remote.log.manager.fetch.quota.window.size.seconds | INT | 1 | [1,...] | M
remote.log.manager.follower.thread.pool.size | INT | 2 | [1,...] | M | cluster | 4.3
remote.log.manager.task.interval.ms | LONG | 30000 | [1,...] | L
remote.log.manager.task.retry.backoff.max.ms | LONG | 30000 | [1,...] | Li
remote.log.manager.task.retry.backoff.ms | LONG | 500 | [1,...] | Li
remote.log.manager.task.retry.jitter | DOUBLE | 0.2 | [0,...,0.5] | Li
remote.log.manager.thread.pool.size | INT | 10 | [1,...] | M |  | 3.9
remote.log.manager.thread.pool.size | INT | 2 | [1,...] | M |  | 4.3
remote.log.metadata.custom.metadata.max.bytes | INT | 128 | [0,...] | L
remote.log.metadata.manager.class.name | STRING | org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager | non-empty | M
remote.log.metadata.manager.class.path | STRING | null |  | M
remote.log.metadata.manager.impl.prefix | STRING | rlmm.config. | non-empty | M
remote.log.metadata.manager.listener.name | STRING | null | non-empty | M
remote.log.reader.max.pending.tasks | INT | 100 | [1,...] | M
remote.log.reader.threads | INT | 10 | [1,...] | M |  | 3.9
remote.log.reader.threads | INT | 10 | [1,...] | M | cluster | 4.3
remote.log.storage.manager.class.name | STRING | null | non-empty | M
remote.log.storage.manager.class.path | STRING | null |  | M
remote.log.storage.manager.impl.prefix | STRING | rsm.config. | non-empty | M
remote.log.storage.system.enable | BOOLEAN | false |  | M
replica.fetch.backoff.ms | INT | 1000 | [0,...] | M
replica.fetch.max.bytes | INT | 1048576 | [0,...] | M
replica.fetch.min.bytes | INT | 1 |  | H
replica.fetch.response.max.bytes | INT | 10485760 | [0,...] | M
replica.fetch.wait.max.ms | INT | 500 |  | H
replica.high.watermark.checkpoint.interval.ms | LONG | 5000 |  | H |  |  | Time between two writes of the high watermarks.
replica.lag.time.max.ms | LONG | 30000 |  | H
replica.selector.class | STRING | null |  | M
replica.socket.receive.buffer.bytes | INT | 65536 |  | H
replica.socket.timeout.ms | INT | 30000 |  | H
replication.quota.window.num | INT | 11 | [1,...] | L
replication.quota.window.size.seconds | INT | 1 | [1,...] | L
request.timeout.ms | INT | 30000 |  | H
reserved.broker.max.id | INT | 1000 | [0,...] | M |  | 3.9 | Largest id that may be set by hand.
sasl.client.callback.handler.class | CLASS | null |  | M
sasl.enabled.mechanisms | LIST | GSSAPI | list | M | broker |  | SASL mechanisms offered.
sasl.jaas.config | PASSWORD | null |  | M | broker |  | Logins of a listener and mechanism.
sasl.kerberos.kinit.cmd | STRING | /usr/bin/kinit |  | M | broker
sasl.kerberos.min.time.before.relogin | LONG | 60000 |  | M | broker
sasl.kerberos.principal.to.local.rules | LIST | DEFAULT | list | M | broker
sasl.kerberos.service.name | STRING | null |  | M | broker
sasl.kerberos.ticket.renew.jitter | DOUBLE | 0.05 |  | M | broker
sasl.kerberos.ticket.renew.window.factor | DOUBLE | 0.8 |  | M | broker
sasl.login.callback.handler.class | CLASS | null |  | M
sasl.login.class | CLASS | null |  | M
sasl.login.connect.timeout.ms | INT | null |  | L
sasl.login.read.timeout.ms | INT | null |  | L
sasl.login.refresh.buffer.seconds | SHORT | 300 |  | M | broker
sasl.login.refresh.min.period.seconds | SHORT | 60 |  | M | broker
sasl.login.refresh.window.factor | DOUBLE | 0.8 |  | M | broker
sasl.login.refresh.window.jitter | DOUBLE | 0.05 |  | M | broker
sasl.login.retry.backoff.max.ms | LONG | 10000 |  | L
sasl.login.retry.backoff.ms | LONG | 100 |  | L
sasl.mechanism.controller.protocol | STRING | GSSAPI |  | H
sasl.mechanism.inter.broker.protocol | STRING | GSSAPI |  | M | broker
sasl.oauthbearer.assertion.algorithm | STRING | RS256 | any case of ES256,RS256 | M |  | 4.3
sasl.oauthbearer.assertion.claim.aud | STRING | null |  | M |  | 4.3
sasl.oauthbearer.assertion.claim.exp.seconds | INT | 300 | [0,...,86400] | L |  | 4.3
sasl.oauthbearer.assertion.claim.iss | STRING | null |  | M |  | 4.3
sasl.oauthbearer.assertion.claim.jti.include | BOOLEAN | false |  | M |  | 4.3
sasl.oauthbearer.assertion.claim.nbf.seconds | INT | 60 | [0,...,3600] | L |  | 4.3
sasl.oauthbearer.assertion.claim.sub | STRING | null |  | M |  | 4.3
sasl.oauthbearer.assertion.file | STRING | null |  | M |  | 4.3
sasl.oauthbearer.assertion.private.key.file | STRING | null |  | M |  | 4.3
sasl.oauthbearer.assertion.private.key.passphrase | PASSWORD | null |  | M |  | 4.3
sasl.oauthbearer.assertion.template.file | STRING | null |  | M |  | 4.3
sasl.oauthbearer.client.credentials.client.id | STRING | null |  | M |  | 4.3
sasl.oauthbearer.client.credentials.client.secret | PASSWORD | null |  | M |  | 4.3
sasl.oauthbearer.clock.skew.seconds | INT | 30 |  | L
sasl.oauthbearer.expected.audience | LIST | null | list | L |  | 3.9
sasl.oauthbearer.expected.audience | LIST |  | list | L |  | 4.3
sasl.oauthbearer.expected.issuer | STRING | null |  | L
sasl.oauthbearer.jwks.endpoint.refresh.ms | LONG | 3600000 |  | L
sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms | LONG | 10000 |  | L
sasl.oauthbearer.jwks.endpoint.retry.backoff.ms | LONG | 100 |  | L
sasl.oauthbearer.jwks.endpoint.url | STRING | null |  | M
sasl.oauthbearer.jwt.retriever.class | CLASS | org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever |  | M |  | 4.3
sasl.oauthbearer.jwt.validator.class | CLASS | org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator |  | M |  | 4.3
sasl.oauthbearer.scope | STRING | null |  | M |  | 4.3
sasl.oauthbearer.scope.claim.name | STRING | scope |  | L
sasl.oauthbearer.sub.claim.name | STRING | sub |  | L
sasl.oauthbearer.token.endpoint.url | STRING | null |  | M
sasl.server.callback.handler.class | CLASS | null |  | M
sasl.server.max.receive.size | INT | 524288 |  | M |  |  | Largest frame accepted before a client is authenticated.
security.inter.broker.protocol | STRING | PLAINTEXT | one of PLAINTEXT,SSL,SASL_PLAINTEXT,SASL_SSL | M |  |  | Security protocol between brokers when no listener is named.
security.providers | STRING | null |  | L
server.max.startup.time.ms | LONG | 9223372036854775807 | [0,...] | Mi
share.coordinator.append.linger.ms | INT | -1 | [-1,...] | M |  | 4.3
share.coordinator.cached.buffer.max.bytes | INT | 1048588 | [524288,...] | M | cluster | 4.3
share.coordinator.cold.partition.snapshot.interval.ms | INT | 300000 | [1,...] | Li |  | 4.3
share.coordinator.load.buffer.size | INT | 5242880 | [1,...] | H |  | 4.3
share.coordinator.snapshot.update.records.per.snapshot | INT | 500 | [0,...,500] | M |  | 4.3
share.coordinator.state.topic.compression.codec | INT | 0 |  | H |  | 4.3
share.coordinator.state.topic.min.isr | SHORT | 2 | [1,...] | H |  | 4.3
share.coordinator.state.topic.num.partitions | INT | 50 | [1,...] | H |  | 4.3
share.coordinator.state.topic.prune.interval.ms | INT | 300000 | [1,...] | Li |  | 4.3
share.coordinator.state.topic.replication.factor | SHORT | 3 | [1,...] | H |  | 4.3
share.coordinator.state.topic.segment.bytes | INT | 104857600 | [1,...] | H |  | 4.3
share.coordinator.threads | INT | 1 | [1,...] | M |  | 4.3
share.coordinator.write.timeout.ms | INT | 5000 | [1,...] | H |  | 4.3
share.fetch.purgatory.purge.interval.requests | INT | 1000 |  | M |  | 4.3
socket.connection.setup.timeout.max.ms | LONG | 30000 |  | M
socket.connection.setup.timeout.ms | LONG | 10000 |  | M
socket.listen.backlog.size | INT | 50 | [1,...] | M |  |  | Connections that may wait to be accepted.
socket.receive.buffer.bytes | INT | 102400 |  | H |  |  | Receive buffer of a connection; -1 leaves it to the system.
socket.request.max.bytes | INT | 104857600 | [1,...] | H |  |  | Largest request accepted.
socket.send.buffer.bytes | INT | 102400 |  | H |  |  | Send buffer of a connection; -1 leaves it to the system.
ssl.allow.dn.changes | BOOLEAN | false |  | L
ssl.allow.san.changes | BOOLEAN | false |  | L
ssl.cipher.suites | LIST |  | list | M | broker |  | Cipher suites allowed.
ssl.client.auth | STRING | none | one of required,requested,none | M | broker |  | Whether clients must, may or need not show a certificate.
ssl.enabled.protocols | LIST | TLSv1.2,TLSv1.3 | list | M | broker |  | TLS versions allowed.
ssl.endpoint.identification.algorithm | STRING | https |  | L | broker
ssl.engine.factory.class | CLASS | null |  | L | broker
ssl.key.password | PASSWORD | null |  | M | broker |  | Password of the private key.
ssl.keymanager.algorithm | STRING | SunX509 |  | M | broker
ssl.keystore.certificate.chain | PASSWORD | null |  | M | broker |  | The broker's certificates, as PEM text.
ssl.keystore.key | PASSWORD | null |  | M | broker |  | The broker's private key, as PEM text.
ssl.keystore.location | STRING | null |  | M | broker |  | File with the broker's key and certificates.
ssl.keystore.password | PASSWORD | null |  | M | broker |  | Password of the key store.
ssl.keystore.type | STRING | JKS |  | M | broker |  | Format of the key store: PEM or PKCS12.
ssl.principal.mapping.rules | STRING | DEFAULT |  | L |  |  | Rules that turn a certificate's name into a principal.
ssl.protocol | STRING | TLSv1.3 |  | M | broker
ssl.provider | STRING | null |  | M | broker
ssl.secure.random.implementation | STRING | null |  | L | broker
ssl.trustmanager.algorithm | STRING | PKIX |  | M | broker
ssl.truststore.certificates | PASSWORD | null |  | M | broker |  | Authorities that clients are checked against, as PEM text.
ssl.truststore.location | STRING | null |  | M | broker |  | File with the authorities that clients are checked against.
ssl.truststore.password | PASSWORD | null |  | M | broker |  | Password of the trust store.
ssl.truststore.type | STRING | JKS |  | M | broker |  | Format of the trust store: PEM or PKCS12.
telemetry.max.bytes | INT | 1048576 | [1,...] | L
transaction.abort.timed.out.transaction.cleanup.interval.ms | INT | 10000 | [1,...] | L
transaction.max.timeout.ms | INT | 900000 | [1,...] | H
transaction.partition.verification.enable | BOOLEAN | true |  | L | cluster
transaction.remove.expired.transaction.cleanup.interval.ms | INT | 3600000 | [1,...] | L
transaction.state.log.load.buffer.size | INT | 5242880 | [1,...] | H
transaction.state.log.min.isr | INT | 2 | [1,...] | H |  |  | In-sync replicas that __transaction_state asks for.
transaction.state.log.num.partitions | INT | 50 | [1,...] | H |  |  | Partitions of __transaction_state.
transaction.state.log.replication.factor | SHORT | 3 | [1,...] | H |  |  | Replicas of __transaction_state.
transaction.state.log.segment.bytes | INT | 104857600 | [1,...] | H |  |  | Segment size of __transaction_state.
transaction.two.phase.commit.enable | BOOLEAN | false |  | L |  | 4.3
transactional.id.expiration.ms | INT | 604800000 | [1,...] | H
unclean.leader.election.enable | BOOLEAN | false |  | H | cluster |  | Allow a replica that is behind to lead.
unclean.leader.election.interval.ms | LONG | 300000 | [1,...] | Mi
unstable.api.versions.enable | BOOLEAN | false |  | Hi
unstable.feature.versions.enable | BOOLEAN | false |  | Hi
zookeeper.clientCnxnSocket | STRING | null |  | M |  | 3.9
zookeeper.connect | STRING | null |  | H |  | 3.9 | ZooKeeper servers, host:port,...[/chroot].
zookeeper.connection.timeout.ms | INT | null |  | H |  | 3.9 | Time to reach ZooKeeper at start.
zookeeper.max.in.flight.requests | INT | 10 | [1,...] | H |  | 3.9
zookeeper.metadata.migration.enable | BOOLEAN | false |  | H |  | 3.9
zookeeper.metadata.migration.min.batch.size | INT | 200 | [1,...] | Mi |  | 3.9
zookeeper.session.timeout.ms | INT | 18000 |  | H |  | 3.9 | Time after which ZooKeeper gives a silent broker up.
zookeeper.set.acl | BOOLEAN | false |  | H |  | 3.9
zookeeper.ssl.cipher.suites | LIST | null |  | L |  | 3.9
zookeeper.ssl.client.enable | BOOLEAN | false |  | M |  | 3.9
zookeeper.ssl.crl.enable | BOOLEAN | false |  | L |  | 3.9
zookeeper.ssl.enabled.protocols | LIST | null |  | L |  | 3.9
zookeeper.ssl.endpoint.identification.algorithm | STRING | HTTPS |  | L |  | 3.9
zookeeper.ssl.keystore.location | STRING | null |  | M |  | 3.9
zookeeper.ssl.keystore.password | PASSWORD | null |  | M |  | 3.9
zookeeper.ssl.keystore.type | STRING | null |  | M |  | 3.9
zookeeper.ssl.ocsp.enable | BOOLEAN | false |  | L |  | 3.9
zookeeper.ssl.protocol | STRING | TLSv1.2 |  | L |  | 3.9
zookeeper.ssl.truststore.location | STRING | null |  | M |  | 3.9
zookeeper.ssl.truststore.password | PASSWORD | null |  | M |  | 3.9
zookeeper.ssl.truststore.type | STRING | null |  | M |  | 3.9
"""
