# Keqiao 科桥. A newcomer needs two commands: make demo, make test. `make help` lists the rest.
SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
BROWSER := $(VENV)/.browser
KEQIAO_BENCH ?= ../shared/benchmarks/rules-engines
DEMO_OUT ?= demo
DEMO_PORT ?= 8000
KEQIAO_SERVE ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check bench bench-standards soak test-site test-postgres test-browser wheel clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | awk -F'|' '{printf "%-22s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Keqiao needs Python 3.11 or later; set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "creating the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(INSTALLED): $(BIN)/python pyproject.toml requirements/dev.txt requirements/lock.txt
	@echo "installing Keqiao and its tools (once; a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements/lock.txt -r requirements/dev.txt -e '.[platform]'
	@touch $(INSTALLED)

demo: $(INSTALLED) ## run the main job on both examples; in a terminal, or with KEQIAO_SERVE=1, end with the site open
	@if [ -t 1 ] && [ "$(KEQIAO_SERVE)" != 0 ] || [ "$(KEQIAO_SERVE)" = 1 ]; then serve="--serve --port $(DEMO_PORT)"; else serve=""; fi; \
	$(BIN)/keqiao demo --out $(DEMO_OUT) $$serve

test: $(INSTALLED) ## run the tests with the coverage gate
	@$(BIN)/python -m pytest -m "not postgres and not soak and not browser" --ignore=tests/platform -n 2 --dist loadfile --cov --cov-report=term

test-site: $(INSTALLED) ## run the tests of the site
	@$(BIN)/python -m pytest tests/platform -m "not postgres and not soak and not browser" --no-cov -n 2 --dist loadfile

test-postgres: $(INSTALLED) ## run the tests that need a PostgreSQL server
	@$(BIN)/python -m pytest -m postgres --no-cov

$(BROWSER): $(INSTALLED) requirements/browser.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements/lock.txt -r requirements/browser.txt
	@touch $(BROWSER)

test-browser: $(BROWSER) ## run the journeys in Debian's chromium
	@sh tools/chromium.sh
	@$(BIN)/python -m pytest -m browser --no-cov

check: $(INSTALLED) ## lint, types, import order, packs
	@$(BIN)/ruff check src tests benchmarks tools
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/keqiao check

bench: $(INSTALLED) ## measure against other engines and write docs/reference/benchmarks.md
	@$(BIN)/python benchmarks/run.py --bench "$(KEQIAO_BENCH)"

bench-standards: $(INSTALLED) ## measure official standards over one and ten million enterprises (about 3 GB of disk)
	@$(BIN)/python benchmarks/standards.py

soak: $(INSTALLED) ## long property and crash runs
	@KEQIAO_SOAK=1 $(BIN)/python -m pytest -m "not postgres and not browser" --no-cov
	@KEQIAO_SOAK=1 $(BIN)/python -m pytest -m postgres --no-cov

wheel: $(INSTALLED) ## build the wheel into dist/
	@$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean: ## remove what these commands made
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage src/*.egg-info $(DEMO_OUT)
