"""Every setting of Kafka's producer (P), consumer (C) and admin client (A): facts only, read by kcli.client.config.

The values are those of Kafka 4.3; what only one of 3.9 and 4.3 knows says so in its last column.
"""

# ruff: noqa: E501

COLUMNS = ("name", "type", "default", "allowed", "importance", "dialect", "documentation")

TABLE = """\
P | acks | STRING | all | one of all,-1,0,1 | L
C | allow.auto.create.topics | BOOLEAN | true |  | M
C | auto.commit.interval.ms | INT | 5000 | [0,...] | L
PCA | auto.include.jmx.reporter | BOOLEAN | true |  | L | 3.9
C | auto.offset.reset | STRING | latest |  | M
P | batch.size | INT | 16384 | [0,...] | M
A | bootstrap.controllers | LIST |  | list | H
A | bootstrap.servers | LIST |  | list | H
PC | bootstrap.servers | LIST | null | non-empty list | H
P | buffer.memory | LONG | 33554432 | [0,...] | H
C | check.crcs | BOOLEAN | true |  | L
PCA | client.dns.lookup | STRING | use_all_dns_ips | one of use_all_dns_ips,resolve_canonical_bootstrap_servers_only | M
C | client.id | STRING |  |  | L
PA | client.id | STRING |  |  | M
C | client.rack | STRING |  |  | L
P | compression.gzip.level | INT | -1 | [1,...,9] or -1 | M
P | compression.lz4.level | INT | 9 | [1,...,17] | M
P | compression.type | STRING | none | one of none,gzip,snappy,lz4,zstd | H
P | compression.zstd.level | INT | 3 | [-131072,...,22] | M
PCA | config.providers | LIST |  | list | L | 4.3
A | connections.max.idle.ms | LONG | 300000 |  | M
PC | connections.max.idle.ms | LONG | 540000 |  | M
CA | default.api.timeout.ms | INT | 60000 | [0,...] | M
P | delivery.timeout.ms | INT | 120000 | [0,...] | M
C | enable.auto.commit | BOOLEAN | true |  | M
P | enable.idempotence | BOOLEAN | true |  | L
A | enable.metrics.push | BOOLEAN | false |  | L
PC | enable.metrics.push | BOOLEAN | true |  | L
C | exclude.internal.topics | BOOLEAN | true |  | M
C | fetch.max.bytes | INT | 52428800 | [0,...] | M
C | fetch.max.wait.ms | INT | 500 | [0,...] | L
C | fetch.min.bytes | INT | 1 | [0,...] | H
C | group.id | STRING | null |  | H
C | group.instance.id | STRING | null | non-empty | M
C | group.protocol | STRING | classic | any case of CONSUMER,CLASSIC | H
C | group.remote.assignor | STRING | null |  | M
C | heartbeat.interval.ms | INT | 3000 |  | H
PC | interceptor.classes | LIST |  | list | L
C | internal.leave.group.on.close | BOOLEAN | true |  | Li | 3.9
C | internal.throw.on.fetch.stable.offset.unsupported | BOOLEAN | false |  | Li
C | isolation.level | STRING | read_uncommitted | one of read_committed,read_uncommitted | M
C | key.deserializer | CLASS | null |  | H
P | key.serializer | CLASS | null |  | H
P | linger.ms | LONG | 5 | [0,...] | M
P | max.block.ms | LONG | 60000 | [0,...] | M
P | max.in.flight.requests.per.connection | INT | 5 | [1,...] | L
C | max.partition.fetch.bytes | INT | 1048576 | [0,...] | H
C | max.poll.interval.ms | INT | 300000 | [1,...] | M
C | max.poll.records | INT | 500 | [1,...] | M
P | max.request.size | INT | 1048576 | [0,...] | M
PCA | metadata.max.age.ms | LONG | 300000 | [0,...] | L
P | metadata.max.idle.ms | LONG | 300000 | [5000,...] | L
PCA | metadata.recovery.rebootstrap.trigger.ms | LONG | 300000 | [0,...] | L | 4.3
PCA | metadata.recovery.strategy | STRING | rebootstrap | any case of REBOOTSTRAP,NONE | L
PCA | metric.reporters | LIST | org.apache.kafka.common.metrics.JmxReporter | list | L
PCA | metrics.num.samples | INT | 2 | [1,...] | L
PCA | metrics.recording.level | STRING | INFO | one of INFO,DEBUG,TRACE | L
PCA | metrics.sample.window.ms | LONG | 30000 | [0,...] | L
C | partition.assignment.strategy | LIST | org.apache.kafka.clients.consumer.RangeAssignor,org.apache.kafka.clients.consumer.CooperativeStickyAssignor | list | M
P | partitioner.adaptive.partitioning.enable | BOOLEAN | true |  | L
P | partitioner.availability.timeout.ms | LONG | 0 | [0,...] | L
P | partitioner.class | CLASS | null |  | M
P | partitioner.ignore.keys | BOOLEAN | false |  | M
CA | receive.buffer.bytes | INT | 65536 | [-1,...] | M
P | receive.buffer.bytes | INT | 32768 | [-1,...] | M
PCA | reconnect.backoff.max.ms | LONG | 1000 | [0,...] | L
PCA | reconnect.backoff.ms | LONG | 50 | [0,...] | L
PCA | request.timeout.ms | INT | 30000 | [0,...] | M
A | retries | INT | 2147483647 | [0,...,2147483647] | L
P | retries | INT | 2147483647 | [0,...,2147483647] | H
PCA | retry.backoff.max.ms | LONG | 1000 | [0,...] | L
PCA | retry.backoff.ms | LONG | 100 | [0,...] | L
PCA | sasl.client.callback.handler.class | CLASS | null |  | M
PCA | sasl.jaas.config | PASSWORD | null |  | M
PCA | sasl.kerberos.kinit.cmd | STRING | /usr/bin/kinit |  | L
PCA | sasl.kerberos.min.time.before.relogin | LONG | 60000 |  | L
PCA | sasl.kerberos.service.name | STRING | null |  | M
PCA | sasl.kerberos.ticket.renew.jitter | DOUBLE | 0.05 |  | L
PCA | sasl.kerberos.ticket.renew.window.factor | DOUBLE | 0.8 |  | L
PCA | sasl.login.callback.handler.class | CLASS | null |  | M
PCA | sasl.login.class | CLASS | null |  | M
PCA | sasl.login.connect.timeout.ms | INT | null |  | L
PCA | sasl.login.read.timeout.ms | INT | null |  | L
PCA | sasl.login.refresh.buffer.seconds | SHORT | 300 | [0,...,3600] | L
PCA | sasl.login.refresh.min.period.seconds | SHORT | 60 | [0,...,900] | L
PCA | sasl.login.refresh.window.factor | DOUBLE | 0.8 | [0.5,...,1.0] | L
PCA | sasl.login.refresh.window.jitter | DOUBLE | 0.05 | [0.0,...,0.25] | L
PCA | sasl.login.retry.backoff.max.ms | LONG | 10000 |  | L
PCA | sasl.login.retry.backoff.ms | LONG | 100 |  | L
PCA | sasl.mechanism | STRING | GSSAPI |  | M
PCA | sasl.oauthbearer.assertion.algorithm | STRING | RS256 | any case of ES256,RS256 | M | 4.3
PCA | sasl.oauthbearer.assertion.claim.aud | STRING | null |  | M | 4.3
PCA | sasl.oauthbearer.assertion.claim.exp.seconds | INT | 300 | [0,...,86400] | L | 4.3
PCA | sasl.oauthbearer.assertion.claim.iss | STRING | null |  | M | 4.3
PCA | sasl.oauthbearer.assertion.claim.jti.include | BOOLEAN | false |  | M | 4.3
PCA | sasl.oauthbearer.assertion.claim.nbf.seconds | INT | 60 | [0,...,3600] | L | 4.3
PCA | sasl.oauthbearer.assertion.claim.sub | STRING | null |  | M | 4.3
PCA | sasl.oauthbearer.assertion.file | STRING | null |  | M | 4.3
PCA | sasl.oauthbearer.assertion.private.key.file | STRING | null |  | M | 4.3
PCA | sasl.oauthbearer.assertion.private.key.passphrase | PASSWORD | null |  | M | 4.3
PCA | sasl.oauthbearer.assertion.template.file | STRING | null |  | M | 4.3
PCA | sasl.oauthbearer.client.credentials.client.id | STRING | null |  | M | 4.3
PCA | sasl.oauthbearer.client.credentials.client.secret | PASSWORD | null |  | M | 4.3
PCA | sasl.oauthbearer.clock.skew.seconds | INT | 30 |  | L
PCA | sasl.oauthbearer.expected.audience | LIST |  | list | L
PCA | sasl.oauthbearer.expected.issuer | STRING | null |  | L
PCA | sasl.oauthbearer.header.urlencode | BOOLEAN | false |  | L
PCA | sasl.oauthbearer.jwks.endpoint.refresh.ms | LONG | 3600000 |  | L
PCA | sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms | LONG | 10000 |  | L
PCA | sasl.oauthbearer.jwks.endpoint.retry.backoff.ms | LONG | 100 |  | L
PCA | sasl.oauthbearer.jwks.endpoint.url | STRING | null |  | M
PCA | sasl.oauthbearer.jwt.retriever.class | CLASS | org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever |  | M | 4.3
PCA | sasl.oauthbearer.jwt.validator.class | CLASS | org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator |  | M | 4.3
PCA | sasl.oauthbearer.scope | STRING | null |  | M | 4.3
PCA | sasl.oauthbearer.scope.claim.name | STRING | scope |  | L
PCA | sasl.oauthbearer.sub.claim.name | STRING | sub |  | L
PCA | sasl.oauthbearer.token.endpoint.url | STRING | null |  | M
PCA | security.protocol | STRING | PLAINTEXT | any case of SASL_SSL,PLAINTEXT,SSL,SASL_PLAINTEXT | M
PCA | security.providers | STRING | null |  | L
PCA | send.buffer.bytes | INT | 131072 | [-1,...] | M
C | session.timeout.ms | INT | 45000 |  | H
C | share.acknowledgement.mode | STRING | implicit |  | M | 4.3
C | share.acquire.mode | STRING | BATCH_OPTIMIZED |  | M | 4.3
PCA | socket.connection.setup.timeout.max.ms | LONG | 30000 |  | M
PCA | socket.connection.setup.timeout.ms | LONG | 10000 |  | M
PCA | ssl.cipher.suites | LIST |  | list | L
PCA | ssl.enabled.protocols | LIST | TLSv1.2,TLSv1.3 | list | M
PCA | ssl.endpoint.identification.algorithm | STRING | https |  | L
PCA | ssl.engine.factory.class | CLASS | null |  | L
PCA | ssl.key.password | PASSWORD | null |  | H
PCA | ssl.keymanager.algorithm | STRING | SunX509 |  | L
PCA | ssl.keystore.certificate.chain | PASSWORD | null |  | H
PCA | ssl.keystore.key | PASSWORD | null |  | H
PCA | ssl.keystore.location | STRING | null |  | H
PCA | ssl.keystore.password | PASSWORD | null |  | H
PCA | ssl.keystore.type | STRING | JKS |  | M
PCA | ssl.protocol | STRING | TLSv1.3 |  | M
PCA | ssl.provider | STRING | null |  | M
PCA | ssl.secure.random.implementation | STRING | null |  | L
PCA | ssl.trustmanager.algorithm | STRING | PKIX |  | L
PCA | ssl.truststore.certificates | PASSWORD | null |  | H
PCA | ssl.truststore.location | STRING | null |  | H
PCA | ssl.truststore.password | PASSWORD | null |  | H
PCA | ssl.truststore.type | STRING | JKS |  | M
P | transaction.timeout.ms | INT | 60000 |  | L
P | transaction.two.phase.commit.enable | BOOLEAN | false |  | L | 4.3
P | transactional.id | STRING | null | non-empty | L
C | value.deserializer | CLASS | null |  | H
P | value.serializer | CLASS | null |  | H
"""
