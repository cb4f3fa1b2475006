# Sourced by the scripts beside it, which set `script`: run a tool with the checkout's own Python, else with python3.
# KCLI_PYTHON names another one. --help alone, into a pipe or file, is the generated text: Python need not start for it.
kcli_run() {
  bin=${script%/*}
  if [ "$#$2" = 2--help ] && [ -z "$COLUMNS" ] && [ ! -t 1 ]; then
    help=${script##*/}
    help=$bin/../docs/help/${help%.sh}.txt
    if [ -r "$help" ]; then exec cat "$help"; fi
  fi
  if [ -n "$KCLI_PYTHON" ]; then
    python=$KCLI_PYTHON
  elif [ -x "$bin/../.venv/bin/python" ]; then
    python=$bin/../.venv/bin/python
  else
    python=python3
  fi
  exec "$python" "$bin/run.py" "$@"
}
