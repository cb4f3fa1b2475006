  $ . "$HELPERS"; . "$AS"
  $ refused() { fails "$@" | sed -E 's/Request Request\(.*\) needs/REQUEST needs/'; }
  $ refused as alice acls --list
  exit 1
  Error while executing ACL command: org.apache.kafka.common.errors.ClusterAuthorizationException: REQUEST needs DESCRIBE permission.
  $ refused as bob acls --add --allow-principal User:bob --operation Read --topic own-c
  exit 1
  Error while executing ACL command: org.apache.kafka.common.errors.ClusterAuthorizationException: REQUEST needs DESCRIBE permission.
  $ refused as bob acls --remove --force --topic own-c
  exit 1
  Error while executing ACL command: org.apache.kafka.common.errors.ClusterAuthorizationException: REQUEST needs ALTER permission.
