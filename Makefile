# `make` lists the targets. `make run` and `make test` need Python 3.11, make and a package index; no service.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
PORT ?= 8000
SIZE ?= france
CASES ?= 10000
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet install
COMPILE := CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile --quiet --strip-extras --no-annotate \
	--no-emit-find-links --no-emit-index-url --no-emit-trusted-host

# Development is the default here and only here; the environment and .env have the last word.
DEBUG ?= $(or $(shell sed -n 's/^DEBUG=//p' .env 2>/dev/null),on)
export DEBUG PORT

.DEFAULT_GOAL := help
.PHONY: help run test pytest lint bench fuzz check messages openapi requirements hooks clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed (python3.11 or python3 in the PATH)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed.")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(BIN)/python
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	$(PIP) -r requirements-dev.txt
	@touch $@

run: $(VENV)/.runtime ## The portal with a demo catalogue on http://127.0.0.1:8000 (PORT, DATA_DIR honoured)
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) sync_schedules
	@$(MANAGE) demo --if-empty
	@exec $(MANAGE) serve --port $(PORT)

test: lint pytest ## All tests and linters; on PostgreSQL with DATABASE_URL=postgres://…, coverage with COV=--cov

# The tests keep their files away from the developer's own portal.
pytest: export DATA_DIR = $(CURDIR)/var/test
pytest: $(VENV)/.development ## The tests alone (ARGS="-k csv")
	$(BIN)/pytest -n auto --maxschedchunk 8 --create-db $(COV) $(ARGS)

lint: export DATA_DIR = $(CURDIR)/var/test
lint: $(VENV)/.development ## The linters and the migrations check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(MANAGE) makemigrations --check --dry-run
	$(BIN)/djlint --lint --quiet portal catalog harvest theme_gouvfr

bench: $(VENV)/.development ## Benchmarks on PostgreSQL (SIZE=small, france or europe)
	$(BIN)/python -m bench --size $(SIZE)

# In an environment of its own: schemathesis and the client of data.gouv.fr want different kinds of urllib3.
.venv-fuzz/.fuzz: requirements-fuzz.txt
	$(PYTHON) -m venv .venv-fuzz
	.venv-fuzz/bin/python -m pip --disable-pip-version-check --quiet --quiet install -r requirements-fuzz.txt
	@touch $@

fuzz: $(VENV)/.development .venv-fuzz/.fuzz ## Schemathesis on both OpenAPI documents in every role (CASES=10000)
	$(BIN)/python -m bench.fuzz --cases $(CASES)

check: ## What CI runs: tests on SQLite, then PostgreSQL and Redis, linters, migrations, OpenAPI, deployment
	bash .ci/run

messages: $(VENV)/.development ## Collect and compile the translations (needs gettext)
	$(MANAGE) makemessages --locale fr --ignore '$(VENV)/*' --ignore 'var/*' --no-location
	$(MANAGE) compilemessages --ignore '$(VENV)/*'

openapi: $(VENV)/.development ## Write the OpenAPI documents of the API into docs/
	@for version in 1 2; do $(MANAGE) spectacular --generator-class catalog.api.schema.V$${version}Generator \
		--format openapi-json --lang en --validate --fail-on-warn --file docs/openapi-v$$version.json || exit 1; done

requirements: $(VENV)/.development ## Pin again what requirements*.in ask for (UPGRADE=--upgrade)
	$(COMPILE) $(UPGRADE) requirements.in --output-file requirements.txt
	$(COMPILE) $(UPGRADE) requirements-dev.in --output-file requirements-dev.txt

hooks: $(VENV)/.development ## Run the linters at each commit
	$(BIN)/pre-commit install

clean: ## Remove the virtual environment and caches; var/ (your data) stays
	rm -rf $(VENV) .venv-fuzz .schemathesis var/test .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .coverage htmlcov
	find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +
