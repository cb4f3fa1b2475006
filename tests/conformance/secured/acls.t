  $ . "$HELPERS"; . "$AS"
  $ try as admin acls --add --allow-principal User:carol --producer --topic own-ac | grep . | sed "s,^ ,," | sort
  \t(principal=User:carol, host=*, operation=CREATE, permissionType=ALLOW) (esc)
  \t(principal=User:carol, host=*, operation=DESCRIBE, permissionType=ALLOW) (esc)
  \t(principal=User:carol, host=*, operation=WRITE, permissionType=ALLOW) (esc)
  Adding ACLs for resource `ResourcePattern(resourceType=TOPIC, name=own-ac, patternType=LITERAL)`:
  exit 0
  $ try as admin acls --list --topic own-ac | grep . | sed "s,^ ,," | sort
  \t(principal=User:carol, host=*, operation=CREATE, permissionType=ALLOW) (esc)
  \t(principal=User:carol, host=*, operation=DESCRIBE, permissionType=ALLOW) (esc)
  \t(principal=User:carol, host=*, operation=WRITE, permissionType=ALLOW) (esc)
  Current ACLs for resource `ResourcePattern(resourceType=TOPIC, name=own-ac, patternType=LITERAL)`:
  exit 0
  $ try as admin acls --add --deny-principal User:carol --deny-host 10.0.0.1 --operation Read --group own-ac --resource-pattern-type prefixed | grep . | sed "s,^ ,," | sort
  \t(principal=User:carol, host=10.0.0.1, operation=READ, permissionType=DENY) (esc)
  Adding ACLs for resource `ResourcePattern(resourceType=GROUP, name=own-ac, patternType=PREFIXED)`:
  exit 0
  $ try as admin acls --list --principal User:carol | grep . | sed "s,^ ,," | sort
  \t(principal=User:carol, host=*, operation=CREATE, permissionType=ALLOW) (esc)
  \t(principal=User:carol, host=*, operation=DESCRIBE, permissionType=ALLOW) (esc)
  \t(principal=User:carol, host=*, operation=WRITE, permissionType=ALLOW) (esc)
  \t(principal=User:carol, host=10.0.0.1, operation=READ, permissionType=DENY) (esc)
  ACLs for principal `User:carol`
  Current ACLs for resource `ResourcePattern(resourceType=GROUP, name=own-ac, patternType=PREFIXED)`:
  Current ACLs for resource `ResourcePattern(resourceType=TOPIC, name=own-ac, patternType=LITERAL)`:
  exit 0
  $ try as admin acls --remove --force --topic own-ac
  exit 0
  $ try as admin acls --remove --force --group own-ac --resource-pattern-type prefixed
  exit 0
  $ try as admin acls --list --topic own-ac | grep . | sed "s,^ ,," | sort
  exit 0

A rule lets somebody in, and out again.

  $ quietly as alice topics --create --topic own-ac2
  $ quietly as admin acls --add --allow-principal User:bob --operation Describe --topic own-ac2
  $ try as bob topics --list
  exit 0
  own-ac2
  $ quietly as admin acls --remove --force --allow-principal User:bob --operation Describe --topic own-ac2
  $ quietly as admin acls --remove --force --topic own-ac2
  $ try as bob topics --list
  exit 0
  
  $ quietly as alice topics --delete --topic own-ac2
