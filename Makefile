# Makes the environment and calls tox; what is run is written in tox.ini alone.
PYTHON ?= python3
VENV := .venv
TOX := $(VENV)/bin/tox

.PHONY: demo test soak bench audit sbom lock clean

demo: $(VENV)/installed
	$(TOX) -q run -e demo

test: $(VENV)/installed
	$(TOX) run -e lint,types,unit,e2e

soak: $(VENV)/installed
	$(TOX) -q run -e soak

bench: $(VENV)/installed
	$(TOX) -q run -e bench

audit sbom: $(VENV)/installed
	$(TOX) -q run -e $@

$(VENV)/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "ssm-rollcall needs Python 3.11 or newer; found $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@

# Resolves requirements.in again; the lock holds hashes for every platform and no host names.
lock: $(VENV)/installed
	$(VENV)/bin/uv pip compile requirements.in --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) .tox .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache reports/runs reports/latest
