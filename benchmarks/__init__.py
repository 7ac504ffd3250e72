"""What is fast and what is slow: `python -m benchmarks` prints one table of ratios.

- __main__: the table, and which comparisons it holds
- lesson_1, lesson_2, lesson_3: a lesson's training loop against that of its tutorial
- lesson_7: a training of a minute against PyTorch's, and against tutorial C's time to the same distance
- choices: what the course's own choices cost or save: graphs, kept memory, figures, the judge, lesson 4's rivals
- timing: times two things in turns and gives their ratio
"""
