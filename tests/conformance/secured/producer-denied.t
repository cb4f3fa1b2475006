  $ . "$HELPERS"; . "$AS"
  $ quietly as alice topics --create --topic own-pd
  $ echo one | as bob console-producer --topic own-pd 2>&1 | same | grep -o 'Not authorized.*' | sort -u
  Not authorized to access topics: [own-pd]
  $ echo one | as bob console-producer --topic own-nonesuch 2>&1 | same | grep -o 'Not authorized.*' | sort -u
  Not authorized to access topics: [own-nonesuch]
  $ try as alice get-offsets --topic own-pd
  exit 0
  own-pd:0:0
  $ quietly as alice topics --delete --topic own-pd
