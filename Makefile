# One word for each thing a developer does; `make` alone lists them.
SHELL := /bin/bash
PYTHON ?= python3.11
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
RUN_READY := .venv/.run-ready
DEV_READY := .venv/.dev-ready
CODE := portfolio projections api infra tests

.DEFAULT_GOAL := help
.PHONY: help run test test-s3 check fix lock locks-clean browser s3-server

help:  ## list these words
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 16

run: $(RUN_READY)  ## the demo: a fresh folder, a worked story, the server on 127.0.0.1:8080
	$(BIN)/portfolio demo --folder demo

test: $(DEV_READY) browser  ## the suite itself (each rule switched off turns a test red), then the whole suite
	$(BIN)/python -m tests.tools.switch_off_rules
	$(BIN)/pytest -n auto

test-s3: $(DEV_READY) s3-server  ## the vault in S3, on a real server
	tests/tools/with_radosgw.sh $(BIN)/pytest tests/infra/vault -m s3

check: $(DEV_READY) locks-clean  ## what every commit must pass: format, lint, types, import rules, fast tests
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -m "not slow" -n auto

fix: $(DEV_READY)  ## format the code and mend what the linter can
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

bench: $(RUN_READY)  ## our figures beside raw storage and the event library, as ratios of one run
	set -e; for name in append command replay project rebuild latency seen upload; do $(BIN)/portfolio bench $$name; done

lock: $(DEV_READY)  ## write the hash-locked requirements again from pyproject.toml
	$(BIN)/uv pip compile --generate-hashes --universal --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --generate-hashes --universal --python-version 3.11 --extra dev pyproject.toml \
		-o requirements-dev.lock
	$(MAKE) locks-clean

# --- what the words above need ----------------------------------------------------------------------------------------

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "This needs Python 3.11 as $(PYTHON), or PYTHON=<its path>."; exit 1; }
	$(PYTHON) -m venv .venv || { rm -rf .venv; echo "This needs Python's venv module (Debian: python3.11-venv)."; exit 1; }

$(RUN_READY): requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing what the product needs into .venv; this takes a minute the first time."
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps -e .
	touch $@

$(DEV_READY): requirements-dev.lock pyproject.toml | .venv/bin/python
	@echo "Installing what the tests need into .venv; this takes a minute or two the first time."
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps -e .
	touch $@ $(RUN_READY)

locks-clean:
	@! grep -n '://' *.lock || { echo "A lock file names an address: write it again with make lock."; exit 1; }

browser:  # the browser tests use Debian's Chromium
	@command -v chromium >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends chromium; } \
		</dev/null >/dev/null

s3-server:  # Debian's Ceph; tests/tools/with_radosgw.sh starts it
	@command -v radosgw >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends \
		radosgw ceph-mon ceph-osd ceph-mgr ceph-common curl openssl; } </dev/null >/dev/null
	@command -v radosgw >/dev/null || \
		{ echo "This needs Debian's radosgw ceph-mon ceph-osd ceph-mgr ceph-common curl openssl."; exit 1; }
