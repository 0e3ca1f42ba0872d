# make app    installs into .venv and serves the page          make test   installs, then checks and tests everything
# make check  linters, types and import layers only            make docs   writes the generated pages of docs/
# make web    builds lumina/ui/bundles/ from web/ (needs node)
# make template-pictures draws assets/templates/, shown beside the workflows that the canvas offers
VENV ?= .venv
BASE_PYTHON ?= python3
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev

.DEFAULT_GOAL := app
.PHONY: app test check pytest docs web template-pictures clean

app: $(RUNTIME)
	$(BIN)/python app.py

test: check pytest

pytest: $(DEV)
	$(BIN)/python -m pytest

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

docs: $(DEV)
	$(BIN)/python -c "from pathlib import Path; from lumina.workflow.schema import schema_text; \
	  Path('docs/workflow.schema.json').write_text(schema_text(), encoding='utf-8')"

web:
	cd web && npm ci --silent && npm run --silent check && npm run --silent build

template-pictures: $(RUNTIME)
	$(BIN)/lumina templates

clean:
	rm -rf $(VENV) build *.egg-info

# setuptools comes first, so that the package itself installs without a second download of build tools.
$(RUNTIME): requirements.txt constraints.txt pyproject.toml
	@$(BASE_PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || \
	  { echo "Python 3.11 or newer is needed; try: make $(MAKECMDGOALS) BASE_PYTHON=python3.12" >&2; exit 1; }
	@echo "Installing into $(VENV) (once; a few minutes at most)"
	test -x $(BIN)/python || $(BASE_PYTHON) -m venv $(VENV)
	$(PIP) --constraint constraints.txt setuptools --requirement requirements.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(DEV): $(RUNTIME) requirements-dev.txt
	$(PIP) --constraint constraints.txt --requirement requirements.txt --requirement requirements-dev.txt
	touch $@
