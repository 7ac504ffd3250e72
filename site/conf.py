"""Sphinx makes the pages of the site from the texts that `tools.site` has made ready. It runs no notebook."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = html_title = "GANs"
author = "GANs desde cero / GANs from scratch"
extensions = ["myst_nb", "sphinx_copybutton", "mathml"]
exclude_patterns = ["context.json"]
templates_path = ["templates"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
nb_execution_mode = "off"
nb_merge_streams = True
nb_render_markdown_format = "gfm"  # outputs hold tables
html_math_renderer = "mathml"
html_theme = "furo"
html_static_path = ["static"]
html_favicon = "static/icon.svg"
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_sidebars = {"**": ["sidebar/search.html", "sidebar/navigation.html"]}
html_show_sourcelink = html_copy_source = False
html_use_index = html_domain_indices = False
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"
copybutton_selector = "div.highlight pre"
copybutton_exclude = ".linenos, .gp, .go"


def read_context(app, config) -> None:
    """Take over what `tools.site` says of the course."""
    context = json.loads((Path(app.srcdir) / "context.json").read_text(encoding="utf-8"))
    config.html_title = config.project = context["words"]["title"]
    config.html_context = context
    config.nb_code_prompt_show = config.nb_code_prompt_hide = context["words"]["setup"]
    if repository := context["course"]["repository"]:
        owner, name = repository.split("/")
        home = f"https://{owner.lower()}.github.io/" + (
            "" if name.lower() == f"{owner.lower()}.github.io" else f"{name}/"
        )
        config.html_context["home"] = home
        config.html_baseurl = f"{home}{context['language']}/"


def for_everybody(app, pagename, templatename, context, doctree) -> None:
    """Mend what a screen reader would say wrongly: an English label in every language, columns without a scope."""
    if body := context.get("body"):
        body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")
        context["body"] = body.replace('<th class="head', '<th scope="col" class="head')


def setup(app) -> None:
    app.connect("html-page-context", for_everybody)
    app.connect("config-inited", read_context, priority=100)
