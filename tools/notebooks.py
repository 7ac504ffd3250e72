"""Make the notebooks of a lesson from its parsed source, and tell which outputs are still those of its code.

The code is formatted with ruff, and the same at every build.
"""

from __future__ import annotations

import ast
import copy
import difflib
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode, v4

from tools.bilingual import DIRECTIVE, is_text
from tools.course import LANGUAGES, read_notebook

if TYPE_CHECKING:
    from tools.source import Lesson

# What hides the code of a cell in JupyterLab, in Colab (which shows its line `# @title` instead) and in Kaggle.
HIDDEN = {"jupyter": {"source_hidden": True}, "cellView": "form", "_kg_hide-input": True}
# What the builder says to Colab; what else stands there, Colab has written itself.
FOR_COLAB = {"runtime_attributes", "generative_ai_disabled"}


def to_text(notebook: NotebookNode) -> str:
    """Return the file content of a notebook, always in the same form."""
    return nbformat.writes(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def make_notebooks(lesson: Lesson) -> dict[str, NotebookNode]:
    """Return the notebook of each language, without outputs."""
    notebooks = {language: _notebook(lesson, language) for language in LANGUAGES}
    _format(list(notebooks.values()))
    return notebooks


def _notebook(lesson: Lesson, language: str) -> NotebookNode:
    cells = []
    for position, cell in enumerate(lesson.shown, 1):
        new = v4.new_code_cell if cell.kind == "code" else v4.new_markdown_cell
        metadata = {"tags": list(cell.tags)} if cell.tags else {}
        if "setup" in cell.tags:
            metadata |= HIDDEN
        cells.append(new(cell.text[language], id=f"{lesson.name[:2]}-{position:03d}", metadata=metadata))
    course = {"lesson": lesson.name, "language": language, "title": lesson.titles[language]}
    if solutions := [syntax(cell.source) for cell in lesson.cells if "solution" in cell.tags]:
        # Not shown, but they run where learners have written nothing: part of what the outputs depend on.
        course["solutions"] = hashlib.sha256(json.dumps(solutions).encode()).hexdigest()
    metadata = {
        "colab": _for_colab(lesson),
        "course": course,
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return v4.new_notebook(cells=cells, metadata=metadata)


def _for_colab(lesson: Lesson) -> dict:
    """Return what Colab reads: the runtime to start, and whether its AI assistant keeps silent.

    The form is that of the notebooks that Colab itself saves; the assistant's key is the one that its makers name in
    https://github.com/googlecolab/colabtools/issues/4834.
    """
    runtime, assistant = lesson.colab["runtime"], lesson.colab["assistant"]
    metadata = {"runtime_attributes": {"runtime_version": runtime}} if runtime else {}
    return metadata if int(lesson.name[:2]) in assistant else metadata | {"generative_ai_disabled": True}


def _format(notebooks: list[NotebookNode]) -> None:
    """Format the code cells with one call of ruff, then remove the directives."""
    options = ["--isolated", "--no-cache", "--quiet", "--line-length=88", "--target-version=py311"]
    options += ["--config", "format.skip-magic-trailing-comma=true"]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number}.ipynb") for number in range(len(notebooks))]
        for path, notebook in zip(paths, notebooks, strict=True):
            path.write_text(to_text(notebook), encoding="utf-8")
        command = [sys.executable, "-m", "ruff", "format", *options, folder]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
        if done.returncode:
            raise RuntimeError(f"ruff format failed:\n{done.stderr}")
        for path, notebook in zip(paths, notebooks, strict=True):
            for cell, formatted in zip(notebook.cells, read_notebook(path).cells, strict=True):
                if cell.cell_type == "code":
                    cell.source = _without_directives(formatted.source)


def _without_directives(code: str) -> str:
    lines = code.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT and DIRECTIVE.match(token.string):
            line = token.start[0] - 1
            lines[line] = lines[line][: token.start[1]].rstrip() or None
    return "\n".join(line for line in lines if line is not None)


# What two codes have in common


def syntax(code: str, blank: bool = False) -> str:
    """Return the syntax tree of some code as text: the same for every Python version, layout and comments left out.

    Args:
        code: the code.
        blank: leave out what strings say. Of f-strings the formatted expressions remain, in any order.
    """
    return repr(_canonical(ast.parse(code), blank))


def _canonical(node: object, blank: bool) -> object:
    if isinstance(node, list):
        return [_canonical(item, blank) for item in node]
    if blank and isinstance(node, ast.AST) and is_text(node):
        values = [value for value in getattr(node, "values", []) if isinstance(value, ast.FormattedValue)]
        return ["text", sorted(repr(_canonical(value, blank)) for value in values)]
    if isinstance(node, ast.JoinedStr):  # Python 3.12 adds empty parts
        parts = [part for part in node.values if not (isinstance(part, ast.Constant) and part.value == "")]
        return ["f-string", _canonical(parts, blank)]
    if isinstance(node, ast.FormattedValue):
        spec = _canonical(node.format_spec, False) if node.format_spec else None
        return ["formatted", _canonical(node.value, blank), node.conversion, spec]
    if isinstance(node, ast.AST):
        fields = [(name, value) for name, value in ast.iter_fields(node) if name != "kind" and value not in (None, [])]
        return [type(node).__name__, *([name, _canonical(value, blank)] for name, value in fields)]
    return ascii(node)


def _code(notebook: NotebookNode) -> list[str]:
    # The setup cell does not count: publishing the course elsewhere must not make all outputs stale.
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return ["setup" if "setup" in cell.metadata.get("tags", []) else _published_code(cell.source) for cell in cells]


def _published_code(code: str) -> str:
    """Return the syntax tree of some code as text, without the smoke budgets: they are for tests, never published."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return code
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "budget":
            node.keywords = [keyword for keyword in node.keywords if keyword.arg != "smoke"]
    return repr(_canonical(tree, False))


def syntax_or_text(code: str, blank: bool = False) -> str:
    """Return the syntax tree of some code as text (see `syntax`), or the code itself where it is not valid Python."""
    try:
        return syntax(code, blank)
    except SyntaxError:
        return code


def fingerprint(notebook: NotebookNode) -> str:
    """Return the fingerprint of a notebook's code; the setup cell, comments, layout and smoke budgets do not count."""
    code = _code(notebook)
    code += filter(None, [notebook.metadata.get("course", {}).get("solutions")])
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """Return a copy as the builder makes it: no outputs, no execution counts, no provenance."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata.get("course", {}).pop("published", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def keep_outputs(notebook: NotebookNode, old: NotebookNode) -> None:
    """Take over the outputs of the cells whose code is unchanged, and the provenance, from the old notebook."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    old_cells = [cell for cell in old.cells if cell.cell_type == "code"]
    for at, old_at, size in difflib.SequenceMatcher(None, _code(notebook), _code(old), False).get_matching_blocks():
        for cell, old_cell in zip(cells[at : at + size], old_cells[old_at : old_at + size], strict=True):
            cell.outputs, cell.execution_count = old_cell.outputs, old_cell.execution_count
    if published := old.metadata.get("course", {}).get("published"):
        notebook.metadata.course.published = published
