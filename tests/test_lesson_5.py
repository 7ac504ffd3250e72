"""What lesson 5 says of its patients is so in the records, with every seed."""

import numpy as np
import pytest

from course_utils.language import L
from tools.course import ROOT, notebook_path, read_notebook

pytestmark = pytest.mark.usefixtures("tensorflow")
every_seed = pytest.mark.parametrize("seed", (1, 2, 3))


@pytest.fixture
def charts(tensorflow):
    from course_utils.experiments import charts

    return charts


@pytest.fixture
def clinic(tensorflow):
    from course_utils.experiments import clinic

    return clinic


def recent(case):
    """Return the means of the last 100 steps of the four curves, as the lesson shows them."""
    return tuple(np.mean(case.history[name][-100:]) for name in ("d_loss", "g_loss", "d_real", "d_fake"))


def test_the_waiting_room_holds_five_that_are_ill_and_one_that_is_not(charts, clinic):
    patients = [charts.patient(number) for number in range(1, 7)]
    assert [case.kind for case in patients] == [
        "no rate",
        "winning",
        "overshooting",
        "two answers",
        "collapsed",
        "healthy",
    ]
    assert [case.part for case in patients] == ["sick"] * 5 + ["control"]
    assert all(len(clinic.PATIENTS[case.name].broken) <= 2 for case in patients)


@every_seed
def test_the_healthy_one_is_in_doubt(charts, seed):
    d_loss, g_loss, d_real, d_fake = recent(charts.patient(6, seed))
    assert abs(d_real - 0.5) < 0.1 and abs(d_fake - 0.5) < 0.1
    assert abs(d_loss - np.log(2)) < 0.1 and d_loss < g_loss < 1


@every_seed
def test_patient_1_has_an_unbeaten_generator(charts, clinic, seed):
    case = charts.patient(1, seed)
    d_loss, g_loss, _, d_fake = recent(case)
    assert d_loss > 1.5 > np.mean(case.history["d_loss"][:20]) and g_loss < 0.1 and d_fake > 0.9
    (twin,) = clinic.cases("frozen", "sick", seed)  # "from outside it looks the same"
    assert np.allclose(recent(twin), recent(case), atol=0.05)


@every_seed
def test_patients_2_and_3_are_told_apart_by_d_s_loss_and_not_by_g_s_the_answers_or_variety(charts, clinic, seed):
    (healthy,) = clinic.cases("healthy", "control", seed)
    strong, fast = (charts.patient(number, seed) for number in (2, 3))
    assert min(recent(strong)[1], recent(fast)[1]) > 3 * recent(healthy)[1]
    assert all(recent(case)[2] > 2 * recent(case)[3] for case in (strong, fast))
    assert min(strong.look.spread, fast.look.spread) > 1  # noise is more varied than real digits
    assert recent(strong)[2] > 0.98 and recent(strong)[3] < 0.02
    assert recent(strong)[0] < recent(healthy)[0] / 100
    assert recent(fast)[0] > 1000 * recent(healthy)[0] and recent(fast)[2] > 0.6 and recent(fast)[3] < 0.4


@every_seed
def test_patient_3_does_not_come_back_and_2_gets_there(charts, seed):
    from course_utils.diagnosis import diagnose

    found = [charts.after_treatment(charts.patient(number, seed)) for number in (1, 2, 3, 4)]
    assert [bool(diagnose(case.history, case.look)) for case in found] == [False, False, True, False]


@every_seed
def test_bn_after_the_second_convolution_alone_does_no_harm_in_the_end(clinic, seed):
    (case,) = clinic.cases("bn_second", "control", seed)
    _, g_loss, d_real, d_fake = recent(case)
    assert abs(d_real - 0.5) < 0.1 and abs(d_fake - 0.5) < 0.1 and np.exp(-g_loss) < 1.2 * d_fake


@every_seed
def test_a_frozen_d_and_one_with_rate_0_have_the_same_curves(clinic, seed):
    (frozen,), (no_rate,) = (clinic.cases(name, "sick", seed) for name in ("frozen", "no_rate"))
    assert frozen.history == no_rate.history


@every_seed
def test_patient_4_answers_differently_in_the_two_turns_and_nobody_else_does(charts, seed):
    for number in (1, 2, 3, 4, 5, 6):
        _, g_loss, _, d_fake = recent(charts.patient(number, seed))
        assert (np.exp(-g_loss) > 3 * d_fake) == (number == 4)
    _, g_loss, _, d_fake = recent(charts.patient(3, seed))
    assert np.exp(-g_loss) < d_fake / 3  # a geometric mean sinks, and that says nothing


@every_seed
def test_patient_5_has_innocent_curves_and_misses_clusters(charts, clinic, seed):
    case = charts.patient(5, seed)
    d_loss, g_loss, d_real, d_fake = recent(case)
    assert 0.3 < d_loss < 1 and 0.5 < g_loss < 2 and 0.2 < d_fake < d_real < 0.8
    assert clinic.coverage(case.samples) <= 2 and clinic.coverage(clinic.control_of(case).samples) == 8


