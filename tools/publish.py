"""Run a lesson for real and keep its outputs in the notebooks: `python -m tools.publish --lesson 1`.

Builds the notebooks, runs them one after the other, checks the outputs as the gate does, and only then replaces the
notebook. What was run, with what, on what and for how long is written into its metadata. The picture that the lesson
left as `generated.png` becomes the one that it promises at its top, `notebooks/promise/<lesson>.png`.
"""

from __future__ import annotations

import argparse
import datetime
import shutil
import sys
from pathlib import Path

from tools import build, execute, gate
from tools.run import BUDGETS


def publish(root: Path, lesson: str, language: str, budget: str | None = None, allow_digits: bool = False) -> list[str]:
    """Run the notebook of one language and, if its outputs are fit to be shown, replace it.

    Args:
        root: the folder of the course.
        lesson: the whole name of the lesson; it has been built.
        language: "es" or "en".
        budget: one of BUDGETS; None leaves the choice to the lesson.
        allow_digits: accept the small data set that is the stand-in for a missing network.

    Returns:
        the problems; the notebook has been replaced if there are none.
    """
    path = build.notebook_path(root, language, lesson)
    name = path.relative_to(root).as_posix()
    run = execute.execute(build.without_outputs(build.read_notebook(path)), path.parent, budget)
    if run.failure:
        return [f"{name}: {run.failure}"]
    made = run.facts.pop("out")
    published = {
        **run.facts,
        "seconds": round(run.seconds, 1),
        "peak_memory_mb": run.peak_memory_mb,
        "fingerprint": build.fingerprint(run.notebook),
        "date": datetime.date.today().isoformat(),
    }
    run.notebook.metadata.course.published = published
    text = build.to_text(run.notebook)
    problems = gate.output_problems(name, run.notebook, len(text.encode()))
    if not published["dataset"]:
        problems.append(f"{name}: no variable `dataset` with a name: the lesson must keep its data in one")
    if not published["budget"]:
        problems.append(f"{name}: the lesson does not say its budget: give --budget")
    if published["dataset"] == "digits" and not allow_digits:
        problems.append(f"{name}: ran on the stand-in data (digits): give it the real data, or --allow-digits")
    if not problems:
        build.write_atomically(path, text)
        if made and (picture := Path(made) / "generated.png").exists():
            promise = root / "notebooks" / "promise" / f"{lesson}.png"
            promise.parent.mkdir(exist_ok=True)
            shutil.copyfile(picture, promise)
        print(f"published {name}: {run.seconds:.0f} s, {len(text.encode()) / 1e6:.2f} MB", flush=True)
    return problems


def main(arguments: list[str] | None = None, root: Path = build.ROOT) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.publish", description="Run a lesson and keep its outputs.")
    parser.add_argument("--lesson", required=True, help="its number or name")
    parser.add_argument("--language", choices=build.LANGUAGES, help="only this language")
    parser.add_argument("--budget", choices=BUDGETS, help="what training may take; else the lesson decides")
    parser.add_argument("--allow-digits", action="store_true", help="accept the stand-in data set")
    options = parser.parse_args(arguments)
    sys.stdout.reconfigure(errors="replace")
    try:
        lesson = build.find_sources(root, options.lesson)[0].stem
    except build.SourceError as error:
        print(error, file=sys.stderr)
        return 2
    _, problems = build.build(root, lesson)
    try:
        for language in [options.language] if options.language else build.LANGUAGES:
            if not problems:
                print(f"{lesson}, {language}", flush=True)
                problems = publish(root, lesson, language, options.budget, options.allow_digits)
    except KeyboardInterrupt:
        problems = ["stopped"]
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print("not published: that notebook is as it was", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
