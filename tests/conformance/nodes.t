  $ . "$HELPERS"

Which versions brokers understand.

  $ kafka-broker-api-versions.sh --bootstrap-server $B 2>/dev/null | same | sed -n '1p; s/^\t\(ApiVersions(18): 0 to 4\).*/\1/p'
  BOOTSTRAP (id: 1 rack: null isFenced: false) -> (
  ApiVersions(18): 0 to 4
  $ fails kafka-broker-api-versions.sh
  exit 1
  This tool helps to retrieve broker version information.
  $ fails kafka-broker-api-versions.sh --bootstrap-server
  exit 1
  Option bootstrap-server requires an argument
  $ fails kafka-broker-api-versions.sh --bootstrap-server $B --command-config nonesuch.properties | sed 's/^java.nio.file.NoSuchFileException: //'
  exit 1
  nonesuch.properties
  $ fails kafka-broker-api-versions.sh --bootstrap-server $B --nonesuch
  exit 1
  nonesuch is not a recognized option

The metadata of a node, offline.

  $ M() { kafka-metadata-shell.sh "$@"; }
  $ mkdir meta; cp "$DATA/__cluster_metadata-0/00000000000000000000.log" meta
  $ try M --snapshot meta/00000000000000000000.log ls /
  exit 0
  image
  local
  $ try M -s meta/00000000000000000000.log ls /local
  exit 0
  commitId
  version
  $ try M -s meta/00000000000000000000.log cat /nonesuch
  exit 0
  cat: /nonesuch: No such file or directory.
  $ try M -s meta/00000000000000000000.log cat /
  exit 0
  cat: /: Is a directory
  $ try M -s meta/00000000000000000000.log ls /nonesuch
  exit 0
  ls: /nonesuch: no such file or directory.
  $ try M -s meta/00000000000000000000.log find /local
  exit 0
  /local
  /local/commitId
  /local/version
  $ fails M -s meta/00000000000000000000.log nonesuch
  exit 0
  invalid choice: 'nonesuch' (choose from 'cat', 'find', 'ls', 'tree')
  $ fails M -s meta/00000000000000000000.log cd /
  exit 0
  invalid choice: 'cd' (choose from 'cat', 'find', 'ls', 'tree')
  $ fails M -s meta/00000000000000000000.log cat
  exit 0
  too few arguments
  $ fails M -s nonesuch ls / | sed 's/^Unexpected error: //'
  exit 1
  java.nio.file.NoSuchFileException: nonesuch
  $ code M
  exit 1
  $ code M --nonesuch
  exit 1
