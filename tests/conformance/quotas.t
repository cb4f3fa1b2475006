  $ . "$HELPERS"
  $ C() { kafka-configs.sh --bootstrap-server $B "$@"; }
  $ try C --alter --user-defaults --add-config producer_byte_rate=1000
  exit 0
  Completed updating default config for users in the cluster.
  $ try C --describe --user-defaults
  exit 0
  Quota configs for the default user-principal are producer_byte_rate=1000.0
  $ try C --alter --client-defaults --add-config request_percentage=50
  exit 0
  Completed updating default config for clients in the cluster.
  $ try C --describe --entity-type clients --entity-default
  exit 0
  Quota configs for the default client-id are request_percentage=50.0
  $ try C --alter --ip 127.0.0.9 --add-config connection_creation_rate=7
  exit 0
  Completed updating config for ip 127.0.0.9.
  $ try C --describe --ip 127.0.0.9
  exit 0
  Quota configs for ip '127.0.0.9' are connection_creation_rate=7.0
  $ try C --alter --user-defaults --delete-config producer_byte_rate
  exit 0
  Completed updating default config for users in the cluster.
  $ try C --alter --client-defaults --delete-config request_percentage
  exit 0
  Completed updating default config for clients in the cluster.
  $ try C --alter --ip 127.0.0.9 --delete-config connection_creation_rate
  exit 0
  Completed updating config for ip 127.0.0.9.
  $ fails C --alter --ip not.an.ip.invalid --add-config connection_creation_rate=7
  exit 1
  The entity name for ips must be a valid IP or resolvable host, but it is: not.an.ip.invalid
  $ try C --alter --user own-u --add-config 'SCRAM-SHA-256=[iterations=4097,password=pw]'
  exit 0
  Completed updating config for user own-u.
  $ try C --describe --user own-u
  exit 0
  SCRAM credential configs for user-principal 'own-u' are SCRAM-SHA-256=iterations=4097
  $ try C --alter --user own-u --delete-config SCRAM-SHA-256
  exit 0
  Completed updating config for user own-u.
  $ try C --alter --user own-u --add-config 'SCRAM-SHA-256=[iterations=1,password=pw]' | tail -1
  Iterations 1 is less than the minimum 4096 required for SCRAM-SHA-256
  $ fails C --alter --user-defaults --add-config 'SCRAM-SHA-256=[password=pw]'
  exit 1
  The use of --entity-default or --user-defaults is not allowed with User SCRAM Credentials using --bootstrap-server.
