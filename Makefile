# The two commands of the README, and what a developer needs besides.
VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UV := $(shell command -v uv 2>/dev/null)

.PHONY: run test lint bench clean

run: $(STAMP)
	$(BIN)/leao run noruzzadeh2016

test: $(VENV)/.installed-dev lint
	$(BIN)/python -m pytest -n 2 -q

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/basedpyright

bench: $(VENV)/.installed-dev
	for file in benchmarks/bench_*.py; do $(BIN)/python $$file || exit 1; done

$(VENV)/bin/python:
ifdef UV
	uv venv --quiet --python ">=3.11" $(VENV)
else
	$(PYTHON) -m venv $(VENV)
endif

$(STAMP): pyproject.toml | $(VENV)/bin/python
ifdef UV
	uv pip install --quiet --python $(BIN)/python -e .
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
endif
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
ifdef UV
	uv pip install --quiet --python $(BIN)/python -e ".[dev]"
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
endif
	@touch $@

clean:
	rm -rf $(VENV) dist build
