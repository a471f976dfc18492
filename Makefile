# The front door. `make demo` and `make test` do all set-up on a fresh machine.
.DELETE_ON_ERROR:
.PHONY: demo test mutants test-postgres soak bench bench-page lint docs dist serve clean help fuzz

# The first interpreter of 3.9 or later that really runs (a version manager may offer names that do not).
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python3.10 python3.9 python; do \
	command -v $$name >/dev/null 2>&1 && $$name -c 'import sys; sys.exit(sys.version_info < (3, 9))' \
	>/dev/null 2>&1 && { echo $$name; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

help:
	@echo "make demo   the main job on a Rally of its own: connect, query, read, create, update, delete"
	@echo "make test   lint, types, docs and every test, on every Python found"
	@echo "make bench  measure ours, pyral 1.6.0 and the floor; BENCH=full is the long form"
	@echo "make test-postgres  the store and the contract once more, over a PostgreSQL of its own"
	@echo "make serve  the emulator on http://127.0.0.1:8010, until Ctrl-C"
	@echo "make docs   the documentation, into doc/build/html"
	@echo "make dist   sdist and wheel, into dist/"
	@echo "make mutants  break the pure packages in every small way; a test must see 90 % (MUTANTS=\"refs retry\")"
	@echo "make fuzz   garbage at every route of the emulator (FUZZ=\"--seconds 60 --seed 1\")"
	@echo "make soak   ten minutes of faults on every side against a model (SOAK=\"--seconds 60 --seed 7\")"
	@echo "make clean  remove everything these made"

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

demo: $(VENV)/.emulator
	@$(BIN)/python -m pyral.emulator --world demo --port 0 -- $(BIN)/python examples/quickstart.py

serve: $(VENV)/.emulator
	@$(BIN)/python -m pyral.emulator

test: $(VENV)/.dev
	@$(BIN)/python tests/suite.py

bench: $(VENV)/.dev
	@$(PIP) install -e '.[speed]'
	@$(BIN)/python -m tests.benchmarks.run $(if $(filter full,$(BENCH)),--full) $(BENCH_OPTIONS)
	@$(BIN)/python -m tests.benchmarks.bench_emulator_page

bench-page:
	@$(MAKE) --no-print-directory bench BENCH=full BENCH_OPTIONS="--write doc/source/benchmarks.rst"

test-postgres: $(VENV)/.dev
	@$(PIP) install -e '.[postgres]'
	@$(BIN)/python tests/with_postgres.py

mutants: $(VENV)/.dev
	@$(PIP) install -e '.[mutants]'
	@$(BIN)/python -m tests.mutants $(MUTANTS)

soak: $(VENV)/.dev
	@$(BIN)/python -W ignore -m tests.soak.soaking $(or $(SOAK),--seconds 600 --seed 1)

lint: $(VENV)/.dev
	@$(BIN)/python tests/suite.py lint types

FUZZ ?= --seconds 60
fuzz: $(VENV)/.dev
	@$(BIN)/python -m tests.fuzz $(FUZZ)

docs: $(VENV)/.dev
	@$(BIN)/python -m sphinx -W --keep-going -q -b html doc/source doc/build/html
	@echo "doc/build/html/index.html"

dist: $(VENV)/.dev
	@$(BIN)/python -m build

clean:
	rm -rf $(VENV) build dist doc/build .pytest_cache .hypothesis .ruff_cache .mypy_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
