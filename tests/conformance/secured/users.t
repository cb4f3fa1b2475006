  $ . "$HELPERS"; . "$AS"

Credentials and quotas.

  $ try as admin configs --alter --user own-u --add-config 'SCRAM-SHA-512=[iterations=4096,password=x]'
  exit 0
  Completed updating config for user own-u.
  $ try as admin configs --describe --user own-u
  exit 0
  SCRAM credential configs for user-principal 'own-u' are SCRAM-SHA-512=iterations=4096
  $ try as admin configs --alter --user own-u --add-config producer_byte_rate=1024
  exit 0
  Completed updating config for user own-u.
  $ try as admin configs --describe --user own-u
  exit 0
  Quota configs for user-principal 'own-u' are producer_byte_rate=1024.0
  SCRAM credential configs for user-principal 'own-u' are SCRAM-SHA-512=iterations=4096
  $ try as admin configs --alter --user own-u --client own-cl --add-config request_percentage=50
  exit 0
  Completed updating config for client own-cl.
  $ try as admin configs --describe --user own-u --client own-cl
  exit 0
  Quota configs for user-principal 'own-u', client-id 'own-cl' are request_percentage=50.0
  $ fails as admin configs --alter --user own-u --add-config 'SCRAM-SHA-512=[iterations=1,password=x]' | sed 's/args .*/args/'
  exit 1
  Iterations 1 is less than the minimum 4096 required for SCRAM-SHA-512
  $ fails as bob configs --alter --user own-u --add-config consumer_byte_rate=1 | sed 's/args .*/args/'
  exit 1
  Error while executing config command with args
  $ try as bob configs --alter --user own-u --add-config 'SCRAM-SHA-512=[password=x]' | sed -E 's/args .*/args/; s/Request Request\(.*\) needs/REQUEST needs/; 3q'
  exit 1
  Error while executing config command with args
  org.apache.kafka.common.errors.ClusterAuthorizationException: REQUEST needs ALTER permission.
  $ try as admin configs --alter --user own-u --client own-cl --delete-config request_percentage
  exit 0
  Completed updating config for client own-cl.
  $ try as admin configs --alter --user own-u --delete-config 'SCRAM-SHA-512,producer_byte_rate'
  exit 1
  Cannot alter both quota and SCRAM credential configs simultaneously for 'users' using --bootstrap-server.
  $ quietly as admin configs --alter --user own-u --delete-config SCRAM-SHA-512
  $ quietly as admin configs --alter --user own-u --delete-config producer_byte_rate
