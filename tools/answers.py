"""What learners have typed into the notebooks: found, set aside before it can be lost, put into a newer version.

Jupyter and VS Code describe in a notebook what its kernel speaks, and the builder only names it; Colab says where it
comes from. A notebook that such a program has saved is a learner's, unless git holds it like that. What is committed is
the course's.
"""

from __future__ import annotations

import copy
import difflib
import json
import os
import re
import shutil
import subprocess
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode, v4

from course_utils.language import L, say
from tools.course import LANGUAGES, ROOT, find_sources, notebook_path, read_course, read_notebook, write_atomically
from tools.notebooks import FOR_COLAB, keep_outputs, make_notebooks
from tools.source import read_source

# Below `out`: copies of what was about to be replaced, and the notebooks as the course has last written them.
BEFORE, COURSE = "before", "course"


# Which notebooks are a learner's


def learners(root: Path) -> list[Path]:
    """Return the notebooks in which a learner has worked, own ones among them."""
    folders = [root / "notebooks" / language for language in LANGUAGES]
    return [path for folder in folders for path in sorted(folder.glob("*.ipynb")) if is_learners(root, path)]


def is_learners(root: Path, path: Path) -> bool:
    """Return whether a learner has worked in this notebook."""
    return _is_saved_elsewhere(path) and _is_not_in_git(root, path)


def _is_saved_elsewhere(path: Path) -> bool:
    try:
        metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
        return metadata.get("language_info") != {"name": "python"} or bool(metadata.get("colab", {}).keys() - FOR_COLAB)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False  # missing or damaged: the gate says so


def _is_not_in_git(root: Path, path: Path) -> bool:
    done = git(root, "status", "--porcelain", "--", path.relative_to(root).as_posix())
    return done is None or done.returncode != 0 or bool(done.stdout)


def git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str] | None:
    """Run a command of git in the folder of the course; None where that is no checkout or there is no git."""
    if not (root / ".git").exists():
        return None
    command = ["git", "--no-optional-locks", *arguments]
    quietly = os.environ | {"GIT_TERMINAL_PROMPT": "0"}  # rather fail than ask for a password
    try:
        return subprocess.run(command, cwd=root, env=quietly, capture_output=True, text=True, encoding="utf-8")
    except OSError:
        return None


def course_version(root: Path, path: Path) -> NotebookNode | None:
    """Return a notebook as the course has it: as git holds it, as the course has last written it, or else built anew.

    None if it is none of the course's. Built anew, it has the outputs that are there, and still says who saved them.
    """
    name = path.relative_to(root).as_posix()
    done, kept = git(root, "show", f"HEAD:{name}"), kept_path(root, path)
    if done and done.returncode == 0:
        return nbformat.reads(done.stdout, as_version=4)
    if kept.exists():
        return read_notebook(kept)
    source = root / "notebooks" / "source" / f"{path.stem}.py"
    if not source.exists():
        return None
    notebook, found = make_notebooks(read_source(source, read_course(root)))[path.parent.name], read_notebook(path)
    keep_outputs(notebook, found)
    notebook.metadata.language_info = found.metadata.get("language_info", {})
    return notebook


def kept_path(root: Path, path: Path) -> Path:
    """Return where a notebook is kept as the course has last written it."""
    return root / "out" / COURSE / path.relative_to(root)


def remember(root: Path) -> None:
    """Where there is no git, keep the notebooks as the course has brought them, before a learner opens them."""
    for source in () if (root / ".git").exists() else find_sources(root):
        for path in (notebook_path(root, language, source.stem) for language in LANGUAGES):
            kept = kept_path(root, path)
            if path.exists() and not kept.exists() and not is_learners(root, path):
                write_atomically(kept, path.read_bytes())


# Before they are written


def set_aside(root: Path, paths: list[Path]) -> Path:
    """Copy files into a new folder `out/before/<date_time>`; return it."""
    folder = root / "out" / BEFORE / f"{datetime.now():%Y-%m-%d_%H%M%S}"
    while folder.exists():
        folder = folder.with_name(f"{folder.name}_")
    folder.mkdir(parents=True)
    for path in paths:
        target = folder / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    return folder


def keep_typed(root: Path, texts: dict[Path, str]) -> None:
    """Before notebooks are written: set aside those that hold what neither the course nor git knows.

    Args:
        root: the folder of the course.
        texts: path -> what is about to be written; remembered as the course's.
    """
    kept = {path: kept_path(root, path) for path in texts}
    typed = [
        path
        for path, text in texts.items()
        if path.exists()
        and _sources(old := path.read_text(encoding="utf-8")) - _sources(text)
        and not (kept[path].exists() and kept[path].read_text(encoding="utf-8") == old)
        and _is_not_in_git(root, path)
    ]
    if typed:
        folder = set_aside(root, typed).relative_to(root).as_posix()
        say(
            f"{names_of(root, typed)}: puede haber algo tuyo; queda una copia en {folder}",
            f"{names_of(root, typed)}: there may be something of yours in it; a copy is in {folder}",
        )
    for path, text in texts.items():
        write_atomically(kept[path], text)


