  $ . "$HELPERS"; . "$AS"

A password that is not the user's, and a user that nobody knows.

  $ fails as wrong-password topics --list
  exit 1
  Error while executing topic command : Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512
  $ fails as unknown-user topics --list
  exit 1
  Error while executing topic command : Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512
  $ code as wrong-password consumer-groups --list
  exit 0
  $ fails as wrong-password acls --list
  exit 1
  Error while executing ACL command: org.apache.kafka.common.errors.SaslAuthenticationException: Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512
  $ fails as wrong-password get-offsets --topic own-a | grep -o '^exit .*\|Authentication failed.*'
  exit 1
  Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512
  $ fails as wrong-password console-consumer --topic own-a --from-beginning
  exit 0
  org.apache.kafka.common.errors.SaslAuthenticationException: Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512
  $ fails as wrong-password metadata-quorum describe --status
  exit 1
  org.apache.kafka.common.errors.SaslAuthenticationException: Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512
  $ fails as wrong-password log-dirs --describe
  exit 1
  org.apache.kafka.common.errors.SaslAuthenticationException: Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512
  $ code as wrong-password cluster cluster-id
  exit 1
