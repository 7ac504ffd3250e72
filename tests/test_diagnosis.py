"""What the monitor says of recorded trainings, sick, healthy and cured; and each of its rules by itself."""

import math

import numpy as np
import pytest

from course_utils import diagnosis
from course_utils.diagnosis import Look, diagnose, follow, measure

SEEDS = (1, 2, 3)
SICK = ("frozen", "no_rate", "strong", "bn", "fast", "collapse", "exploding")
CURED = ("frozen", "no_rate", "strong", "bn")  # by going on from the sick weights
HEALTHY = ("healthy", "worried", "healthy_points")
CALMED = "bn_second"  # healthy in the end, after a warning on the way


@pytest.fixture(scope="module")
def clinic(tensorflow):
    from course_utils.experiments import clinic

    return clinic


def the_case(clinic, name, part, seed):
    (case,) = clinic.cases(name, part, seed)
    return case


# --- The records


def test_the_records_are_complete(clinic):
    assert set(clinic.PATIENTS) == {*SICK, *HEALTHY, CALMED} and clinic.SEEDS == SEEDS
    assert {name for name, patient in clinic.PATIENTS.items() if patient.goes_on} == {*CURED, *HEALTHY, CALMED}
    assert {patient.kind for patient in clinic.PATIENTS.values()} == {"healthy", *diagnosis.KINDS}
    assert len(clinic.cases()) == len(SEEDS) * (len(SICK) + len(CURED) + len(HEALTHY) + 1)
    path = clinic.results.results_folder() / "clinic.json"
    assert path.stat().st_size < 300_000


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
def test_bn_by_the_book_is_healthy_in_the_end(clinic, seed):
    case = the_case(clinic, CALMED, "control", seed)
    assert diagnose(case.history, case.look) == []
    assert {kind for _, kind in case.said} <= {"two answers"} and follow(case.history, case.looks) == case.said


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", SICK)
def test_the_cure_clears_it(clinic, name, seed):
    sick = the_case(clinic, name, "sick", seed)
    cured = clinic.cured_of(sick)
    assert cured.seed == seed and cured.kind == "healthy"
    assert diagnose(cured.history, cured.look) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_rates_too_high_are_not_cured_by_going_on(clinic, seed):
    went_on = the_case(clinic, "fast", "went on", seed)
    assert diagnose(went_on.history, went_on.look) == [went_on.kind] == ["overshooting"]


def test_worried_is_not_the_healthy_one_again(clinic):
    ends = {tuple(case.history["d_loss"]) for case in clinic.cases(part="control")}
    assert len(ends) == len(clinic.cases(part="control"))


def test_the_limits_have_room_on_both_sides(clinic):
    """At every moment at which the monitor looks, in all records of networks whose D moves."""
    found = {}
    for case in [*clinic.cases(), *clinic.cases(part="went on")]:
        for step in range(diagnosis.WARM_UP, case.steps + 1, diagnosis.CHECK_EVERY):
            history = {name: values[:step] for name, values in case.history.items()}
            if diagnosis.finite(history):
                found.setdefault((case.kind, case.name), []).append(measure(history, case.looks.get(step)))

    def values(name, *kinds):
        return [one[name] for (kind, _), some in found.items() if kind in kinds for one in some if name in one]

    others = values("d_loss", "healthy", "winning", "two answers", "collapsed")
    assert max(others) * 3 < diagnosis.FLUNG < min(values("d_loss", "overshooting")) / 3
    assert min(values("spread", "healthy")) > 3 * diagnosis.COLLAPSED
    assert min(values("d_fake", "healthy")) > 3 * diagnosis.WINNING


def test_collapse_is_one_and_a_healthy_game_reaches_all_clusters(clinic):
    for seed in SEEDS:
        sick = the_case(clinic, "collapse", "sick", seed)
        assert clinic.coverage(sick.samples) <= 2 < 7 <= clinic.coverage(clinic.control_of(sick).samples)
    assert clinic.coverage(clinic.points(300)) == 8
    assert clinic.coverage(np.zeros((300, 2))) == 0


def test_a_number_tells_strong_from_fast(clinic):
    """D's loss, at the end of all three seeds."""
    paid = {
        name: [measure(case.history)["d_loss"] for case in clinic.cases(name, "sick")] for name in ("strong", "fast")
    }
    assert max(paid["strong"]) < 0.01 and min(paid["fast"]) > 1000


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
        (curves(200, 0.99, 0.01, d_loss=3.1), GOOD, ["overshooting"]),
        (curves(200, d_loss=2.9), GOOD, []),
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
