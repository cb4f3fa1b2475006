  $ . "$HELPERS"; . "$AS"
  $ quietly as alice topics --create --topic own-o --partitions 2
  $ seq 4 | as alice console-producer --topic own-o --sync 2>&1 | same
  $ as alice get-offsets --topic own-o 2>&1 | same | awk -F: '{ n += $3 } END { print NR, n }'
  2 4
  $ try as alice get-offsets --topic own-o --time earliest
  exit 0
  own-o:0:0
  own-o:1:0
  $ echo '{"partitions": [{"topic": "own-o", "partition": 0, "offset": -1}]}' > all.json
  $ as alice delete-records --offset-json-file all.json 2>&1 | same | sed -E 's/low_watermark: [0-9]+/low_watermark: N/'
  Executing records delete operation
  Records delete operation completed:
  partition: own-o-0\tlow_watermark: N (esc)
  $ quietly as alice topics --delete --topic own-o
