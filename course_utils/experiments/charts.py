"""The patients of lesson 5 as they sit in the waiting room, under numbers, and the figures of a consultation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from course_utils import diagnosis, plots
from course_utils.diagnosis import CURVES
from course_utils.experiments import clinic
from course_utils.language import L, thousands

# Patient 1 is the first of these, and so on. The last one is worried, and well.
WAITING = ("no_rate", "strong", "fast", "bn", "collapse", "worried")


def patient(number: int, seed: int = 1) -> clinic.Case:
    """Return a recorded patient of the waiting room.

    Args:
        number: from 1 to 6.
        seed: of its training, 1 to 3.
    """
    name = WAITING[number - 1]
    (case,) = clinic.cases(name, "control" if name == "worried" else "sick", seed)
    return case


def admit(number: int, **more):
    """Return the networks of a patient and its training step, new.

    Args:
        number: from 1 to 6.
        more: what is changed besides what is wrong with it, such as `real_label=0.9`.
    """
    return clinic.game(WAITING[number - 1], **more)


def recent(history: Mapping[str, Sequence[float]], name: str) -> float:
    """Return the mean of the last 100 values of a curve."""
    return float(np.mean(history[name][-diagnosis.WINDOW :]))


def play(
    train_step: Callable, batches: Iterable, history: dict[str, list[float]] | None = None
) -> dict[str, list[float]]:
    """Take a training step for each batch and return the curves, name -> one number a step.

    Args:
        train_step: of a patient, as from `admit`.
        batches: of real images.
        history: of the steps before, which goes on.
    """
    history = {} if history is None else history
    for batch in batches:
        for name, value in train_step(batch).items():
            history.setdefault(name, []).append(float(value))
    return history


def controls(name: str) -> dict[str, clinic.Case]:
    """Return the recorded trainings of a healthy network, with their titles: "seed 1" and so on.

    Args:
        name: from `clinic.PATIENTS`.
    """
    return {title_of_seed(case.seed): case for case in clinic.cases(name, "control")}


def in_words(kinds: Sequence[str]) -> str:
    """Return what `diagnose` has found in the language of the lesson, or a dash.

    Args:
        kinds: from `diagnosis.KINDS`.
    """
    return ", ".join(map(diagnosis.name_of, kinds)) or "—"


def after_treatment(case: clinic.Case) -> clinic.Case:
    """Return the training that goes on from a patient's sick weights, with nothing broken any more.

    Args:
        case: a patient, as from `patient`.
    """
    part = "cured" if clinic.PATIENTS[case.name].goes_on else "went on"
    return clinic.cases(case.name, part, case.seed)[0]


def waiting_room() -> dict[str, clinic.Case]:
    """Return a healthy training and the six patients, with their titles."""
    (healthy,) = clinic.cases("healthy", "control", 1)
    return {L("sana", "healthy"): healthy, **{title_of(number): patient(number) for number in _numbers()}}


def _numbers() -> range:
    return range(1, len(WAITING) + 1)


def title_of(number: int) -> str:
    """Return "patient 3", in the language of the lesson.

    Args:
        number: from 1 to 6.
    """
    return L(f"paciente {number}", f"patient {number}")


def title_of_seed(seed: int) -> str:
    """Return "seed 2", in the language of the lesson."""
    return L(f"semilla {seed}", f"seed {seed}")


def show_numbers(trainings: Mapping[str, clinic.Case | Mapping[str, Sequence[float]]]) -> None:
    """Show a table: of each training the means of the last 100 steps of its four curves.

    Args:
        trainings: title of a row -> a recorded training, or a history (name -> one number a step).
    """
    headings = ["", L("pérdida de D", "D loss"), L("pérdida de G", "G loss"), "D(x)", "D(G(z))"]
    rows = []
    for title, training in trainings.items():
        history = training.history if isinstance(training, clinic.Case) else training
        rows.append([title, *(_number(recent(history, name)) for name in CURVES)])
    plots.show_table(headings, rows)


def _number(value: float) -> str:
    """Return a number with two decimals, a large one with none."""
    return f"{value:.2f}" if value < 100 else thousands(round(value))


def show_against(number: int, history: Mapping[str, Sequence[float]]) -> None:
    """Show the numbers of a patient, untreated, and those of another training of it, after as many steps.

    Args:
        number: from 1 to 6.
        history: of the other, name -> one number a step.
    """
    untreated = {name: patient(number).history[name][: len(history[name])] for name in CURVES}
    show_numbers({L("sin tratar", "untreated"): untreated, L("tratado", "treated"): history})


def show_by_seed(measure: str, numbers: Sequence[int]) -> None:
    """Show a table of one measure of the last 100 steps: a row for the healthy training and for each patient.

    Args:
        measure: its name, as `diagnosis.measure` returns it.
        numbers: of the patients, from 1 to 6.
    """
    groups = {L("sana", "healthy"): clinic.cases("healthy", "control")}
    groups |= {title_of(number): [patient(number, seed) for seed in clinic.SEEDS] for number in numbers}
    rows = [
        [title, *(_number(diagnosis.measure(case.history, case.look)[measure]) for case in cases)]
        for title, cases in groups.items()
    ]
    plots.show_table([f"`{measure}`", *map(title_of_seed, clinic.SEEDS)], rows)


def show_broken(numbers: Sequence[int]) -> None:
    """Print in what patients differ from the healthy training, a line for each.

    Args:
        numbers: of the patients, from 1 to 6.
    """
    for number in numbers:
        broken = clinic.PATIENTS[WAITING[number - 1]].broken
        print(f"{title_of(number)}:", " · ".join(f"{name} = {value}" for name, value in broken.items()))


def show_two_answers(numbers: Sequence[int]) -> None:
    """Show a table: what D answered to G's images in G's turn, e^-loss, and in its own, D(G(z)); last 100 steps.

    Args:
        numbers: of the patients, from 1 to 6; the healthy training comes first.
    """
    room = waiting_room()
    titles = [next(iter(room)), *map(title_of, numbers)]
    rows = [
        [title, *(f"{value:.2f}" for value in (np.exp(-recent(history, "g_loss")), recent(history, "d_fake")))]
        for title, history in ((title, room[title].history) for title in titles)
    ]
    plots.show_table(["", L("en el turno de G", "in G’s turn"), L("en el turno de D", "in D’s turn")], rows)


def show_treated(number: int) -> None:
    """Show a patient, a healthy training and the patient after its treatment, and what the monitor says of the last.

    Args:
        number: from 1 to 5.
    """
    case = patient(number)
    after = after_treatment(case)
    titles = [
        title_of(number),
        L("sana", "healthy"),
        L(f"tratado, {after.steps} pasos", f"treated, {after.steps} steps"),
    ]
    show_side_by_side(dict(zip(titles, (case, clinic.control_of(case), after), strict=True)))
    found = in_words(diagnosis.diagnose(after.history, after.look))
    print(L(f"El monitor, tras el tratamiento: {found}", f"The monitor, after the treatment: {found}"))


def before_and_after(numbers: Sequence[int]) -> np.ndarray:
    """Return five images of each patient and five after its treatment, float32 (10 · patients, 28, 28, 1) in [-1, 1].

    Args:
        numbers: of patients that draw images.
    """
    some = [patient(number) for number in numbers]
    return np.concatenate([one.samples[:5] for case in some for one in (case, after_treatment(case))])


def show_seeds(number: int) -> None:
    """Show a patient's three seeds, and a healthy training with as many steps, side by side.

    Args:
        number: from 1 to 6.
    """
    cases = [patient(number, seed) for seed in clinic.SEEDS]
    columns = {title_of_seed(case.seed): case for case in cases}
    show_side_by_side({**columns, L("sana", "healthy"): clinic.control_of(cases[0])})


def show_coverage(number: int) -> None:
    """Show a table: how many clusters a patient reaches untreated, after its treatment, and begun again, by seed.

    Args:
        number: of a patient that draws points.
    """
    rows = []
    for case in (patient(number, seed) for seed in clinic.SEEDS):
        three = (case, after_treatment(case), clinic.control_of(case))
        rows.append([title_of_seed(case.seed), *(f"{clinic.coverage(one.samples)}/{clinic.CLUSTERS}" for one in three)])
    going_on = L("bajar la tasa y seguir", "lower the rate and go on")
    plots.show_table(["", L("sin tratar", "untreated"), going_on, L("de nuevo", "begin again")], rows)


def show_monitor() -> None:
    """Show a table: what the monitor says at the end of each patient, by seed."""
    rows = []
    for number in _numbers():
        cases = [patient(number, seed) for seed in clinic.SEEDS]
        rows.append([str(number), *(in_words(diagnosis.diagnose(case.history, case.look)) for case in cases)])
    plots.show_table([L("paciente", "patient"), *map(title_of_seed, clinic.SEEDS)], rows)


def show_unseen() -> None:
    """Print how a tree grown from two seeds does on the third: how many are right, and what it takes for what."""
    everyone, scores, mistakes = clinic.cases(), [], []
    for seed in clinic.SEEDS:
        tree = clinic.grow_tree([case for case in everyone if case.seed != seed])
        unseen = [case for case in everyone if case.seed == seed]
        scores.append("{}: {}/{}".format(title_of_seed(seed), *tree.right(unseen)))
        mistakes += [
            f"{title_of_seed(seed)}: {clinic.title_of(case)} → {diagnosis.name_of(kind)}"
            for case, kind in tree.misnamed(unseen)
        ]
    print(" · ".join(scores), *mistakes, sep="\n")


@plots.own_settings
def show_charts(cases: Mapping[str, clinic.Case], pictures: Sequence[int] = ()) -> None:
    """Show a row for each patient: both losses, D's two answers and, of some, what G draws in the end.

    Args:
        cases: name of a row -> its patient.
        pictures: the rows, from 0, whose pictures are shown; the others have brought none.
    """
    figure = Figure((7.4, 1.55 * len(cases) + 0.45), dpi=80, layout="constrained")
    rows = figure.subplots(len(cases), 3, squeeze=False, width_ratios=[1, 1, 0.62])
    for number, (row, (name, case)) in enumerate(zip(rows, cases.items(), strict=True)):
        _draw_losses(row[0], case)
        _draw_answers(row[1], case)
        row[0].set_ylabel(name, fontsize=11)
        row[2].set_axis_off()
        if number in pictures:
            _draw_samples(row[2], case)
        else:
            row[2].text(0.5, 0.5, "?", ha="center", va="center", fontsize=22, color="0.6")
    rows[0][0].set_title(L("pérdidas", "losses"), fontsize=11)
    rows[0][1].set_title(L("respuestas de D", "D’s answers"), fontsize=11)
    rows[0][2].set_title(L("imágenes", "images"), fontsize=11)
    for ax in rows[-1][:2]:
        ax.set_xlabel(L("paso", "step"), fontsize=10)
    for ax in rows[0][:2]:
        ax.legend(fontsize=9, framealpha=0.9, loc="best", borderpad=0.2, labelspacing=0.2)
    plots.show_figure(figure)


@plots.own_settings
def show_side_by_side(cases: Mapping[str, clinic.Case]) -> None:
    """Show a column for each training: what G makes in the end, and D's two answers on the way.

    Args:
        cases: title of a column -> a training.
    """
    figure = Figure((2.45 * len(cases), 3.7), dpi=80, layout="constrained")
    columns = figure.subplots(2, len(cases), squeeze=False, height_ratios=[1.55, 1], sharey="row").T
    for i, (column, (title, case)) in enumerate(zip(columns, cases.items(), strict=True)):
        _draw_samples(column[0], case)
        column[0].set_title(title, fontsize=11)
        _draw_answers(column[1], case)
        column[1].set_xlabel(L("paso", "step"), fontsize=10)
        if i == 0:
            column[1].legend(fontsize=9, framealpha=0.9, loc="best", borderpad=0.2, labelspacing=0.2)
    plots.show_figure(figure)


@plots.own_settings
def show_treatment(history: Mapping[str, Sequence[float]], step: int) -> None:
    """Show a training that was treated on the way: losses and D's answers, with a line where the treatment began.

    Args:
        history: the four curves.
        step: of the treatment.
    """
    figure = Figure((7.4, 2.3), dpi=80, layout="constrained")
    losses, answers = figure.subplots(1, 2)
    for ax, names in ((losses, {"d_loss": "D", "g_loss": "G"}), (answers, {"d_real": "D(x)", "d_fake": "D(G(z))"})):
        plots.show_curves(history, names, ax=ax)
        ax.axvline(step, color="0.3", linewidth=1, linestyle="-.")
    losses.set_title(L("pérdidas", "losses"), fontsize=11)
    answers.set_title(L("respuestas de D", "D’s answers"), fontsize=11)
    answers.set_ylim(-0.03, 1.03)
    plots.show_figure(figure)


def _draw_losses(ax, case: clinic.Case) -> None:
    """Draw both losses."""
    _draw(ax, case, (("d_loss", "D", plots.REAL_COLOUR, "-"), ("g_loss", "G", plots.FAKE_COLOUR, "--")))
    if max(case.history["g_loss"]) > 1000:
        ax.set_yscale("symlog", linthresh=1)
        ax.set_yticks([1, 1e2, 1e4, 1e6])
    ax.set_ylim(bottom=0)


def _draw_answers(ax, case: clinic.Case) -> None:
    """Draw what D answers to real and to generated samples."""
    _draw(ax, case, (("d_real", "D(x)", plots.REAL_COLOUR, "-"), ("d_fake", "D(G(z))", plots.FAKE_COLOUR, "--")))
    ax.set(ylim=(-0.04, 1.04), yticks=(0, 0.5, 1))


def _draw(ax, case: clinic.Case, looks: Sequence[tuple[str, str, str, str]]) -> None:
    for name, label, colour, dash in looks:
        ax.plot(plots.smooth(case.history[name], 0.02), dash, color=colour, linewidth=1.4, label=label)
    ax.tick_params(labelsize=9)
    ax.grid(alpha=0.3)


def _draw_samples(ax, case: clinic.Case) -> None:
    """Draw its images, or its points and where the real ones lie."""
    if case.samples.ndim == 2:
        ax.plot(*clinic.points(400).T, ".", color="0.8", markersize=2)
        ax.plot(*case.samples.T, "o", color=plots.FAKE_COLOUR, markersize=2.2)
        ax.set(xlim=(-1.25, 1.25), ylim=(-1.25, 1.25), xticks=[], yticks=[], aspect="equal")
        ax.set_axis_on()
    else:
        plots.draw_grid(ax, case.samples, columns=4)
