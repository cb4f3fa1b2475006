  $ . "$HELPERS"; . "$AS"
  $ try as admin features describe | grep -o 'Feature: group.version.*FinalizedVersionLevel: [0-9]*' | tr '\t' ' '
  Feature: group.version                             SupportedMinVersion: 0                SupportedMaxVersion: 1                FinalizedVersionLevel: 1
  $ try as admin features upgrade --feature nonesuch=1
  exit 1
  Could not upgrade nonesuch to 1. The update failed for all features since the following feature had an error: Invalid update version 1 for feature nonesuch. Local controller 1 does not support this feature.
  1 out of 1 operation(s) failed.
  $ try as bob features upgrade --feature group.version=1 | sed -E 's/Request Request\(.*\) needs/REQUEST needs/'
  exit 1
  Could not upgrade group.version to 1. REQUEST needs ALTER permission.
  1 out of 1 operation(s) failed.
