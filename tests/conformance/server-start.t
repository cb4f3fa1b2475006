  $ . "$HELPERS"

What is refused, and why; where the value stands, each says in a way of its own.

  $ S() { fails kafka-server-start.sh "$@" | sed -E 's/^.*(Not a number|Value must|String must|No security protocol|must not be empty)/\1/'; }
  $ node() { printf 'process.roles=broker,controller\nnode.id=1\nlisteners=PLAINTEXT://localhost:0,CONTROLLER://localhost:1\ncontroller.listener.names=CONTROLLER\ncontroller.quorum.voters=1@localhost:1\nlog.dirs=%s/data\n' "$PWD"; cat; }
  $ code kafka-server-start.sh
  exit 1
  $ code kafka-server-start.sh nonesuch.properties
  exit 1
  $ echo process.roles=nobody | node > roles.properties; S roles.properties
  exit 1
  String must be one of: broker, controller
  $ echo num.network.threads=many | node > number.properties; S number.properties
  exit 1
  Not a number of type INT
  $ echo num.network.threads=0 | node > zero.properties; S zero.properties
  exit 1
  Value must be at least 1
  $ echo compression.type=nonesuch | node > enumeration.properties; S enumeration.properties
  exit 1
  String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer
  $ echo log.dirs= | node > none.properties; S none.properties
  exit 1
  must not be empty. Valid values include: any non-empty value
  $ echo listeners=nonesuch | node > listeners.properties; code kafka-server-start.sh listeners.properties
  exit 1
  $ echo listeners=ELSE://localhost:0,CONTROLLER://localhost:1 | node > protocol.properties; S protocol.properties
  exit 1
  No security protocol defined for listener ELSE
  $ echo offsets.topic.num.partitions=0 | node > offsets.properties; S offsets.properties
  exit 1
  Value must be at least 1
  $ echo | node > good.properties; S good.properties --override num.io.threads=0
  exit 1
  Value must be at least 1
  $ S good.properties --override
  exit 1
  Option override requires an argument
  $ S good.properties --nonesuch
  exit 1
  nonesuch is not a recognized option
