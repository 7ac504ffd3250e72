"""Lesson 7's network and labels with the loss of R3GAN: relativistic, with penalties on D's slope (R1 and R2)."""

from course_utils.experiments.minute import relativistic_r1_r2
from course_utils.lessons.lesson_7 import Settings, Training

LABELS = True


def start(images, labels, seed):
    return Training(images, labels, seed, Settings(), relativistic_r1_r2)
