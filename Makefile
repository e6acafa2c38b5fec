# Everything runs in .venv, which is built from scratch where it is absent.
# Needs: Python 3.11 or newer, make, pip. No compiler.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test test-all lint types imports bench browser golden clean help

help:
	@echo "make run       install, run the founding case, say where the report is"
	@echo "make test      everything that must pass (lint, types, imports, tests)"
	@echo "make test-all  the same with the slow and large cases"
	@echo "make bench     timings as ratios against a plain NumPy reference"
	@echo "make golden    recompute the stored results of the bundled scenario (then explain why)"
	@echo "make clean     remove .venv and caches"

# The command line says where the report is; -q would hide why an install failed.
run: $(VENV)/.installed
	$(BIN)/countervail run canada-2026 --out out/canada-2026

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "countervail needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "the virtual environment could not be made; on Debian: apt install python3-venv"; exit 1; }

$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

$(READY): $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(VENV)/.installed $@

lint: $(READY)
	$(BIN)/ruff check src tests bench docs
	$(BIN)/ruff format --check src tests bench docs

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports --no-cache

# Debian's browser, for the tests that look at the report; they skip, and say so, without it.
browser:
	@command -v chromium >/dev/null 2>&1 || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && \
	  apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	} || echo "chromium is not here and could not be installed: browser tests will be skipped"

test: $(READY) browser lint types imports
	$(BIN)/python -m pytest -m "not slow" -n auto

test-all: $(READY) browser lint types imports
	$(BIN)/python -m pytest -n auto

bench: $(READY)
	$(BIN)/python -m pytest bench --benchmark-only --benchmark-columns=median,min,max,rounds

golden: $(READY)
	$(BIN)/python -m tests.golden

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks
