# Each target works on a fresh clone that has Python 3.11 or newer: see the README.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv/bin/python
LOCK := uv pip compile --quiet --generate-hashes --no-header --no-annotate

define install
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo "Python 3.11 or newer is needed, and $(PYTHON) is not: PYTHON=python3.11 make $@" >&2; exit 1; }
@$(PYTHON) -I partnerportal/environment.py $(1)
endef

.PHONY: help
help: ## List the commands
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: run
run: ## Start the portal (PORT, DEMO_PASSWORD, DATABASE_URL, REDIS_URL)
	$(call install,requirements.lock)
	@exec $(VENV) -m partnerportal.supervisor

.PHONY: test
test: ## Run all tests; ARGS go to pytest
	$(call install,requirements-dev.lock)
	@exec $(VENV) -m tests $(ARGS)

.PHONY: check
check: ## Format, lint, types, templates, bandit, migrations, deployment settings, counts
	$(call install,requirements-dev.lock)
	@exec $(VENV) -m tests.check

.PHONY: bench
bench: ## Measure the figures of the design; ARGS choose some
	$(call install,requirements-dev.lock)
	@exec $(VENV) -m tests.bench $(ARGS)

.PHONY: screenshots
screenshots: ## Every page into screenshots/: wide and narrow, light and dark (ONLY)
	$(call install,requirements-dev.lock)
	@exec $(VENV) -m pytest --quiet tests/screenshots.py $(ARGS)

.PHONY: torture
torture: ## Long races, kills and restores
	$(call install,requirements-dev.lock)
	$(call install,requirements-containers.lock)
	@exec $(VENV) -m tests.torture $(ARGS)

.PHONY: containers
containers: ## Build the images and start them: sign-in, upload, kill, mistake, restore (DOCKER)
	$(call install,requirements-dev.lock)
	$(call install,requirements-containers.lock)
	@exec $(VENV) -m tests.containers

.PHONY: scan
scan: ## Attack the portal: wapiti as three people, bandit, the locks (SCAN_SECONDS)
	$(call install,requirements-dev.lock)
	$(call install,requirements-scan.lock)
	@exec $(VENV) -m tests.scan $(ARGS)

.PHONY: lock
lock: ## Make all locks anew from pyproject.toml (needs uv)
	$(LOCK) --universal pyproject.toml --extra local -o requirements.lock
# Each holds to those before: tests run on what a server runs on.
	$(LOCK) --universal pyproject.toml --extra production -c requirements.lock \
		-o requirements-production.lock
	$(LOCK) --universal pyproject.toml --extra local --extra production --extra dev \
		-c requirements.lock -c requirements-production.lock -o requirements-dev.lock
	echo uv | $(LOCK) --universal - -c requirements-dev.lock -o requirements-uv.lock
	$(LOCK) --python-version 3.11 requirements-scan.in -o requirements-scan.lock
	$(LOCK) --python-version 3.11 requirements-containers.in -o requirements-containers.lock
