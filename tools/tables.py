"""Write the numbers that were measured into the pages: what stands between `<!-- =NAME … -->` and `<!-- end -->`.

The pages are the READMEs and those of workshop/, tutorials/, hub/ and notebooks/generators/. `make build` fills them in
from the published notebooks, the trainings of the tutorials, the cards of the generators and the settings of the hub;
`python -m tools.gate` says where a page differs. The marks are comments, which are not shown:

    It runs for <!-- =seconds 5 -->317 s / 322 s<!-- end -->.

    <!-- =times 2 -->

    | a table, between empty lines |

    <!-- end -->

NAME is one of `WRITERS`, at the end of this file; its arguments follow. A new table or number is a function there.
What is not known because a lesson is not published, is written –.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial, reduce
from itertools import zip_longest
from pathlib import Path

import yaml

from course_utils.language import L, language, percent, set_language, thousands
from tools.course import LANGUAGES, SourceError, headings, readmes, write_atomically

UNKNOWN = "–"
MARK = re.compile(r"<!-- =(?P<words>[^<>]+?) -->(?P<now>(?:(?!<!-- =).)*?)<!-- end -->", re.DOTALL)
HALF_A_MARK = re.compile(r"<!--\s*(?:=|end\b).*")
LINE_START = re.compile(r"[ >]*(?:(?:[-*+]|\d+[.)]) +)?")  # up to the text of a line: quotes and the sign of a list

# The rule of hub/README.md for how many learners a machine holds: what is set aside for the system and the hub, and the
# machines (GiB, cores) that its table shows.
RESERVED_GIB, RESERVED_CORES = 2, 0.5
MACHINES = ((8, 2), (16, 4), (32, 8), (64, 16), (128, 32))

# What the tutorials ask for: epochs, of which E names none, and images in a batch. It is what
# course_utils.experiments.tutorials trains, which needs TensorFlow.
ASKED = {"A": (20, 256), "B": (50, 32), "C": (30, 128), "D": (50, 256), "E": (None, 128), "E_frozen": (None, 128)}
DATA_SETS = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}
LIBRARIES = {"python": "Python", "tensorflow": "TensorFlow", "keras": "Keras"}


# The pages


def pages(root: Path) -> list[Path]:
    """Return the pages that may hold marks."""
    folders = (root / "workshop", root / "tutorials", root / "hub", root / "notebooks" / "generators")
    return [*readmes(root), *(path for folder in folders for path in sorted(folder.glob("*.md")))]


def write(root: Path) -> list[Path]:
    """Fill in all pages; return those that have changed.

    Raises:
        SourceError: if a mark cannot be read; nothing is written then.
    """
    read = _read_all(root)
    if wrong := [problem for _, _, problems in read for problem in problems]:
        raise SourceError(wrong)
    changed = []
    for path, marks, _ in read:
        text = old = path.read_text(encoding="utf-8")
        for mark in reversed(marks):
            text = text[: mark.start] + mark.new + text[mark.start + len(mark.now) :]
        if text != old:
            write_atomically(path, text)
            changed.append(path)
    return changed


def problems(root: Path) -> list[str]:
    """Return where the pages do not say what was measured, or have marks that cannot be read; one line each."""
    return [
        problem
        for _, marks, wrong in _read_all(root)
        for problem in [*wrong, *(mark.problem for mark in marks if mark.now != mark.new)]
    ]


def _read_all(root: Path) -> list[tuple[Path, list[Mark], list[str]]]:
    facts = Facts(root)
    names = {path: path.relative_to(root).as_posix() for path in pages(root)}
    return [(path, *read_marks(path.read_text(encoding="utf-8"), name, facts)) for path, name in names.items()]


@dataclass(frozen=True)
class Mark:
    """A place that is filled in: from `start` on, the text of its page says `now` and should say `new`."""

    place: str
    words: str
    start: int
    now: str
    new: str

    @property
    def problem(self) -> str:
        """Return in which line `now` differs from `new`."""
        lines = zip_longest(self.now.strip().split("\n"), self.new.strip().split("\n"), fillvalue="nothing")
        differences = [f"says {now or 'nothing'} instead of {new}" for now, new in lines if now != new]
        return f"{self.place}: `{self.words}` {(differences or ['needs empty lines around it'])[0]}; run `make build`"


def read_marks(text: str, name: str, facts: Facts) -> tuple[list[Mark], list[str]]:
    """Return the marks of a page in order, and why others cannot be read, one line each.

    Args:
        text: of the page.
        name: its path within the course; that of a Spanish page ends in `.es.md`.
        facts: what was measured.
    """
    marks, wrong, before, whole = [], [], language(), set()
    for match in MARK.finditer(text):
        whole |= {match.start(), match.end("now")}
        line_start = text.rfind("\n", 0, match.start()) + 1
        place, words = _place(name, text, match.start()), match["words"]
        set_language("es" if name.endswith(".es.md") else "en")
        try:
            new = _value(*words.split(), facts=facts)
        except (LookupError, TypeError, ValueError) as error:
            wrong.append(f"{place}: `{words}` cannot be written: {error}")
            continue
        finally:
            set_language(before)
        if "\n" not in new and LINE_START.fullmatch(text, line_start, match.start()):
            wrong.append(f"{place}: `{words}` begins a line, which Markdown would then leave as it is: not there")
        marks.append(Mark(place, words, match.start("now"), match["now"], new))
    for match in HALF_A_MARK.finditer(text):
        if match.start() not in whole:
            pair = "`<!-- =NAME … -->` and `<!-- end -->`"
            wrong.append(f"{_place(name, text, match.start())}: not a pair of {pair}: {match[0][:60]}")
    return marks, wrong


def _place(name: str, text: str, position: int) -> str:
    return f"{name}:{text.count(chr(10), 0, position) + 1}"


def _value(name: str, *arguments: str, facts: Facts) -> str:
    if name not in WRITERS:
        raise ValueError(f"there is no such table or number; there are: {', '.join(WRITERS)}")
    return WRITERS[name](facts, *arguments)


# What was measured


@dataclass(frozen=True)
class Run:
    """What a notebook says of its published run.

    Attributes:
        published: its provenance, with `seconds`, `budget`, `device` and `peak_memory_mb`; empty if there is none.
        sections: its headings of the first two levels.
        trainings: place of a section -> steps and time ("4:21") of each training in it.
        text: all outputs.
    """

    published: dict
    sections: list[str]
    trainings: dict[int, list[tuple[int, str]]]
    text: str


NO_RUN = Run({}, [], {}, "")


class Facts:
    """What was measured, read from the files of a course when first asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def all_runs(self) -> dict[tuple[int, str], Run]:
        """The run of each notebook, by the number of its lesson and its language."""
        paths = [path for code in LANGUAGES for path in (self.root / "notebooks" / code).glob("[0-9][0-9]_*.ipynb")]
        return {(int(path.stem[:2]), path.parent.name): _read_run(path) for path in paths}

    def runs(self, lesson: int | str) -> tuple[Run, Run]:
        """Return the run of a lesson in the language of the page and in the other.

        Raises:
            ValueError: if there is no such lesson.
        """
        found = [self.all_runs.get((int(lesson), code)) for code in L(("es", "en"), ("en", "es"))]
        if found == [None, None]:
            raise ValueError(f"there is no lesson {lesson}")
        return tuple(run or NO_RUN for run in found)

    @cached_property
    def cards(self) -> dict[str, dict]:
        """The cards of the generators, by the number of the lesson."""
        path = self.root / "notebooks" / "generators" / "cards.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    @cached_property
    def walker(self) -> dict | None:
        """The card of the generator for the walk of lesson 3, None if it has not been made."""
        path = self.root / "notebooks" / "generators" / "walk.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    @cached_property
    def tutorials(self) -> dict[str, dict]:
        """The trainings of the tutorials, by their names in `ASKED`; of each its `steps`, `measured`, `devices`, ….

        Of `measured`, a row for each moment, the first is from before the training and the last from its end.
        """
        path = self.root / "notebooks" / "results" / "tutorials.json"
        runs = json.loads(path.read_text(encoding="utf-8"))["runs"] if path.exists() else []
        return {run["network"]: run for run in runs}

    @cached_property
    def learner(self) -> dict:
        """What the hub gives each learner: `memory` and `cpu` with their `limit` and `guarantee`, and `storage`."""
        return yaml.safe_load((self.root / "hub" / "z2jh" / "values.yaml").read_text(encoding="utf-8"))["singleuser"]


