  $ . "$HELPERS"; . "$AS"

What is wrong with a certificate, each says in words of its own; who is not let in exits the same.

  $ code as wrong-authority topics --list
  exit 1
  $ code as wrong-authority consumer-groups --list
  exit 0
  $ code as wrong-authority acls --list
  exit 1
  $ code as wrong-authority get-offsets --topic own-a
  exit 1
  $ code as wrong-authority console-consumer --topic own-a --from-beginning
  exit 0
