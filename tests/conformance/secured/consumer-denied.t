  $ . "$HELPERS"; . "$AS"
  $ quietly as alice topics --create --topic own-rd
  $ fails as bob console-consumer --topic own-rd --group own-g --from-beginning
  exit 0
  org.apache.kafka.common.errors.TopicAuthorizationException: Not authorized to access topics: [own-rd]
  $ fails as bob console-consumer --topic own-rd --partition 0 --offset 0
  exit 0
  org.apache.kafka.common.errors.TopicAuthorizationException: Not authorized to access topics: [own-rd]
  $ fails as alice console-consumer --topic own-rd --group other --from-beginning
  exit 0
  org.apache.kafka.common.errors.GroupAuthorizationException: Not authorized to access group: other
  $ quietly as alice topics --delete --topic own-rd
