  $ . "$HELPERS"
  $ D() { kafka-delegation-tokens.sh --bootstrap-server $B "$@"; }
  $ touch empty.properties
  $ fails D --create
  exit 1
  Missing required argument "[command-config]"
  $ fails D --command-config empty.properties
  exit 1
  Command must include exactly one action: --create, --renew, --expire or --describe
  $ fails D --command-config empty.properties --create --describe
  exit 1
  Command must include exactly one action: --create, --renew, --expire or --describe
  $ fails D --command-config empty.properties --create
  exit 1
  Missing required argument "[max-life-time-period]"
  $ fails D --command-config empty.properties --renew
  exit 1
  Missing required argument "[hmac]"
  $ fails D --command-config empty.properties --expire --hmac x
  exit 1
  Missing required argument "[expiry-time-period]"
  $ fails D --command-config empty.properties --nonesuch
  exit 1
  nonesuch is not a recognized option
  $ fails kafka-delegation-tokens.sh --describe
  exit 1
  Missing required argument "[bootstrap-server]"
