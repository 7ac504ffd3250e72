"""Answers that are clicked: a button for each letter of a question, and the verdict under them. For `exercises`."""

from __future__ import annotations

import html
import importlib.util
import os
import re
from collections.abc import Callable, Mapping, Sequence

from course_utils import progress
from course_utils.language import L

STYLES = {"right": "success", "wrong": "danger", "pending": ""}


def work() -> bool:
    """Return whether somebody can click: a notebook with a kernel, with ipywidgets, that does not run by itself."""
    return (
        "COURSE_UNATTENDED" not in os.environ
        and progress.where() == "notebook"
        and importlib.util.find_spec("ipywidgets") is not None
    )


def show(rows: Mapping[str, tuple[str, bool]], answer: Callable[[Sequence[str]], tuple[str, str]]) -> None:
    """Show a row of buttons for each answer that a question asks for, and what is said of them once they are clicked.

    Where it asks for one letter, that is at once; elsewhere there is a button more, to hand the answers over.

    Args:
        rows: name of an answer -> its letters, and whether it takes only one of them.
        answer: function of the answers, a text of letters each, that returns the verdict ("pending", "right" or
            "wrong") and what is said.
    """
    import ipywidgets
    from IPython.display import display

    said = ipywidgets.HTML()
    at_once = [single for _, single in rows.values()] == [True]

    def hand_over(*_) -> None:
        chosen = ["".join(button.description for button in line if button.value) for line in lines]
        kind, sentence = answer(chosen)
        said.value = as_html(sentence)
        for button in (button for line in lines for button in line):
            button.button_style = STYLES[kind] if button.value else ""

    def listen(line: Sequence, single: bool) -> None:
        def clicked(change: dict) -> None:
            if single and change["new"]:
                for button in line:
                    button.value = button is change["owner"]
            if not at_once:
                change["owner"].button_style = "info" if change["owner"].value else ""
            elif change["new"]:
                hand_over()
            elif not any(button.value for button in line):
                change["owner"].value = True  # a click on the letter that is chosen leaves it chosen

        for button in line:
            button.observe(clicked, "value")

    lines, boxes = [], []
    for name, (letters, single) in rows.items():
        line = [
            ipywidgets.ToggleButton(
                description=letter,
                tooltip=L(f"Respuesta {letter}", f"Answer {letter}"),
                layout=ipywidgets.Layout(width="3.4em", min_width="3.4em", margin="2px 6px 2px 0"),
            )
            for letter in letters
        ]
        listen(line, single)
        lines.append(line)
        label = [ipywidgets.Label(name, layout=ipywidgets.Layout(min_width="7em"))] if len(rows) > 1 else []
        boxes.append(ipywidgets.HBox(label + line, layout=ipywidgets.Layout(flex_flow="row wrap")))
    if not at_once:
        check = ipywidgets.Button(description=L("Comprobar", "Check"), button_style="primary")
        check.on_click(hand_over)
        boxes.append(check)
    display(ipywidgets.VBox([*boxes, said]))


def as_html(sentence: str) -> str:
    """Return what is said as HTML that screen readers speak: `code` set as code, a line break where there is one."""
    text = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", html.escape(sentence)).replace("\n", "<br>")
    return f'<div role="status" style="max-width:44em;line-height:1.4;white-space:normal">{text}</div>'
