"""A killed training ends where it would have ended; damaged checkpoints, full disks and other networks are named."""

import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

import numpy as np
import pytest

from course_utils import checkpoints, folders, setup
from course_utils.language import CourseError
from tests.helpers import train_and_die
from tools.course import ROOT


@pytest.fixture(autouse=True, scope="module")
def started():
    setup.start("en", "03_dcgan_gradient_tape")


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """A folder with the checkpoints of steps 10, 20 and 30, and the weights at each."""
    folder = tmp_path_factory.mktemp("three")
    state = train_and_die.new_state()
    manager = checkpoints.make_manager(state, folder)
    weights = {}
    for step in (10, 20, 30):
        state.step.assign(step)
        for weight in state.generator.trainable_variables:
            weight.assign(weight + 0.01 * step)
        weights[step] = train_and_die.fingerprint(state)
        checkpoints.save(manager)
    return folder, weights


@pytest.fixture
def copy_of_three(three, tmp_path):
    shutil.copytree(three[0], tmp_path / "training")
    return tmp_path / "training", three[1]


def restore(folder, state=None, steps=100):
    state = state or train_and_die.new_state()
    return state, checkpoints.restore(state, folder, steps, steps_per_epoch=7)


# --- Killed


def run(folder, *moment):
    """Run the small training in a process of its own; return its exit status."""
    command = [sys.executable, "-m", "tests.helpers.train_and_die", str(folder), *map(str, moment)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


def kill_and_resume(folder, moments):
    """Kill the training at each moment, resuming it each time, then let it end here; return its fingerprint."""
    deaths = 0
    for seed, moment in enumerate(moments):
        # Each life begins again from a copy of the last, so that the training never ends before its last death.
        status = run(folder, moment, seed)
        deaths += status == -signal.SIGKILL
        if status == 0:
            shutil.rmtree(folder)
    assert deaths >= len(moments) - 1
    return train_and_die.train_to_the_end(folder)


@pytest.mark.stress
def test_killed_at_twenty_moments_it_ends_where_it_would_have_ended(tmp_path):
    never_killed = train_and_die.train_to_the_end(tmp_path / "whole")
    moments = ["step", "save", "between", "save", "step"] * 4
    assert kill_and_resume(tmp_path / "killed", moments) == never_killed


# --- What is said


def test_what_was_restored_is_said_aloud(three, language, capsys):
    folder, weights = three
    state, step = restore(folder)
    assert step == 30 and train_and_die.fingerprint(state) == weights[30]
    said = capsys.readouterr().out
    assert {"es": "época 4, paso 30; quedan 10 épocas", "en": "epoch 4, step 30; 10 epochs to go"}[language] in said


def test_a_single_epoch_left_is_said_so(three, language, capsys):
    restore(three[0], steps=35)
    assert {"es": "queda 1 época", "en": "1 epoch to go"}[language] in capsys.readouterr().out


def test_a_complete_training_is_said_to_be(three, language, capsys):
    restore(three[0], steps=30)
    assert {"es": "completo", "en": "complete"}[language] in capsys.readouterr().out


def test_nothing_to_restore_is_said_aloud(tmp_path, language, capsys):
    state = train_and_die.new_state()
    before = train_and_die.fingerprint(state)
    assert restore(tmp_path / "none", state)[1] == 0
    assert train_and_die.fingerprint(state) == before
    assert {"es": "nada que restaurar", "en": "nothing to restore"}[language] in capsys.readouterr().out


# --- Damaged


def truncate(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def flip_a_bit(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 1
    file.write_bytes(content)


def empty(file):
    file.write_bytes(b"")


def remove(file):
    file.unlink()


@pytest.mark.parametrize(("language", "part"), [("es", "index"), ("en", "data-00000-of-00001")], indirect=["language"])
@pytest.mark.parametrize("damage", [truncate, flip_a_bit, empty, remove])
def test_of_a_damaged_checkpoint_the_one_before_it_is_used(copy_of_three, language, damage, part, capsys):
    folder, weights = copy_of_three
    damage(folder / f"step-30.{part}")
    files = {file: file.read_bytes() for file in folder.iterdir()}
    state, step = restore(folder)
    assert step == 20 and train_and_die.fingerprint(state) == weights[20]
    said = capsys.readouterr().out
    assert {"es": "step-30 está dañado", "en": "step-30 is damaged"}[language] in said
    assert {file: file.read_bytes() for file in folder.iterdir()} == files


def test_where_all_are_damaged_nothing_is_restored_or_deleted(copy_of_three, language):
    folder, _ = copy_of_three
    for file in folder.glob("step-*.index"):
        truncate(file)
    files = sorted(folder.iterdir())
    state = train_and_die.new_state()
    before = train_and_die.fingerprint(state)
    with pytest.raises(CourseError, match={"es": "No se ha borrado nada", "en": "Nothing has been deleted"}[language]):
        restore(folder, state)
    assert train_and_die.fingerprint(state) == before and sorted(folder.iterdir()) == files


@pytest.mark.parametrize("content", [b"", b"mod", b"\xff\xfe"])
def test_a_damaged_list_of_checkpoints_does_no_harm(copy_of_three, content, capsys):
    folder, weights = copy_of_three
    (folder / "checkpoint").write_bytes(content)
    state, step = restore(folder)
    assert step == 30 and train_and_die.fingerprint(state) == weights[30]
    state.step.assign(40)
    checkpoints.save(checkpoints.make_manager(state, folder))
    assert restore(folder)[1] == 40


# --- A full disk


def test_on_a_full_disk_the_earlier_checkpoints_are_intact(copy_of_three, language):
    folder, _ = copy_of_three
    files = {file: file.read_bytes() for file in folder.iterdir()}
    state, _ = restore(folder)
    manager = checkpoints.make_manager(state, folder)
    state.step.assign(40)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limit[1]))  # no file may grow beyond this
    try:
        with pytest.raises(CourseError, match={"es": "siguen intactos", "en": "are intact"}[language]):
            checkpoints.save(manager)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, old)
    assert {file: file.read_bytes() for file in folder.iterdir()} == files
    checkpoints.save(manager)  # there is room again
    assert restore(folder)[1] == 40


