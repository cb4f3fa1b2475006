  $ . "$HELPERS"; . "$AS"
  $ quietly as alice topics --create --topic own-re
  $ R() { fails as "$@" | sed -E 's/Request Request\(.*\) needs/REQUEST needs/'; }
  $ R bob leader-election --election-type preferred --topic own-re --partition 0
  exit 1
  Not authorized to perform leader election
  $ R admin leader-election --election-type preferred --topic own-re --partition 0
  exit 0
  Valid replica already elected for partitions own-re-0
  $ R bob reassign-partitions --list
  exit 1
  Error: org.apache.kafka.common.errors.ClusterAuthorizationException: REQUEST needs DESCRIBE permission.
  $ R admin reassign-partitions --list
  exit 0
  No partition reassignments found.
  $ quietly as alice topics --delete --topic own-re
