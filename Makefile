# Two commands do all: `make run` and `make test`. Both begin with `make setup`; nothing is done twice.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   := $(abspath $(or $(BANCHENG_DATA_DIR),var))
export BANCHENG_DATA_DIR := $(DATA)
LIBRARY := $(shell find knowledge/library -type f)

.PHONY: setup run test check eval gate clean lock wheelhouse offline sbom licences
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

# ---- deployment: what a machine without a network installs, and what is in it ----
TOOLS  := $(VENV)-tools
LOCKED  = $(shell sed -n 's/^\([A-Za-z0-9_.-]*\)==.*/\1/p' requirements.lock)

$(TOOLS)/.installed: requirements-tools.txt
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-tools.txt
	touch $@

lock: $(TOOLS)/.installed
	$(TOOLS)/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --python-version 3.11 $(addprefix --find-links ,$(PIP_FIND_LINKS)) requirements.txt -o requirements.lock

wheelhouse: requirements.lock
	rm -rf wheelhouse
	$(PYTHON) -m pip download --quiet --no-deps --require-hashes -r requirements.lock -d wheelhouse
	for source in wheelhouse/*.tar.gz; do \
	  $(PYTHON) -m pip wheel --quiet --no-deps -w wheelhouse "$$source" && rm "$$source" || exit 1; done
	$(PYTHON) deploy/wheelhouse.py wheelhouse

offline:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip --isolated install --quiet --no-index --find-links wheelhouse --require-hashes -r wheelhouse/requirements.txt
	$(BIN)/python -m knowledge prepare-model
	$(BIN)/python -m knowledge build
	$(BIN)/python -m knowledge publish

sbom: $(TOOLS)/.installed $(VENV)/.installed
	$(TOOLS)/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml --output-reproducible --of JSON -o $(DATA)/sbom.cdx.json

licences: $(TOOLS)/.installed $(VENV)/.installed
	$(TOOLS)/bin/pip-licenses --python=$(BIN)/python --from=mixed --format=json --packages $(LOCKED) | $(PYTHON) deploy/licences.py docs/licences.md

clean:
	rm -rf $(DATA) $(VENV) $(TOOLS)
