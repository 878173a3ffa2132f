# The verbs of the project. `make` needs Python 3.10 to 3.13 with venv; everything else goes into .venv.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.complete
ASSIGNMENTS := $(notdir $(wildcard solutions/*))
EXTRAS ?= test
TESTERS ?= auto

# The first interpreter that really starts and is of a supported version (a name on PATH may be a broken shim).
PYTHON ?= $(shell for p in python3 python3.12 python3.13 python3.11 python3.10 python; do \
	$$p -c 'import sys, venv; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)

PYENV := $(HOME)/.pyenv/versions

# For Colab's versions, which ask for 3.12 exactly.
PYTHON312 ?= $(shell for p in python3.12 python3 $(PYENV)/3.12*/bin/python3; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info[:2] != (3, 12))' 2>/dev/null && echo $$p && break; done)
# Students may write on a newer Python than the grader's: their code runs on the newest supported one there is (not on
# 3.13.0, which dies of an endless recursion through default arguments, where others raise RecursionError).
STUDENT_PYTHON ?= $(shell for p in python3.13 $(PYENV)/3.13*/bin/python3 python3.12 $(PYENV)/3.12*/bin/python3 python3; do \
	$$p -c 'import sys, venv; v = sys.version_info; sys.exit(not (3, 10) <= v < (3, 14) or v[:3] == (3, 13, 0))' 2>/dev/null && echo $$p && break; done)
STUDENT := .venv-student
COLAB := .venv-colab
OTTER := .venv-otter

# install(venv, what): with uv, which takes seconds; with pip, which takes minutes, where uv cannot.
PIP := -m pip install --quiet --disable-pip-version-check
install = { echo "$(1): installing packages with uv" && $(1)/bin/python $(PIP) uv && \
	$(1)/bin/uv pip install --quiet --python $(1)/bin/python $(2); } || \
	{ echo "$(1): uv cannot, so pip installs them: this may take some minutes" && $(1)/bin/python $(PIP) $(2); }

# Programs that start often (sealed processes, tests' own) would be compiled anew each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test check test-colab release publish lint format audit benchmark constraints clean

help:
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP)  ## create .venv with everything pinned by constraints.txt

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "No Python 3.10 to 3.13 with the venv module was found. Name one: make setup PYTHON=/path/to/python3"; exit 1; }
	@# `.venv` may be a link to a folder elsewhere, which venv refuses: it gets the folder itself.
	$(PYTHON) -m venv "$$($(PYTHON) -c 'import os; print(os.path.realpath("$(VENV)"))')"
	@$(call install,$(VENV),--constraint constraints.txt --editable '.[$(EXTRAS)]')
	@echo "$(VENV): compiling"
	@# Without .pyc files TensorFlow and NumPy take twice as long to import, and the sealed process cannot write its own.
	-@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib autograder > /dev/null 2>&1
	@$(MAKE) --no-print-directory $(STUDENT)
	-@$(BIN)/python -m autograder.sandbox.bytecode
	@touch $@

# A Python with NumPy for students' code, where there is a newer one than the grader's.
.PHONY: $(STUDENT)
$(STUDENT):
	@rm -rf $@; old=$$($(BIN)/python -c 'import sys; print(sys.version_info[1])'); \
	new=$$($(STUDENT_PYTHON) -c 'import sys; print(sys.version_info[1])'); \
	if [ "$$new" -gt "$$old" ]; then { $(STUDENT_PYTHON) -m venv $@ && \
		{ $(call install,$@,--constraint constraints.txt numpy matplotlib); } && \
		$(BIN)/python -m autograder.sandbox.interpreter $@/bin/python > $@/found && mv $@/found $@/interpreter.json; } \
		|| { echo "students' code will run on the grader's own Python"; rm -rf $@; }; fi

demo: setup  ## grade a demonstration class end to end
	$(BIN)/python -m autograder demo

test: setup  ## run every test
	$(BIN)/python -m pytest -n $(TESTERS)

check: lint  ## ruff, types and the fast tests
	$(BIN)/python -m pytest -n $(TESTERS) -m "not slow"

test-colab:  ## run all notebooks with the versions that Colab has, in a venv of their own
ifeq ($(PYTHON312),)
	@echo "Skipped: Colab has Python 3.12, and none was found. Name one: make test-colab PYTHON312=/path/to/python3.12"
else
	@test -f $(COLAB)/.complete || { $(PYTHON312) -m venv $(COLAB) && \
		{ $(call install,$(COLAB),--requirement tests/colab.txt); } && \
		touch $(COLAB)/.complete; }
	$(COLAB)/bin/python -m pytest tests/assignments/test_notebooks.py
endif

release: setup  ## regenerate assignments/ from solutions/
	@for a in $(ASSIGNMENTS); do $(BIN)/nbgrader generate_assignment $$a --force --log-level=WARN || exit 1; done

publish: setup  ## dist/students.zip: what students get, looked through for what they must not get
	$(BIN)/python -m autograder publish

lint: setup  ## ruff: style and format; mypy: types of the surfaces
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

format: setup
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

audit: setup  ## the grader's own exam: all known solutions and mistakes; writes docs/feedback.md
	AUTOGRADER_SECRET=tests/helpers/secret.txt $(BIN)/python -m autograder audit --mutants --docs docs/feedback.md

benchmark: setup  ## measure a class against stock nbgrader and otter-grader; writes docs/benchmark.md. BENCHMARK='--against REVISION' also against an earlier one
	@test -f $(OTTER)/.complete || { $(PYTHON) -m venv $(OTTER) && \
		{ $(call install,$(OTTER),--requirement benchmarks/otter.txt); } && \
		touch $(OTTER)/.complete; }
	$(BIN)/python -m benchmarks $(BENCHMARK)

constraints: setup  ## renew constraints.txt: every package at its newest version that fits
	$(BIN)/python $(PIP) uv
	@{ echo "# Every package of the environment at one version, good for Python 3.10 to 3.13 on each platform."; \
		echo "# Made from pyproject.toml: make constraints"; } > constraints.new
	$(BIN)/uv pip compile --quiet --universal --python-version 3.10 --fork-strategy fewest --all-extras --no-header \
		--no-annotate --no-emit-index-url --upgrade pyproject.toml >> constraints.new
	mv constraints.new constraints.txt

clean:  ## remove .venv, the answer key and everything graded
	rm -rf $(VENV) $(STUDENT) $(COLAB) $(OTTER) .cache .mypy_cache build grading
