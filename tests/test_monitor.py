"""The monitor on real trainings, healthy and broken, and in each of the places where it shows itself."""

import sys
import textwrap
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from course_utils import data, diagnosis, monitor
from course_utils.language import CourseError, set_language
from tests.helpers.processes import outputs_in_a_notebook, python


@pytest.fixture
def lesson(tensorflow, monkeypatch):
    """The functions of lesson 1, its points drawn anew."""
    from course_utils.lessons import lesson_1

    monkeypatch.setattr(lesson_1, "rng", np.random.default_rng(22))
    return lesson_1


@pytest.fixture(scope="module")
def digits():
    """A batch of real digits in [-1, 1]."""
    return data.load("digits").x_train[:64, ..., np.newaxis].astype("float32") / 127.5 - 1.0


def train(lesson, steps, generator, discriminator, train_step, real, seed=7):
    """Train under the monitor and return it."""
    noise = lesson.tf.random.normal((64, generator.input_shape[1]), seed=seed)
    with monitor.Monitor(steps, generator, noise, discriminator, real(), draw=lambda ax, samples: None) as watch:
        for _ in range(steps):
            watch.update(**train_step(real()))
    return watch


def kinds(watch):
    return {kind for _, kind, _ in watch.diagnoses}


def toy(lesson, d_rate=2e-3, g_rate=1e-3):
    lesson.keras.utils.set_random_seed(7)
    generator, discriminator = lesson.toy_generator(), lesson.toy_discriminator()
    gan = lesson.compile_gan(generator, discriminator, g_rate=g_rate, d_rate=d_rate)
    return generator, discriminator, gan


def digit_gan(lesson, d_rate=2e-4, g_rate=2e-4, normalization=True):
    """The dense GAN of the lesson, narrower."""
    keras, layers = lesson.keras, lesson.layers
    keras.utils.set_random_seed(7)
    generator = keras.Sequential([keras.Input((50,)), layers.Dense(128, activation="relu")])
    if normalization:
        generator.add(layers.BatchNormalization(momentum=0.8))
    generator.add(layers.Dense(784, activation="tanh"))
    generator.add(layers.Reshape((28, 28, 1)))
    discriminator = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten()])
    discriminator.add(layers.Dense(128, activation="relu"))
    discriminator.add(layers.Dense(1, activation="sigmoid"))
    gan = lesson.compile_gan(generator, discriminator, g_rate=g_rate, d_rate=d_rate)
    return generator, discriminator, lesson.make_train_step(generator, discriminator, gan)


def test_a_healthy_toy_has_no_diagnosis(lesson, capsys):
    generator, discriminator, gan = toy(lesson)
    step = lesson.make_train_step(generator, discriminator, gan)
    watch = train(lesson, 160, generator, discriminator, step, lambda: lesson.real_points(64))
    assert watch.diagnoses == []
    assert "⚠" not in capsys.readouterr().out
    assert len(watch.history["d_loss"]) == watch.step == 160
    assert all(0 < value < 1 for value in watch.history["d_real"] + watch.history["d_fake"])


def test_a_healthy_gan_of_digits_has_no_diagnosis(lesson, digits):
    generator, discriminator, step = digit_gan(lesson)
    watch = train(lesson, 120, generator, discriminator, step, lambda: digits)
    assert watch.diagnoses == []


def test_frozen_once_and_for_ever(lesson, capsys):
    """The order of the tutorials: compile D, freeze it, compile the GAN, train. On Keras 3, D never moves."""
    generator, discriminator, gan = toy(lesson)
    discriminator.trainable = False
    ones, zeros = np.ones((64, 1)), np.zeros((64, 1))

    def step(real):
        fake = generator(lesson.tf.random.normal((64, 2)))
        on_real = discriminator.train_on_batch(real, ones, return_dict=True)
        discriminator.train_on_batch(fake, zeros)
        on_gan = gan.train_on_batch(lesson.tf.random.normal((64, 2)), ones, return_dict=True)
        return {"d_loss": on_real["loss"], "g_loss": on_gan["loss"]}

    watch = train(lesson, 120, generator, discriminator, step, lambda: lesson.real_points(64))
    assert "frozen" in kinds(watch)
    step_of_alarm, _, sentence = next(found for found in watch.diagnoses if found[1] == "frozen")
    assert step_of_alarm == monitor.WARM_UP
    assert "its weights have not changed for 100 steps" in sentence
    assert sentence in capsys.readouterr().out


