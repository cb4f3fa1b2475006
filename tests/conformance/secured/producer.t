  $ . "$HELPERS"; . "$AS"
  $ quietly as alice topics --create --topic own-p
  $ printf 'k|one\nk|two\n' | as alice console-producer --topic own-p --reader-property parse.key=true --reader-property key.separator='|' 2>&1 | same
  $ echo three | as alice console-producer --topic own-p --compression-codec zstd --request-required-acks all --sync 2>&1 | same
  $ try as alice console-consumer --topic own-p --partition 0 --offset 0 --max-messages 3 --formatter-property print.key=true
  exit 0
  k\tone (esc)
  k\ttwo (esc)
  null\tthree (esc)
  Processed a total of 3 messages
  $ as alice verifiable-producer --topic own-p --max-messages 2 2>&1 | same | grep -o '"value":"[01]"'
  "value":"0"
  "value":"1"
  $ quietly as alice topics --delete --topic own-p
