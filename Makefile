# Two commands set everything up on a fresh machine; they need Python 3.11+ and make.
#   make publish   the main job on a scratch copy of the sample workspace, into a local Maildir
#   make test      format, lint, types, imports and every test
# make soak runs many more of the simulated sequences than make test does, and new examples of the laws.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
VALIDATOR := tests/site/html/node_modules/.package-lock.json

.PHONY: publish test soak lint format types lock clean system-packages
.DEFAULT_GOAL := publish

publish: $(STAMP)
	@$(BIN)/publisher demo var/demo

test: $(STAMP) system-packages $(VALIDATOR)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses $$($(BIN)/python -c 'import os; print((os.cpu_count() or 1) + 1)') --dist worksteal

# Ten thousand new simulated sequences on plain values and on each database; this takes hours. The end says how many ran.
soak: $(STAMP) system-packages
	$(BIN)/python -m pytest tests/property tests/simulation tests/acceptance/test_deliver_killed.py tests/acceptance/test_workers.py \
	  tests/acceptance/test_workers_handoff.py --soak

lint: $(STAMP)
	$(BIN)/ruff check .

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(STAMP)
	$(BIN)/mypy

# The environment: locked by hash, then the project itself, editable and without looking anything up.
$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "publisher needs Python 3.11 or newer; say which with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv; \
	  else echo "Python lacks venv; on Debian: apt-get install python3-venv"; exit 1; fi; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

# What tests need beside Python: a real browser with Chinese fonts, npm for a validator of HTML, and PostgreSQL's programs
# (the tests run a server of their own; none is left running). Where these cannot be had the tests say so.
system-packages:
	@missing=""; \
	{ command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi cjk; } || missing="chromium fonts-noto-cjk"; \
	{ command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 || missing="$$missing postgresql"; \
	command -v npm >/dev/null || missing="$$missing nodejs npm"; \
	[ -z "$$missing" ] || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    mkdir -p /etc/postgresql-common/createcluster.d && \
	    echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.d/publisher-tests.conf && \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	  else echo "Some tests will be left out (on Debian: apt-get install $$missing)"; fi; }

# What validates the built pages' HTML, pinned by its lock; where npm or its registry cannot be had the test says so.
$(VALIDATOR): tests/site/html/package-lock.json | system-packages
	@cd tests/site/html && { command -v npm >/dev/null && npm ci --ignore-scripts --no-audit --no-fund --silent; } || \
	  echo "The HTML of the pages will not be validated (npm or its registry is missing)"

# Resolves the dependencies anew; needs uv.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml --extra test -o requirements/dev.txt

clean:
	rm -rf .venv var site/public build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
