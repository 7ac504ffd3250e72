"""What the monitor says of recorded trainings, sick, healthy and cured; and each of its rules by itself."""

import math

import numpy as np
import pytest

from course_utils import diagnosis
from course_utils.diagnosis import Look, diagnose, follow, measure

SEEDS = (1, 2, 3)
SICK = ("frozen", "no_rate", "strong", "bn", "fast", "collapse", "exploding")
CURED = ("frozen", "no_rate", "strong", "bn", "fast")
HEALTHY = ("healthy", "healthy_points")


@pytest.fixture(scope="module")
def clinic(tensorflow):
    from course_utils.experiments import clinic

    return clinic


def the_case(clinic, name, part, seed):
    (case,) = clinic.cases(name, part, seed)
    return case


# --- The records


def test_the_records_are_complete(clinic):
    assert set(clinic.PATIENTS) == {*SICK, *HEALTHY} and clinic.SEEDS == SEEDS
    assert {name for name, patient in clinic.PATIENTS.items() if patient.goes_on} == {*CURED, *HEALTHY}
    assert {patient.kind for patient in clinic.PATIENTS.values()} == {"healthy", *diagnosis.KINDS}
    assert len(clinic.cases()) == len(SEEDS) * (len(SICK) + len(CURED) + len(HEALTHY))
    path = clinic.results.results_folder() / "clinic.json"
    assert path.stat().st_size < 250_000


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", SICK)
def test_each_patient_gets_its_diagnosis_and_no_other(clinic, name, seed):
    case = the_case(clinic, name, "sick", seed)
    assert case.steps == clinic.steps_of(name)[0]
    assert {kind for _, kind in follow(case.history, case.looks)} == {case.kind}
    assert {kind for _, kind in case.said} == {case.kind}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_training_gets_none(clinic, name, seed):
    case = the_case(clinic, name, "control", seed)
    assert follow(case.history, case.looks) == case.said == []


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", SICK)
def test_the_cure_clears_it(clinic, name, seed):
    sick = the_case(clinic, name, "sick", seed)
    cured = clinic.cured_of(sick)
    assert cured.seed == seed and cured.kind == "healthy"
    assert diagnose(cured.history, cured.look) == []


def test_collapse_is_one_and_a_healthy_game_reaches_all_clusters(clinic):
    for seed in SEEDS:
        sick = the_case(clinic, "collapse", "sick", seed)
        assert clinic.coverage(sick.samples) <= 2 < 7 <= clinic.coverage(clinic.control_of(sick).samples)
    assert clinic.coverage(clinic.points(300)) == 8
    assert clinic.coverage(np.zeros((300, 2))) == 0


def test_a_number_tells_strong_from_fast(clinic):
    """By G's loss alone: its roughness, at the end of all three seeds."""
    rough = {
        name: [measure(case.history)["roughness"] for case in clinic.cases(name, "sick")] for name in ("strong", "fast")
    }
    assert max(rough["strong"]) < diagnosis.ROUGH / 2 and min(rough["fast"]) > 1.5 * diagnosis.ROUGH


def test_the_tree_knows_them_and_those_that_it_has_not_seen(clinic):
    everyone = clinic.cases()
    tree = clinic.grow_tree(everyone)
    right, count = tree.right(everyone)
    assert right >= count - 1 and len(tree.lines()) < 20
    for seed in SEEDS:
        seen = [case for case in everyone if case.seed != seed]
        right, count = clinic.grow_tree(seen).right([case for case in everyone if case.seed == seed])
        assert right >= 0.75 * count


def test_an_alarm_is_tried_on_all_of_them(clinic):
    everyone = clinic.cases()
    never = clinic.try_alarm(lambda history: False, "winning")
    assert clinic.count(never) == (0, len(SEEDS), 0)
    always = clinic.try_alarm(lambda history: np.True_, "winning")
    assert clinic.count(always) == (len(SEEDS), 0, len(everyone) - len(SEEDS))

    def spoils(history):
        history["d_real"].clear()
        return False

    clinic.try_alarm(spoils, "winning")
    assert all(case.history["d_real"] for case in clinic.cases())
    text = clinic.table_of_alarm(always)
    assert text.splitlines()[-1] == f"hits: 3 · misses: 0 · false alarms: {len(everyone) - 3}"


