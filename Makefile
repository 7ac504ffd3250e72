# The course's commands. Without make (Windows, for instance), see the README: each is one line of Python.
#
#   make lab                         open JupyterLab on a lesson       [LESSON=1] [LANGUAGE=es|en]
#   make test                        run every test
#   make test-browser                lessons 1 to 4 in JupyterLab, in a real browser; screenshots in out/browser
#   make test-hosts                  the lessons elsewhere: Colab, Kaggle, Binder, the oldest versions (half an hour)
#   make doctor                      tell what works on this machine, and how long the lessons take   [LANGUAGE=es|en]
#   make run LESSON=1 LANGUAGE=es    run a lesson without a browser    [BUDGET=smoke|workshop|full]
#   make build                       write the notebooks from their sources
#   make publish LESSON=1            run a lesson for real and keep its outputs
#   make publish-at REPO=owner/name  say where the course is published: badges and setup cells follow   [REF=main]
#   make format                      format and lint the code
#   make experiment                  run the experiment of lesson 4, or go on with it   [EPOCHS=10] [SEEDS=5] [NETWORKS=…]
#   make bench                       measure what is fast and what is slow: one table of ratios (minutes)
#   make stress                      the long fault tests (about half an hour)

LESSON ?= 1
LANGUAGE ?= $(if $(filter es%,$(LANG)),es,en)
BUDGET ?=
EPOCHS ?= 10
SEEDS ?= 5
NETWORKS ?= chatgpt handmade

# The first Python between 3.11 and 3.13; `make PYTHON=/path/to/python …` chooses another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& { command -v $$python; break; }; done)
VENV := .venv/bin/python

.PHONY: lab test test-browser test-hosts doctor run build publish publish-at format experiment bench stress

lab: .venv/ready
	@$(VENV) -m tools.lab --lesson $(LESSON) --language $(LANGUAGE)

test: .venv/ready
	$(VENV) -m pytest -n 2 --dist loadfile

test-browser: .venv/ready
	$(VENV) -m pip install --quiet --disable-pip-version-check -r tests/browser/requirements.txt
	$(VENV) -m pytest tests/browser -m browser

test-hosts: .venv/ready
	$(VENV) -m pytest tests/hosts -m hosts

doctor: .venv/ready
	@$(VENV) -m course_utils.doctor --language $(LANGUAGE)

run: .venv/ready
	@$(VENV) -m tools.run --lesson $(LESSON) --language $(LANGUAGE) $(if $(BUDGET),--budget $(BUDGET))

build: .venv/ready
	$(VENV) -m tools.build

publish: .venv/ready
	$(VENV) -m tools.publish --lesson $(LESSON) --budget $(or $(BUDGET),full)

publish-at: .venv/ready
	$(VENV) -m tools.publish_at "$(REPO)" --ref "$(or $(REF),main)"

format: .venv/ready
	$(VENV) -m ruff format .
	$(VENV) -m ruff check --fix .

experiment: .venv/ready
	$(VENV) -m tools.experiment --epochs $(EPOCHS) --seeds $(SEEDS) --networks $(NETWORKS)

bench: .venv/ready
	@$(VENV) -m tools.bench

stress: .venv/ready
	$(VENV) -m pytest tests -m stress

# Made again when requirements.txt changes, or when an earlier installation did not finish.
.venv/ready: requirements.txt
	$(if $(PYTHON),,$(error Python 3.11, 3.12 or 3.13 is needed. Se necesita Python 3.11, 3.12 o 3.13))
	$(PYTHON) -m venv --clear .venv
	$(VENV) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@
