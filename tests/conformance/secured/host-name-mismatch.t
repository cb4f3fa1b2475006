  $ . "$HELPERS"; . "$AS"

The certificate of another host.

  $ code as elsewhere topics --list
  exit 1
  $ code as elsewhere get-offsets --topic own-a
  exit 1
  $ code as elsewhere console-consumer --topic own-a --from-beginning
  exit 0
