  $ . "$HELPERS"
  $ X() { kafka-transactions.sh --bootstrap-server $B "$@"; }
  $ try X list --transactional-id-pattern own-nonesuch | sed 's/ *\t/ /g'
  exit 0
  TransactionalId Coordinator ProducerId TransactionState
  $ try X list --duration-filter 1 | sed 2q | sed 's/ *\t/ /g'
  exit 0
  TransactionalId Coordinator ProducerId TransactionState
  $ fails X describe --transactional-id own-nonesuch
  exit 1
  Failed to describe transaction state of transactional-id `own-nonesuch`: DescribeTransactions request for transactionalId `own-nonesuch` failed because the ID could not be found. Enable debug logging for additional detail.
  $ fails X abort --topic own-nonesuch --partition 0
  exit 1
  The transaction to abort must be identified either with --start-offset (for brokers on 3.0 or above) or with --producer-id, --producer-epoch, and --coordinator-epoch (for older brokers)
