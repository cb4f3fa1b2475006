#!/bin/sh
script=$0
if [ -L "$script" ]; then script=$(readlink -f "$script"); fi
case $script in */*) ;; *) script=./$script ;; esac
. "${script%/*}/run.sh"
kcli_run jvm_only connect-standalone "$@"
