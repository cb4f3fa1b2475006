  $ . "$HELPERS"; . "$AS"
  $ try as bob groups --list
  exit 0
  GROUP                TYPE                 PROTOCOL
  $ try as bob share-groups --list
  exit 0
  $ fails as bob share-groups --describe --group own-sg
  exit 0
  Error: Executing share group command failed due to org.apache.kafka.common.errors.GroupAuthorizationException: FindCoordinator request for groupId `CoordinatorKey(idValue='own-sg', type=GROUP)` failed due to authorization failure
  $ try as bob streams-groups --list
  exit 0
  $ fails as bob streams-groups --describe --group own-st
  exit 1
  Error: Executing streams group command failed due to org.apache.kafka.common.errors.GroupAuthorizationException: FindCoordinator request for groupId `CoordinatorKey(idValue='own-st', type=GROUP)` failed due to authorization failure
  $ try as alice share-groups --list
  exit 0
