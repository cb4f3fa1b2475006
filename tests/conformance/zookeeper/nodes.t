  $ . "$HELPERS"; . "$SHELL_HELPERS"
  $ quietly zookeeper-shell.sh "$B" deleteall /own
  $ quietly zookeeper-shell.sh "$B" deleteall /own-e

Making nodes.

  $ Z create /own hello
  exit 0
  Created /own
  $ Z create /own/a 'two words'
  exit 0
  Created /own/a
  $ Z create /own/empty
  exit 0
  Created /own/empty
  $ Z create /own/nothing ''
  exit 0
  Created /own/nothing
  $ Z create -s /own/s- x
  exit 0
  Created /own/s-0000000003
  $ Z create -s /own/s- x
  exit 0
  Created /own/s-0000000004
  $ Z create /own-e
  exit 0
  Created /own-e
  $ Z create -e /own-e/e x
  exit 0
  Created /own-e/e
  $ Z create -e -s /own-e/e- x
  exit 0
  Created /own-e/e-0000000001
  $ Z create -c /own/c
  exit 0
  Created /own/c
  $ Z create -t 60000 /own/t
  exit 1
  KeeperErrorCode = Unimplemented for /own/t
  $ Z create /own/acl data world:anyone:cdrwa
  exit 0
  Created /own/acl
  $ Z create /own/a again
  exit 1
  Node already exists: /own/a
  $ Z create /own/x/y z
  exit 1
  Node does not exist: /own/x/y
  $ Z create own
  exit 1
  Path must start with / character
  $ Z create /own/
  exit 1
  Path must not end with / character
  $ Z create
  exit 1
  create [-s] [-e] [-c] [-t ttl] path [data] [acl]
  $ Z create -e -c /own/ec
  exit 1
  -c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.
  $ Z create -c -s /own/cs
  exit 1
  -c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.
  $ Z create -t soon /own/ttl
  exit 1
  -t argument must be a long value
  $ Z create -t -5 /own/ttl
  exit 1
  ttl must be positive and cannot be larger than: 1099511627775
  $ Z create -z /own/z
  exit 1
  Unrecognized option: -z
  $ Z create /own/acl2 data bogus
  exit 1
  bogus does not have the form scheme:id:perm
  KeeperErrorCode = InvalidACL
  Acl is not valid : null

Looking at them.

  $ Z ls /own
  exit 0
  [a, acl, c, empty, nothing, s-0000000003, s-0000000004]
  $ Z ls -s /own
  exit 0
  [a, acl, c, empty, nothing, s-0000000003, s-0000000004]
  cZxid = ZXID
  ctime = TIME
  mZxid = ZXID
  mtime = TIME
  pZxid = ZXID
  cversion = 7
  dataVersion = 0
  aclVersion = 0
  ephemeralOwner = 0x0
  dataLength = 5
  numChildren = 7
  $ Z ls -R /own
  exit 0
  /own
  /own/a
  /own/acl
  /own/c
  /own/empty
  /own/nothing
  /own/s-0000000003
  /own/s-0000000004
  $ Z ls -R -s /own
  exit 0
  /own
  /own/a
  /own/acl
  /own/c
  /own/empty
  /own/nothing
  /own/s-0000000003
  /own/s-0000000004
  $ Z ls -w /own
  exit 0
  [a, acl, c, empty, nothing, s-0000000003, s-0000000004]
  $ Z ls
  exit 1
  ls [-s] [-w] [-R] path
  $ Z ls own
  exit 1
  Path must start with / character
  $ Z ls /own/nonesuch
  exit 1
  Node does not exist: /own/nonesuch
  $ Z ls -R /own/nonesuch
  exit 1
  Node does not exist: /own/nonesuch
  $ Z ls /own/../own
  exit 1
  Invalid path string "/own/../own" caused by relative paths not allowed @6
  $ Z ls /own//a
  exit 1
  Invalid path string "/own//a" caused by empty node name specified @5
  $ Z get /own
  exit 0
  hello
  $ Z get -s /own/a
  exit 0
  two words
  cZxid = ZXID
  ctime = TIME
  mZxid = ZXID
  mtime = TIME
  pZxid = ZXID
  cversion = 0
  dataVersion = 0
  aclVersion = 0
  ephemeralOwner = 0x0
  dataLength = 9
  numChildren = 0
  $ Z get /own/empty
  exit 0
  null
  $ Z get /own/nothing
  exit 0
  $ Z get -w /own/a
  exit 0
  two words
  $ Z get /own/nonesuch
  exit 1
  Node does not exist: /own/nonesuch
  $ Z get
  exit 1
  get [-s] [-w] path
  $ Z stat /own
  exit 0
  cZxid = ZXID
  ctime = TIME
  mZxid = ZXID
  mtime = TIME
  pZxid = ZXID
  cversion = 7
  dataVersion = 0
  aclVersion = 0
  ephemeralOwner = 0x0
  dataLength = 5
  numChildren = 7
  $ Z stat -w /own/a
  exit 0
  cZxid = ZXID
  ctime = TIME
  mZxid = ZXID
  mtime = TIME
  pZxid = ZXID
  cversion = 0
  dataVersion = 0
  aclVersion = 0
  ephemeralOwner = 0x0
  dataLength = 9
  numChildren = 0
  $ Z stat /own/nonesuch
  exit 1
  Node does not exist: /own/nonesuch
  $ Z stat
  exit 1
  stat [-w] path
  $ Z getAllChildrenNumber /own
  exit 0
  7
  $ Z getAllChildrenNumber /own/nonesuch
  exit 1
  Node does not exist: /own/nonesuch
  $ Z getAllChildrenNumber
  exit 1
  getAllChildrenNumber path
  $ Z getEphemerals /own
  exit 0
  []
  $ Z getEphemerals
  exit 0
  []
  $ Z getEphemerals own
  exit 1
  Path must start with / character

Changing them.

  $ Z set /own changed
  exit 0
  $ Z set -s /own again
  exit 0
  cZxid = ZXID
  ctime = TIME
  mZxid = ZXID
  mtime = TIME
  pZxid = ZXID
  cversion = 7
  dataVersion = 2
  aclVersion = 0
  ephemeralOwner = 0x0
  dataLength = 5
  numChildren = 7
  $ Z set -v 7 /own other
  exit 1
  version No is not valid : /own
  $ Z set -v 2 /own third
  exit 0
  $ Z set -v soon /own other
  exit 1
  For input string: "soon"
  $ Z set -v
  exit 1
  Missing argument for option: v
  $ Z set /own
  exit 1
  set [-s] [-v version] path data
  $ Z set /own/nonesuch x
  exit 1
  Node does not exist: /own/nonesuch
  $ Z set /own ''
  exit 0
  $ Z get /own
  exit 0

Deleting them.

  $ Z delete -v 9 /own/a
  exit 1
  version No is not valid : /own/a
  $ Z delete -v 0 /own/a
  exit 0
  $ Z delete /own/a
  exit 1
  Node does not exist: /own/a
  $ Z delete /own
  exit 1
  Node not empty: /own
  $ Z delete
  exit 1
  delete [-v version] path
  $ Z delete /own/c
  exit 0
  $ Z deleteall /own-e
  exit 0
  $ Z deleteall /own/nonesuch
  exit 1
  Node does not exist: /own/nonesuch
  $ Z deleteall
  exit 1
  deleteall path [-b batch size]
  $ Z deleteall -b 1 /own
  exit 0
  $ Z deleteall -b 0 /own
  exit 1
  Node does not exist: /own
  $ Z ls /own
  exit 1
  Node does not exist: /own
