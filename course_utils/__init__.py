"""What the lessons import. Modules know those of their own group and of the groups below it.

The exercises and the experiments, built on what the lessons teach

- questions/lesson_N: the exercises of lesson N
- experiments/rivals: the networks that lesson 4 compares, and those in between
- experiments/runner: trains, measures on the way, can be stopped and resumed
- experiments/tutorials: the five tutorials' networks, trained for as long as they ask
- experiments/records: trains a recipe for a minute of two cores, measures it by the frozen judge, compares
- experiments/trials: the tricks of lesson 6: a small network, and the same with one thing changed
- experiments/judgements: what follows from their results: verdicts, tables, figure
- experiments/minute: what a minute buys: lesson 7's network with one trick more, or one thing changed
- experiments/tricks: its tables and figures: what each trick costs and gives
- experiments/modes: lesson 8's remedies against collapse, and PacGAN's protocol: how many modes of a thousand
- experiments/stacked: its tables and figures: what was counted, here and in the papers
- experiments/clinic: lesson 5's patients, controls and cures, recorded; any alarm and any tree tried on them
- experiments/toy: lesson 1's game with points at many speeds, played beforehand: its measures, film and dials
- experiments/trap: the tiny networks of lesson 2's trap, and who moves in each turn
- experiments/results: the published results, and the learner's own generators beside them
- experiments/verdicts: who wins, by every measure, at every moment, by other judges; the ladder
- experiments/figures: the figures that show the results
- experiments/charts: the patients of lesson 5, under numbers, and their charts
- experiments/pasted: finds networks that somebody else has written in the code that was pasted into a cell
- experiments/contract: looks over such a pair, and says what training it would cost
- experiments/cures: what it says: what is wrong, why it matters, what to change
- experiments/playground: the playground's page, site/playground, as the output of a cell
- experiments/worker: the program that each worker of lesson 9 runs, on a laptop or a cluster
- experiments/pretrained: loads the trained generators that come with the course, notebooks/generators

What the lessons teach

- lessons/lesson_N: the exported code of lesson N, generated as notebooks/es and notebooks/en are, from notebooks/source

What the lessons use

- setup: what the first cell calls: versions, language, one line about the machine
- exercises: the kinds of exercises, and how they check, hint and explain
- buttons: answers that are clicked
- ballot: a blind vote between two grids
- monitor: the live view of a training: curves, pictures, and the rules that make it warn; the stop button
- diagnosis: those rules: what is wrong with a training, judged by its curves and a look at its samples
- progress: how long a loop will take, and how far it is
- data: MNIST, Fashion-MNIST or the stand-in digits; shuffled batches
- own_pictures: a folder of your own pictures as a data set, for `data.from_folder`
- fitting: the networks of a lesson for such pictures, where they are 32×32 or in colour
- checkpoints: save, find the newest sound checkpoint, resume, and say what is wrong with a damaged one
- workers: the same program, started several times on this machine, watched, and never left behind
- animation: frames of a training, and the GIF made of them
- turns: watches at every step that each network moves in its own turn and only there
- evaluation: the judge and its measures: Fréchet, kernel, precision and recall, confidence, nearest images
- statistics: intervals, p-values, verdicts, power
- costs: parameters and multiplications of a network, layer by layer
- fast_convolution: wide convolutions on a CPU by Fourier transform
- diagrams: drawings that explain: convolutions and the trap of lesson 2, the two tapes of lesson 3
- plots: figures, tables, drawings of networks, sliders
- player: films that play and dials that turn in the page itself, without a kernel

What everything uses

- pixels: images as arrays: what is wrong with them, scaling, grids
- folders: where the course lies, and where a run leaves what it makes
- budgets: smoke, workshop or full
- backend: TensorFlow and Keras, imported quietly, new enough, under the course's settings
- machine: cores, memory, and keeping what a training step frees
- language: Spanish or English, numbers as each writes them; the error that learners read
"""