# --- Another network


def wider():
    import keras

    from course_utils.lessons import lesson_3

    generator = lesson_3.make_generator(latent_dim=10, base=16, filters=(32, 8))
    discriminator = lesson_3.make_discriminator(filters=(8, 16))
    optimizers = keras.optimizers.Adam(), keras.optimizers.Adam()
    return lesson_3.make_state(generator, discriminator, *optimizers, settings={"batch_size": train_and_die.BATCH})


def other_optimizer():
    import keras

    from course_utils.lessons import lesson_3

    state = train_and_die.new_state()
    optimizers = keras.optimizers.Adam(), keras.optimizers.RMSprop()
    settings = {"batch_size": train_and_die.BATCH}
    return lesson_3.make_state(state.generator, state.discriminator, *optimizers, settings=settings)


def test_a_checkpoint_of_another_network_is_refused_with_the_difference(three, language):
    state = wider()
    before = train_and_die.fingerprint(state)
    with pytest.raises(CourseError) as error:
        restore(three[0], state)
    assert "conv2d_transpose" in str(error.value) and "generator" in str(error.value)
    assert "(5, 5, 16, 16)" in str(error.value) and "(5, 5, 32, 16)" in str(error.value)
    assert train_and_die.fingerprint(state) == before


def test_a_checkpoint_of_another_optimizer_is_refused(three, language):
    with pytest.raises(CourseError, match="d_optimizer"):
        restore(three[0], other_optimizer())


def test_a_checkpoint_of_another_training_is_refused_with_the_difference(three, language):
    from course_utils.lessons import lesson_3

    parts = train_and_die.new_state()
    networks = (parts.generator, parts.discriminator, parts.g_optimizer, parts.d_optimizer)
    state = lesson_3.make_state(*networks, settings={"batch_size": 99})
    with pytest.raises(CourseError, match={"es": "batch_size era 16 y aquí es 99", "en": "was 16 and is 99"}[language]):
        restore(three[0], state)


