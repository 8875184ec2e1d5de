# Each command creates a virtual environment if necessary, and installs its dependencies there:
#
#   make demo             two players sign in on a development server
#   make test             the test suite, with the coverage gate
#   make test-load        200 players sign in at once to each example game, on its production server; other long tests
#   make lint             ruff, import-linter, pydoclint, codespell, typos, zizmor, mypy and pyright
#   make example-django   a dice game with Django, and the development server; ARGS="--port 8001" for another port
#   make example-fastapi  the same with FastAPI
#   make example-flask    the same with Flask
#   make bench            the benchmarks; ARGS="--quick" for a short run
#   make docs             builds the documentation site into site/
#   make screenshots  takes the pictures of the pages again, with a browser
#   make mutate           changes the code in single places, and reports which changes no test notices; ARGS="--list" for its parts
#   make conformance      compares the development server with the official one, which it builds once
#   make conformance-clients  signs in to the development server with clients of other languages, which it builds once
#   make binary           the development server as one file that needs no Python, dist/eternaltwin, checked at its end
#   make release-check    builds the sdist and the wheel into dist/, and checks all that must hold before a release
#   make format           formats the code, and applies the fixes of ruff
#   make clean            removes the environment and everything that was built
#
# Variables:
#
#   PYTHON   the interpreter (default: the first one that is new enough)
#   VENV     the folder of the environment (default: .venv)
#   ARGS     further arguments for the command that is run, such as pytest
#   WORKERS  number of processes of `make test` (default: one more than processors, since many tests wait, at most 4)

PYTHON ?=
VENV ?= .venv
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
ARGS ?=

BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
DEVELOPMENT := $(VENV)/.development-installed
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: help demo example-django example-fastapi example-flask test test-load lint docs screenshots bench mutate conformance conformance-clients binary release-check format clean

help:
	@sed -n 's/^#   make/make/p' Makefile

demo: $(RUNTIME)
	@$(BIN)/python -m examples.demo $(ARGS)

example-django: $(DEVELOPMENT)
	@$(BIN)/python -m examples.django_game $(ARGS)

example-fastapi: $(DEVELOPMENT)
	@$(BIN)/python -m examples.fastapi_game $(ARGS)

example-flask: $(DEVELOPMENT)
	@$(BIN)/python -m examples.flask_game $(ARGS)

# Compiling the code anew takes longer than many tests, which start more than a hundred programs: bytecode is stored, also
# if the environment forbids it.
test test-load: export PYTHONDONTWRITEBYTECODE :=

test: $(DEVELOPMENT)
	@sh tools/install_test_programs.sh
	@$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) --maxprocesses 4 --dist worksteal -m "not load and not long" $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

test-load: $(DEVELOPMENT)
	@sh tools/install_test_programs.sh
	$(BIN)/python -m pytest -m "load or long" $(ARGS)

lint: $(DEVELOPMENT)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/codespell
	$(BIN)/typos docs *.md .github .gitlab
	$(BIN)/zizmor --quiet --offline --persona pedantic .github
	$(BIN)/pydoclint --quiet src
	$(BIN)/mypy
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python

docs: $(DEVELOPMENT)
	@$(BIN)/python -m tools.site $(ARGS)

screenshots: $(DEVELOPMENT)
	@$(BIN)/python -m tools.site.screenshots $(ARGS)

bench: $(DEVELOPMENT)
	@$(BIN)/python -m benchmarks $(ARGS)

mutate: $(DEVELOPMENT)
	@$(BIN)/python -m tools.mutate $(ARGS)

conformance: $(DEVELOPMENT)
	@$(BIN)/python -m conformance run $(ARGS)

conformance-clients: $(DEVELOPMENT)
	@$(BIN)/python -m conformance clients

# In an environment of its own, since PyInstaller packs what it finds.
binary:
	@python=$$(sh tools/choose_python.sh $(PYTHON)) && $$python -m venv $(VENV)-binary
	@echo "Installing PyInstaller into $(VENV)-binary ..."
	@$(VENV)-binary/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		".[server,cli,binary]"
	@$(VENV)-binary/bin/python -m tools.binary $(ARGS)

release-check: $(DEVELOPMENT)
	@$(BIN)/python -m tools.release $(ARGS)

format: $(DEVELOPMENT)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	@if [ -e $(VENV)/pyvenv.cfg ]; then rm -rf $(VENV); fi
	@if [ -e $(VENV)-binary/pyvenv.cfg ]; then rm -rf $(VENV)-binary; fi
	rm -rf .venv-older build dist site htmlcov .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): pyproject.toml constraints.txt
	@python=$$(sh tools/choose_python.sh $(PYTHON)) && $$python -m venv $(VENV)
	@echo "Installing eternaltwin into $(VENV) ..."
	@$(PIP_INSTALL) --editable ".[crypto,server,cli]"
	@touch $@

$(DEVELOPMENT): $(RUNTIME)
	@echo "Installing the dependencies of tests and checks into $(VENV) ..."
	@$(PIP_INSTALL) --editable ".[dev]"
	@touch $@
