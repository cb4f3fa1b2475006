  $ . "$HELPERS"
  $ F() { kafka-features.sh --bootstrap-server $B "$@"; }
  $ fails F upgrade
  exit 1
  You must specify at least one feature to upgrade
  $ fails F upgrade --feature a
  exit 1
  Can't parse feature=level string a: equals sign not found.
  $ fails F upgrade --feature a=b
  exit 1
  Can't parse feature=level string a=b: unable to parse b as a short.
  $ fails F downgrade --feature group.version=7 --dry-run
  exit 1
  Can not downgrade group.version to 7. The update failed for all features since the following feature had an error: Invalid update version 7 for feature group.version. Local controller 1 only supports versions 0-1
  $ fails F upgrade --metadata 9.9
  exit 1
   `metadata` flag is deprecated and may be removed in a future release.
  $ fails F upgrade --release-version 9.9
  exit 1
  Unknown metadata.version '9.9'. Supported metadata.version are: 3.3-IV3, 3.4-IV0, 3.5-IV0, 3.5-IV1, 3.5-IV2, 3.6-IV0, 3.6-IV1, 3.6-IV2, 3.7-IV0, 3.7-IV1, 3.7-IV2, 3.7-IV3, 3.7-IV4, 3.8-IV0, 3.9-IV0, 4.0-IV0, 4.0-IV1, 4.0-IV2, 4.0-IV3, 4.1-IV0, 4.1-IV1, 4.2-IV0, 4.2-IV1, 4.3-IV0, 4.4-IV0
  $ try F upgrade --release-version 4.3-IV0 --dry-run
  exit 0
  eligible.leader.replicas.version can be upgraded to 1.
  group.version can be upgraded to 1.
  kraft.version can be upgraded to 1.
  metadata.version can be upgraded to 30.
  share.version can be upgraded to 1.
  streams.version can be upgraded to 1.
  transaction.version can be upgraded to 2.
  $ fails F disable --feature nonesuch
  exit 1
  Could not disable nonesuch. The update failed for all features since the following feature had an error: Invalid update version 0 for feature nonesuch. Feature nonesuch not found.
  $ try F feature-dependencies --feature transaction.version=2
  exit 0
  transaction.version=2 has no dependencies.
  $ fails F feature-dependencies --feature nonesuch=1
  exit 1
  Unknown feature: nonesuch
  $ code kafka-features.sh describe
  exit 1
  $ code F nonesuch
  exit 1

Old names of releases, and what may be lost.

  $ try F upgrade --metadata 4.3-IV0 --feature group.version=1 --dry-run
  exit 0
   `metadata` flag is deprecated and may be removed in a future release.
  group.version can be upgraded to 1.
  metadata.version can be upgraded to 30.
  $ try F upgrade --metadata 4.3
  exit 0
   `metadata` flag is deprecated and may be removed in a future release.
  metadata.version was upgraded to 30.
  $ try F upgrade --metadata 4.3-IV0 --feature metadata.version=30
  exit 1
   `metadata` flag is deprecated and may be removed in a future release.
  Feature metadata.version was specified more than once.
  $ try F upgrade --metadata 4.3 --release-version 4.3
  exit 1
  Can not specify `release-version` with other feature flags.
  $ code F upgrade --unsafe --metadata 4.3
  exit 1
  $ try F downgrade --metadata 4.2-IV1 --dry-run
  exit 1
   `metadata` flag is deprecated and may be removed in a future release.
  Can not downgrade metadata.version to 29. The update failed for all features since the following feature had an error: Unsupported metadata.version downgrade from 30 to 29. Refusing to perform the requested downgrade because it might delete metadata information.
  1 out of 1 operation(s) failed.
  $ try F downgrade --metadata 4.2 --unsafe
  exit 1
   `metadata` flag is deprecated and may be removed in a future release.
  Could not downgrade metadata.version to 29. The update failed for all features since the following feature had an error: Unsupported metadata.version downgrade from 30 to 29. Unsafe metadata downgrade is not supported in this version.
  1 out of 1 operation(s) failed.
  $ try F disable --feature streams.version --dry-run
  exit 0
  streams.version can be disabled.
  $ try F disable --feature metadata.version --unsafe --dry-run
  exit 1
  Can not disable metadata.version. The update failed for all features since the following feature had an error: Invalid update version 0 for feature metadata.version. Local controller 1 only supports versions 7-30
  1 out of 1 operation(s) failed.
  $ try F disable --feature streams.version --unsafe
  exit 0
  streams.version was disabled.
  $ F describe | grep streams | tr -s ' ' | sed 's/ Epoch.*//'
  Feature: streams.version SupportedMinVersion: 0 SupportedMaxVersion: 1 FinalizedVersionLevel: 0
  $ try F upgrade --feature streams.version=1
  exit 0
  streams.version was upgraded to 1.
  $ try F downgrade --feature streams.version=0 --feature share.version=0 --unsafe --dry-run
  exit 0
  share.version can be downgraded to 0.
  streams.version can be downgraded to 0.

The first of what is wrong is told.

  $ try F upgrade --feature streams.version=-1
  exit 1
  Cannot specify a negative version level.
  $ try F upgrade --feature streams.version=0 --feature a
  exit 1
  The upgradeType flag should be set to SAFE_DOWNGRADE or UNSAFE_DOWNGRADE when the provided maxVersionLevel:0 is < 1.
  $ try F downgrade --feature =1
  exit 1
  Provided feature can not be empty.
