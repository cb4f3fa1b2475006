  $ . "$HELPERS"; . "$AS"
  $ quietly as alice topics --create --topic own-r
  $ seq 4 | as alice console-producer --topic own-r 2>&1 | same
  $ try as alice console-consumer --topic own-r --group own-r1 --from-beginning --max-messages 4
  exit 0
  1
  2
  3
  4
  Processed a total of 4 messages
  $ try as alice console-consumer --include 'own-r.*' --group own-r2 --from-beginning --max-messages 1
  exit 0
  1
  Processed a total of 1 messages
  $ as alice verifiable-consumer --topic own-r --group-id own-r3 --max-messages 4 --reset-policy earliest 2>&1 | same | grep -o '"name":"shutdown_complete"'
  "name":"shutdown_complete"
  $ quietly as alice consumer-groups --delete --group own-r1 --group own-r2 --group own-r3
  $ quietly as alice topics --delete --topic own-r