def test_patient_5_swings_wider_and_wider_with_one_seed_only(charts):
    swings = [np.std([charts.patient(5, seed).history["d_real"][-100:]]) for seed in (1, 2, 3)]
    before = np.std(charts.patient(5).history["d_real"][100:200])
    assert swings[0] > 2 * before and swings[0] > 2 * max(swings[1:])


@every_seed
def test_patient_3_treated_looks_like_patient_2_but_still_pays_thousands(charts, seed):
    d_loss, _, d_real, d_fake = recent(charts.after_treatment(charts.patient(3, seed)))
    assert d_loss > 1000 and d_real > 0.85 and d_fake < 0.15


def test_the_loss_that_exercise_4_names_is_that_of_patient_4(charts):
    assert f"{recent(charts.patient(4))[1]:.2f}" == "0.04"


@every_seed
def test_two_answers_part_patient_3_from_a_d_that_stands_still(charts, seed):
    from course_utils.diagnosis import measure

    overshooting, still = (measure(charts.patient(number, seed).history)["two_answers"] for number in (3, 1))
    assert overshooting < 0.01 and abs(still - 1) < 0.01


def test_the_tree_that_has_not_seen_seed_1_misnames_those_whose_d_stands_still(charts, clinic, language, capsys):
    everyone = clinic.cases()
    assert clinic.grow_tree(everyone).misnamed(everyone) == []
    for seed in clinic.SEEDS:
        tree = clinic.grow_tree([case for case in everyone if case.seed != seed])
        missed = tree.misnamed([case for case in everyone if case.seed == seed])
        expected = [("frozen", "sick"), ("no_rate", "sick")] if seed == 1 else []
        assert [(case.name, case.part) for case, _ in missed] == expected
        assert {kind for _, kind in missed} <= {"healthy"}
        assert seed > 1 or tree.feature == "d_real"
    charts.show_unseen()
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.count("15/15") == 2 and "13/15" in first and len(rest) == 2
    assert all(line.endswith(L("→ sana", "→ healthy")) for line in rest)


def test_a_game_is_played_and_goes_on(charts):
    def train_step(batch):
        return {"d_loss": np.float32(batch), "g_loss": 0}

    history = charts.play(train_step, [1, 2])
    assert charts.play(train_step, [3], history) is history
    assert history == {"d_loss": [1.0, 2.0, 3.0], "g_loss": [0.0, 0.0, 0.0]}


def test_what_is_broken_is_printed(charts, language, capsys):
    charts.show_broken((2, 3))
    patient = L("paciente", "patient")
    assert capsys.readouterr().out == f"{patient} 2: g_rate = 2e-05\n{patient} 3: g_rate = 0.3 · d_rate = 0.3\n"


def test_going_on_does_not_always_lead_out_of_a_collapse(clinic):
    reached = [clinic.coverage(case.samples) for case in clinic.cases("collapse", "went on")]
    assert len(reached) == 3 and min(reached) < 8


@every_seed
@pytest.mark.parametrize("number", (1, 2, 4))
def test_a_cure_cures(charts, clinic, number, seed):
    from course_utils.diagnosis import diagnose

    cured = clinic.cured_of(charts.patient(number, seed))
    assert diagnose(cured.history, cured.look) == []


@every_seed
def test_the_monitor_is_right_about_all_six(charts, seed):
    from course_utils.diagnosis import diagnose

    for number in range(1, 7):
        case = charts.patient(number, seed)
        assert diagnose(case.history, case.look)[:1] == ([] if case.kind == "healthy" else [case.kind])


def test_each_failure_has_its_words(charts, language):
    from course_utils.diagnosis import KINDS

    words = [charts.in_words([kind]) for kind in KINDS]
    assert len(set(words)) == len(KINDS) and charts.in_words([]) == "—"
    assert L("D demasiado fuerte", "D too strong") in words
    assert charts.in_words(KINDS[:2]) == f"{words[0]}, {words[1]}"


def test_the_alarm_of_the_course_finds_patient_2_and_spares_the_healthy(clinic):
    from course_utils.questions.lesson_5 import d_is_winning

    for case in clinic.cases():
        if case.kind in ("winning", "healthy") and case.part != "cured":
            assert d_is_winning(case.history) == (case.kind == "winning"), case[:3]


def test_an_admitted_patient_has_what_is_wrong_with_it(charts):
    _, discriminator, _ = charts.admit(1)
    assert float(discriminator.optimizer.learning_rate) == 0 and discriminator.trainable
    _, with_bn, _ = charts.admit(4)
    assert any(type(layer).__name__ == "BatchNormalization" for layer in with_bn.layers)


def test_the_code_gives_no_diagnosis_away(language):
    """Up to the first diagnosis, no cell names what is wrong with anybody."""
    cells = read_notebook(notebook_path(ROOT, language, "05_museum_of_failures")).cells
    first = next(i for i, cell in enumerate(cells) if L("**Diagnóstico:**", "**Diagnosis:**") in cell.source)
    before = "\n".join(cell.source for cell in cells[:first] if cell.cell_type == "code")
    for name in ("no_rate", '"strong"', '"fast"', '"bn"', "collapse"):
        assert name not in before
