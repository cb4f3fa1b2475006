"""Real Kafka 4.3.0 behind TLS, SCRAM-SHA-512 and an authorizer that denies by default; its users, and their files.

admin may do everything; alice may use the topics and groups that begin with `own-`; bob is known and may do nothing.
"""

from __future__ import annotations

from pathlib import Path

import trustme
from cryptography.hazmat.primitives import serialization

from tests.interop.our_broker import our_tool
from tests.interop.real_kafka import Kafka43, free_port

_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule required"
_ACLS = (
    ("--operation", "All", "--topic", "own-", "--resource-pattern-type", "prefixed"),
    ("--operation", "All", "--group", "own-", "--resource-pattern-type", "prefixed"),
    ("--operation", "All", "--transactional-id", "own-", "--resource-pattern-type", "prefixed"),
    ("--operation", "Create", "--operation", "IdempotentWrite", "--cluster"),
)


class SecuredCluster:
    """`address` speaks SASL_SSL; `elsewhere` too, with the certificate of another host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._authority = trustme.CA()
        self._authority.cert_pem.write_to_path(folder / "trust.pem")
        trustme.CA().cert_pem.write_to_path(folder / "other-trust.pem")
        ports = {name: free_port() for name in ("PLAINTEXT", "CONTROLLER", "SASL_SSL", "ELSEWHERE")}
        addresses = {name: f"{name}://localhost:{port}" for name, port in ports.items()}
        self.address = f"localhost:{ports['SASL_SSL']}"
        self.elsewhere = f"localhost:{ports['ELSEWHERE']}"
        self.broker = Kafka43(
            folder / "kafka",
            port=ports["PLAINTEXT"],
            properties={
                "listeners": ",".join(addresses.values()),
                "advertised.listeners": ",".join(a for name, a in addresses.items() if name != "CONTROLLER"),
                "controller.quorum.voters": f"1@localhost:{ports['CONTROLLER']}",
                "listener.security.protocol.map": (
                    "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,ELSEWHERE:SASL_SSL"
                ),
                "sasl.enabled.mechanisms": "SCRAM-SHA-512",
                "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": f"{_LOGIN};",
                "listener.name.elsewhere.scram-sha-512.sasl.jaas.config": f"{_LOGIN};",
                "ssl.keystore.type": "PEM",
                "ssl.keystore.location": str(self._identity("localhost")),
                "listener.name.elsewhere.ssl.keystore.type": "PEM",
                "listener.name.elsewhere.ssl.keystore.location": str(self._identity("elsewhere")),
                "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users": "User:ANONYMOUS;User:admin",
                "delegation.token.secret.key": "a-secret",
            },
        )
        for user in ("admin", "alice", "bob"):
            scram = f"SCRAM-SHA-512=[password={user}-secret]"
            self._admin("kafka-configs", "--alter", "--user", user, "--add-config", scram)
        for rule in _ACLS:
            self._admin("kafka-acls", "--add", "--allow-principal", "User:alice", *rule)
        self._write_configs()

    def _identity(self, host: str) -> Path:
        """A key, as PKCS#8, which is the one form Kafka reads, and its certificate."""
        issued = self._authority.issue_cert(host)
        key = serialization.load_pem_private_key(issued.private_key_pem.bytes(), None)
        path = self.folder / f"{host}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        )
        return path

    def _admin(self, tool: str, *arguments: str) -> None:
        our_tool(tool, "--bootstrap-server", self.broker.bootstrap, *arguments)

    def _write_configs(self) -> None:
        for user in ("admin", "alice", "bob"):
            self._write(user, user, f"{user}-secret")
        self._write("elsewhere", "alice", "alice-secret")
        self._write("wrong-password", "alice", "guess")
        self._write("unknown-user", "carol", "carol-secret")
        self._write("wrong-authority", "alice", "alice-secret", trust="other-trust.pem")
        (self.folder / "plaintext.properties").write_text("request.timeout.ms=3000\n")

    def _write(self, name: str, user: str, password: str, trust: str = "trust.pem") -> None:
        (self.folder / f"{name}.properties").write_text(
            "security.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\n"
            f'sasl.jaas.config={_LOGIN} username="{user}" password="{password}";\n'
            f"ssl.truststore.type=PEM\nssl.truststore.location={self.folder / trust}\n"
        )

    def variables(self) -> dict[str, str]:
        """What the transcripts know of it."""
        return {"USERS": str(self.folder), "ELSEWHERE": self.elsewhere, "AS": str(Path(__file__).with_name("as.sh"))}

    def stop(self) -> None:
        self.broker.stop()
