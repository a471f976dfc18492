# Every target does its own set-up on a fresh machine. `make help` prints what stands behind `##`.
.DELETE_ON_ERROR:
.PHONY: help demo test coverage test-loaded test-dates quick lint docs serve bench bench-page mutants fuzz soak test-postgres \
	changes changes-draft dist release-check clean

# The first interpreter of 3.9 or later that really runs (a version manager may offer names that do not).
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python3.10 python3.9 python; do \
	command -v $$name >/dev/null 2>&1 && $$name -c 'import sys; sys.exit(sys.version_info < (3, 9))' \
	>/dev/null 2>&1 && { echo $$name; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq --retries 10 --timeout 60

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "pyral: no Python 3.9 or later found; name one with PYTHON=..." >&2; exit 1; }
	@echo "Making a virtual environment with $(PYTHON) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.emulator: setup.py pyproject.toml | $(VENV)/bin/python
	@echo "Installing pyral with its emulator ..."
	@$(PIP) install -e '.[emulator]'
	@touch $@

$(VENV)/.dev: setup.py pyproject.toml | $(VENV)/bin/python
	@echo "Installing pyral with everything its tests need ..."
	@$(PIP) install -e '.[dev]'
	@touch $@ $(VENV)/.emulator

demo: $(VENV)/.emulator ## the main job on a Rally of its own: connect, query, read, create, update, delete
	@$(BIN)/python -m pyral.emulator --world demo --port 0 -- $(BIN)/python examples/quickstart.py

serve: $(VENV)/.emulator ## the emulator on http://127.0.0.1:8010, until Ctrl-C
	@$(BIN)/python -m pyral.emulator

test: $(VENV)/.dev ## lint, types, docs and every test, on every Python found
	@$(BIN)/python tests/suite.py

coverage: $(VENV)/.dev ## every branch the tests reach in SDK and emulator, 95 % at least
	@$(BIN)/python tests/suite.py coverage

test-loaded: $(VENV)/.dev ## make test twice with every core kept busy (LOADED="--sdk --times 5")
	@$(BIN)/python -m tests.under_load $(LOADED)

test-dates: $(VENV)/.dev ## the tests 35 days on and across a change of the clock, by libfaketime
	@$(BIN)/python -m tests.other_dates

quick: $(VENV)/.dev ## lint, types, and the tests that need no server: under a minute
	@$(BIN)/python tests/suite.py lint types units

bench: $(VENV)/.dev ## measure ours, pyral 1.6.0 and the floor; BENCH=full is the long form
	@$(PIP) install -e '.[speed]'
	@$(BIN)/python -m tests.benchmarks.run $(if $(filter full,$(BENCH)),--full) $(BENCH_OPTIONS)
	@$(BIN)/python -m tests.benchmarks.bench_emulator_page
	@$(BIN)/python -m tests.benchmarks.bench_emulator_cost

bench-page: ## measure in the long form and write the page about it
	@$(MAKE) --no-print-directory bench BENCH=full BENCH_OPTIONS="--write doc/source/benchmarks.rst"

test-postgres: $(VENV)/.dev ## the store and the contract once more, over a PostgreSQL of its own
	@$(PIP) install -e '.[postgres]'
	@$(BIN)/python tests/with_postgres.py

mutants: $(VENV)/.dev ## break the pure packages in every small way; a test must see 90 % (MUTANTS="refs retry")
	@$(PIP) install -e '.[mutants]'
	@$(BIN)/python -m tests.mutants $(MUTANTS)

soak: $(VENV)/.dev ## ten minutes of faults on every side against a model (SOAK="--seconds 60 --seed 7"), then interrupts
	@$(BIN)/python -W ignore -m tests.soak.soaking $(or $(SOAK),--seconds 600 --seed 1)
	@PYRAL_INTERRUPTS=$(or $(INTERRUPTS),1000) $(BIN)/python -m pytest -q -W ignore tests/client/test_interrupts.py

lint: $(VENV)/.dev ## lint, the format, and the types of emulator and SDK
	@$(BIN)/python tests/suite.py lint types

FUZZ ?= --seconds 60
fuzz: $(VENV)/.dev ## garbage at every route of the emulator (FUZZ="--seconds 60 --seed 1")
	@$(BIN)/python -m tests.fuzz $(FUZZ)

docs: $(VENV)/.dev ## the documentation, into doc/build/html
	@$(BIN)/python -m sphinx -a -W --keep-going -q -b html doc/source doc/build/html
	@echo "doc/build/html/index.html"

dist: $(VENV)/.dev ## sdist and wheel, into dist/
	@$(BIN)/python -m build

release-check: $(VENV)/.dev ## build, install into empty environments, import, run the quickstart
	@$(BIN)/python -m tests.release

changes: $(VENV)/.dev ## fold the fragments of doc/changes.d into VERSIONS
	@$(BIN)/python -m towncrier build --yes

changes-draft: $(VENV)/.dev ## show what `make changes` would write
	@$(BIN)/python -m towncrier build --draft

clean: ## remove everything these made
	rm -rf $(VENV) build dist doc/build .pytest_cache .hypothesis .ruff_cache .mypy_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
