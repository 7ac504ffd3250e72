"""Run a lesson for real and keep its outputs in the notebooks: `python -m tools.publish --lesson 1`.

Builds the notebooks, runs them one after the other, checks the outputs as the gate does, and only then replaces the
notebook. What was run, with what, on what and for how long is written into its metadata. The picture that the lesson
left as `generated.png` becomes the one that it promises at its top, `notebooks/promise/<lesson>.png`, in the outputs of
that very run too: at its start the file still held that of the run before. Of a lesson that
exports its `make_generator`, the generator that the English run has left comes with the course (`tools.generators`).
At the end all is built once more: the tables and numbers of the other pages follow.
"""

from __future__ import annotations

import argparse
import base64
import datetime
import json
import shutil
import subprocess
import sys
from pathlib import Path

from nbformat import NotebookNode

from course_utils import plots
from course_utils.budgets import BUDGETS
from course_utils.pixels import read_grid
from tools import answers, gate
from tools.build import build
from tools.course import LANGUAGES, ROOT, SourceError, find_sources, notebook_path, read_notebook, write_atomically
from tools.execute import execute
from tools.export import module_path
from tools.notebooks import fingerprint, to_text, without_outputs

GENERATORS = (1, 2, 3, 7)  # lessons whose generators come with the course, as `pretrained.MAKERS` has them


def publish(root: Path, lesson: str, language: str, budget: str | None = None, allow_digits: bool = False) -> list[str]:
    """Run the notebook of one language and, if its outputs are fit to be shown, replace it.

    Args:
        root: the folder of the course.
        lesson: the whole name of the lesson; it has been built.
        language: "es" or "en".
        budget: one of BUDGETS; None takes that of the published run, or leaves the choice to the lesson.
        allow_digits: accept the small data set that is the stand-in for a missing network.

    Returns:
        the problems; the notebook has been replaced if there are none.
    """
    path = notebook_path(root, language, lesson)
    name = path.relative_to(root).as_posix()
    notebook = read_notebook(path)
    budget = budget or notebook.metadata.course.get("published", {}).get("budget")
    run = execute(without_outputs(notebook), path.parent, budget)
    if run.failure:
        return [f"{name}: {run.failure}"]
    made = run.facts.pop("out")
    published = {
        **run.facts,
        "seconds": round(run.seconds, 1),
        "peak_memory_mb": run.peak_memory_mb,
        "fingerprint": fingerprint(run.notebook),
        "date": datetime.date.today().isoformat(),
    }
    run.notebook.metadata.course.published = published
    keeps = published["budget"] == "full" or not kept_of_full(root, lesson)
    if made and published["dataset"] != "digits":
        keep_promise(run.notebook, lesson, Path(made) / "generated.png")
    text = to_text(run.notebook)
    problems = gate.output_problems(name, run.notebook, len(text.encode()))
    if not published["dataset"]:
        problems.append(f"{name}: no variable `dataset` with a name: the lesson must keep its data in one")
    if not published["budget"]:
        problems.append(f"{name}: the lesson does not say its budget: give --budget")
    if published["dataset"] == "digits" and not allow_digits:
        problems.append(f"{name}: ran on the stand-in data (digits): give it the real data, or --allow-digits")
    if not problems:
        answers.keep_typed(root, {path: text})  # somebody may have typed into it during the run
        write_atomically(path, text)
        print(f"published {name}: {run.seconds:.0f} s, {len(text.encode()) / 1e6:.2f} MB", flush=True)
        if made and not keeps:
            print(f"{lesson}: the picture and the generator that come with the course stay those of `full`", flush=True)
        elif made:
            problems += keep_files(root, lesson, language, Path(made), published["dataset"])
    return problems


def kept_of_full(root: Path, lesson: str) -> bool:
    """Return whether the generator that comes with the course was trained with `full`: no shorter run replaces it."""
    cards = root / "notebooks" / "generators" / "cards.json"
    card = json.loads(cards.read_text("utf-8")).get(str(int(lesson[:2]))) if cards.exists() else None
    return bool(card) and card["budget"] == "full"


def keep_promise(notebook: NotebookNode, lesson: str, picture: Path) -> None:
    """Let a notebook promise, in its outputs, the very picture that its run has made, where there is one."""
    if not picture.exists():
        return
    png = base64.b64encode(plots.grid_png(read_grid(picture))).decode()
    for cell in notebook.cells:
        if cell.cell_type == "code" and f'show_promise("{lesson}")' in cell.source:
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    output.data["image/png"] = png


def keep_files(root: Path, lesson: str, language: str, made: Path, dataset: str) -> list[str]:
    """Keep the picture and the generator that a run has left; return the problems."""
    if dataset != "digits" and (picture := made / "generated.png").exists():
        promise = root / "notebooks" / "promise" / f"{lesson}.png"
        promise.parent.mkdir(exist_ok=True)
        shutil.copyfile(picture, promise)
    module = module_path(root, lesson)
    exports = module.exists() and "def make_generator(" in module.read_text(encoding="utf-8")
    kept = exports and int(lesson[:2]) in GENERATORS
    if not (kept and language == "en" and dataset == "mnist" and (made / "generator.keras").exists()):
        return []
    # In a process of its own: it needs TensorFlow and its memory, and this one does not.
    command = [sys.executable, "-m", "tools.generators", "--lesson", lesson, str(made)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8")
    print(done.stdout, end="", flush=True)
    return [f"the generator was not kept: {done.stderr.strip()}"] if done.returncode else []


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.publish", description="Run a lesson and keep its outputs.")
    parser.add_argument("--lesson", required=True, help="its number or name")
    parser.add_argument("--language", choices=LANGUAGES, help="only this language")
    parser.add_argument("--budget", choices=BUDGETS, help="what training may take (default: as published before)")
    parser.add_argument("--allow-digits", action="store_true", help="accept the stand-in data set")
    options = parser.parse_args(arguments)
    sys.stdout.reconfigure(errors="replace")
    try:
        lesson = find_sources(root, options.lesson)[0].stem
    except SourceError as error:
        print(error, file=sys.stderr)
        return 2
    _, problems = build(root, lesson)
    try:
        for language in [options.language] if options.language else LANGUAGES:
            if not problems:
                print(f"{lesson}, {language}", flush=True)
                problems = publish(root, lesson, language, options.budget, options.allow_digits)
    except KeyboardInterrupt:
        problems = ["stopped"]
    problems += build(root, lesson)[1]  # the pages that tell how long it took
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print("a notebook that is not named as published is as it was", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
