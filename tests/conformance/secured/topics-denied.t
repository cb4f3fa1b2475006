  $ . "$HELPERS"; . "$AS"

A topic that may not be seen is not there.

  $ quietly as alice topics --create --topic own-td
  $ try as bob topics --list
  exit 0
  
  $ fails as bob topics --describe --topic own-td
  exit 1
  Error while executing topic command : Topic 'own-td' does not exist as expected
  $ fails as bob topics --create --topic other
  exit 1
  Error while executing topic command : Authorization failed.
  $ fails as alice topics --create --topic own.other --config nonesuch=1
  exit 1
  Error while executing topic command : Unknown topic config name: nonesuch
  $ fails as bob topics --delete --topic own-td
  exit 1
  Error while executing topic command : Topic 'own-td' does not exist as expected
  $ fails as bob topics --alter --topic own-td --partitions 3
  exit 1
  Error while executing topic command : Topic 'own-td' does not exist as expected
  $ quietly as alice topics --delete --topic own-td
