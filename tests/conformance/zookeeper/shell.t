  $ . "$HELPERS"; . "$SHELL_HELPERS"
  $ quietly zookeeper-shell.sh "$B" deleteall /own-shell

The command line.

  $ Z nonesuch | sed 2q
  exit 127
  ZooKeeper -server host:port [-zk-tls-config-file <file>] cmd args
  $ Z nonesuch | tail -1
  Command not found: Command not found nonesuch
  $ Z version | sed 's/: .*//'
  exit 0
  ZooKeeper CLI version
  $ Z printwatches
  exit 0
  printwatches is on
  $ Z printwatches off
  exit 0
  $ Z printwatches nonesuch
  exit 0
  $ Z redo 1
  exit 1
  Command index out of range
  $ Z close
  exit 0
  $ Z quit
  exit 0

The ensemble.

  $ Z config
  exit 0
  $ Z config -c
  exit 0
  $ Z config -s | sed -n '1p; s/^\(cZxid\|dataVersion\).*/\1/p'
  exit 0
  cZxid
  dataVersion
  $ Z reconfig
  exit 1
  reconfig [-s] [-v version] [[-file path] | [-members serverID=host:port1:port2;port3[,...]*]] | [-add serverId=host:port1:port2;port3[,...]]* [-remove serverId[,...]*]
  $ Z reconfig -members server.1=localhost:1:2:participant
  exit 1
  KeeperErrorCode = Reconfig is disabled
  $ Z reconfig -add server.2=localhost:1:2:participant
  exit 1
  KeeperErrorCode = Reconfig is disabled
  $ Z reconfig -remove 1
  exit 1
  KeeperErrorCode = Reconfig is disabled
  $ Z reconfig -file nonesuch | sed -E 's/nonesuch \((.*)\)/: \1/'
  exit 1
  Error processing nonesuch: No such file or directory
  $ Z reconfig -v 5 -remove 1
  exit 1
  KeeperErrorCode = Reconfig is disabled
  $ Z reconfig -add server.2=localhost:1:2:participant -members server.1=localhost:1:2:participant
  exit 1
  Can't use -file or -members together with -add or -remove (mixing incremental and non-incremental modes is not allowed)
  $ Z sync /
  exit 0
  Sync is OK
  $ Z sync /own-nonesuch
  exit 0
  Sync is OK
  $ Z sync
  exit 1
  sync path
  $ Z sync own
  exit 1
  Path must start with / character

Watches.

  $ Z create /own-shell x
  exit 0
  Created /own-shell
  $ printf 'get -w /own-shell\nset /own-shell y\nsync /own-shell\nget /own-shell\n' | zookeeper-shell.sh "$B" 2>&1 | sed 1,/JLine/d | same | grep -v '^$' | sort -u
  Sync is OK
  WATCHER::
  WatchedEvent state:SyncConnected type:NodeDataChanged path:/own-shell
  WatchedEvent state:SyncConnected type:None path:null
  x
  y

Lines on standard input, and a part of the tree.

  $ printf '\nls /own-shell\nnonesuch\n' | zookeeper-shell.sh "$B" > out 2>&1; echo $?
  127
  $ printf 'get /own-shell/nonesuch\nget /own-shell\n' | zookeeper-shell.sh "$B" > out 2>&1; echo $?; shell < out
  0
  Node does not exist: /own-shell/nonesuch
  y
  $ printf 'create /own-shell/b "two words"\nget /own-shell/b\nset /own-shell/b '"'it is'"'\nget /own-shell/b\nhistory\nredo 1\nredo 77\nredo x\n' > lines
  $ zookeeper-shell.sh "$B" < lines 2>&1 | shell
  Created /own-shell/b
  two words
  it is
  0 - create /own-shell/b "two words"
  1 - get /own-shell/b
  2 - set /own-shell/b 'it is'
  3 - get /own-shell/b
  4 - history
  it is
  Command index out of range
  For input string: "x"
  $ zookeeper-shell.sh "$B/own-shell" ls / 2>&1 | shell
  [b]
  $ zookeeper-shell.sh "$B/own-shell" create /inner x 2>&1 | shell
  Created /inner
  $ zookeeper-shell.sh "$B/own-nonesuch" ls / 2>&1 | shell
  Node does not exist: /
  $ Z deleteall /own-shell
  exit 0
