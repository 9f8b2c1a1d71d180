# `make` prints what there is. Only Python 3.11 to 3.14 and make are needed; everything else comes from the lock files.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
CODE := app.py pasar middleware routes controllers services models utils migrations tests benchmarks
EXAMPLES := examples/pasar-wishlist examples/pasar-badges
ARGS ?=
WORKERS ?= 2

# Images and shells that set this let every process that a test starts compile all of its modules again: 3.2 s, not 1.6 s.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run migrate test timed coverage mutants check format lock bench clean services services-stop test-services

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## Serve on http://127.0.0.1:8000 (first start: database, demo, tour); ARGS="--port 8080"
	@exec $(BIN)/python app.py serve $(ARGS)

migrate: $(VENV)/.run ## Bring the database's tables up to this version
	@$(BIN)/python app.py migrate

# A test past its timeout takes its worker down; a new worker in its place would leave the run hanging. Files come as
# tests/order.py has them, the longest first: sorted by their number of tests, those would come last, and one worker wait.
SPREAD := -n $(WORKERS) --dist loadfile --no-loadscope-reorder --max-worker-restart=0

test: $(VENV)/.dev tests/clients/node_modules/.ready ## Run all tests on embedded defaults; ARGS="-k cart", WORKERS=2
	@unset DATABASE_URL REDIS_URL MONGO_URL MINIO_ENDPOINT; PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest $(SPREAD) $(ARGS)

services: $(VENV)/.dev ## Start real PostgreSQL, Redis, MinIO, FerretDB beside the defaults; SERVICES_PORT=48000
	@$(BIN)/python -m tests.services_up start $(if $(SERVICES_PORT),--port $(SERVICES_PORT))

services-stop: $(VENV)/.dev ## Stop them; their data stays in .services
	@$(BIN)/python -m tests.services_up stop

timed: $(VENV)/.dev ## Run the tests that measure time, alone: nothing else may run beside them
	@unset DATABASE_URL REDIS_URL MONGO_URL MINIO_ENDPOINT; PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -m timed -n 0 $(ARGS)

coverage: $(VENV)/.dev tests/clients/node_modules/.ready ## Run the tests and print the lines they reach, by package; ARGS, WORKERS as for test
	@rm -rf .cache/coverage; unset DATABASE_URL REDIS_URL MONGO_URL MINIO_ENDPOINT; PATH="$(CURDIR)/$(BIN):$$PATH" \
	  $(BIN)/python -m coverage run -m pytest $(SPREAD) -o timeout=900 $(ARGS); $(BIN)/python -m tests.coverage_by_package

mutants: $(VENV)/.dev ## Put small faults in, one by one: the tests must notice; ARGS="--count 12 --date", "--only ledger"
	@unset DATABASE_URL REDIS_URL MONGO_URL MINIO_ENDPOINT; PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.mutants $(ARGS)

test-services: services tests/clients/node_modules/.ready ## Run the tests that an engine can change over those services; ARGS, WORKERS as for test
	@. .services/env; PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -m "not timed and not embedded and not pure" $(SPREAD) $(ARGS)

check: $(VENV)/.dev ## Everything that is checked without running the shop: style, types, floors, house laws, contract
	$(BIN)/ruff check $(CODE) $(EXAMPLES)
	$(BIN)/ruff format --check $(CODE) $(EXAMPLES)
	$(BIN)/mypy $(CODE) $(EXAMPLES:%=%/src)
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -q tests/test_house.py $(wildcard tests/routes/test_contract.py)

format: $(VENV)/.dev ## Put the code into the house's form
	$(BIN)/ruff check --fix-only -q $(CODE) $(EXAMPLES)
	$(BIN)/ruff format -q $(CODE) $(EXAMPLES)

bench: $(VENV)/.dev ## Measure the server beside its bare limits (benchmarks/README.md); ARGS="--help"
	$(BIN)/python -m benchmarks $(ARGS)

lock: $(VENV)/.dev ## Write the lock files anew from pyproject.toml (needs uv in .venv: pip install uv)
	$(BIN)/python -m uv pip compile -q $(LOCK) pyproject.toml -o requirements.txt
	$(BIN)/python -m uv pip compile -q $(LOCK) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	@# pip on Linux needs none of the markers
	sed -i -E "s/ ; python_full_version < '3.15'( and [^\\]*)? and sys_platform == 'linux'//" requirements.txt requirements-dev.txt

LOCK := --universal --generate-hashes --no-header --no-annotate

clean: ## Remove what was made here, except the data folder
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis tests/clients/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || \
	  { echo "Pasar needs Python 3.11 to 3.14; name one: make PYTHON=/usr/bin/python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
	  $(PYTHON) -m pip --version >/dev/null 2>&1 && $(PYTHON) -m venv --without-pip $(VENV) && \
	  $(PYTHON) -m pip --disable-pip-version-check -q --python $(VENV)/bin/python install pip; } || { rm -rf $(VENV); \
	  echo "Python's venv module is incomplete here. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.run: requirements.txt | $(BIN)/python
	@echo "installing the packages of requirements.txt into $(VENV) ..."
	@$(PIP) install -q --require-hashes --only-binary :all: -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(BIN)/python
	@echo "installing the packages of requirements-dev.txt into $(VENV) ..."
	@$(PIP) install -q --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@ $(VENV)/.run

tests/clients/node_modules/.ready: tests/clients/package-lock.json $(VENV)/.dev
	@echo "installing the client packages of tests/clients ..."
	@cd tests/clients && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	@touch $@
