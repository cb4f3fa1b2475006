  $ . "$HELPERS"
  $ A() { kafka-acls.sh --bootstrap-server $B "$@"; }

From where somebody may not, and delegation tokens.

  $ quietly A --remove --force --topic own-ah
  $ try A --add --deny-principal User:own --deny-host 10.0.0.1 --operation Write --topic own-ah
  exit 0
  Adding ACLs for resource `ResourcePattern(resourceType=TOPIC, name=own-ah, patternType=LITERAL)`:
   \t(principal=User:own, host=10.0.0.1, operation=WRITE, permissionType=DENY) (esc)
  
  $ quietly A --add --deny-principal User:own --deny-host 10.0.0.2 --operation Write --topic own-ah
  $ try A --add --deny-principal User:own --deny-host 10.0.0.1 --deny-host 10.0.0.2 --operation Write --topic own-ah | sort
  Acl (pattern=ResourcePattern(resourceType=TOPIC, name=own-ah, patternType=LITERAL), entry=(principal=User:own, host=10.0.0.1, operation=WRITE, permissionType=DENY)) already exists.
  Acl (pattern=ResourcePattern(resourceType=TOPIC, name=own-ah, patternType=LITERAL), entry=(principal=User:own, host=10.0.0.2, operation=WRITE, permissionType=DENY)) already exists.
  exit 0
  $ try A --remove --force --deny-principal User:own --deny-host 10.0.0.1 --operation Write --topic own-ah
  exit 0
  $ try A --list --topic own-ah --principal User:own
  exit 0
  ACLs for principal `User:own`
  Current ACLs for resource `ResourcePattern(resourceType=TOPIC, name=own-ah, patternType=LITERAL)`:
  \t(principal=User:own, host=10.0.0.2, operation=WRITE, permissionType=DENY) (esc)
  
  $ try A --remove --force --topic own-ah
  exit 0
  $ fails A --add --deny-host 10.0.0.9 --operation Write --topic own-ah
  exit 1
  You must specify one of: --allow-principal, --deny-principal when trying to add ACLs.
  $ fails A --list --deny-host 10.0.0.9
  exit 1
  Option "[list]" can't be used with option "[deny-host]"
  $ fails A --add --producer --topic own-ah --allow-principal User:own --deny-host 1.1.1.1
  exit 1
  Option "[producer]" can't be used with option "[deny-host]"
  $ quietly A --remove --force --delegation-token own-tok
  $ try A --add --allow-principal User:own --operation Describe --delegation-token own-tok
  exit 0
  Adding ACLs for resource `ResourcePattern(resourceType=DELEGATION_TOKEN, name=own-tok, patternType=LITERAL)`:
   \t(principal=User:own, host=*, operation=DESCRIBE, permissionType=ALLOW) (esc)
  
  $ fails A --add --allow-principal User:own --operation Read --delegation-token own-tok
  exit 1
  ResourceType DELEGATION_TOKEN only supports operations [IN ANY ORDER
  $ try A --list --delegation-token own-tok
  exit 0
  Current ACLs for resource `ResourcePattern(resourceType=DELEGATION_TOKEN, name=own-tok, patternType=LITERAL)`:
  \t(principal=User:own, host=*, operation=DESCRIBE, permissionType=ALLOW) (esc)
  
  $ quietly A --remove --force --delegation-token own-tok
  $ try A --list --delegation-token own-tok
  exit 0
