# Everything one does with this checkout. `make` alone lists the targets; `make check` is exactly what CI runs.

PYTHON ?= python3
# More words for the tool behind a target: make test ARGS="tests/policy -x", make lock ARGS=--upgrade
ARGS ?=

VENV := .venv
WHEELHOUSE := wheelhouse
BIN := $(VENV)/bin
# What the steps of docs/deployment.md take from the wheelhouse beside the wheels.
CARRIED := deployment/systemd deployment/nginx docs
# What the lock covers beside the run-time dependencies. Spark is left out: it is half a gigabyte that only a province needs.
LOCK_EXTRAS := client dev postgres

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo notebooks test test-browser screenshots test-long check lint types contracts format docs lock bench bench-eph bench-ingest bench-features bench-shap bench-quality bench-serve bench-pages wheelhouse clean wipe

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s  %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/.installed ## Create .venv and install the locked dependencies and riskmodel itself

demo: setup ## Run one county from delivered files to work list, in the folder demo/
	$(BIN)/riskmodel --home demo demo $(ARGS)

notebooks: setup ## Run the notebooks on demo/, or a small county of their own; with outputs they lie in executed/
	@mkdir -p executed
	@for page in notebooks/*.py; do \
	  echo "$$page"; \
	  $(BIN)/jupytext --quiet --to ipynb --output "executed/$$(basename "$$page" .py).ipynb" "$$page" && \
	  $(BIN)/jupyter-execute --inplace "executed/$$(basename "$$page" .py).ipynb" || exit 1; \
	done

test: setup ## Run the tests, the long ones left out
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-browser: setup ## Walk through the pages with Chromium
	$(BIN)/python -m pytest -m "browser and not long" tests/browser $(ARGS)

screenshots: setup ## Make pictures of every page, on two screens and on paper, in screenshots/
	$(BIN)/python -m pytest -m pictures tests/browser $(ARGS)

test-long: setup ## Run the tests that take minutes, and all properties with ten times as many examples
	$(BIN)/python -m pytest -m "long or hypothesis" --hypothesis-profile thorough $(ARGS)

check: lint types contracts test-browser test ## All that CI runs: lint, types, contracts, test-browser, test

lint: setup ## Check format and lint rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup ## Check types (mypy --strict)
	$(BIN)/mypy

contracts: setup ## Check the import contracts of docs/architecture.md
	$(BIN)/lint-imports --no-logo

format: setup ## Format the code and apply the safe lint fixes
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

docs: setup ## Write the generated pages of docs/ anew
	$(BIN)/riskmodel docs --to docs $(ARGS)

lock: ## Write requirements.lock anew from pyproject.toml (ARGS=--upgrade takes newer versions)
	rm -rf $(VENV)/lock-tools
	$(PYTHON) -m venv $(VENV)/lock-tools
	$(VENV)/lock-tools/bin/pip install --quiet pip-tools
	CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/lock-tools/bin/pip-compile --quiet --generate-hashes --allow-unsafe \
	  --no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	  $(addprefix --extra ,$(LOCK_EXTRAS)) $(ARGS) --output-file requirements.lock pyproject.toml
	rm -rf $(VENV)/lock-tools

wheelhouse: setup ## Collect all that a server installs, for one without network, in wheelhouse/ (ARGS: more words for pip download)
	rm -rf $(WHEELHOUSE)
	mkdir -p $(WHEELHOUSE)
	$(BIN)/python deployment/server_lock.py > $(WHEELHOUSE)/server.lock
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir $(WHEELHOUSE) .
	$(BIN)/pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
	  --requirement $(WHEELHOUSE)/server.lock --dest $(WHEELHOUSE) $(ARGS)
	tar -cf - $(CARRIED) | tar -xf - -C $(WHEELHOUSE)
	cd $(WHEELHOUSE) && find * -type f ! -name SHA256SUMS -exec sha256sum -- {} + > SHA256SUMS

bench: setup ## Measure what a month costs at 300,000 and 3 million simulated households (half an hour, 30 GB of disk)
	$(BIN)/python benchmarks/scale.py $(ARGS)

bench-eph: setup ## Measure the models on the real EPH panel (EPH_PANEL=folder of the panel)
	@test -n "$(EPH_PANEL)" || { echo "Name the panel's folder: make bench-eph EPH_PANEL=..." >&2; exit 2; }
	$(BIN)/riskmodel --home benchmark-home benchmark eph "$(EPH_PANEL)" --top 10 $(ARGS)

bench-ingest: setup ## Measure the CPU per row of taking in a simulated county of 100,000 households
	$(BIN)/python benchmarks/ingest.py $(ARGS)

bench-features: setup ## Measure CPU and memory of all features of 200,000 and 1 million simulated households
	$(BIN)/python benchmarks/features.py $(ARGS)

bench-quality: setup ## Measure the models on five simulated counties, beside the truth
	$(BIN)/python benchmarks/quality.py $(ARGS)

bench-serve: setup ## Measure the service: published and fresh assessments, beside mlflow models serve
	$(BIN)/python benchmarks/serve.py $(ARGS)

bench-pages: setup ## Measure CPU and size of the pages with 300,000 households in the database
	$(BIN)/python benchmarks/pages.py $(ARGS)

bench-shap: setup ## Measure the speed of exact explanations beside shap, pred_contrib and predict
	$(BIN)/python benchmarks/shapley.py $(ARGS)

clean: ## Remove caches and build products
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov build dist
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

wipe: clean ## Remove also .venv, the demo's folders and the executed notebooks
	rm -rf $(VENV) demo demo-small executed benchmark-home screenshots $(WHEELHOUSE)

# The stamp: pip runs again only when one of these two files is newer.
$(VENV)/.installed: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "riskmodel needs Python 3.11 or newer, and '$(PYTHON)' is: $$($(PYTHON) --version 2>&1)." \
	       "Install one and name it: make setup PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV) || { \
	  rm -rf $(VENV); \
	  echo "'$(PYTHON)' cannot create a virtual environment. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing the locked dependencies into $(VENV) (about a minute, 1.4 GB) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null || test "$$(uname)" != Linux || { \
	  echo "LightGBM needs the library libgomp.so.1. On Debian: apt-get install libgomp1; then make setup again." >&2; exit 1; }
	@echo "Compiling the loops of the explanations (ten seconds) ..."
	@$(BIN)/python -c 'from riskmodel.settings import prepare_process; prepare_process(); \
	  from riskmodel.models.shapley_compiled import compiled; compiled()'
	@touch $@
