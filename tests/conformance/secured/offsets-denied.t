  $ . "$HELPERS"; . "$AS"
  $ quietly as alice topics --create --topic own-od
  $ fails as bob get-offsets --topic own-od
  exit 1
  Error occurred: Could not match any topic-partitions with the specified filters
  $ echo '{"partitions": [{"topic": "own-od", "partition": 0, "offset": 0}]}' > d.json
  $ try as bob delete-records --offset-json-file d.json | sed 4q
  exit 0
  Executing records delete operation
  Records delete operation completed:
  partition: own-od-0\terror: org.apache.kafka.common.errors.TopicAuthorizationException: Failed to fetch metadata for partition own-od-0 due to topic authorization failure (esc)
  $ quietly as alice topics --delete --topic own-od
