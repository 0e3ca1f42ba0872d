# make app    installs into .venv and serves the page          make test   installs, then checks and tests everything
# make check  linters, types and layers, and web/               make docs   writes the generated pages of docs/
# make web    writes the types of messages and builds lumina/ui/bundles/ from web/ (needs node)
# make template-pictures draws assets/templates/, shown beside the workflows of the canvas, and assets/openings/
VENV ?= .venv
BASE_PYTHON ?= python3
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
WEB := web/node_modules/.installed

.DEFAULT_GOAL := app
.PHONY: app test check pytest docs web check-web template-pictures clean

app: $(RUNTIME)
	@echo "The command line is $(BIN)/lumina; after \". $(BIN)/activate\" it is lumina."
	$(BIN)/python app.py

test: check pytest

pytest: $(DEV)
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	@$(MAKE) --no-print-directory check-web

docs: $(DEV)
	$(BIN)/python -c "from pathlib import Path; from lumina.workflow.schema import schema_text; \
	  Path('docs/workflow.schema.json').write_text(schema_text(), encoding='utf-8')"

web: $(DEV) $(WEB)
	$(BIN)/python -m lumina.ui.typescript
	cd web && npm run --silent check && npm run --silent build

# Types, unit tests, and whether the bundles are what the sources give. With CI=true node must be there.
ifneq ($(shell command -v npm),)
check-web: $(WEB)
	cd web && npm run --silent check && npm run --silent test && npm run --silent current
else ifeq ($(CI),true)
check-web:
	@echo "web/ cannot be checked: install node 20 or newer, and npm" >&2; exit 1
else
check-web:
	@echo "node is not here, so web/ is not checked"
endif

template-pictures: $(RUNTIME)
	$(BIN)/lumina templates --draw

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

$(WEB): web/package-lock.json
	cd web && npm ci --silent --ignore-scripts
	touch $@
