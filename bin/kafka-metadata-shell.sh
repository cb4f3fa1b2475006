#!/bin/sh
script=$0
if [ -L "$script" ]; then script=$(readlink -f "$script"); fi
case $script in */*) ;; *) script=./$script ;; esac
. "${script%/*}/run.sh"
kcli_run metadata_shell "$@"