def _sources(text: str) -> set[str]:
    return {"".join(cell["source"]) for cell in json.loads(text)["cells"]}


# Into a newer version


def merge(base: NotebookNode, mine: NotebookNode, new: NotebookNode) -> NotebookNode:
    """Return the new notebook with all that a learner has typed and run.

    A cell that only the learner has changed is the learner's; if the course has changed it too, the learner's text
    stands in a note below it. Added cells follow the cell that they followed. Outputs stay where the text is the
    learner's.

    Args:
        base: the course's notebook that the learner began with.
        mine: what has become of it.
        new: the course's newer one.
    """
    cells, below, place = [copy.deepcopy(cell) for cell in new.cells], defaultdict(list), -1
    places, known = _places(base.cells, new.cells), _known(base.cells, mine.cells)
    language = new.metadata.get("course", {}).get("language")
    for number, cell in enumerate(mine.cells):
        if number not in known:
            below[place].append(copy.deepcopy(cell))
            continue
        old, at = base.cells[known[number]], places.get(known[number])
        place = place if at is None else at
        is_typed = cell.source != old.source
        if at is not None and new.cells[at].source in ((old.source, cell.source) if is_typed else (cell.source,)):
            cells[at], course = copy.deepcopy(cell), cells[at]
            cells[at].id, cells[at].metadata = course.id, course.metadata
        elif is_typed:
            below[place].append(_note(cell, language))
    merged = copy.deepcopy(new)
    merged.cells = [*below[-1], *(one for at, cell in enumerate(cells) for one in (cell, *below[at]))]
    ids = {cell.id for cell in cells}
    for cell in (cell for added in below.values() for cell in added):
        if cell.get("id") in ids | {None}:
            cell.id = v4.new_raw_cell().id
        ids.add(cell.id)
    merged.metadata = mine.metadata | {"course": new.metadata.get("course", {})}
    if for_colab := mine.metadata.get("colab", {}) | new.metadata.get("colab", {}):
        merged.metadata.colab = for_colab
    return merged


def _known(base: list[NotebookNode], mine: list[NotebookNode]) -> dict[int, int]:
    """Return place in `mine` -> place in `base`, by id, or by text where a program has taken the ids away."""
    ids = {cell.get("id"): number for number, cell in enumerate(base)}
    found = {number: ids.pop(cell.id) for number, cell in enumerate(mine) if cell.get("id") in ids}
    texts = {base[number].source: number for number in ids.values()}
    return found | {
        number: texts.pop(cell.source)
        for number, cell in enumerate(mine)
        if number not in found and cell.source in texts
    }


def _places(base: list[NotebookNode], new: list[NotebookNode]) -> dict[int, int]:
    """Return place in `base` -> place in `new`: ids count the cells of a lesson, so they move when one is put in."""
    keys, others = ([(cell.cell_type, cell.source) for cell in cells] for cells in (base, new))
    steps = difflib.SequenceMatcher(None, keys, others, False).get_opcodes()
    places = {at: at - a + c for step, a, b, c, _ in steps if step == "equal" for at in range(a, b)}
    for at, key in enumerate(keys):  # cells that stand elsewhere now
        free = [to for to, other in enumerate(others) if other == key and to not in places.values()]
        if at not in places and free:
            places[at] = free[0]
    for step, a, b, c, d in steps:
        if step == "replace":
            left = [to for to in range(c, d) if to not in places.values()]
            places |= zip([at for at in range(a, b) if at not in places], left, strict=False)
    return places


def _note(cell: NotebookNode, language: str | None) -> NotebookNode:
    """Return the text of a cell as a note: it is there to be read and copied, and does not run."""
    head = {
        "es": "El curso ha cambiado esta celda. Antes de actualizarlo, tú habías escrito en ella:",
        "en": "The course has changed this cell. Before the update, you had written in it:",
    }
    fence = "`" * max(3, *(1 + len(run) for run in re.findall("`+", cell.source)), 0)
    kind = "python" if cell.cell_type == "code" else "markdown"
    return v4.new_markdown_cell(f"**{head.get(language, head['en'])}**\n\n{fence}{kind}\n{cell.source}\n{fence}")


def names_of(root: Path, paths: list[Path]) -> str:
    """Return files by their paths within the course, in one line."""
    return ", ".join(path.relative_to(root).as_posix() for path in paths)


def tested_in_the_courses_version(root: Path, paths: list[Path]) -> str:
    """Return the line that says which notebooks are a learner's, and that the tests look at the course's instead."""
    return L(
        f"has trabajado en estos cuadernos, que se prueban como los trae el curso: {names_of(root, paths)}",
        f"you have worked in these notebooks, which are tested as the course has them: {names_of(root, paths)}",
    )


if __name__ == "__main__":
    remember(ROOT)
