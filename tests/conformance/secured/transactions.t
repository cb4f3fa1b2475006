  $ . "$HELPERS"; . "$AS"
  $ quietly as alice topics --create --topic own-tx
  $ T() { try as "$@" | sed 's/ *\t/ /g'; }
  $ T alice transactions list --transactional-id-pattern own-nonesuch
  exit 0
  TransactionalId Coordinator ProducerId TransactionState
  $ T alice transactions describe-producers --topic own-tx --partition 0
  exit 0
  ProducerId ProducerEpoch LatestCoordinatorEpoch LastSequence LastTimestamp CurrentTransactionStartOffset
  $ T bob transactions list
  exit 0
  TransactionalId Coordinator ProducerId TransactionState
  $ T bob transactions describe --transactional-id own-tx
  exit 1
  Failed to describe transaction state of transactional-id `own-tx`: FindCoordinator request for transactionalId `CoordinatorKey(idValue='own-tx', type=TRANSACTION)` failed due to authorization failure. Enable debug logging for additional detail.
  $ T bob transactions describe-producers --topic own-tx --partition 0 | grep -v '^org.apache'
  exit 1
  Failed to describe producers for partition own-tx-0 on leader: Failed to fetch metadata for partition own-tx-0 due to topic authorization failure. Enable debug logging for additional detail.
  $ quietly as alice topics --delete --topic own-tx
