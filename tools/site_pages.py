"""The pages of the site that are not lessons: the entrance, how to run the course, results, glossary, teaching.

Each is made from what the course has already: its READMEs, the instructor's pages, the published results.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable
from pathlib import Path

from course_utils.language import L
from tools.course import find_sources
from tools.links import ROW, host_link
from tools.site_lessons import plain
from tools.site_pictures import Pictures
from tools.site_text import Anchors, Links, sections

SWITCH = re.compile(r"^\*\[(Léelo|Read it).*\n+", re.MULTILINE)  # the site has its own
COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
FACES = {"04_chatgpt_vs_handmade": "notebooks/results/handmade-10.png"}  # where a lesson promises no picture


def suffix(language: str) -> str:
    """Return how the name of a page of the repository ends."""
    return ".es.md" if language == "es" else ".md"


def texts(root: Path, language: str) -> dict[str, str]:
    """Return path in the course -> name of its page, for every text in a language that has one."""
    end = suffix(language)
    pages = {f"notebooks/{language}/{path.stem}.ipynb": f"lessons/{path.stem}" for path in find_sources(root)}
    pages |= {f"README{end}": "start", f"tutorials/README{end}": "tutorials", f"hub/README{end}": "teach/hub"}
    pages |= {f"workshop/README{end}": "teach/index", f"jobs/README{end}": "teach/jobs"}
    for number in (int(path.stem[:2]) for path in find_sources(root)):
        if (root / f"workshop/lesson_{number}{end}").is_file():
            pages[f"workshop/lesson_{number}{end}"] = f"teach/lesson_{number}"
    return pages


class Pages:
    """Makes the pages in one language, which `set_language` has chosen.

    Args:
        root: the course.
        site: where the pages go; pictures are kept there.
        language: "es" or "en".
        links: where links lead.
    """

    def __init__(self, root: Path, site: Path, language: str, links: Links) -> None:
        self.root, self.site, self.language, self.links = root, site, language, links
        self.readme = sections((root / f"README{suffix(language)}").read_text(encoding="utf-8"))
        self.rows = [row[0] for row in ROW.finditer("".join(self.readme.values()))]

    def all(self) -> dict[str, str]:
        """Return name -> text in Markdown of every page."""
        made = {
            "index": self.entrance,
            "start": self.start,
            "tricks": self.tricks,
            "records": self.records,
            "glossary": self.glossary,
        }
        pages = {name: Anchors().mark(make()) for name, make in made.items()}
        for source, page in self.links.pages.items():
            if page not in pages and source.endswith(".md"):
                text = (self.root / source).read_text(encoding="utf-8")
                pages[page] = Anchors().mark(self._rewritten(text, source, page))
        return pages

    def _rewritten(self, text: str, source: str, page: str) -> str:
        text = COMMENT.sub("", SWITCH.sub("", text))
        return self.links.rewrite(text, source, page, Pictures(self.site, page))

    def _readme_part(self, title: str, page: str) -> str:
        """Return a section of the README, its heading included."""
        source = f"README{suffix(self.language)}"
        return f"## {title}\n\n" + self._rewritten(self.readme[title], source, page).strip() + "\n\n"

    def _lessons(self) -> list[dict[str, str]]:
        """Return of each lesson: `name`, `title`, `gain` and `minutes`, as the README has them."""
        found = []
        for row in self.rows:
            number, title, gain, minutes = [cell.strip() for cell in row.strip("|").split("|")][:4]
            name = re.search(r"/(\d\d_\w+)\.ipynb", title)[1]
            title = re.sub(r": \[.*", "", title)
            found.append({"number": number, "name": name, "title": title, "gain": gain, "minutes": minutes})
        return found

    def _name(self, number: int) -> str:
        return next(one["name"] for one in self._lessons() if one["number"] == str(number))

    def entrance(self) -> str:
        """Return the first page: what it is, the lessons with their minutes, one way to begin."""
        pictures = Pictures(self.site, "index")
        lessons = self._lessons()

        def shown(path: str, alt: str) -> str:
            return pictures.show((self.root / path).read_bytes(), alt)

        digits = shown(
            "notebooks/promise/07_gan_in_a_minute.png",
            L(
                "Diez filas con las cifras del 0 al 9, cada fila con su propia letra",
                "Ten rows of the digits 0 to 9, each row in a handwriting of its own",
            ),
        ).replace(' loading="lazy"', ' fetchpriority="high"')
        first = _button(f"lessons/{lessons[0]['name']}.html", L("Empieza la lección 1", "Start lesson 1"), "first")
        second = _button("start.html", L("Cómo ejecutarlo", "How to run it"))
        if self.links.playground:
            play = _button(self.links.to_playground("index"), L("Juega sin instalar nada", "Play, nothing to install"))
            run = (
                L(
                    "O ejecuta las lecciones: en tu equipo, o sin instalar nada",
                    "Or run the lessons: on your computer, or with nothing to install",
                )
                if self.links.course["repository"]
                else L("O ejecuta las lecciones en tu equipo", "Or run the lessons on your computer")
            )
            second = f'{play}</p><p class="go"><a href="start.html">{run}</a>'
        cards = "".join(
            f'<li><a class="card" href="lessons/{one["name"]}.html">{shown(face(one["name"]), "")}'
            f'<span class="kicker">{L("Lección", "Lesson")} {one["number"]} · {one["minutes"]} min</span>'
            f"<strong>{_code(one['title'])}</strong>"
            f"<span>{_code(one['gain'][0].upper() + one['gain'][1:])}.</span></a></li>"
            for one in lessons
        )
        minutes = sum(int(one["minutes"]) for one in lessons)
        facts = "".join(
            f"<li><strong>{number}</strong> {text}</li>"
            for number, text in (
                (
                    len(lessons),
                    L("lecciones que se leen sin instalar nada", "lessons, to be read with nothing to install"),
                ),
                (
                    f"{minutes // 60} h",
                    L(
                        "de trabajo, con ejercicios que se corrigen solos",
                        "of work, with exercises that check themselves",
                    ),
                ),
                (2, L("núcleos bastan: la GPU es opcional", "cores are enough: a GPU is optional")),
            )
        )
        alts = {letter: L(f"Imágenes del tutorial {letter}", f"Images of tutorial {letter}") for letter in "ABCDE"}
        faces = "".join(
            '<li><a href="tutorials.html">' + shown(f"notebooks/results/tutorial_{letter}_end.png", alt) + "</a></li>"
            for letter, alt in alts.items()
        )
        lead = plain(re.sub(r"\s+", " ", SWITCH.sub("", self.readme[""]).split("\n\n")[1]))
        ways = [
            (
                "start",
                L("Ejecutar el curso", "Run the course"),
                L(
                    "En tu equipo con una orden, o en Colab, Kaggle o Binder.",
                    "On your computer with one command, or on Colab, Kaggle or Binder.",
                )
                if self.links.course["repository"]
                else L("En tu equipo, con una orden.", "On your computer, with one command."),
            ),
            (
                "tricks",
                L("Los trucos, medidos", "The tricks, measured"),
                L(
                    "Cuáles compensan, cuáles perjudican y de cuáles no se sabe.",
                    "Which pay, which hurt, and of which it cannot be told.",
                ),
            ),
            (
                "records",
                L("Los récords de un minuto", "The records of a minute"),
                L(
                    "Lo que da un minuto de dos núcleos. ¿Lo superas?",
                    "What a minute of two cores gives. Can you beat it?",
                ),
            ),
            (
                "teach/index",
                L("Para dar clase", "For teaching"),
                L(
                    "Planes minuto a minuto, guías y un hub para treinta.",
                    "Plans minute by minute, guides, and a hub for thirty.",
                ),
            ),
        ]
        ways = "".join(
            f'<li><a class="card" href="{page}.html"><strong>{title}</strong><span>{text}</span></a></li>'
            for page, title, text in ways
        )
        hero = (
            f'<div class="hero"><div><p class="lead">{html.escape(lead)}</p><p class="go">{first} {second}</p>'
            f'<ul class="facts">{facts}</ul></div><figure>{digits}<figcaption>'
            + L(
                "La red de la lección 7 escribe la cifra que le pidas. Se entrenó un minuto en dos núcleos, sin GPU.",
                "The network of lesson 7 writes the digit that you ask for. It was trained for one minute on two cores, without a GPU.",
            )
            + "</figcaption></figure></div>"
        )
        return "\n\n".join(
            [
                L("# GANs desde cero", "# GANs from scratch"),
                hero,
                L("## Las lecciones", "## The lessons"),
                f'<ul class="cards lessons">{cards}</ul>',
                L("## Los cinco tutoriales", "## The five tutorials"),
                L(
                    "El curso parte de cinco tutoriales publicados. Esto dibujan sus propias redes: [qué prometía cada uno y en qué quedó](tutorials.md).",
                    "The course grows from five published tutorials. This is what their own networks draw: [what each of them promised, and what came of it](tutorials.md).",
                ),
                f'<ul class="faces">{faces}</ul>',
                L("## Y además", "## And besides"),
                f'<ul class="cards ways">{ways}</ul>',
                self._contents(),
            ]
        )

    def _contents(self) -> str:
        """Return the tables of contents that the menu, and previous and next, are made from."""
        guides = [page for page in self.links.pages.values() if page.startswith("teach/lesson_")]
        groups = [
            (L("Lecciones", "Lessons"), [f"lessons/{one['name']}" for one in self._lessons()]),
            (L("Ponlo en marcha", "Get going"), ["start", "glossary"]),
            (L("Lo medido", "What was measured"), ["tutorials", "tricks", "records"]),
            (L("Para dar clase", "For teaching"), ["teach/index", *guides, "teach/hub", "teach/jobs"]),
        ]
        return "\n\n".join(
            "```{toctree}\n:hidden:\n:caption: " + caption + "\n\n" + "\n".join(pages) + "\n```"
            for caption, pages in groups
        )

    def start(self) -> str:
        """Return the page that says how to run the course: first without installing anything."""
        titles = list(self.readme)
        parts = {
            name: titles[i]
            for i, name in enumerate(
                (
                    "",
                    "start",
                    "answers",
                    "lessons",
                    "tutorials",
                    "class",
                    "run",
                    "data",
                    "where",
                    "glossary",
                    "licences",
                )
            )
        }
        told = self.readme[parts["lessons"]].split("\n\n")
        hosts = [part for part in told if re.match(r"\*\*(Colab|En Colab|On Colab)", part)]
        if self.links.course["repository"]:
            hosts = hosts[1:]  # the first says how a copy gets its links
        doctor = next(part for part in told if "make doctor" in part)
        read = L(
            "Para **leer** una lección basta esta página web: lleva los resultados de una ejecución real.",
            "To **read** a lesson this site is enough: it holds the outputs of a real run.",
        )
        if self.links.playground:
            play = L("Juega con una GAN ya entrenada", "Play with a trained GAN")
            more = L("o entrena una sin salir del navegador", "or train one without leaving the browser")
            read += f' <a href="{self.links.to_playground("start")}">{play}</a>, {more}.'
        return "\n\n".join(
            [
                L("# Ejecutar el curso", "# Run the course"),
                L("## Sin instalar nada", "## With nothing to install"),
                read,
                self._host_table(),
                *hosts,
                self._readme_part(parts["start"], "start").replace(
                    f"## {parts['start']}", L("## En tu equipo", "## On your computer")
                ),
                doctor,
                *(self._readme_part(parts[name], "start") for name in ("answers", "run", "data", "where", "licences")),
            ]
        )

    def _host_table(self) -> str:
        """Return the links that open each lesson on a host; what to do while the course has no address."""
        if not self.links.course["repository"]:
            return L(
                "Este ejemplar del curso aún no dice en qué repositorio está publicado; por eso aquí no hay todavía enlaces a Colab, Kaggle ni Binder.",
                "This copy of the course does not say yet in which repository it is published; that is why there are no links to Colab, Kaggle or Binder here yet.",
            )
        lines = [L("| lección | minutos | ábrela en |", "| lesson | minutes | open it in |"), "|---|---|---|"]
        for one in self._lessons():
            path = f"notebooks/{self.language}/{one['name']}.ipynb"
            hosts = " · ".join(
                f"[{host}]({host_link(host, self.links.course, path)})" for host in ("Colab", "Kaggle", "Binder")
            )
            lines.append(
                f"| [{one['number']} · {one['title']}](lessons/{one['name']}.ipynb) | {one['minutes']} | {hosts} |"
            )
        return "\n".join(lines)

    def glossary(self) -> str:
        """Return the glossary of the README."""
        table = next(part for part in self.readme.values() if re.match(r"\s*\| (español|English) \|", part))
        intro = L(
            "Las palabras del campo tal como las usa el curso, y cómo se llaman en la otra lengua.",
            "The words of the field as the course uses them, and what they are called in the other language.",
        )
        return f"{L('# Glosario', '# Glossary')}\n\n{intro}\n\n{table.strip()}\n"

    def tricks(self) -> str:
        """Return lesson 6's tricks: figure, tables, verdicts."""
        from course_utils.experiments import judgements

        runs = judgements.published()["runs"]
        found = judgements.judge(runs)
        groups = {
            "labels": L("Las etiquetas y la pérdida", "Labels and the loss"),
            "normalization": L("La normalización", "Normalization"),
            "noise": L("El ruido", "Noise"),
            "layers": L("Las capas", "Layers"),
            "optimizers": L("Los optimizadores", "Optimizers"),
        }
        lesson = self._name(6)
        parts = [
            L("# Los trucos, medidos", "# The tricks, measured"),
            L(
                f"Cada truco cambia una sola cosa de la misma red y se entrena con cinco semillas; sin ninguno, la red se entrena dieciséis veces. La **distancia** es por cuánto se multiplica la de Fréchet: por debajo de 1, mejor. Solo hay sentencia si resiste la corrección por haber mirado tantos trucos. Cómo se juzga, y por qué, está en la [lección 6](lessons/{lesson}.ipynb).",
                f"Each trick changes a single thing in the same network and is trained with five seeds; without any, the network is trained sixteen times. The **distance** is by how much the Fréchet distance is multiplied: below 1 is better. There is a verdict only if it survives the correction for having looked at so many tricks. How they are judged, and why, is in [lesson 6](lessons/{lesson}.ipynb).",
            ),
            judgements.sentence(found).replace("\n", "\n\n"),
            self._shown(
                "tricks",
                lambda: judgements.show_verdicts(runs, found),
                L(
                    "Por cuánto multiplica cada truco la distancia de Fréchet, con su intervalo: las cifras están en las tablas",
                    "By how much each trick multiplies the Fréchet distance, with its interval: the numbers are in the tables",
                ),
            ),
        ]
        for group, title in groups.items():
            parts += [f"## {title}", self._shown("tricks", lambda group=group: judgements.show_table(found, group))]
        parts += [
            L("## Lo que aconseja la lista", "## What the list advises"),
            L(
                "La lista de trucos que más se copia, consejo a consejo:",
                "The list of tricks that is copied most, piece by piece:",
            ),
            self._shown("tricks", lambda: judgements.show_list(found)),
        ]
        return "\n\n".join(parts)

    def records(self) -> str:
        """Return the records of lesson 7 and the recipes that made them."""
        from course_utils.experiments import tricks

        lesson = self._name(7)
        parts = [
            L("# Los récords de un minuto", "# The records of a minute"),
            L(
                f"¿Qué tal puede dibujar un generador tras un minuto de dos núcleos? Una **receta** es un archivo pequeño que dice cómo se entrena. Se entrena con las semillas del 1 al 5, dibuja 10 000 dígitos y los mide siempre el mismo juez. Cuenta la mediana de las cinco distancias de Fréchet: cuanto menor, mejor. Las que ven las etiquetas compiten aparte. Todo empezó en la [lección 7](lessons/{lesson}.ipynb).",
                f"How well can a generator draw after a minute of two cores? A **recipe** is a small file that says how to train. It is trained with the seeds 1 to 5, draws 10,000 digits, and the same judge always measures them. The median of the five Fréchet distances counts: less is better. Recipes that see the labels compete apart. It all began in [lesson 7](lessons/{lesson}.ipynb).",
            ),
            self._shown("records", tricks.show_records),
            L("## Intenta superarlo", "## Try to beat it"),
            L(
                "Copia una receta, cambia algo y ejecuta, en la carpeta del curso:",
                "Copy a recipe, change something and run, in the course folder:",
            ),
            L(
                "```bash\nmake record RECIPE=recipes/la_tuya.py\n```",
                "```bash\nmake record RECIPE=recipes/yours.py\n```",
            ),
            L(
                "Son 60 segundos por semilla, o 120 de trabajo de todos los núcleos juntos, lo que acabe antes; trazar el paso no cuenta. Al final te dice en qué puesto quedas.",
                "It takes 60 seconds for each seed, or 120 of work of all cores together, whichever is over first; tracing the step does not count. At the end it says where you stand.",
            ),
            L("## Las recetas", "## The recipes"),
        ]
        for path in sorted((self.root / "recipes").glob("*.py")):
            code = path.read_text(encoding="utf-8").strip()
            parts.append(
                f'<details class="answer">\n<summary><code>recipes/{path.name}</code></summary>\n\n```python\n{code}\n```\n\n</details>'
            )
        return "\n\n".join(parts)

    def _shown(self, page: str, show: Callable[[], None], alt: str = "") -> str:
        """Return as Markdown what a function of the course shows in a notebook: tables, and pictures with a text."""
        from IPython.core.interactiveshell import InteractiveShell
        from IPython.utils.capture import capture_output

        InteractiveShell.instance()
        with capture_output() as captured:
            show()
        parts = []
        for output in captured.outputs:
            if "image/png" in output.data:
                content = output.data["image/png"]
                content = content if isinstance(content, bytes) else base64.b64decode(content)
                parts.append(Pictures(self.site, page).show(content, alt))
            else:
                parts.append(output.data["text/markdown"])
        return "\n\n".join([*parts, captured.stdout.strip()])


def _button(address: str, text: str, kind: str = "") -> str:
    return f'<a class="button {kind}" href="{address}">{text}</a>'


def face(lesson: str) -> str:
    """Return the picture of a lesson: what it promises, or else one of its results."""
    return FACES.get(lesson, f"notebooks/promise/{lesson}.png")


def _code(text: str) -> str:
    """Return a line of Markdown as HTML: spans of code, and nothing else."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
