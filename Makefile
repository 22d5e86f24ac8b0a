# Each target works on a fresh clone that has Python 3.11 or newer: see the README.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv/bin/python
LOCK := uv pip compile --quiet --generate-hashes --no-header --no-annotate

# Run alone in this folder: of two commands in a fresh clone the second waits for the first.
ALONE := import fcntl, os, sys; lock = os.open(".", os.O_RDONLY); os.set_inheritable(lock, True); \
	fcntl.flock(lock, fcntl.LOCK_EX); os.execvp(sys.argv[1], sys.argv[1:])

# An environment has in it the locks that are installed there.
define install
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo "Python 3.11 or newer is needed, and $(PYTHON) is not: PYTHON=python3.11 make $@" >&2; exit 1; }
@$(PYTHON) -Ic '$(ALONE)' $(MAKE) --silent --no-print-directory $(1)
endef

.PHONY: help
help: ## List the commands
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: run
run: ## Start the portal (PORT, DEMO_PASSWORD, DATABASE_URL, REDIS_URL)
	$(call install,.venv/requirements.lock)
	@exec $(VENV) -m partnerportal.local.supervisor

.PHONY: test
test: ## Run all tests; ARGS go to pytest
	$(call install,.venv/requirements-dev.lock)
	@exec $(VENV) -m tests $(ARGS)

.PHONY: check
check: ## Format, lint, types, templates, bandit, migrations, deployment settings, counts
	$(call install,.venv/requirements-dev.lock)
	@exec $(VENV) -m tests.check

.PHONY: bench
bench: ## Measure the figures of the design; ARGS choose some
	$(call install,.venv/requirements-dev.lock)
	@exec $(VENV) -m tests.bench $(ARGS)

.PHONY: screenshots
screenshots: ## Every page into screenshots/: wide and narrow, light and dark (ONLY)
	$(call install,.venv/requirements-dev.lock)
	@exec $(VENV) -m pytest --quiet tests/screenshots.py $(if $(ONLY),,tests/demo/team_chat/test_story.py) $(ARGS)

.PHONY: torture
torture: ## Long races, kills and restores
	$(call install,.venv/requirements-dev.lock)
	$(call install,.venv-containers/requirements-containers.lock)
	@exec $(VENV) -m tests.torture $(ARGS)

.PHONY: containers
containers: ## Build the images and start them: sign-in, upload, kill, mistake, restore (DOCKER)
	$(call install,.venv/requirements-dev.lock)
	$(call install,.venv-containers/requirements-containers.lock)
	@exec $(VENV) -m tests.containers

.PHONY: scan
scan: ## Attack the portal: wapiti as three users, bandit, the locks (SCAN_SECONDS)
	$(call install,.venv/requirements-dev.lock)
	$(call install,.venv-scan/requirements-scan.lock)
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
	$(LOCK) --python-version 3.11 requirements-clients.in -o requirements-clients.lock
	$(LOCK) --python-version 3.12 requirements-applications.in -o requirements-applications.lock

# The scanner's packages clash with the portal's; programs of images are nobody's packages; and the
# applications that tests sign in to are programs of others, some of them for a newer Python.
VENVS := .venv .venv-scan .venv-containers .venv-clients .venv-applications
NEWER ?= $(shell for python in $(PYTHON) python3.1{2,3,4} ~/.pyenv/versions/3.1[2-9]*/bin/python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && \
	command -v "$$python" && break; done)

# Installing, which `install` above asks for. uv does it with every core, in a tenth of pip's time:
# the one on the PATH (a shim there may lead nowhere, so it is asked), or else the portal's own.
ifneq ($(filter $(VENVS:=/%),$(MAKECMDGOALS)),)
UV := $(if $(shell uv --version 2>/dev/null),uv,.venv-uv/bin/uv)
# An environment whose Python has gone from this machine is none.
$(shell for venv in $(VENVS); do test -x $$venv/bin/python || rm -rf $$venv; done)
endif

# Compiled now by all cores, rather than by the first process that imports a module.
define sync
echo "Installing $< into $(@D)"
rm -f $(@D)/*.lock
$(UV) pip install --quiet --compile-bytecode --python $(@D)/bin/python --require-hashes -r $< || \
	{ echo "Installing failed, see above. Nothing else was started." >&2; exit 1; }
cp $< $@
endef

.venv/requirements.lock: requirements.lock .venv/bin/python
	$(sync)

.venv/requirements-dev.lock: requirements-dev.lock .venv/bin/python
	$(sync)
# The development lock is the runtime lock and more, at the same versions (tests/rules/test_locks.py).
	cp requirements.lock .venv/

.venv-scan/requirements-scan.lock: requirements-scan.lock .venv-scan/bin/python
	$(sync)

.venv-containers/requirements-containers.lock: requirements-containers.lock .venv-containers/bin/python
	$(sync)

.venv-clients/requirements-clients.lock: requirements-clients.lock .venv-clients/bin/python
	$(sync)

.venv-applications/requirements-applications.lock: requirements-applications.lock .venv-applications/bin/python
	$(sync)

INTERPRETER = $(PYTHON)
.venv-applications/bin/python: INTERPRETER = $(or $(NEWER),$(error Python 3.12 or newer is needed: NEWER=python3.12 make $@))

# Relocatable: the checkout may be moved.
$(VENVS:=/bin/python): | $(filter .venv%,$(UV))
	$(UV) venv --quiet --clear --relocatable --python "$$($(INTERPRETER) -c 'import sys; print(sys.executable)')" $(@:/bin/python=)

# Where this Python has no pip, that of an environment is unpacked, which takes seconds.
.venv-uv/bin/uv: requirements-uv.lock
	rm -rf .venv-uv
	if $(PYTHON) -c 'import pip' 2>/dev/null; then pip="$(PYTHON) -m pip install --target .venv-uv"; \
	elif $(PYTHON) -m venv .venv-uv >/dev/null 2>&1; then pip=".venv-uv/bin/python -m pip install"; \
	else echo "This Python cannot install packages: install python3-venv, or uv." >&2; exit 1; fi; \
	$$pip --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@
