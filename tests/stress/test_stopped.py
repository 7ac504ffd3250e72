"""The stop button in the middle of a training: what was learnt can be used, and the cell says how to go on."""

from __future__ import annotations

import re
import time

import pytest

from tests.helpers.learner import Learner, steps_shown

pytestmark = pytest.mark.stress

LONG = 4000  # steps, so that there is time to stop
HALTED = {"es": "Entrenamiento interrumpido en el paso", "en": "Training interrupted at step"}
AGAIN = {"es": "ejecútala de nuevo antes de seguir", "en": "run it again before you go on"}
FROM_CHECKPOINT = {"es": "desde el último punto de control", "en": "from the last checkpoint"}
# Everything that a cell further down may use; prints the step.
USABLE = """
import numpy as np
images = np.asarray(generator(fixed_noise, training=False))
assert images.shape == (100, 28, 28, 1) and np.isfinite(images).all()
lengths = {len(values) for values in monitor.history.values()}
assert lengths == {monitor.step} and 0 < monitor.step < steps
assert all(np.isfinite(values).all() for values in monitor.history.values())
assert all(weight.trainable for model in (generator, discriminator) for weight in model.trainable_variables)
assert discriminator.trainable and generator.trainable and len(discriminator.trainable_variables) >= 4
assert all(np.isfinite(float(value)) for value in train_step(real).values())
plots.show_curves(monitor.history, {"d_loss": "D", "g_loss": "G"}, "D, G")
plt.show()
print("usable", monitor.step)
"""


def after(steps: int, seconds: float = 1.0):
    """Return a function that says yes once the progress line shows so many steps, and a moment has passed."""
    seen = []

    def stop(outcome) -> bool:
        if steps_shown(outcome) >= steps and outcome.pictures:
            seen.append(time.monotonic())
        return bool(seen) and time.monotonic() - seen[0] >= seconds

    return stop


@pytest.mark.parametrize(
    ("lesson", "language", "sentence"),
    [
        ("01_fully_connected_gan", "es", "Entrenamiento interrumpido: ejecuta de nuevo"),
        ("02_dcgan_train_on_batch", "en", "Training was interrupted: run"),
    ],
)
def test_lessons_1_and_2_begin_the_training_anew(course, lesson, language, sentence):
    with Learner(course, lesson, language) as learner:
        cell = learner.training
        learner.run_all(0, cell)
        learner.run(f"smoke, steps = steps, {LONG}")

        stopped = learner.run(learner.cells[cell].source, stop=after(30))
        assert stopped.pictures and HALTED[language] in stopped.text, stopped.text
        # The cell lets the interruption through, which stops "run all" too.
        assert stopped.error == "KeyboardInterrupt" and AGAIN[language] in stopped.text
        usable = learner.run(USABLE)
        assert usable.error is None and usable.pictures == 1, usable.message
        print(lesson, usable.texts[-1].strip())

        refused = learner.run(learner.cells[cell + 1].source)
        assert refused.error == "AssertionError" and sentence in refused.message
        learner.run("steps = smoke")
        learner.run_all(cell)


def test_the_stop_button_works_every_time(course):
    """At a moment of its own each time. An interruption in the middle of a step got lost once in twenty or thirty."""
    with Learner(course, "02_dcgan_train_on_batch", "es") as learner:
        cell = learner.training
        learner.run_all(0, cell)
        learner.run(f"steps = {LONG}")
        for number in range(30):
            stopped = learner.run(learner.cells[cell].source, stop=after(1, 0.8 + number / 30), seconds=60)
            assert stopped.error is None and HALTED["es"] in stopped.text, stopped.message
            recorded = learner.run("print({len(v) for v in monitor.history.values()} == {monitor.step})")
            assert recorded.text.strip() == "True", recorded.message


def test_lesson_3_goes_on_from_its_last_checkpoint(course):
    """The learner presses the button before the course does; the next cell goes on, and may be stopped as well."""
    with Learner(course, "03_dcgan_gradient_tape", "es") as learner:
        cell = learner.training
        learner.run_all(0, cell)
        learner.run(f"smoke, steps = steps, {LONG}")

        stopped = learner.run(learner.cells[cell].source, stop=after(30))
        assert stopped.error is None and stopped.pictures and "Nadie ha pulsado" not in stopped.text
        assert HALTED["es"] in stopped.text and FROM_CHECKPOINT["es"] in stopped.text
        learner.run("generator, discriminator = state.generator, state.discriminator\nimport matplotlib.pyplot as plt")
        usable = learner.run(USABLE)
        assert usable.error is None and usable.pictures == 1, usable.message
        step = int(usable.texts[-1].split()[-1])
        refused = learner.run(learner.cells[cell + 2].source)
        assert refused.error == "AssertionError" and "ejecuta de nuevo la celda que entrena" in refused.message

        saved = (step - 1) // 10 * 10  # the last step is recorded, no more
        learner.run(f"steps = {saved + 20}")
        resumed = learner.run(learner.cells[cell + 1].source)
        assert resumed.error is None, resumed.message
        restored = re.search(r"Restaurado: época \d+, paso ([\d\s]+);", resumed.text)
        assert restored and int(re.sub(r"\D", "", restored[1])) == saved, resumed.text
        whole = learner.run(f"assert monitor.step == steps and len(monitor.history['d_loss']) == {saved + 20}")
        assert whole.error is None, whole.message
        learner.run_all(cell + 2)


def test_where_nobody_presses_the_button_of_lesson_3_the_course_does_so_once(course):
    with Learner(course, "03_dcgan_gradient_tape", "en") as learner:
        cell = learner.training
        learner.run_all(0, cell)
        stopped = learner.run(learner.cells[cell].source)
        assert stopped.error is None and "at step 13 the course presses it" in stopped.text
        assert f"{HALTED['en']} 13 of 40" in stopped.text
        again = learner.run(learner.cells[cell].source)
        assert again.error is None and "presses" not in again.text and HALTED["en"] not in again.text
        learner.run_all(cell + 1)


def test_lesson_4_keeps_the_runs_that_were_finished(course):
    with Learner(course, "04_chatgpt_vs_handmade", "en") as learner:
        cell = learner.training
        learner.run_all(0, cell)
        # The last of the four runs is long.
        learner.run("from course_utils.progress import Ticker\nsmoke, seeds = seeds, (1, 2)")
        learner.run(
            "def compete(*arguments, whole=compete):\n"
            "    if len(mine) == 3 and not globals().get('stopped'):\n"
            f"        arguments = (*arguments[:3], ({LONG},), Ticker({LONG}))\n"
            "    return whole(*arguments)"
        )

        def in_the_last_run(outcome):
            in_the_last_run.calls += "seed 2" in outcome.text and f"/{LONG} " in outcome.text
            return in_the_last_run.calls > 4

        in_the_last_run.calls = 0
        stopped = learner.run(learner.cells[cell].source, stop=in_the_last_run)
        assert stopped.error == "KeyboardInterrupt" and AGAIN["en"] in stopped.text
        refused = learner.run(learner.cells[cell + 1].source)
        assert refused.error == "AssertionError" and "run the training cell again" in refused.message
        kept = learner.run(
            "assert len(mine) == 3 and all(np.isfinite(r['generator'](np.zeros((2, 50)))).all() for r in mine)\n"
            "kept, stopped = list(mine), True"
        )
        assert kept.error is None, kept.message
        learner.run_all(cell)
        same = learner.run("assert len(mine) == 4 and all(a is b for a, b in zip(kept, mine))")
        assert same.error is None, same.message
