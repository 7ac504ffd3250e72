"""Tutorial D as it is: its two networks, its batches of 256, its Adam, its losses. Where everybody starts.

A recipe is a file with `LABELS` and `start`. Copy this one, change it, and run `make record RECIPE=recipes/yours.py`.
"""

import keras

from course_utils import data
from course_utils.lessons import lesson_3

LABELS = False  # it never looks at the labels of the training images
BATCH_SIZE = 256


class Training:
    def __init__(self, images, seed):
        keras.utils.set_random_seed(seed)
        networks = lesson_3.make_generator(), lesson_3.make_discriminator()
        optimizers = keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4)
        self.state = lesson_3.make_state(*networks, *optimizers, seed=seed)
        self.step = lesson_3.make_train_step(self.state, BATCH_SIZE)
        self.batches = iter(data.make_batches(images, BATCH_SIZE, seed=seed))
        self.variables = [*self.state.noise_source.trackable_variables, self.state.step, *self.state.dropout_seeds]
        for part in (*networks, *optimizers):
            self.variables += part.variables

    def run(self, part):
        self.step(next(self.batches))

    def finish(self):
        return self.state.generator


def start(images, labels, seed):
    return Training(images, seed)