def test_a_rate_of_0_although_a_batch_normalization_still_moves(lesson, capsys):
    """Moving averages are no learning: a D whose learning rate is 0 stands still although its BN statistics change."""
    set_language("es")
    keras, layers = lesson.keras, lesson.layers
    generator = lesson.toy_generator()
    discriminator = keras.Sequential(
        [keras.Input((2,)), layers.Dense(8), layers.BatchNormalization(), layers.Dense(1, activation="sigmoid")]
    )
    gan = lesson.compile_gan(generator, discriminator, g_rate=1e-3, d_rate=0.0)
    before = discriminator.layers[1].moving_mean.numpy()
    step = lesson.make_train_step(generator, discriminator, gan)
    watch = train(lesson, 100, generator, discriminator, step, lambda: lesson.real_points(64))
    assert not np.array_equal(before, discriminator.layers[1].moving_mean.numpy())
    assert "no rate" in kinds(watch) and "frozen" not in kinds(watch)
    out = capsys.readouterr().out
    assert "la tasa de aprendizaje de su optimizador es 0" in out and "paso 100/100 (100 %)" in out
    assert "learning rate" not in out


def test_a_rate_of_0_is_cured_by_what_the_monitor_says(lesson):
    """In the middle of the training, with the networks as they are."""
    generator, discriminator, gan = toy(lesson, d_rate=0.0)
    step = lesson.make_train_step(generator, discriminator, gan)
    noise = lesson.keras.random.normal((64, 2), seed=7)
    said = []
    with monitor.Monitor(200, generator, noise, discriminator, lesson.real_points(64), show="nothing") as watch:
        for number in range(1, 201):
            watch.update(**step(lesson.real_points(64)))
            if number == 100:
                said = watch.warnings()
                discriminator.optimizer.learning_rate = 2e-3
    assert len(said) == 1 and "discriminator.optimizer.learning_rate = …" in said[0]
    assert kinds(watch) == {"no rate"} and watch.warnings() == []


def test_thawing_is_no_cure_where_the_step_is_traced_and_beginning_again_is_one(lesson):
    """What the monitor says of a frozen D."""
    cured = []
    for again in (False, True):
        generator, discriminator, gan = toy(lesson)
        discriminator.trainable = again
        lesson.learn(discriminator, lesson.real_points(64), 1.0)  # traced now
        discriminator.trainable = True
        step = lesson.make_train_step(generator, discriminator, gan)
        watch = train(lesson, 100, generator, discriminator, step, lambda: lesson.real_points(64))
        cured.append(kinds(watch))
    assert cured == [{"frozen"}, set()]


def test_a_discriminator_that_wins_outright(lesson, digits):
    generator, discriminator, step = digit_gan(lesson, d_rate=1e-3, g_rate=1e-7)
    watch = train(lesson, 200, generator, discriminator, step, lambda: digits)
    assert kinds(watch) == {"winning"}
    assert np.mean(watch.history["d_fake"][-50:]) < 0.02


def test_a_generator_that_collapses(lesson, digits):
    generator, discriminator, step = digit_gan(lesson, d_rate=2e-4, g_rate=0.1, normalization=False)
    watch = train(lesson, 140, generator, discriminator, step, lambda: digits)
    assert "collapsed" in kinds(watch)
    assert monitor.spread(watch.samples()) < 0.1 * monitor.spread(digits)


@pytest.mark.parametrize(("count", "found"), [(1, set()), (2, {"collapsed"})])
def test_one_sample_alone_has_not_collapsed(count, found, digits):
    def generator(noise, training):
        return np.zeros((len(noise), 28, 28, 1))

    weight = SimpleNamespace(name="kernel", numpy=lambda: np.random.default_rng().random(1))
    watch = monitor.Monitor(
        100, generator, np.zeros((count, 8)), SimpleNamespace(weights=[weight]), digits, show="lines"
    )
    with watch:
        for _ in range(100):
            watch.update(d_loss=1.0)
    assert kinds(watch) == found


# --- Lesson 5's patients, trained here: those that cost little


@pytest.fixture(scope="module")
def clinic(tensorflow):
    from course_utils.experiments import clinic

    return clinic


def play(clinic, name, seed, steps, **more):
    """Train a patient under the monitor and return it."""
    clinic.keras.utils.set_random_seed(seed)
    images = data.load("digits").x_train
    return clinic.watch(clinic.game(name, **more), clinic.batches_of(name, seed, images), steps, clinic.noise_of(name))


