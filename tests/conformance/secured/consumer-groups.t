  $ . "$HELPERS"; . "$AS"
  $ quietly as alice topics --create --topic own-g
  $ seq 5 | as alice console-producer --topic own-g 2>&1 | same
  $ quietly as alice console-consumer --topic own-g --group own-g1 --from-beginning --max-messages 5
  $ G() { try as "$@" | tr -s ' '; }
  $ G alice consumer-groups --list
  exit 0
  own-g1
  $ G alice consumer-groups --describe --group own-g1
  exit 0
  
  GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID
  own-g1 own-g 0 5 5 0 - - -
  
  Consumer group 'own-g1' has no active members.
  $ G alice consumer-groups --describe --group own-g1 --state
  exit 0
  
  GROUP COORDINATOR (ID) ASSIGNMENT-STRATEGY STATE #MEMBERS
  own-g1 BOOTSTRAP (1) - Empty 0
  
  Consumer group 'own-g1' has no active members.
  $ G alice consumer-groups --describe --group own-g1 --members
  exit 0
  
  GROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS
  
  Consumer group 'own-g1' has no active members.
  $ G alice consumer-groups --reset-offsets --group own-g1 --topic own-g --to-offset 2 --execute
  exit 0
  
  GROUP TOPIC PARTITION NEW-OFFSET
  own-g1 own-g 0 2
  $ G alice consumer-groups --delete-offsets --group own-g1 --topic own-g
  exit 0
  Request succeeded for deleting offsets from group own-g1.
  
  TOPIC PARTITION STATUS
  own-g 0 Successful
  $ G alice consumer-groups --delete --group own-g1
  exit 0
  Deletion of requested consumer groups ('own-g1') was successful.
  $ G alice consumer-groups --delete --group own-g1
  exit 0
  
  Error: Deletion of some consumer groups failed:
  * Group 'own-g1' could not be deleted due to: org.apache.kafka.common.errors.GroupIdNotFoundException: The group id does not exist.
  $ quietly as alice topics --delete --topic own-g
