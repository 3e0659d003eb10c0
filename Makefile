# make run    install into .venv and start the server on http://127.0.0.1:8080/fhir
# make demo   four medical groups and the story of a referral, on a server of its own
# make test   every test but the long ones; make check: what a change must pass, in a minute or two
# Settings are environment variables: FHIRSERVER_PORT=9090 make run (docs/settings.md).

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest
# Processes that run tests side by side; make test JOBS=8
JOBS ?= auto

# The first Python of 3.11 or newer; PYTHON=/path/to/python overrides.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && echo $$python && break; done)

# SUSHI builds the guide (profiles/README.md says what it needs); SUSHI=/path/to/sushi uses one that is installed.
SUSHI ?= npx --yes --package fsh-sushi@3.21 sushi

.PHONY: run demo test check test-postgresql test-all format lock guide clean

run: $(STAMP)
	@exec $(BIN)/fhirserver serve

demo: $(STAMP)
	@exec $(BIN)/fhirserver demo

test: $(STAMP)
	$(PYTEST) --numprocesses $(JOBS) -m "not long"

check: $(STAMP)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(PYTEST) --quiet --numprocesses $(JOBS) -m "not slow and not long and not official and not postgresql"

test-postgresql: $(STAMP)
	$(PYTEST) --numprocesses $(JOBS) -m "postgresql and not long"

test-all: $(STAMP)
	$(PYTEST) --numprocesses $(JOBS)

format: $(STAMP)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Newest versions within the bounds of setup.cfg, for every platform and Python, with hashes.
lock: $(STAMP)
	$(PIP) install uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --extra test \
		--custom-compile-command "make lock" --output-file requirements.lock setup.cfg

guide:
	rm -rf build/guide
	$(SUSHI) build profiles --out build/guide
	rm -f profiles/fsh-generated/resources/*.json
	cp build/guide/fsh-generated/resources/*.json profiles/fsh-generated/resources/

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(STAMP): setup.cfg requirements.lock
	@test -n "$(PYTHON)" || { echo "fhirserver needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Installing into $(VENV) with $(PYTHON); this takes a minute the first time."
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
