"""Lesson 9: shares, noise and losses of replicas; the loop that goes on where it was, bit for bit."""

import json

import numpy as np
import pytest

from course_utils import checkpoints, data
from tests.helpers.processes import python

pytestmark = pytest.mark.usefixtures("tensorflow")


@pytest.fixture
def lesson(tensorflow):
    from course_utils.lessons import lesson_9

    return lesson_9


STARTED = """
import sys
from course_utils.experiments import worker
worker.start_strategies([1])
from course_utils.lessons import lesson_9
print([name for name in ("sklearn", "IPython") if name in sys.modules])
"""


def test_a_worker_leaves_out_what_only_a_notebook_needs():
    done = python(STARTED)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize("replicas", (1, 2, 4))
def test_the_shares_of_all_replicas_are_the_batch(lesson, replicas):
    batch = np.arange(lesson.BATCH)
    assert np.array_equal(np.concatenate([lesson.my_share(batch, i, replicas) for i in range(replicas)]), batch)
    noise = np.concatenate([lesson.my_noise(5, i, replicas) for i in range(replicas)])
    assert np.array_equal(noise, lesson.my_noise(5, 0, 1))
    assert not np.array_equal(noise, lesson.my_noise(6, 0, 1))


def test_the_losses_of_all_replicas_add_up_to_lesson_3_s(lesson):
    import tensorflow as tf

    from course_utils.lessons import lesson_3

    real, fake = (tf.random.stateless_normal((lesson.BATCH, 1), seed=[1, i]) for i in range(2))
    parts = [[lesson.my_share(logits, i, 4) for logits in (real, fake)] for i in range(4)]
    together = np.sum([lesson.my_losses(*part) for part in parts], axis=0)
    assert np.allclose(together, [lesson_3.discriminator_loss(real, fake), lesson_3.generator_loss(fake)])


def test_a_training_that_goes_on_has_the_bits_of_one_in_one_go(lesson, tmp_path):
    import keras
    import tensorflow as tf

    images = data.load("digits").x_train
    strategy, told = tf.distribute.get_strategy(), []

    def train(folder, steps):
        state = lesson.make_state(strategy, lambda: keras.optimizers.Adam(1e-3, beta_1=0.5))
        checkpoints.restore(state, folder, steps, 20)
        lesson.train(
            state,
            lesson.make_step(strategy, state),
            images,
            steps,
            folder,
            save_every=2,
            chief=True,
            tell=lambda **what: told.append(what["step"]),
        )
        return state

    whole = train(tmp_path / "whole", 5)
    train(tmp_path / "halves", 3)
    halves = train(tmp_path / "halves", 5)
    assert checkpoints.count_different(whole, halves) == {"G": 0, "D": 0, "Adam": 0}
    assert np.array_equal(whole.history, halves.history) and whole.history.numpy().shape == (5, 2)
    assert told == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]
    assert all(np.isfinite(whole.history.numpy().ravel()))


def test_only_the_chief_saves(lesson, tmp_path):
    class State:
        step = np.int64(0)
        history = type("History", (), {"numpy": lambda self: np.zeros((0, 2)), "assign": lambda self, curves: None})()

    lesson.train(State(), lambda batch: (1, 2), data.load("digits").x_train, 2, tmp_path, 1, False, lambda **what: None)
    assert list(tmp_path.iterdir()) == []


SAYS_OF_KERAS = """
import json, os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
import keras
with strategy.scope():
    weight = keras.Variable([5.0])
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build([weight])
logits, ones = tf.constant([[0.5], [-1.0]]), tf.ones((2, 1))

@tf.function
def step():
    replica = tf.distribute.get_replica_context().replica_id_in_sync_group
    optimizer.apply([tf.constant([1.0]) + tf.cast(replica, tf.float32)], [weight])
    losses = [keras.losses.BinaryCrossentropy(from_logits=True, reduction=r)(ones, logits)
              for r in ("sum", "sum_over_batch_size")]
    return losses

losses = [[float(x) for x in strategy.experimental_local_results(loss)] for loss in strategy.run(step)]
print(json.dumps([losses, float(strategy.experimental_local_results(weight.value)[0][0])]))
"""


def test_keras_adds_up_gradients_and_divides_means_but_not_sums():
    """What § Divided by what? says, with two replicas."""
    done = python(SAYS_OF_KERAS)
    assert done.returncode == 0, done.stderr
    (sums, means), weight = json.loads(done.stdout.splitlines()[-1])
    cost = np.logaddexp(0, [-0.5, 1.0]).sum()
    assert np.allclose(sums, cost) and np.allclose(means, cost / 2 / 2)
    assert weight == 5 - (1 + 2)
