# openimr: one word for each job. On a fresh Debian 12 only python3.11 and make need to be there.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help setup setup-test demo test check examples fuzz clean

PYTHON ?= $(or $(shell command -v python3.11),$(shell command -v python3),python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --constraint constraints.txt
JOBS ?= 2
MINUTES ?= 60
SEED ?= 1

# Installs the Debian packages named in $$missing; says so first, and says what to do where it cannot.
define install_missing
	if [ -n "$$missing" ]; then
	  echo "setup: this machine lacks$$missing; installing with apt-get"
	  if ! command -v apt-get >/dev/null; then
	    echo "setup: there is no apt-get here. Install the equivalents of$$missing by hand, then run make again." >&2; exit 2
	  elif [ "$$(id -u)" = 0 ]; then as_root="env"
	  elif command -v sudo >/dev/null; then as_root="sudo env"
	  else
	    echo "setup: not root, and no sudo. Ask an administrator for: apt-get install$$missing; then run make again." >&2; exit 2
	  fi
	  $$as_root apt-get update -qq || echo "setup: apt-get update failed, trying with the package lists there are" >&2
	  if ! $$as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; then
	    echo "setup: apt-get could not install$$missing (see above). Install them by hand, then run make again." >&2; exit 2
	  fi
	fi
endef

help: ## show what there is to do
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r target what; do
	  printf '  make %-11s %s\n' "$$target" "$$what"
	done

setup: .venv/.setup ## install what is needed and create .venv with imr in it

setup-test: .venv/.setup-test ## setup, and what the tests need (Chromium among it)

demo: setup ## setup, then review the example case files (ARGS="..." goes to imr demo)
	@$(BIN)/imr demo $(ARGS)

test: setup-test ## everything CI runs
	@echo "== ruff"; $(BIN)/ruff check .
	$(BIN)/ruff format --check .
	echo "== mypy"; $(BIN)/mypy
	echo "== import contracts"; $(BIN)/lint-imports
	echo "== pytest"; $(BIN)/pytest -n $(JOBS)

check: setup-test ## the quick loop while working: the same without the slow tests
	@$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n $(JOBS) -m "not slow"

examples: setup ## rebuild the PDF packets of the examples (CASES="lumbar-tp1 ..." for some)
	@$(BIN)/python examples/build.py $(CASES)

fuzz: setup-test ## mutate letters against their reader (MINUTES=60 for each of text and PDF, side by side; SEED=1)
	@status=0
	$(BIN)/python fuzz/fuzz_letters.py text --minutes $(MINUTES) --seed $(SEED) & text=$$!
	$(BIN)/python fuzz/fuzz_letters.py pdf --minutes $(MINUTES) --seed $(SEED) & pdf=$$!
	wait $$text || status=1
	wait $$pdf || status=1
	exit $$status

clean: ## remove .venv, caches and results
	@rm -rf .venv out build dist examples/*/out
	find . -type d \( -name __pycache__ -o -name '*.egg-info' -o -name .mypy_cache -o -name .ruff_cache -o -name .pytest_cache \
	  -o -name .import_linter_cache -o -name .hypothesis \) -not -path './.git/*' -prune -exec rm -rf {} +

.venv/.setup: pyproject.toml constraints.txt
	@if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
	  echo "setup: Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python3.11" >&2; exit 2
	fi
	missing=""
	$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || missing="$$missing python3-venv"
	command -v tesseract >/dev/null || missing="$$missing tesseract-ocr"
	$(install_missing)
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then
	  echo "setup: creating .venv"
	  $(PYTHON) -m venv --clear .venv
	fi
	echo "setup: installing openimr into .venv"
	$(PIP) --editable .
	touch $@

.venv/.setup-test: .venv/.setup
	@missing=""
	command -v chromium >/dev/null || missing="$$missing chromium"
	/sbin/ldconfig -p | grep -q libatomic.so.1 || missing="$$missing libatomic1"
	$(install_missing)
	echo "setup: installing the tools for the tests into .venv"
	$(PIP) --editable '.[test]'
	touch $@