def _read_run(path: Path) -> Run:
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:  # the builder says what is wrong with it
        return NO_RUN
    sections, trainings, texts, stopped = [], {}, [], None
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            sections += [title for level, title in headings("".join(cell["source"])) if level <= 2]
        for output in cell.get("outputs", []):
            text = "".join(output.get("text") or output.get("data", {}).get("text/plain", ""))
            texts.append(text)
            # The last line of a progress bar: 600/600 [00:13<00:00, 44.92 steps/s]
            for done, steps, time in re.findall(r"(\d+)/(\d+) \[([\d:]+)<", text):
                here = trainings.setdefault(len(sections) - 1, [])
                if stopped == (len(sections) - 1, steps):  # the training goes on
                    time = _sum_of_clocks(here.pop()[1], time)
                here.append((int(steps), re.sub(r"^0(?=\d)", "", time)))
                stopped = (len(sections) - 1, steps) if int(done) < int(steps) else None
    return Run(notebook["metadata"].get("course", {}).get("published") or {}, sections, trainings, "\n".join(texts))


def _in_seconds(clock: str) -> int:
    return reduce(lambda total, part: 60 * total + int(part), clock.split(":"), 0)


def _sum_of_clocks(*clocks: str) -> str:
    """Return how long "1:05" and "0:08" are together: "1:13"."""
    total = sum(map(_in_seconds, clocks))
    hours, minutes = divmod(total // 60, 60)
    return f"{hours}:{minutes:02}:{total % 60:02}" if hours else f"{minutes}:{total % 60:02}"


# The tables and numbers: functions of what was measured and of the arguments in the mark


def budget(facts: Facts, lesson: str) -> str:
    """Return the budget of the published run: `workshop`."""
    return _one_of(facts.runs(lesson), lambda published: f"`{published['budget']}`")


def seconds(facts: Facts, lesson: str) -> str:
    """Return how long the whole notebook ran, in the language of the page and in the other: 317 s / 322 s."""
    return " / ".join(map(_seconds, facts.runs(lesson)))


def training(facts: Facts, lesson: str, *title: str) -> str:
    """Return how long the trainings of a section took, in the language of the page and in the other: 4:21 / 4:38."""
    runs, title = facts.runs(lesson), " ".join(title)
    if not runs[0].sections:
        return UNKNOWN
    if title not in runs[0].sections:
        raise ValueError(f"lesson {lesson} has no section `## {title}`")
    return " / ".join(_clocks(run, runs[0].sections.index(title)) for run in runs)


def verdict(facts: Facts, lesson: str, what: str) -> str:
    """Return the `interval` (−0.83 to +0.17) or the `p` (0.1508) of the first verdict that the notebook prints."""
    found = re.search(r"(\S+) (?:to|a) (\S+), p = (\d\.\d+)", facts.runs(lesson)[0].text)
    low, high, p = found.groups() if found else (UNKNOWN,) * 3
    interval = f"{low} {L('a', 'to')} {high}".replace("-", "−") if found else UNKNOWN
    return {"interval": interval, "p": p}[what]


def notebooks(facts: Facts) -> str:
    """Return the table of all lessons: how each was published, and how long it took."""
    head = [L("lección", "lesson"), L("presupuesto", "budget"), L("máquina", "machine"), *_two_notebooks()]
    rows = []
    for lesson in sorted({lesson for lesson, _ in facts.all_runs}):
        runs = facts.runs(lesson)
        rows.append([str(lesson), budget(facts, lesson), _one_of(runs, _device), *map(_seconds, runs)])
    return _table(head, *rows)


def times(facts: Facts, lesson: str) -> str:
    """Return the table of one lesson: the whole notebook, every section that trains, and the rest."""
    runs = facts.runs(lesson)
    how = ", ".join([budget(facts, lesson), _one_of(runs, _device)])
    rows = [[L(f"el cuaderno entero ({how})", f"the whole notebook ({how})"), "", *map(_seconds, runs)]]
    for place in sorted({*runs[0].trainings, *runs[1].trainings}):
        title = f"**§ {runs[0].sections[place]}**" if place < len(runs[0].sections) else UNKNOWN
        steps = [thousands(steps) for steps, _ in (runs[0].trainings.get(place) or runs[1].trainings[place])]
        rows.append([title, " + ".join(steps), *(_clocks(run, place) for run in runs)])
    rows.append([L("todo lo demás, calculado", "everything else, computed"), "", *map(_rest, runs)])
    return _table([L("apartado", "section"), L("pasos", "steps"), *_two_notebooks()], *rows)


def generators(facts: Facts, code: str) -> str:
    """Return the table of the generators that come with the course, from their cards, in the language `code`."""
    if code not in LANGUAGES:
        raise ValueError(f"the language is one of {', '.join(LANGUAGES)}")
    set_language(code)
    names = L(
        "lección, datos, presupuesto, segundos, ruido, parámetros, pesos, MB, Fréchet, dígitos claros",
        "lesson, data, budget, seconds, noise, parameters, weights, MB, Fréchet, clear digits",
    )
    cards, rows = dict(facts.cards), []
    if facts.walker:
        cards[L("3, el paseo", "3, the walk")] = facts.walker
    for lesson, card in cards.items():
        length = card.get("budget") or L(f"{thousands(card['steps'])} pasos", f"{thousands(card['steps'])} steps")
        run = [card["dataset"], length, f"{card['seconds']:.0f} ({_device(card)})", str(card["latent_dim"])]
        file = [
            thousands(card["parameters"]),
            "8 bits" if card["quantized"] else "32 bits",
            f"{card['bytes'] / 1e6:.2f}",
        ]
        judged = [f"{card['measures']['frechet']:.2f}", percent(card["measures"]["confident"])]
        rows.append([lesson, *run, *file, *judged])
    return _table(names.split(", "), *rows)


def tutorials(facts: Facts) -> str:
    """Return the table of the tutorials that have been trained: what each asks for, and what came of it."""
    names = L(
        "tutorial, datos, lo que pide, pasos, tiempo, Fréchet ↓, la menor, precisión, exhaustividad, seguras",
        "tutorial, data, what it asks for, steps, time, Fréchet ↓, its lowest, precision, recall, confident",
    )
    rows = []
    for name, (epochs, batch) in ASKED.items():
        if name not in facts.tutorials:
            continue
        run, fact = facts.tutorials[name], partial(tutorial, facts, name)
        title = L("E, con D congelado", "E, D frozen") if name == "E_frozen" else name
        steps, lowest = thousands(run["steps"]), fact("lowest_step")
        length = L(f"{epochs} épocas", f"{epochs} epochs") if epochs else L(f"{steps} pasos", f"{steps} steps")
        asked = L(f"{length}, lotes de {batch}", f"{length}, batches of {batch}")
        when = L("al final", "at the end") if lowest == steps else L(f"paso {lowest}", f"step {lowest}")
        distances = [fact("frechet"), f"{fact('lowest')} ({when})"]
        shares = [fact("precision"), fact("recall"), fact("confident")]
        rows.append([title, DATA_SETS[run["data"]], asked, steps, fact("seconds"), *distances, *shares])
    return _table(names.split(", "), *rows)


def tutorial(facts: Facts, name: str, what: str) -> str:
    """Return a fact of a tutorial's training.

    Args:
        facts: what was measured.
        name: of the tutorial, as in `ASKED`.
        what: at its end: `frechet`, `precision`, `recall`, `confident`. Of all moments after the start: the `lowest`
            and the `highest` Fréchet distance, and the `lowest_step`. Of the whole: `seconds`, `device`, `versions`.
    """
    if name not in ASKED:
        raise ValueError(f"the tutorials are {', '.join(ASKED)}")
    if name not in facts.tutorials:
        return UNKNOWN
    run = facts.tutorials[name]
    _, *moments = run["measured"]
    lowest = min(moments, key=lambda row: row["frechet"])
    return {
        "frechet": f"{moments[-1]['frechet']:.2f}",
        **{share: percent(moments[-1][share]) for share in ("precision", "recall", "confident")},
        "lowest": f"{lowest['frechet']:.2f}",
        "lowest_step": thousands(lowest["step"]),
        "highest": f"{max(row['frechet'] for row in moments):.2f}",
        "seconds": f"{sum(row['seconds'] for row in moments):.0f} s",
        "device": " + ".join(run["devices"]),
        "versions": ", ".join(f"{LIBRARIES[library]} {version}" for library, version in run["versions"].items()),
    }[what]


def limit(facts: Facts, what: str, kind: str) -> str:
    """Return what each learner has on the hub, for instance `memory limit`: 2 GB."""
    return re.sub(r"Gi?$", " GB", str(facts.learner[what][kind]))


def peak_memory(facts: Facts) -> str:
    """Return the most memory that a published notebook took: 1.4 GB of 1024³ bytes, rounded up."""
    peaks = [run.published.get("peak_memory_mb") or 0 for run in facts.all_runs.values()]
    # The system counts in KiB, a thousand of which are an MB of the metadata.
    gib = max(peaks, default=0) * 1000 / 1024**2
    return f"{math.ceil(10 * gib) / 10:.1f} GB" if gib else UNKNOWN


def learners(facts: Facts) -> str:
    """Return the table of how many learners the machines hold, and how much longer all wait if all train at once."""
    head = L(
        ["memoria, GiB", "núcleos", "estudiantes", "veces más lento, como mucho"],
        ["memory, GiB", "cores", "learners", "times as long at worst"],
    )
    rows = []
    for memory, cores in MACHINES:
        count = learners_on(facts.learner, memory, cores)
        rows.append([str(memory), str(cores), str(count), f"{facts.learner['cpu']['limit'] * count / cores:.1f}"])
    return _table(head, *rows)


def machine(facts: Facts, count: str) -> str:
    """Return the smallest of the machines that holds so many learners: 64 GiB and 16 cores."""
    for memory, cores in MACHINES:
        if learners_on(facts.learner, memory, cores) >= int(count):
            return L(f"{memory} GiB y {cores} núcleos", f"{memory} GiB and {cores} cores")
    return UNKNOWN


def learners_on(learner: dict, memory: int, cores: int) -> int:
    """Return how many learners a machine with so many GiB and cores holds, by the rule of hub/README.md.

    Args:
        learner: what each of them has, as in `Facts.learner`.
        memory: of the machine, in GiB.
        cores: of the machine.
    """
    free, per_learner = memory - RESERVED_GIB, learner["memory"]
    shares = [free // float(per_learner[kind].removesuffix("G")) for kind in ("limit", "guarantee")]
    return int(min(*shares, (cores - RESERVED_CORES) // learner["cpu"]["guarantee"]))


def _table(*rows: list[str]) -> str:
    lines = ["|" + "".join(f" {cell} |" if cell else " |" for cell in row) for row in rows]
    return "\n".join(["", "", lines[0], "|" + "---|" * len(rows[0]), *lines[1:], "", ""])


def _two_notebooks() -> list[str]:
    return L(["cuaderno en español", "cuaderno en inglés"], ["English notebook", "Spanish notebook"])


def _one_of(runs: tuple[Run, Run], fact: Callable[[dict], str]) -> str:
    """Return a fact of both published runs, once where it is the same, as it should be."""
    return " / ".join(dict.fromkeys(fact(run.published) for run in runs if run.published)) or UNKNOWN


def _device(published: dict) -> str:
    return L(published["device"].replace("cores", "núcleos"), published["device"])


def _seconds(run: Run) -> str:
    return f"{run.published['seconds']:.0f} s" if run.published else UNKNOWN


def _clocks(run: Run, place: int) -> str:
    return " + ".join(clock for _, clock in run.trainings.get(place, [])) or UNKNOWN


def _rest(run: Run) -> str:
    clocks = [clock for trainings in run.trainings.values() for _, clock in trainings]
    trained = sum(map(_in_seconds, clocks))
    return f"{run.published['seconds'] - trained:.0f} s" if run.published else UNKNOWN


_WRITERS = (
    budget, generators, learners, limit, machine, notebooks, peak_memory,
    seconds, times, training, tutorial, tutorials, verdict,
)  # fmt: skip
WRITERS: dict[str, Callable[..., str]] = {writer.__name__: writer for writer in _WRITERS}
