  $ . "$HELPERS"

Only servers of this transcript's own are found. Kafka's script, which looks at all processes, has to be recorded where
there are no others.

  $ export KCLI_RUN_DIR="$PWD/run"
  $ try kafka-server-stop.sh
  exit 1
  No kafka server to stop
  $ try kafka-server-stop.sh --node-id=1
  exit 1
  No kafka server to stop
  $ try kafka-server-stop.sh --process-role=broker
  exit 1
  No kafka server to stop
  $ try kafka-server-stop.sh --process-role=broker --node-id=1
  exit 1
  When both node-id and process-role are provided, the value for node-id will take precedence
  No kafka server to stop

Two servers, whose roles are in another order.

  $ port() { "$KCLI_PYTHON" -c 'import socket; s = socket.create_server(("localhost", 0)); print(s.getsockname()[1])'; }
  $ begin() {
  >   local port quorum; port=$(port) quorum=$(port)
  >   printf '%s\n' "process.roles=$2" "node.id=$1" controller.listener.names=CONTROLLER \
  >     "listeners=PLAINTEXT://localhost:$port,CONTROLLER://localhost:$quorum" "controller.quorum.voters=$1@localhost:$quorum" "log.dirs=$PWD/data-$1" \
  >     > "$1.properties"
  >   quietly kafka-storage.sh format -t MkU3OEVBNTcwNTJENDM2Qg -c "$1.properties"
  >   kafka-server-start.sh "$1.properties" > "$1.log" 2>&1 < /dev/null &
  >   for round in {1..300}; do (: < "/dev/tcp/localhost/$port") 2> /dev/null && break; sleep 0.2; done
  > }
  $ there() { for id in 1 2; do kill -0 "${pids[$id]}" 2> /dev/null && echo "$id is there"; done; true; }
  $ ends() { wait "${pids[$1]}" 2> /dev/null; echo "$1 has ended"; }
  $ begin 1 broker,controller; pids[1]=$!; begin 2 controller,broker; pids[2]=$!; there
  1 is there
  2 is there

  $ try kafka-server-stop.sh --node-id=3; there
  exit 0
  1 is there
  2 is there
  $ try kafka-server-stop.sh --process-role=controller; there
  exit 0
  1 is there
  2 is there
  $ try kafka-server-stop.sh --node-id=2; ends 2; there
  exit 0
  2 has ended
  1 is there
  $ begin 2 controller,broker; pids[2]=$!; there
  1 is there
  2 is there
  $ try kafka-server-stop.sh --process-role=broker,controller; ends 1; there
  exit 0
  1 has ended
  2 is there
  $ begin 1 broker,controller; pids[1]=$!; there
  1 is there
  2 is there
  $ try kafka-server-stop.sh --process-role=broker,controller --node-id=2; ends 2; there
  exit 0
  When both node-id and process-role are provided, the value for node-id will take precedence
  2 has ended
  1 is there
  $ begin 2 controller,broker; pids[2]=$!; there
  1 is there
  2 is there
  $ try kafka-server-stop.sh; ends 1; ends 2; there
  exit 0
  1 has ended
  2 has ended
  $ try kafka-server-stop.sh
  exit 1
  No kafka server to stop