def test_records_are_packed_without_loss(clinic):
    for kind in ("<f2", "uint8"):
        array = np.arange(24).astype(kind).reshape(4, 6)
        assert np.array_equal(clinic._unpack(clinic._pack(array), kind).reshape(4, 6), array)


# --- Each rule by itself


def curves(steps=200, d_real=0.6, d_fake=0.4, g_loss=None, d_loss=0.6):
    loss = np.full(steps, -math.log(d_fake)) if g_loss is None else np.resize(g_loss, steps)
    return {"d_loss": [d_loss] * steps, "g_loss": loss.tolist(), "d_real": [d_real] * steps, "d_fake": [d_fake] * steps}


GOOD = Look(spread=0.9, saturated=0.5, still=0, rate=1e-3)


@pytest.mark.parametrize(
    ("history", "look", "found"),
    [
        (curves(), GOOD, []),
        (curves(), None, []),
        (curves(99, 0.99, 0.01), GOOD, []),
        (curves(100, 0.99, 0.01), GOOD, ["winning"]),
        (curves(200, 0.99, 0.03), GOOD, []),
        (curves(200, 0.99, 0.01, g_loss=[1, 9]), GOOD, ["overshooting"]),
        (curves(g_loss=[0.8, 1.0]), GOOD, []),
        (curves(d_fake=0.1, g_loss=[1.0]), GOOD, ["two answers"]),
        (curves(d_fake=0.2, g_loss=[1.0]), GOOD, []),
        (curves(d_fake=0.1, g_loss=[-900.0]), GOOD, []),
        (curves(), GOOD._replace(spread=0.05), ["collapsed"]),
        (curves(), GOOD._replace(still=40), ["frozen"]),
        (curves(), GOOD._replace(still=39), []),
        (curves(), GOOD._replace(still=40, rate=0.0), ["no rate"]),
        (curves(), GOOD._replace(still=40, rate=None), ["frozen"]),
        (curves(), GOOD._replace(still=0, rate=0.0), []),
        (curves(20, d_loss=math.nan), GOOD, ["not finite"]),
        (curves(g_loss=[math.inf]), GOOD._replace(still=100), ["not finite"]),
        ({}, None, []),
        ({"d_loss": [0.7] * 150}, None, []),
    ],
)
def test_rules(history, look, found):
    assert diagnose(history, look) == found


def test_with_one_and_the_same_d_the_geometric_mean_is_never_above_the_other():
    """So that e^-g_loss can be above D(G(z)) only if the two turns do not see the same D."""
    rng = np.random.default_rng(1)
    for sharpness in (0.1, 1, 10):
        answers = rng.beta(sharpness, sharpness, size=(200, 32)).clip(1e-6, 1)
        history = curves() | {"g_loss": (-np.log(answers)).mean(axis=1), "d_fake": answers.mean(axis=1)}
        assert measure(history)["two_answers"] < 1


def test_it_looks_at_the_last_steps_alone():
    then, now = curves(200, 0.99, 0.01), curves(100)
    history = {name: then[name] + now[name] for name in then}
    assert follow(history, dict.fromkeys(range(100, 301, 20), GOOD)) == [(100, "winning")]
    assert measure(history)["d_real"] == pytest.approx(0.6)


def test_that_a_loss_is_no_number_is_said_at_once():
    history = curves(50)
    history["g_loss"] = history["g_loss"][:29] + [math.nan] * 21
    assert follow(history, {}) == [(30, "not finite")]


def test_spread_and_saturation():
    assert diagnosis.spread(np.stack([np.full((4, 4), sign) for sign in (-1.0, 1.0)])) == 1
    assert diagnosis.saturated([[1.0, 0.5], [-0.995, 0.99]]) == 0.5
