# The course's commands: `make help` lists them. Without make (Windows, for instance), see the README: each is one line
# of Python.

LESSON ?= 1
# Where the command does not say it, the tools take the language of the computer.
LANGUAGE_OPTION = $(if $(filter command,$(origin LANGUAGE)),--language $(LANGUAGE))
BUDGET ?=
EPOCHS ?= 10
SEEDS ?= 5
NETWORKS ?= chatgpt handmade
PLACE ?= colab

# The first Python between 3.11 and 3.13; `make PYTHON=/path/to/python …` chooses another. Without any, python3 says so.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& { command -v $$python; break; }; done)
VENV := .venv/bin/python

.DEFAULT_GOAL := help
# Made again also when its Python does not run or is another one: the system was changed, the folder came from elsewhere.
ifneq ($(shell $(VENV) -c 'import pip; print(1)' 2>/dev/null),1)
.PHONY: .venv/ready
endif

.PHONY: help lab run doctor update test test-lessons test-browser test-hosts smoke stress bench build format publish \
	address experiment tutorials trials minute clinic modes record site site-serve

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: .venv/ready ## open JupyterLab on a lesson [LESSON=1] [LANGUAGE=es|en]
	@$(VENV) -m tools.lab --lesson $(LESSON) $(LANGUAGE_OPTION)

run: .venv/ready ## run a lesson without a browser [LESSON=1] [LANGUAGE=es|en] [BUDGET=smoke|workshop|full]
	@$(VENV) -m tools.run --lesson $(LESSON) $(LANGUAGE_OPTION) $(if $(BUDGET),--budget $(BUDGET))

doctor: .venv/ready ## tell what works on this machine, and how long the lessons take [LANGUAGE=es|en]
	@$(VENV) -m tools.doctor $(LANGUAGE_OPTION)

update: .venv/ready ## bring the newest version of the course; your answers stay [LANGUAGE=es|en] [ZIP=file or address]
	@$(VENV) -m tools.update $(LANGUAGE_OPTION) $(if $(ZIP),--zip "$(ZIP)")

test: .venv/ready ## run every test, and every lesson in its shortest form, in one of its languages
	$(VENV) -m pytest -n 3 --dist loadfile

test-lessons: .venv/ready ## run every lesson in both languages, in its shortest form
	$(VENV) -m pytest -n 2 --dist loadfile notebooks/es notebooks/en

test-browser: .venv/ready ## the lessons in JupyterLab, in a real browser; screenshots in out/browser
	$(VENV) -m pip install --quiet --disable-pip-version-check -r tests/browser/requirements.txt
	$(VENV) -m pytest tests/browser -m browser

test-hosts: .venv/ready ## the lessons elsewhere: Colab, Kaggle, Binder, a dev container, … (more than an hour)
	$(VENV) -m pytest tests/hosts -m hosts

smoke: .venv/ready ## every lesson, or some, with the versions of a host [PLACE=colab] [LESSONS="1 3"] [LANGUAGE=es|en]
	$(VENV) -m tests.hosts.smoke $(PLACE) $(if $(LESSONS),--lessons $(LESSONS)) $(LANGUAGE_OPTION)

stress: .venv/ready ## the long fault tests (about half an hour)
	$(VENV) -m pytest tests -m stress

bench: .venv/ready ## measure what is fast and what is slow: one table of ratios (minutes)
	@$(VENV) -m benchmarks

build: .venv/ready ## write notebooks, exported code, badges and tables from their sources
	$(VENV) -m tools.build

format: .venv/ready ## format and lint the code
	$(VENV) -m ruff format .
	$(VENV) -m ruff check --fix .

publish: .venv/ready ## run a lesson for real and keep its outputs [LESSON=1] [BUDGET=workshop|full]
	$(VENV) -m tools.publish --lesson $(LESSON) $(if $(BUDGET),--budget $(BUDGET))

address: .venv/ready ## say where the course is published: links, setup cells follow [REPO=owner/name] [REF=main]
	$(if $(REPO),,$(error REPO=owner/name is missing))
	$(VENV) -m tools.address "$(REPO)" --ref "$(or $(REF),main)"

site: .venv/ready .venv-site/ready ## build the site, in both languages, from what is published (out/site)
	@$(VENV) -m tools.site

site-serve: .venv/ready ## show the site on this machine [PORT=8000]
	@$(VENV) -m tools.site --serve $(if $(PORT),--port $(PORT))

experiment: .venv/ready ## run the experiment of lesson 4, or go on with it [EPOCHS=10] [SEEDS=5] [NETWORKS=…]
	$(VENV) -m tools.experiment --epochs $(EPOCHS) --seeds $(SEEDS) --networks $(NETWORKS)

tutorials: .venv/ready ## train the five tutorials' networks at full length, or go on with it (eight hours) [ONLY="A E"]
	@$(VENV) -m tools.tutorials $(if $(ONLY),--only $(ONLY))

trials: .venv/ready ## put the tricks of lesson 6 on trial, or go on with it (hours) [ONLY="smoothed noisy"]
	@$(VENV) -m tools.trials $(if $(ONLY),--only $(ONLY))

minute: .venv/ready ## train with every trick of lesson 7, or go on with it (hours; COSTS=1: what a step costs here)
	@$(VENV) -m tools.minute $(if $(COSTS),--costs) $(if $(ONLY),--only $(ONLY))

clinic: .venv/ready ## train lesson 5's patients, or go on with it (minutes) [ONLY="strong bn"]
	@$(VENV) -m tools.clinic $(if $(ONLY),--only $(ONLY))

modes: .venv/ready ## count lesson 8's modes, or go on with it (two hours; COSTS=1: what a step costs here) [ONLY="plain packing"]
	@$(VENV) -m tools.modes $(if $(COSTS),--costs) $(if $(ONLY),--only $(ONLY))

record: .venv/ready ## train a recipe for a minute with five seeds; where does it stand? [RECIPE=recipes/tutorial_d.py]
	@$(VENV) -m tools.record $(or $(RECIPE),recipes/tutorial_d.py) $(LANGUAGE_OPTION)

# Made again when requirements.txt changes, or when an earlier installation did not finish.
.venv/ready: requirements.txt
	@"$(or $(PYTHON),python3)" -m tools.environment

# Sphinx has an environment of its own: no learner needs it.
.venv-site/ready: site/requirements.txt
	"$(or $(PYTHON),python3)" -m venv --clear .venv-site
	.venv-site/bin/python -m pip install --quiet --disable-pip-version-check -r site/requirements.txt
	touch $@
