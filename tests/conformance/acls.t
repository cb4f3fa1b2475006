  $ . "$HELPERS"
  $ A() { kafka-acls.sh --bootstrap-server $B "$@"; }
  $ quietly A --remove --force --topic own-ac --resource-pattern-type any
  $ try A --add --allow-principal User:own-x --allow-host 10.0.0.1 --operation DescribeConfigs --topic own-ac
  exit 0
  Adding ACLs for resource `ResourcePattern(resourceType=TOPIC, name=own-ac, patternType=LITERAL)`:
   \t(principal=User:own-x, host=10.0.0.1, operation=DESCRIBE_CONFIGS, permissionType=ALLOW) (esc)
  
  $ try A --list --topic own-ac
  exit 0
  Current ACLs for resource `ResourcePattern(resourceType=TOPIC, name=own-ac, patternType=LITERAL)`:
  \t(principal=User:own-x, host=10.0.0.1, operation=DESCRIBE_CONFIGS, permissionType=ALLOW) (esc)
  
  $ try A --remove --force --topic own-ac
  exit 0
  $ try A --list --topic own-ac
  exit 0
  $ fails A --add --allow-principal User:x --allow-host h --deny-host h --operation Read --topic own-ac
  exit 0
  Adding ACLs for resource `ResourcePattern(resourceType=TOPIC, name=own-ac, patternType=LITERAL)`:

Rules that are there already, and settings from no file.

  $ quietly A --remove --force --topic own-at
  $ quietly A --add --allow-principal User:own --operation Read --topic own-at
  $ try A --add --allow-principal User:own --operation Read --topic own-at
  exit 0
  Acl (pattern=ResourcePattern(resourceType=TOPIC, name=own-at, patternType=LITERAL), entry=(principal=User:own, host=*, operation=READ, permissionType=ALLOW)) already exists.
  $ try A --add --allow-principal User:own --operation Read --operation Write --topic own-at
  exit 0
  Acl (pattern=ResourcePattern(resourceType=TOPIC, name=own-at, patternType=LITERAL), entry=(principal=User:own, host=*, operation=READ, permissionType=ALLOW)) already exists.
  Adding ACLs for resource `ResourcePattern(resourceType=TOPIC, name=own-at, patternType=LITERAL)`:
   \t(principal=User:own, host=*, operation=WRITE, permissionType=ALLOW) (esc)
  
  $ fails A --list --topic own-at --command-config
  exit 0
  Did not load any properties since the property file is not specified
  $ quietly A --remove --force --topic own-at
