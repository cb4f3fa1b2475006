  $ . "$HELPERS"; . "$AS"
  $ K() { same | sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+/DATE/g; s/[A-Za-z0-9+\/=]{80,}/HMAC/g; s/^[A-Za-z0-9_-]{22} /ID /; s/(tokenId : ).*/\1ID/' | tr -s ' '; }
  $ quietly as alice delegation-tokens --expire --expiry-time-period -1 --hmac x
  $ as alice delegation-tokens --create --max-life-time-period -1 --renewer-principal User:bob > created 2>&1; echo $?; K < created
  0
  Calling create token operation with renewers :[User:bob] , max-life-time-period :-1
  Created delegation token with tokenId : ID
  
  TOKENID HMAC OWNER REQUESTER RENEWERS ISSUEDATE EXPIRYDATE MAXDATE
  
  ID HMAC User:alice User:alice [User:bob] DATE DATE DATE
  $ hmac=$(grep -oE '[A-Za-z0-9+/=]{80,}' created)
  $ until_shown 'tokens : 1' as alice delegation-tokens --describe --owner-principal User:alice
  $ as alice delegation-tokens --describe --owner-principal User:alice 2>&1 | K
  Calling describe token operation for owners: [User:alice]
  Total number of tokens : 1
  TOKENID HMAC OWNER REQUESTER RENEWERS ISSUEDATE EXPIRYDATE MAXDATE
  
  ID HMAC User:alice User:alice [User:bob] DATE DATE DATE
  $ as bob delegation-tokens --renew --renew-time-period -1 --hmac "$hmac" 2>&1 | K | sed -E 's/: [A-Z].*/: DATE/; $a\'
  Calling renew token operation with hmac :HMAC , renew-time-period :-1
  Completed renew operation. New expiry date : DATE
  $ fails as bob delegation-tokens --renew --renew-time-period -1 --hmac AAAA
  exit 1
  Calling renew token operation with hmac :AAAA , renew-time-period :-1
  $ as alice delegation-tokens --expire --expiry-time-period -1 --hmac "$hmac" 2>&1 | K | sed -E 's/: [A-Z].*/: DATE/; $a\'
  Calling expire token operation with hmac :HMAC , expire-time-period :-1
  Completed expire operation. New expiry date : DATE
  $ until_shown 'tokens : 0' as alice delegation-tokens --describe
  $ as alice delegation-tokens --describe 2>&1 | K
  Calling describe token operation for current user.
  Total number of tokens : 0
  TOKENID HMAC OWNER REQUESTER RENEWERS ISSUEDATE EXPIRYDATE MAXDATE
  $ fails as bob delegation-tokens --create --max-life-time-period -1 --owner-principal User:alice
  exit 1
  Calling create token operation with renewers :[] , max-life-time-period :-1
