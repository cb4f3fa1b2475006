  $ . "$HELPERS"; . "$AS"
  $ try as bob consumer-groups --list
  exit 0
  $ try as bob consumer-groups --describe --group own-g
  exit 0
  
  Error: Executing consumer group command failed due to org.apache.kafka.common.errors.GroupAuthorizationException: FindCoordinator request for groupId `CoordinatorKey(idValue='own-g', type=GROUP)` failed due to authorization failure
  org.apache.kafka.common.errors.GroupAuthorizationException: FindCoordinator request for groupId `CoordinatorKey(idValue='own-g', type=GROUP)` failed due to authorization failure
  $ try as bob consumer-groups --delete --group own-g
  exit 0
  
  Error: Deletion of some consumer groups failed:
  * Group 'own-g' could not be deleted due to: org.apache.kafka.common.errors.GroupAuthorizationException: FindCoordinator request for groupId `CoordinatorKey(idValue='own-g', type=GROUP)` failed due to authorization failure
  $ try as bob consumer-groups --reset-offsets --group own-g --topic own-r --to-earliest --execute | sed 3q
  exit 0
  
  Error: Executing consumer group command failed due to org.apache.kafka.common.errors.GroupAuthorizationException: FindCoordinator request for groupId `CoordinatorKey(idValue='own-g', type=GROUP)` failed due to authorization failure
  $ try as bob consumer-groups --delete-offsets --group own-g --topic own-r | sed 3q
  exit 0
  
  Error: Group authorization failed.
