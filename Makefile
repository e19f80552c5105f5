# The two commands of the README, and what a developer needs besides.
VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UV := $(shell command -v uv 2>/dev/null)

# Coverage costs next to nothing where Python can watch itself (sys.monitoring, from 3.12 on); before that every line of
# Python is traced: there it has a target of its own.
PYTEST = $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q -m "not long"
WATCHED = $(shell $(BIN)/python -c "import sys; print('--cov --cov-report=' if sys.version_info >= (3, 12) else '')")
export COVERAGE_CORE = sysmon

.PHONY: run test test-long fuzz matrix coverage lint bench docs docs-quick lock clean

run: $(STAMP)
	$(BIN)/leao run noruzzadeh2016

test: $(VENV)/.installed-dev
	$(PYTEST) $(WATCHED)
	@if [ -n "$(WATCHED)" ]; then echo "lines of leao that the tests reach: $$($(BIN)/coverage report --format=total) %"; fi

coverage: $(VENV)/.installed-dev
	$(PYTEST) --cov --cov-report=
	$(BIN)/coverage report --skip-covered --sort=cover

test-long: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile -q -m long

# 2,300 malformed inputs a command; many more: python -m validation.reliability --minutes 600 fuzz
fuzz: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n 2 -q -m "long or not long" tests/cli/test_fuzz.py

# Lowest, locked and latest versions on every Python found here; needs uv. Finished rows are kept in docs/validation.
matrix: $(VENV)/.installed-dev
	$(BIN)/python -m validation.matrix
	$(BIN)/python -m validation.reliability --minutes 0 fuzz

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/basedpyright --threads 2

bench: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/write_page.py

$(VENV)/bin/python:
ifdef UV
	uv venv --quiet --python "$(if $(filter file,$(origin PYTHON)),>=3.11,$(PYTHON))" $(VENV)
else
	$(PYTHON) -m venv $(VENV)
endif

$(STAMP): pyproject.toml requirements.lock | $(VENV)/bin/python
ifdef UV
	uv pip install --quiet --python $(BIN)/python -c requirements.lock -e ".[simulate,tables]"
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e ".[simulate,tables]"
endif
	@touch $@

$(VENV)/.installed-dev: pyproject.toml requirements.lock | $(VENV)/bin/python
ifdef UV
	uv pip install --quiet --python $(BIN)/python -c requirements.lock -e ".[dev]"
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e ".[dev]"
endif
	@touch $@

# The documentation, every notebook executed, to docs/_build/html. Needs no network once installed.
docs: $(VENV)/.installed-docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	$(BIN)/python docs/check_links.py docs/_build/html

# The same pages and the same warnings without executing a notebook: what CI builds.
docs-quick: $(VENV)/.installed-docs
	LEAO_DOCS=quick $(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/quick
	$(BIN)/python docs/check_links.py docs/_build/quick

$(VENV)/.installed-docs: pyproject.toml requirements.lock | $(VENV)/bin/python
ifdef UV
	uv pip install --quiet --python $(BIN)/python -c requirements.lock -e ".[docs]"
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e ".[docs]"
endif
	@touch $@

# The versions the suite was last run with; constraints, so that an install years later still works.
lock:
	uv export --quiet --no-emit-project --no-header --no-hashes --no-annotate --all-extras --no-default-groups -o requirements.lock

clean:
	rm -rf $(VENV) dist build
