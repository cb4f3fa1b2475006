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

Watches that stay.

  $ Z addWatch
  exit 1
  addWatch [-m mode] path # optional mode is one of [PERSISTENT, PERSISTENT_RECURSIVE] - default is PERSISTENT_RECURSIVE
  $ Z addWatch -m nonesuch /
  exit 1
  addWatch [-m mode] path # optional mode is one of [PERSISTENT, PERSISTENT_RECURSIVE] - default is PERSISTENT_RECURSIVE
  $ Z addWatch / /
  exit 1
  addWatch [-m mode] path # optional mode is one of [PERSISTENT, PERSISTENT_RECURSIVE] - default is PERSISTENT_RECURSIVE
  $ Z addWatch -m
  exit 1
  Missing argument for option: m
  $ Z addWatch -m persistent /
  exit 0
  $ Z addWatch /own-nonesuch
  exit 0
  $ Z addWatch own
  exit 1
  Path must start with / character
  $ Z removewatches
  exit 1
  removewatches path [-c|-d|-a] [-l]
  $ Z removewatches -z /
  exit 1
  Unrecognized option: -z
  $ Z removewatches own
  exit 1
  Path must start with / character
  $ Z removewatches /
  exit 1
  KeeperErrorCode = No such watcher for /
  $ Z removewatches /own-nonesuch -l
  exit 1
  KeeperErrorCode = No such watcher for /own-nonesuch
  $ events() { zookeeper-shell.sh "$1" 2> err | sed -n 's/^WatchedEvent.*type:\(Node\|.*Removed\)/\1/p'; shell < err; }
  $ events "$B" << END
  > addWatch /own-shell/w
  > create /own-shell/w
  > create /own-shell/w/a x
  > get -w /own-shell/w/a
  > set /own-shell/w/a y
  > addWatch -m PERSISTENT /own-shell/w/a
  > set /own-shell/w/a z
  > removewatches -d /own-shell/w/a
  > removewatches -c /own-shell/w -l
  > removewatches /own-shell/w
  > removewatches /own-shell/w
  > set /own-shell/w x
  > create /own-shell/w/a/b
  > removewatches -a /own-shell/w/a
  > set /own-shell/w/a q
  > sync /
  > END
  NodeCreated path:/own-shell/w
  NodeCreated path:/own-shell/w/a
  NodeDataChanged path:/own-shell/w/a
  NodeDataChanged path:/own-shell/w/a
  PersistentWatchRemoved path:/own-shell/w
  NodeChildrenChanged path:/own-shell/w/a
  PersistentWatchRemoved path:/own-shell/w/a
  Created /own-shell/w
  Created /own-shell/w/a
  KeeperErrorCode = No such watcher for /own-shell/w/a
  KeeperErrorCode = No such watcher for /own-shell/w
  KeeperErrorCode = No such watcher for /own-shell/w
  Created /own-shell/w/a/b
  $ events "$B" << END
  > get -w /own-shell/w/a
  > ls -w /own-shell/w/a
  > removewatches -d /own-shell/w/a
  > removewatches -d /own-shell/w/a
  > removewatches -cd /own-shell/w/a
  > stat -w /own-shell/w/c
  > removewatches -cl /own-shell/w/c
  > create /own-shell/w/c
  > get -w /own-shell/w/c
  > get -w /own-shell/w/c
  > ls -w /own-shell/w/c
  > delete /own-shell/w/c
  > removewatches /own-shell/w/c
  > sync /
  > END
  DataWatchRemoved path:/own-shell/w/a
  ChildWatchRemoved path:/own-shell/w/a
  NodeCreated path:/own-shell/w/c
  NodeDeleted path:/own-shell/w/c
  KeeperErrorCode = No such watcher for /own-shell/w/a
  Node does not exist: /own-shell/w/c
  KeeperErrorCode = No such watcher for /own-shell/w/c
  Created /own-shell/w/c
  KeeperErrorCode = No such watcher for /own-shell/w/c
  $ events "$B/own-shell" << END
  > addWatch /
  > create /w/c
  > delete /w/c
  > removewatches /
  > deleteall /w
  > sync /
  > END
  NodeCreated path:/w/c
  NodeDeleted path:/w/c
  PersistentWatchRemoved path:/
  Created /w/c

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
