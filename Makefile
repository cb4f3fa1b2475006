# The few commands. Each makes its own virtual environment; what they call is plain pip and pytest.
PYTHON ?= python3
VENV ?= .venv
RUN = $(VENV)/bin
READY = $(VENV)/.installed

.PHONY: quickstart test check lint types docs bench clean

quickstart: $(READY)       ## a broker, a topic, lines in and lines out, each command shown
	$(RUN)/kcli quickstart

test: $(READY)             ## the whole suite (interop tests need java and mvn, and skip without)
	$(RUN)/python -m pytest -n 2 --dist loadfile

lint: $(READY)             ## style
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .

types: $(READY)            ## types
	$(RUN)/mypy

check: lint types test     ## everything that CI asks

bench: $(READY)            ## the ratios of the README's table (needs java, mvn, hyperfine; kcat if there)
	$(RUN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(READY): setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fast,p12,test]'
	$(RUN)/python -m compileall -q kcli
	touch $@
