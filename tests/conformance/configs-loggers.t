  $ . "$HELPERS"
  $ C() { kafka-configs.sh --bootstrap-server $B "$@"; }
  $ level() { C --describe --broker-logger 1 | grep kafka.server.ReplicaManager=; }
  $ C --describe --broker-logger 1 | sed 1q
  Dynamic configs for broker-logger 1 are:
  $ C --describe --broker-logger 1 --all | sed 1q
  All configs for broker-logger 1 are:
  $ try C --alter --broker-logger 1 --add-config kafka.server.ReplicaManager=DEBUG
  exit 0
  Completed updating config for broker-logger 1.
  $ level
    kafka.server.ReplicaManager=DEBUG sensitive=false synonyms={}
  $ try C --alter --broker-logger 1 --add-config kafka.server.ReplicaManager=debug | tail -1
  org.apache.kafka.common.errors.InvalidConfigurationException: Cannot set the log level of kafka.server.ReplicaManager to debug as it is not a supported log level. Valid log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN
  $ try C --alter --broker-logger 1 --add-config nonesuch.Logger=DEBUG,another=INFO
  exit 1
  Invalid broker logger(s): nonesuch.Logger,another
  $ try C --alter --broker-logger 1 --add-config 'nonesuch$Inner=INFO'
  exit 1
  Invalid broker logger(s): nonesuch$Inner
  $ try C --alter --broker-logger 1 --delete-config kafka.server.ReplicaManager
  exit 0
  Completed updating config for broker-logger 1.
  $ level
    kafka.server.ReplicaManager=WARN sensitive=false synonyms={}
  $ try C --alter --broker-logger 1 --delete-config root | tail -1
  org.apache.kafka.common.errors.InvalidRequestException: Removing the log level of the root logger is not allowed
  $ try C --describe --broker-logger 9
  exit 0
  The broker-logger '9' doesn't exist and doesn't have dynamic config.
  $ try C --describe --broker-logger x
  exit 1
  The entity name for broker-loggers must be a valid integer broker id, but it is: x
  $ try C --describe --broker-logger ''
  exit 1
  An entity name must be specified with --describe of broker-loggers

A password is not empty.

  $ try C --alter --user own-empty --add-config 'SCRAM-SHA-256=[password=]' | tail -1
  org.apache.kafka.common.errors.UnacceptableCredentialException: Password must not be empty