@pytest.mark.parametrize("seed", (1, 2, 3))
def test_a_game_of_points_collapses_is_cured_and_explodes(clinic, seed):
    collapsed = play(clinic, "collapse", seed, 300)
    assert kinds(collapsed) == {"collapsed"}
    cured = play(clinic, "collapse", seed, 300, g_rate=1e-3)
    assert kinds(cured) == set() and clinic.coverage(cured.samples()) > clinic.coverage(collapsed.samples())
    # At the patient's own rates it depends on the processor's rounding whether a number overflows at once.
    exploded = play(clinic, "exploding", seed, 100)
    assert kinds(exploded) in ({"not finite"}, {"overshooting"})
    exploded = play(clinic, "exploding", seed, 100, g_rate=1e12, d_rate=1e12)
    assert kinds(exploded) == {"not finite"} and exploded.diagnoses[0][0] < 100


@pytest.mark.parametrize(("name", "found"), [("frozen", "frozen"), ("no_rate", "no rate"), ("bn", "two answers")])
def test_patients_that_draw_images_with_other_digits(clinic, name, found):
    # With these few digits a single BN does less harm than on MNIST, where the records are from.
    more = {"make_d": partial(clinic.with_bn, after=(1, 2))} if name == "bn" else {}
    watch = play(clinic, name, 1, 160, **more)
    assert kinds(watch) == {found}


def test_what_is_seen_is_kept_and_leads_to_the_same_diagnoses(clinic):
    watch = play(clinic, "collapse", 1, 200)
    assert list(watch.looks) == list(range(100, 201, 20))
    assert diagnosis.follow(watch.history, watch.looks) == [(step, kind) for step, kind, _ in watch.diagnoses]
    assert watch.looks[200].rate == pytest.approx(2e-3) and watch.looks[200].still == 0


@pytest.mark.parametrize("kind", diagnosis.KINDS)
def test_each_kind_has_a_sentence_in_both_languages(language, kind):
    history = {"d_loss": [1.0] * 150, "g_loss": [0.5] * 150, "d_real": [0.9] * 150, "d_fake": [0.1] * 150}
    for rate in (None, 1e-3):
        sentence = monitor._sentence(kind, 150, history, diagnosis.Look(still=50, rate=rate))
        assert sentence.startswith({"es": "⚠ Paso 150: ", "en": "⚠ Step 150: "}[language])
    assert diagnosis.name_of(kind)
    if kind == "two answers":
        assert "0.61" in sentence and "0.10" in sentence
    if kind == "not finite":
        assert monitor._sentence(kind, 1, {"g_loss": [float("nan")]}, diagnosis.Look())


def test_losses_that_are_no_longer_numbers(lesson):
    keras, generator = lesson.keras, lesson.toy_generator()
    discriminator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    discriminator.compile(loss="mse", optimizer=keras.optimizers.SGD(1e6))

    def step(real):
        loss = discriminator.train_on_batch(real, np.ones((64, 1)), return_dict=True)["loss"]
        return {"d_loss": loss}

    watch = train(lesson, 40, generator, discriminator, step, lambda: lesson.real_points(64))
    assert kinds(watch) == {"not finite"}
    assert watch.diagnoses[0][0] < 40


def test_a_diagnosis_that_passes_is_said_once_and_then_leaves(lesson):
    generator, discriminator, _ = toy(lesson)
    calls = []

    def step(real):
        calls.append(1)
        if not 100 < len(calls) <= 140:
            discriminator.layers[0].kernel.assign_add([[0.01] * discriminator.layers[0].units] * 2)
        return {"d_loss": 1.0}

    noise = lesson.tf.random.normal((64, 2))
    with monitor.Monitor(
        160, generator, noise, discriminator, lesson.real_points(64), draw=lambda ax, s: None
    ) as watch:
        present = []
        for _ in range(160):
            watch.update(**step(lesson.real_points(64)))
            present.append(bool(watch.warnings()))
    assert [kind for _, kind, _ in watch.diagnoses] == ["frozen"]
    assert present[139] and not present[159]


def test_a_value_that_is_no_number_is_refused_and_nothing_is_recorded(lesson):
    generator, discriminator, _ = toy(lesson)
    watch = monitor.Monitor(10, generator, lesson.tf.zeros((4, 2)), discriminator, lesson.real_points(4))
    with pytest.raises(CourseError, match=r"d_loss is a list .*return_dict=True"):
        watch.update(g_loss=1.0, d_loss=[0.7, 0.5])
    assert watch.step == 0 and watch.history == {}


def test_the_smallest_images_still_have_a_spread():
    same = np.zeros((5, 4, 4, 1))
    assert monitor.spread(same) == 0
    assert monitor.spread(np.stack([np.full((4, 4, 1), sign) for sign in (-1.0, 1.0)])) == 1


# --- Where it shows itself. Stand-ins for the models: these tests are about the view.

