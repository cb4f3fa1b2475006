  $ . "$HELPERS"
  $ A() { kafka-acls.sh --bootstrap-server $B "$@"; }
  $ fails A --list --add
  exit 1
  Command must include exactly one action: --list, --add, --remove.
  $ fails A
  exit 1
  Command must include exactly one action: --list, --add, --remove.
  $ fails A --add --allow-principal User:x --operation Read
  exit 1
  You must provide at least one resource: --topic <topic> or --cluster or --group <group> or --delegation-token <Delegation Token ID>
  $ fails A --add --topic own-ac
  exit 1
  You must specify one of: --allow-principal, --deny-principal when trying to add ACLs.
  $ fails A --add --allow-principal User:x --operation nonesuch --topic own-ac
  exit 1
  ResourceType TOPIC only supports operations [IN ANY ORDER
  $ fails A --add --allow-principal nocolon --operation Read --topic own-ac
  exit 1
  Error while executing ACL command: expected a string in format principalType:principalName but got nocolon
  $ fails A --add --allow-principal User:x --operation ClusterAction --topic own-ac
  exit 1
  ResourceType TOPIC only supports operations [IN ANY ORDER
  $ fails A --add --allow-principal User:x --operation Read --topic own-ac --resource-pattern-type any
  exit 1
  A '--resource-pattern-type' value of 'ANY' is not valid when adding acls.
  $ fails kafka-acls.sh --list
  exit 1
  One of --bootstrap-server or --bootstrap-controller must be specified
