# Everything runs in .venv, which the first target makes by itself; after that nothing needs the network.
# `make help` lists the targets.

PYTHON ?= python3
NAMES ?= ../shared/data/names.txt
BIN := .venv/bin
NATIVE := $(wildcard setup.py src/micrograd/_native/*.[ch])

# What the tests and the demo would otherwise write into the home folder; and bytecode is kept, as
# hundreds of processes import the same.
HOME_MADE := $(CURDIR)/.venv/home
OWN := PATH="$(CURDIR)/$(BIN):$$PATH" XDG_CONFIG_HOME=$(HOME_MADE) XDG_DATA_HOME=$(HOME_MADE) \
       MPLCONFIGDIR=$(HOME_MADE) IPYTHONDIR=$(HOME_MADE) JUPYTER_CONFIG_DIR=$(HOME_MADE) \
       JUPYTER_DATA_DIR=$(HOME_MADE) JUPYTER_RUNTIME_DIR=$(HOME_MADE) \
       npm_config_cache=$(HOME_MADE)/npm npm_config_audit=false npm_config_fund=false \
       NODE_DISABLE_COMPILE_CACHE=1 PYTHONDONTWRITEBYTECODE=

# By another name, so that make -n only shows what it would run.
AGAIN = $(MAKE)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: docs-show properties help demo test lint fuzz test-deep test-pythons bench pictures lessons docs lock test-native clean

help:  ## show this list
	@sed -n 's/^\([a-z-]*\):.*##/\1\t/p' Makefile | expand -t 14

demo: .venv/.installed  ## train on the moons, on real digits, on names; pictures go to demo/
	@$(OWN) $(BIN)/micrograd demo moons
	@$(OWN) $(BIN)/micrograd demo digits
	@$(OWN) $(BIN)/micrograd demo invent
	@echo; echo "To go on, with python and micrograd from here:  source .venv/bin/activate"

test: .venv/.tools frontend/node_modules  ## check everything: style, types, sizes, tests (what CI runs)
	@mkdir -p build
	@.ci/browser
	@# Style and types are looked at beside the tests, and told after them. A third worker works
	@# while others wait for a browser or a process.
	@{ $(AGAIN) -s lint && $(OWN) frontend/check.sh; } >build/lint.log 2>&1 & lint=$$!; \
	$(OWN) MICROGRAD_REQUIRE_NATIVE=1 $(BIN)/python -m pytest -n 3 --dist loadfile \
	  --basetemp=build/tests --durations=10 --durations-min=5; tests=$$?; \
	wait $$lint || { cat build/lint.log; exit 1; }; exit $$tests

lint: .venv/.tools
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy --cache-dir=.mypy_cache/engine src/micrograd/engine.py  # behind its stub

test-deep: .venv/.tools frontend/node_modules build/marimo/.ready build/engines/.ready tests/engines/web/node_modules build/pyodide/.ready build/installers/.ready docs  ## run what takes minutes: kills, long runs, sanitizers, stricter compilers
	@mkdir -p build
	@$(OWN) MICROGRAD_TEST_DEEP=1 MICROGRAD_REQUIRE_NATIVE=1 $(BIN)/python -m pytest -m deep -n 2 --dist loadfile \
	  -p no:cacheprovider --basetemp=build/deep --durations=5
	@$(OWN) MICROGRAD_TEST_DEEP=1 $(BIN)/python -m pytest -q -p no:cacheprovider tests/compiler/test_standalone.py
	@$(OWN) MICROGRAD_ENGINES=1 MICROGRAD_TEST_DEEP=1 PYTHONPATH=$(CURDIR)/src build/engines/bin/python -m pytest \
	  -p no:cacheprovider --basetemp=build/engines/tests tests/engines
	@$(OWN) tests/generated.sh $(BIN)/python
	@$(OWN) tests/practise/marimo.sh build/marimo
	@rm -rf build/pure && MICROGRAD_PURE=1 $(BIN)/python -m build -q --wheel --no-isolation -o build/pure
	@$(OWN) node tests/pyodide/run.mjs . build/pyodide build/pure/*.whl
	@$(MAKE) -s test-native

test-native: .venv/.tools  ## run the C engine's tests under the address and undefined-behaviour sanitizers
	@$(OWN) tests/native/sanitize.sh $(BIN)/python

test-pythons:  ## try each Python that is found, and the oldest and newest NumPy
	@tests/pythons.sh

fuzz: .venv/.tools  ## try random cases for minutes; KIND= SEED= CASES= repeat what failed
	@$(OWN) MICROGRAD_VERIFY=1 $(BIN)/python tests/fuzz $(KIND) $(if $(SEED),--seed $(SEED)) \
	  $(if $(CASES),--cases $(CASES))

properties: .venv/.tools  ## try each property of the tests ten times as often
	@mkdir -p build
	@$(OWN) MICROGRAD_TEST_DEEP=1 $(BIN)/python -m pytest -m hypothesis -n 2 --dist loadfile \
	  -p no:cacheprovider --basetemp=build/properties

bench: .venv/.installed .venv-bench/.ready  ## measure against the peers, side by side; rewrites README's table; QUICK=1: two minutes; AVX2=1: without AVX-512
	@$(BIN)/python -m benchmarks --peers .venv-bench/bin/python --names "$(NAMES)" $(if $(QUICK),--quick) $(if $(AVX2),--avx2)
	@$(if $(QUICK)$(AVX2),,$(BIN)/python -m benchmarks.gallery --peers .venv-bench/bin/python)

pictures: .venv/.tools  ## draw the README's pictures and run the notebooks again
	@$(BIN)/python docs/make_pictures.py
	@$(BIN)/python docs/make_gallery.py
	@$(OWN) $(BIN)/python docs/run_notebook.py

lessons: .venv/.tools  ## write docs/lessons, and the same as pages into build/lessons
	@$(BIN)/python docs/make_lessons.py
	@$(OWN) $(BIN)/micrograd lessons -o build/lessons

docs: .venv/.tools build/mkdocs/.ready tests/pyodide/node_modules  ## build the site into build/site; make docs-show shows it
	@NO_MKDOCS_2_WARNING=1 PYTHONPATH=src build/mkdocs/bin/mkdocs build -q -f site/mkdocs.yml
	@$(OWN) $(BIN)/micrograd lessons -o build/site/interactive >/dev/null

docs-show: docs
	@echo "http://127.0.0.1:8000/ (Ctrl-C ends)"
	@$(BIN)/python -m http.server --bind 127.0.0.1 -d build/site 8000

lock: .venv/.tools  ## pin requirements-dev.txt to what the dev group resolves to today
	@.ci/lock

clean:  ## remove all that was made here
	rm -rf .venv .venv-bench build dist demo *.egg-info src/*.egg-info .*_cache .hypothesis
	find src tests benchmarks \( -name __pycache__ -o -name '*.so' \) -prune -exec rm -rf {} +

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "could not make .venv; on Debian: apt-get install python3-venv"; exit 1; }

# The build runs with the setuptools in .venv, so that a changed C file is rebuilt without the network.
.venv/.installed: .venv/bin/pip pyproject.toml requirements-dev.txt $(NATIVE)
	@echo "Installing micrograd into .venv (the first time this takes a while) ..."
	@.ci/install -c requirements-dev.txt setuptools
	@.ci/install -c requirements-dev.txt --no-build-isolation -e '.[all]'
	@touch $@

.venv/.tools: .venv/bin/pip pyproject.toml requirements-dev.txt $(NATIVE)
	@echo "Installing micrograd and the development tools into .venv (the first time this takes a while) ..."
	@.ci/install -c requirements-dev.txt setuptools
	@.ci/install --no-build-isolation -r requirements-dev.txt -e '.[all]'
	@touch .venv/.installed $@

frontend/node_modules: .venv/.tools
	@[ -d $@ ] || (cd frontend && $(OWN) npm ci --ignore-scripts)

build/marimo/.ready: tests/practise/marimo-requirements.txt
	@echo "Installing marimo into build/marimo ..."
	@$(PYTHON) -m venv build/marimo
	@build/marimo/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

# Without compiling: PyTorch and JAX are large.
build/engines/.ready: tests/engines/requirements.txt
	@echo "Installing PyTorch, JAX, ONNX and Optuna into build/engines ..."
	@$(PYTHON) -m venv build/engines
	@build/engines/bin/pip install -q --disable-pip-version-check --no-compile -r $<
	@touch $@

build/mkdocs/.ready: site/requirements.txt
	@echo "Installing MkDocs into build/mkdocs ..."
	@$(PYTHON) -m venv build/mkdocs
	@build/mkdocs/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

tests/%/node_modules: tests/%/package-lock.json .venv/.tools
	@cd $(@D) && $(OWN) npm ci --ignore-scripts
	@touch $@

build/installers/.ready: requirements-dev.txt
	@echo "Installing uv and pipx into build/installers ..."
	@$(PYTHON) -m venv build/installers
	@build/installers/bin/pip install -q --disable-pip-version-check uv pipx
	@build/installers/bin/pip download -q --disable-pip-version-check --no-deps -d build/installers/wheels \
	  "$$(grep '^numpy==' requirements-dev.txt)"
	@touch $@

build/pyodide/.ready: tests/pyodide/requirements.txt tests/pyodide/node_modules
	@echo "Installing what the tests need in Pyodide ..."
	@tests/pyodide/install.sh $(BIN)/python build/pyodide -r tests/pyodide/requirements.txt
	@touch $@

.venv-bench/.ready: benchmarks/requirements.txt
	@echo "Installing the peers into .venv-bench (PyTorch and JAX are large) ..."
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/pip install -q --disable-pip-version-check -r benchmarks/requirements.txt
	@touch $@
