"""How the course is built, published, run and checked. Most are commands, `python -m tools.NAME`.

From the sources to the course

- build: the command; calls what follows
- source: reads a lesson's source, notebooks/source/NN_slug.py
- bilingual: chooses a language in its code
- setup_cell.py: the text of the first cell of every notebook, on Colab, Kaggle or at home
- notebooks: makes notebooks/es and notebooks/en; which outputs are still those of the code
- export: writes course_utils/lessons from the cells tagged `export`
- links: the badges and links that open a lesson on Colab, Kaggle, Binder or a hub
- tables: every measured number in the READMEs, workshop/, tutorials/, hub/ and notebooks/generators/
- address: says where the course is published, and builds
- answers: what learners have typed into the notebooks: found, set aside, put into a newer version
- gate: checks that all of this is up to date, and that both languages say the same
- markdown: compares the texts of both languages

From the course to the site

- site: the command; calls what follows, and Sphinx, or shows the site
- site_pages: the entrance, how to run the course, tricks, records, glossary; the texts that become pages
- site_lessons: the page of a lesson, from its published notebook
- site_text: links that lead to pages, and anchors that both languages share
- site_pictures: pictures beside the pages, as WebP

Coming to a learner's machine

- environment: makes `.venv`, or says why that cannot work here
- update: brings the newest version of the course, and keeps what has been typed

Running lessons

- lab: opens JupyterLab on a lesson
- run: runs a lesson without a browser
- execute: runs a notebook in a fresh kernel
- publish: runs a lesson for real and keeps its outputs
- generators: keeps the trained generator that a published run has left, and its card
- walker: trains the generator of 100 noise numbers that lesson 3 walks with
- playground: rounds the trained generators until all of them fit into the playground's page
- toy: plays lesson 1's game with points at many speeds
- experiment: runs the experiment of lesson 4, many trainings, a few at a time
- tutorials: trains the five tutorials' own networks for as long as they ask
- trials: puts the tricks of lesson 6 on trial: one change at a time, five seeds each
- minute: trains lesson 7's network with every trick: what each costs and gives
- modes: counts how many of a thousand modes lesson 8's trainings draw, and PacGAN's protocol
- clinic: trains lesson 5's patients, their controls and their cures, from three seeds each
- runs: many runs, shared among processes, kept run by run
- record: trains a recipe for a minute with five seeds, and says where it stands
- doctor: what works on this machine, and how long the lessons take on it

And below all of them, course: where the files lie, which lessons there are, the course's address.
"""
