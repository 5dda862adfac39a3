# Two commands do all: `make run` and `make test`. Both begin with `make setup`; nothing is done twice.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   := $(abspath $(or $(BANCHENG_DATA_DIR),var))
export BANCHENG_DATA_DIR := $(DATA)
LIBRARY := $(shell find knowledge/library -type f)

.PHONY: setup run test check eval gate clean
setup: $(DATA)/.ready

$(VENV)/.installed: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	touch $@

$(DATA)/model/manifest.json: $(VENV)/.installed
	$(BIN)/python -m knowledge prepare-model
	touch $@

$(DATA)/.ready: $(DATA)/model/manifest.json $(LIBRARY) knowledge/index/manifest.py knowledge/index/tokens.py
	$(BIN)/python -m knowledge build
	$(BIN)/python -m knowledge publish
	touch $@

run: setup
	$(BIN)/python -m ui

test: setup check
	$(BIN)/python -m pytest

check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: setup
	$(BIN)/python -m evals run

gate: setup
	$(BIN)/python -m evals lint-data
	rm -rf $(DATA)/evals/ci
	$(BIN)/python -m evals run --split dev --sample 250 --out $(DATA)/evals/ci >/dev/null
	$(BIN)/python -m evals gate $(DATA)/evals/ci --baseline evals/baseline/ci.json --enough 0.25

clean:
	rm -rf $(DATA) $(VENV)
