"""The patients of lesson 5 as they sit in the waiting room, under numbers, and the figures of a consultation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from course_utils import diagnosis, plots
from course_utils.experiments import clinic
from course_utils.language import L

# Patient 1 is the first of these, and so on. The last one is worried, and well.
WAITING = ("no_rate", "strong", "fast", "bn", "collapse", "healthy")
CURVES = ("d_loss", "g_loss", "d_real", "d_fake")


def patient(number: int, seed: int = 1) -> clinic.Case:
    """Return a recorded patient of the waiting room.

    Args:
        number: from 1 to 6.
        seed: of its training, 1 to 3.
    """
    name = WAITING[number - 1]
    (case,) = clinic.cases(name, "control" if name == "healthy" else "sick", seed)
    return case


def admit(number: int, **more):
    """Return the networks of a patient and its training step, new, as `small_game` does.

    Args:
        number: from 1 to 6.
        more: what is changed besides what is wrong with it, such as `real_label=0.9`.
    """
    return clinic.game(WAITING[number - 1], **more)


def recent(history: Mapping[str, Sequence[float]], name: str) -> float:
    """Return the mean of the last 50 values of a curve."""
    return float(np.mean(history[name][-50:]))


def numbers(case: clinic.Case, names: Sequence[str] = CURVES) -> list[str]:
    """Return the means of the last 50 steps of some curves, as text with two decimals."""
    return [f"{recent(case.history, name):.2f}" for name in names]


def in_words(kinds: Sequence[str]) -> str:
    """Return what `diagnose` has found in the language of the lesson, or a dash.

    Args:
        kinds: from `diagnosis.KINDS`.
    """
    return ", ".join(map(diagnosis.name_of, kinds)) or "—"


def title_of_cure(cured: clinic.Case) -> str:
    """Return how a patient was cured: by going on for some steps, or by beginning again.

    Args:
        cured: from `clinic.cured_of`.
    """
    if cured.part == "cured":
        return L(f"curada, {cured.steps} pasos más", f"cured, {cured.steps} more steps")
    return L("de nuevo, sin la avería", "begun again, healthy")


@plots.own_settings
def show_charts(cases: Mapping[str, clinic.Case], pictures: Sequence[str] = ()) -> None:
    """Show a row for each patient: both losses, D's two answers and, of some, what G draws in the end.

    Args:
        cases: name of a row -> its patient.
        pictures: the names of those whose pictures are shown; the others have brought none.
    """
    figure = Figure((7.4, 1.55 * len(cases) + 0.45), dpi=80, layout="constrained")
    rows = figure.subplots(len(cases), 3, squeeze=False, width_ratios=[1, 1, 0.62])
    for row, (name, case) in zip(rows, cases.items(), strict=True):
        _draw_losses(row[0], case)
        _draw_answers(row[1], case)
        row[0].set_ylabel(name, fontsize=11)
        row[2].set_axis_off()
        if name in pictures:
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
