# make demo   sing the songs of examples/ to out/
# make test   lint, types and tests
# Both make .venv and install what they need, once, and again when pyproject.toml changes.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
BIN := .venv/bin
export OMP_NUM_THREADS ?= 1

.DEFAULT_GOAL := demo
.PHONY: demo test lint types pytest clean

demo: .venv/installed-to-sing
	$(BIN)/singer demo examples out

test: lint types pytest

lint: .venv/installed-to-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed-to-test
	$(BIN)/mypy

pytest: .venv/installed-to-test
	$(BIN)/python -m pytest

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is too old; Python 3.11 or newer is needed: make PYTHON=/path/to/python"; exit 1; }
	"$(PYTHON)" -m venv .venv

.venv/installed-to-sing: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[ja,server,projects,banks]'
	@touch $@

.venv/installed-to-test: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[ja,server,projects,banks,train,bench,dev]'
	$(BIN)/python -m pip install --quiet --no-deps diffsinger-utau==0.3.8  # its pins are older than ours; it runs all the same
	@touch $@ .venv/installed-to-sing

clean:
	rm -rf out build .pytest_cache .mypy_cache .ruff_cache
