  $ . "$HELPERS"; . "$SHELL_HELPERS"
  $ quietly zookeeper-shell.sh "$B" deleteall /own-acl
  $ Z create /own-acl x
  exit 0
  Created /own-acl
  $ Z create /own-acl/a x
  exit 0
  Created /own-acl/a
  $ Z getAcl /own-acl
  exit 0
  'world,'anyone
  : cdrwa
  $ Z getAcl -s /own-acl
  exit 0
  'world,'anyone
  : cdrwa
  cZxid = ZXID
  ctime = TIME
  mZxid = ZXID
  mtime = TIME
  pZxid = ZXID
  cversion = 1
  dataVersion = 0
  aclVersion = 0
  ephemeralOwner = 0x0
  dataLength = 1
  numChildren = 1
  $ Z getAcl /own-acl/nonesuch
  exit 1
  Node does not exist: /own-acl/nonesuch
  $ Z getAcl
  exit 1
  getAcl [-s] path
  $ Z setAcl /own-acl/a world:anyone:cdr
  exit 0
  $ Z setAcl -s /own-acl/a world:anyone:cdra
  exit 1
  Insufficient permission : /own-acl/a
  $ Z setAcl -v 9 /own-acl/a world:anyone:cdrwa
  exit 1
  Insufficient permission : /own-acl/a
  $ Z setAcl -R /own-acl world:anyone:cdrwa,ip:127.0.0.1:r | sed '$a\'
  exit 0
  KeeperErrorCode = NoAuth for /own-acl/a
  $ Z getAcl /own-acl/a
  exit 0
  'world,'anyone
  : cdr
  $ Z setAcl /own-acl/nonesuch world:anyone:r
  exit 1
  Node does not exist: /own-acl/nonesuch
  $ Z setAcl /own-acl/a bogus
  exit 1
  bogus does not have the form scheme:id:perm
  Acl is not valid : null
  $ Z setAcl /own-acl/a world:anyone:xyz
  exit 1
  Unknown perm type: x
  Unknown perm type: y
  Unknown perm type: z
  Insufficient permission : /own-acl/a
  $ Z setAcl /own-acl/a digest:user:r
  exit 1
  Acl is not valid : /own-acl/a
  $ Z setAcl /own-acl/a nonesuch:user:r
  exit 1
  Acl is not valid : /own-acl/a
  $ Z setAcl /own-acl/a
  exit 1
  setAcl [-s] [-v version] [-R] path acl
  $ Z addauth digest user:secret
  exit 0
  $ Z addauth
  exit 1
  addauth scheme auth
  $ Z whoami
  exit 0
  Auth scheme: User
  ip: 127.0.0.1

What one has no right to.

  $ Z create /own-acl/read x world:anyone:rda
  exit 0
  Created /own-acl/read
  $ Z set /own-acl/read other
  exit 1
  Insufficient permission : /own-acl/read
  $ Z create /own-acl/read/child other
  exit 1
  Insufficient permission : /own-acl/read/child
  $ Z setAcl /own-acl/read world:anyone:a
  exit 0
  $ Z get /own-acl/read
  exit 1
  Insufficient permission : /own-acl/read
  $ Z ls /own-acl/read
  exit 1
  Insufficient permission : /own-acl/read
  $ printf 'addauth digest user:secret\nwhoami\ncreate /own-acl/mine x auth::cdrwa\nget /own-acl/mine\ngetAcl /own-acl/mine\n' | zookeeper-shell.sh "$B" 2>&1 | shell
  Auth scheme: User
  ip: 127.0.0.1
  digest: user
  Created /own-acl/mine
  x
  'digest,'user:5w9W4eL3797Y4Wq8AcKUPPk8ha4=
  : cdrwa
  $ Z get /own-acl/mine
  exit 1
  Insufficient permission : /own-acl/mine
  $ printf 'addauth digest user:secret\nget /own-acl/mine\nquit\n' | zookeeper-shell.sh "$B" 2>&1 | shell
  x
  $ Z setAcl /own-acl/read world:anyone:cdrwa
  exit 0

Quotas.

  $ Z listquota /own-acl
  exit 0
  absolute path is /zookeeper/quota/own-acl/zookeeper_limits
  quota for /own-acl does not exist.
  $ Z listquota
  exit 1
  listquota path
  $ Z setquota -n 2 /own-acl
  exit 0
  [Warning]: the count quota you create is less than the existing count:4
  $ Z setquota -b 1000 /own-acl
  exit 0
  [Warning]: the count quota you create is less than the existing count:4
  $ Z setquota -N 100 /own-acl
  exit 0
  [Warning]: the count quota you create is less than the existing count:4
  $ Z setquota -B 5000 /own-acl
  exit 0
  [Warning]: the count quota you create is less than the existing count:4
  $ Z listquota /own-acl
  exit 0
  Output quota for /own-acl count=2,bytes=1000=;byteHardLimit=5000;countHardLimit=100
  Output stat for /own-acl count=4,bytes=4
  absolute path is /zookeeper/quota/own-acl/zookeeper_limits
  $ Z setquota -n 2 /own-acl/nonesuch
  exit 1
  /own-acl/nonesuch does not exist.
  $ Z setquota -n many /own-acl/a
  exit 0
  NumberFormatException happens when parsing the option value
  $ Z setquota -n 1 -b 2 /own-acl/a
  exit 1
  The option 'b' was specified but an option from this group has already been selected: 'n'
  $ Z setquota /own-acl/a
  exit 1
  Missing required option: [-n num soft quota, -b bytes soft quota, -N num hard quota, -B bytes hard quota]
  $ Z setquota -n
  exit 1
  Missing argument for option: n
  $ Z delquota -n /own-acl
  exit 0
  $ Z delquota -b /own-acl
  exit 0
  $ Z delquota -N /own-acl
  exit 0
  $ Z listquota /own-acl
  exit 0
  Output quota for /own-acl count=-1,bytes=-1=;byteHardLimit=5000;countHardLimit=-1
  Output stat for /own-acl count=4,bytes=4
  absolute path is /zookeeper/quota/own-acl/zookeeper_limits
  $ Z delquota /own-acl
  exit 0
  $ Z delquota /own-acl
  exit 0
  Quota does not exist for /own-acl
  $ Z delquota /own-acl/a
  exit 0
  Quota does not exist for /own-acl/a
  $ Z delquota
  exit 1
  delquota [-n|-b|-N|-B] path
  $ Z listquota /own-acl
  exit 0
  absolute path is /zookeeper/quota/own-acl/zookeeper_limits
  quota for /own-acl does not exist.
  $ Z setquota -n 5 /own-acl/a
  exit 0
  $ Z delquota -z /own-acl/a
  exit 1
  Unrecognized option: -z
  $ Z delquota /own-acl/a
  exit 0
  $ printf 'addauth digest user:secret\ndeleteall /own-acl\n' | zookeeper-shell.sh "$B" 2>&1 | shell
  $ Z ls /own-acl
  exit 1
  Node does not exist: /own-acl
