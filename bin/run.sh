# Sourced by the scripts beside it, which set `script`: run a tool with the checkout's own Python, else with python3.
# KCLI_PYTHON names another one.
kcli_run() {
  bin=${script%/*}
  if [ -n "$KCLI_PYTHON" ]; then
    python=$KCLI_PYTHON
  elif [ -x "$bin/../.venv/bin/python" ]; then
    python=$bin/../.venv/bin/python
  else
    python=python3
  fi
  exec "$python" "$bin/run.py" "$@"
}