@pytest.mark.parametrize("settings", [None, b"once upon a time", b"[1]", 7])
def test_a_sound_checkpoint_of_another_program_is_not_called_damaged(tmp_path, language, settings, capsys):
    import tensorflow as tf

    others = tf.train.Checkpoint(step=tf.Variable(10), weight=tf.Variable(1.0))
    if settings is not None:
        others.settings = tf.Variable(settings)
    others.write(str(tmp_path / "step-10"))
    state = train_and_die.new_state()
    before = train_and_die.fingerprint(state)
    with pytest.raises(
        CourseError, match={"es": "no es de un entrenamiento del curso", "en": "not of a training of"}[language]
    ):
        restore(tmp_path, state)
    assert train_and_die.fingerprint(state) == before and capsys.readouterr().out == ""


def test_the_budget_of_another_machine_is_named(tmp_path, language):
    """The GPU is gone, and with it the budget in force: not one of the settings that differ, but their cause."""
    from course_utils.lessons import lesson_3

    def state(**settings):
        parts = train_and_die.new_state()
        networks = (parts.generator, parts.discriminator, parts.g_optimizer, parts.d_optimizer)
        return lesson_3.make_state(*networks, settings=settings)

    checkpoints.save(checkpoints.make_manager(state(base=256, budget="full"), tmp_path))
    with pytest.raises(CourseError) as error:
        restore(tmp_path, state(base=32, budget="workshop"))
    assert re.search(r"\bfull\b.*\bworkshop\b.*%env COURSE_BUDGET=full", str(error.value), re.DOTALL)
    assert "256" not in str(error.value)
    # Those of before lessons kept their budget: nothing is known of it.
    checkpoints.save(checkpoints.make_manager(state(base=32), tmp_path / "before"))
    restore(tmp_path / "before", state(base=32, budget="workshop"))


def test_a_full_temporary_folder_is_named(three, tmp_path, monkeypatch, language):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nothing"))
    state = train_and_die.new_state()
    before = train_and_die.fingerprint(state)
    with pytest.raises(CourseError, match="TMPDIR") as error:
        restore(three[0], state)
    assert "No such file" in str(error.value) and train_and_die.fingerprint(state) == before


# --- Which folder


def test_a_folder_that_tensorflow_takes_for_others_is_refused(tmp_path):
    for use in (lambda folder: restore(folder), lambda folder: checkpoints.make_manager(None, folder)):
        with pytest.raises(CourseError, match="wildcards"):
            use(tmp_path / "x[1]")


def test_the_newest_training_is_found(tmp_path, monkeypatch, language):
    monkeypatch.setattr(folders, "out_base", lambda: tmp_path)
    monkeypatch.setenv("COURSE_BUDGET", "smoke")
    with pytest.raises(CourseError, match="resume = False"):
        checkpoints.newest_folder()
    runs = tmp_path / "03_dcgan_gradient_tape"
    for name in ("2026-01-01_100000_es_smoke", "2026-01-02_100000_en_smoke", "2026-01-03_100000_en_workshop"):
        checkpoints.save(checkpoints.make_manager(train_and_die.new_state(), runs / name / "training"))
    (runs / "2026-01-04_100000_en_smoke" / "training").mkdir(parents=True)
    assert checkpoints.newest_folder() == runs / "2026-01-02_100000_en_smoke" / "training"
    monkeypatch.setenv("COURSE_BUDGET", "full")
    with pytest.raises(CourseError, match=r"full.*workshop.*%env COURSE_BUDGET=workshop"):
        checkpoints.newest_folder()


def test_half_written_checkpoints_are_swept_away(tmp_path):
    debris = tmp_path / "step-40_temp"
    debris.mkdir()
    (debris / "part-00000").write_bytes(b"half")
    checkpoints.make_manager(train_and_die.new_state(), tmp_path)
    assert not debris.exists()


def test_the_past_of_a_resumed_training_is_in_its_history(three, tmp_path):
    state = train_and_die.new_state()
    state.history.assign(np.ones((5, 4)))
    state.step.assign(5)
    checkpoints.save(checkpoints.make_manager(state, tmp_path))
    again, _ = restore(tmp_path)
    assert again.history.numpy().shape == (5, 4)
