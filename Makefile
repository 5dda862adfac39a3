# Two commands do all: `make run` and `make test`. Both begin with `make setup`; nothing is done twice.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   := $(abspath $(or $(BANCHENG_DATA_DIR),var))
export BANCHENG_DATA_DIR := $(DATA)
LIBRARY := $(shell find knowledge/library -type f)

.PHONY: setup run test check eval clean
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

clean:
	rm -rf $(DATA) $(VENV)