SCRIPT = textwrap.dedent(
    """
    import numpy as np
    from course_utils import monitor

    class Weight:
        name = "kernel"
        def numpy(self):
            return np.random.rand(2)

    class Discriminator:
        weights = [Weight()]

    def generator(noise, training):
        return np.random.uniform(-1, 1, (4, 28, 28, 1))

    real = generator(None, False)
    with monitor.Monitor(50, generator, None, Discriminator(), real) as watch:
        for _ in range(50):
            watch.update(d_loss=0.7, g_loss=0.8, d_real=0.5, d_fake=0.4)
    """
)


def test_in_a_plain_log_it_writes_a_line_every_tenth():
    done = python(SCRIPT)
    lines = done.stdout.splitlines()
    assert len(lines) == 10 and done.stderr == ""
    assert lines[4].startswith("step 25/50 (50%)")
    assert lines[4].endswith("D loss 0.70 · G loss 0.80 · D(x) 0.50 · D(G(z)) 0.40")


STOPPED = SCRIPT.replace(
    "with monitor", "import contextlib\nwith contextlib.suppress(KeyboardInterrupt), monitor"
).replace("    for _", "    raise KeyboardInterrupt\n    for _")


def test_in_a_notebook_it_is_one_line_and_one_figure_updated_in_place(tmp_path):
    """And an interruption is said under the line."""
    (line, figure), stopped = outputs_in_a_notebook(tmp_path, SCRIPT, STOPPED)
    assert "50/50" in line.data["text/plain"] and "100%" in line.data["text/plain"]
    assert "image/png" in figure.data
    line, figure = stopped
    assert "Training interrupted at step 0 of 50. The models keep" in line.data["text/plain"]
    assert "image/png" in figure.data


STOP_BUTTON = """
import os, signal, sys, threading
import numpy as np
from course_utils import monitor

layer = type("Layer", (), {"weights": [], "__call__": lambda self, noise, training: noise})()
samples = np.random.default_rng(5).normal(size=(9, 28, 28, 1))
signal.signal(signal.SIGINT, signal.default_int_handler)  # in a job in the background it may be ignored


def press():
    os.kill(os.getpid(), signal.SIGINT)


def train(presses):
    steps, done = 0, False
    try:
        with monitor.Monitor(9, layer, samples, layer, samples, show="lines") as watch:
            for _ in range(9):
                steps += 1
                for _ in range(presses if steps == 3 else 0):
                    press()
                done = steps >= 3
                watch.update(d_loss=1.0)
    except KeyboardInterrupt:
        print("stopped", presses, steps, watch.step, len(watch.history["d_loss"]), done)
    assert signal.getsignal(signal.SIGINT) in (signal.default_int_handler, signal.SIG_IGN)
    return watch


train(1)
train(2)
train(0)
thread = threading.Thread(target=train, args=[0])
thread.start()
thread.join()
try:
    press()
    print("not stopped")
except KeyboardInterrupt:
    print("as usual")
signal.signal(signal.SIGINT, signal.SIG_IGN)
train(1)
print("ignored")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill ends the process there")
def test_the_stop_button_ends_it_between_two_steps():
    """Once: the step is completed and recorded. Twice: at once. Outside a training, or ignored: as always."""
    done = python(STOP_BUTTON)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("stopped")] == ["stopped 1 3 3 3 True", "stopped 2 3 2 2 False"]
    assert sum("interrupted at step 3 of 9" in line for line in lines) == 1
    assert sum("9/9" in line for line in lines) == 3
    assert "as usual" in lines and lines[-1] == "ignored"


PRESSED = """
import signal
import numpy as np
from course_utils import monitor
from course_utils.language import set_language

set_language("es")
layer = type("Layer", (), {"weights": [], "__call__": lambda self, noise, training: noise})()
samples = np.random.default_rng(5).normal(size=(9, 28, 28, 1))
signal.signal(signal.SIGINT, signal.default_int_handler)  # in a job in the background it may be ignored
state = type("State", (), {"step": 0})()


def train_step(images):
    state.step += 1
    return {"d_loss": images}


def train(history):
    step = monitor.press_stop(train_step, state, at=3)
    try:
        with monitor.Monitor(9, layer, samples, layer, samples, show="lines", history=history) as watch:
            for number in range(state.step, 9):
                watch.update(**step(1.0))
    except KeyboardInterrupt:
        pass
    print("at", state.step, len(watch.history["d_loss"]))
    return watch.history


train(train({"d_loss": []}))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="as above")
def test_where_nobody_presses_the_stop_button_the_course_does_once_and_says_so():
    done = python(PRESSED)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert sum("en el paso 3 lo pulsa el curso" in line for line in lines) == 1
    assert sum("interrumpido en el paso 3 de 9" in line for line in lines) == 1
    assert [line for line in lines if line.startswith("at")] == ["at 3 3", "at 9 9"]
