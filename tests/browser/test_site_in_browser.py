"""The site in a real browser: both languages, a phone and a desktop, dark and light. Run by `make test-browser`.

The site is built first, in `.venv-site`; `COURSE_SITE` names a folder with one that is built already. Screenshots stay
in `out/browser`; look at them.
"""

from __future__ import annotations

import os
import re
import subprocess
import threading
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tools.course import LANGUAGES, ROOT, find_sources

pytestmark = pytest.mark.browser

SHOTS = ROOT / "out" / "browser"
WIDTHS = {"phone": 390, "desktop": 1400}
SCHEMES = ("light", "dark")
LESSONS = [f"lessons/{path.stem}" for path in find_sources(ROOT)]
LARGEST = 1_500_000  # bytes of a lesson's page with all that it loads
# What sticks out on the right and cannot be scrolled to.
CUT = """() => {
    const scrolls = element => { for (let e = element; e && e !== document.body; e = e.parentElement)
        if (['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth) return true;
        return false; };
    const all = document.querySelectorAll('main *, header *');
    const out = [...all].filter(e => {
        const box = e.getBoundingClientRect();
        return box.width && box.height && (box.right > innerWidth + 1 || box.left < -1) && !scrolls(e)
            && getComputedStyle(e).visibility !== 'hidden' && !e.closest('.copybtn, svg'); });
    return [...out.map(e => e.outerHTML.slice(0, 120)),
        ...(document.documentElement.scrollWidth > innerWidth ? ['the page itself can be scrolled sideways'] : [])];
}"""
# The pictures that did not arrive, once all of them have been asked for.
BROKEN = """async () => {
    const pictures = [...document.images];
    pictures.forEach(picture => picture.loading = 'eager');
    await Promise.all(pictures.map(picture => picture.decode().catch(() => 0)));
    return pictures.filter(picture => !picture.naturalWidth).map(picture => picture.src);
}"""
FOCUSED = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    window.stops = (window.stops || new Set()).add(e);
    const seen = box.width > 0 && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
    return {what: e.outerHTML.slice(0, 90), seen, ring: style.outlineStyle !== 'none' && style.outlineWidth !== '0px'};
}"""
MISSED = """() => [...document.querySelectorAll('a[href], button, input, summary, select')].filter(e =>
    e.checkVisibility({visibilityProperty: true}) && !(window.stops || new Set()).has(e) && e.type !== 'hidden'
    && e.tabIndex >= 0 && e.getBoundingClientRect().width > 0).map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def site() -> Path:
    """The folder of the built site."""
    if given := os.environ.get("COURSE_SITE"):
        return Path(given)
    subprocess.run(["make", ".venv-site/ready"], cwd=ROOT, check=True)
    subprocess.run([ROOT / ".venv/bin/python", "-m", "tools.site"], cwd=ROOT, check=True)
    return ROOT / "out" / "site"


@pytest.fixture(scope="module")
def address(site) -> str:
    """Where the site is served, on this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def names(site: Path, language: str) -> list[str]:
    """Return the names of the pages in a language."""
    return sorted(
        path.relative_to(site / language).with_suffix("").as_posix() for path in (site / language).rglob("*.html")
    )


@pytest.fixture
def opened(chromium, address):
    """Opens a page: (page name or path, width, scheme) -> the page; `problems` collects what the console says."""
    contexts, problems = [], []

    def open_(path: str, width: int = 1400, scheme: str = "light"):
        context = chromium.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
        contexts.append(context)
        context.set_default_timeout(180_000)  # others may be at work on the machine
        page = context.new_page()
        page.on("console", lambda message: message.type in ("error", "warning") and problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "request",
            lambda request: (
                request.url.startswith(("http", "ws"))
                and not request.url.startswith(address)
                and problems.append(f"asks {request.url}")
            ),
        )
        page.goto(address + path, wait_until="load")
        return page

    open_.problems = problems
    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_whole_readable_and_quiet(opened, site, address, language, width, scheme):
    """No error, no request elsewhere, nothing cut off, no missing picture, nothing serious found by axe."""
    from axe_playwright_python.sync_playwright import Axe

    SHOTS.mkdir(parents=True, exist_ok=True)
    found = {}
    page = opened(f"{language}/index.html", WIDTHS[width], scheme)
    for name in names(site, language):
        opened.problems.clear()
        page.goto(f"{address}{language}/{name}.html", wait_until="load")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        broken = page.evaluate(BROKEN)
        page.wait_for_timeout(200)
        page.evaluate("dispatchEvent(new Event('resize'))")
        result = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        serious = [
            f"{one['id']}: {one['nodes'][0]['html'][:150]} ({len(one['nodes'])} times)"
            for one in result
            if one["impact"] in ("serious", "critical")
        ]
        found[name] = [*opened.problems, *broken, *page.evaluate(CUT), *serious]
        if name in ("index", LESSONS[0], LESSONS[2], LESSONS[6]):
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = false)")
            page.screenshot(path=SHOTS / f"site-{language}-{name.replace('/', '-')}-{width}-{scheme}.png")
    assert len(found) > 20
    assert {name: problems for name, problems in found.items() if problems} == {}


class Parts(HTMLParser):
    """Collects the links, the anchors and the headings of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links, self.ids, self.headings = [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.links += [attrs[name] for name in ("href", "src") if attrs.get(name) and tag != "use"]
        self.ids |= {attrs[name] for name in ("id", "name") if attrs.get(name)}
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(tag)
        elif tag == "div" and attrs.get("class") == "anchor":
            self.headings.append(attrs["id"])


@pytest.fixture(scope="module")
def parts(site) -> dict[Path, Parts]:
    return {path.resolve(): Parts(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def test_every_link_and_anchor_inside_the_site_leads_somewhere(site, parts):
    assert len(parts) > 40
    bad = []
    for path, page in parts.items():
        for link in page.links:
            target = urlsplit(link)
            if target.scheme or target.netloc:
                continue
            to = (path.parent / unquote(target.path)).resolve() if target.path else path
            anchor = unquote(target.fragment)
            is_there = to.is_file() and (not anchor or to not in parts or anchor in parts[to].ids)
            if not is_there:
                bad.append(f"{path.relative_to(site.resolve())}: {link}")
    assert bad == []


def test_twins_have_the_same_pages_and_sections(site, parts):
    assert names(site, "es") == names(site, "en")
    for name in names(site, "es"):
        spanish, english = (parts[(site / language / f"{name}.html").resolve()].headings for language in LANGUAGES)
        assert spanish == english, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_lesson_weighs_little_and_stands_still(opened, language):
    """Everything that it loads, after all of it was looked at; and nothing jumps while pictures arrive."""
    for lesson in LESSONS:
        page = opened("index.html", 390)
        sizes = {}
        page.on("response", lambda response, sizes=sizes: sizes.update({response.url: len(response.body())}))
        page.goto(page.url.rsplit("/", 2)[0] + f"/{language}/{lesson}.html", wait_until="load")
        page.evaluate("""new PerformanceObserver(list => list.getEntries().forEach(one =>
            window.shift = (window.shift || 0) + one.value)).observe({type: 'layout-shift', buffered: true})""")
        height = page.evaluate("document.body.scrollHeight")
        for y in range(0, height, 3000):
            page.evaluate(f"scrollTo(0, {y})")
            page.wait_for_timeout(30)
        page.wait_for_load_state("networkidle")
        assert len(sizes) > 10 and sum(sizes.values()) < LARGEST, (lesson, sum(sizes.values()))
        assert page.evaluate("window.shift || 0") < 0.1, lesson
        page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["es/index.html", "en/lessons/05_museum_of_failures.html"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(opened, path, width):
    page = opened(path, WIDTHS[width])
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.className")
    assert "skip-to-content" in first
    page.wait_for_timeout(400)
    unseen = []
    for _ in range(600):
        here = page.evaluate(FOCUSED)
        if here is None:
            break
        if not (here["seen"] and here["ring"]):
            unseen.append(here)
        page.keyboard.press("Tab")
    assert unseen == [] and here is None
    assert page.evaluate(MISSED) == []


@pytest.mark.parametrize("path", ["es/lessons/03_dcgan_gradient_tape.html"])
def test_the_drawers_of_a_phone_open_and_close_with_the_keyboard(opened, path):
    page = opened(path, 390)
    for which, drawer in (("__navigation", ".sidebar-drawer"), ("__toc", ".toc-drawer")):
        button = page.locator(f".mobile-header [data-drawer={which}]")
        assert not page.locator(drawer).is_visible()
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
        assert button.get_attribute("aria-expanded") == "true" and page.locator(drawer).is_visible()
        assert page.evaluate(f"document.querySelector('{drawer}').contains(document.activeElement)")
        page.keyboard.press("Escape")
        page.wait_for_timeout(500)
        assert button.get_attribute("aria-expanded") == "false" and not page.locator(drawer).is_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_one_click_changes_the_language_and_stays_at_the_section(opened, width):
    page = opened("es/lessons/01_fully_connected_gan.html", WIDTHS[width])
    page.wait_for_function("!document.querySelector('[data-film]')")  # films have taken their place
    page.wait_for_timeout(500)
    page.evaluate("document.querySelector('#s-9').scrollIntoView()")
    page.locator("a.language:visible").click()
    page.wait_for_load_state("load")
    assert "/en/lessons/01_fully_connected_gan.html#s-9" in page.url
    page.wait_for_function("!document.querySelector('[data-film]')")
    page.wait_for_timeout(1500)
    assert abs(page.evaluate("document.querySelector('#s-9').getBoundingClientRect().top")) < 300
    assert page.evaluate("document.documentElement.lang") == "en"


@pytest.mark.parametrize(("language", "word"), [("es", "epoca"), ("es", "pérdidas"), ("en", "losses")])
def test_the_search_finds_a_lesson(opened, language, word):
    page = opened(f"{language}/search.html?q={word}")
    page.wait_for_selector("#search-results li a")
    page.wait_for_timeout(1500)
    found = page.locator("#search-results li a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert any("lessons/0" in link for link in found)
    assert opened.problems == []


def test_a_film_plays(opened):
    page = opened("en/lessons/01_fully_connected_gan.html")
    film = page.locator("figure", has=page.locator("canvas")).first
    film.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    slider = film.locator("input[type=range]").first
    slider.fill("0")
    film.locator("button").click()
    before = film.locator("canvas").evaluate("canvas => canvas.toDataURL()")
    page.wait_for_timeout(2000)
    assert int(slider.input_value()) > 0
    assert film.locator("canvas").evaluate("canvas => canvas.toDataURL()") != before
    assert opened.problems == []


def test_code_can_be_copied_and_answers_are_folded(opened):
    page = opened("es/lessons/01_fully_connected_gan.html")
    assert page.locator("button.copybtn").count() > 30
    answer = page.locator("details.answer").nth(1)
    assert answer.locator("pre").count() == 1 and not answer.locator("pre").is_visible()
    answer.locator("summary").click()
    assert answer.locator("pre").is_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_formula_is_drawn(opened, language):
    """As many as in the notebooks' prose, none of them empty, with the site's own font."""
    page = opened(f"{language}/lessons/03_dcgan_gradient_tape.html", 390)
    count = page.locator("main math").count()
    assert count > 15
    sizes = page.locator("main math").evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
    assert min(sizes) > 3
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"STIX Two Math\"'))")


@pytest.mark.parametrize(("locale", "language"), [("es-AR", "es"), ("de-DE", "en")])
def test_the_address_of_the_site_leads_to_the_language_of_the_browser(chromium, address, locale, language):
    context = chromium.new_context(locale=locale)
    page = context.new_page()
    page.goto(address)
    page.wait_for_url(f"**/{language}/index.html")
    context.close()


def test_somebody_new_finds_the_way_on_a_phone(opened):
    """From the entrance: the first lesson, how long lesson 3 takes, how to run it without installing."""
    page = opened("es/index.html", 390)
    first, run = page.locator("a.button.first"), page.get_by_role("link", name="O ejecuta las lecciones")
    assert first.bounding_box()["y"] < 844 and run.bounding_box()["y"] < 844  # without scrolling
    assert "75 min" in page.locator(f"a.card[href='{LESSONS[2]}.html']").inner_text()
    run.click()
    page.wait_for_load_state("load")
    assert page.locator("main h2").first.inner_text().startswith("Sin instalar nada")
    page.goto(page.url.replace("start", LESSONS[2]))
    minutes = page.locator(".launch", has_text="75 minutos")
    assert minutes.bounding_box()["y"] < 844  # nor are the seconds of the machine taken for it
    for link in page.locator(".launch a").all():
        assert link.bounding_box()["height"] >= 36  # for a finger


@pytest.mark.parametrize("path", ["es/index.html", "en/search.html", "es/start.html", f"en/{LESSONS[0]}.html"])
def test_every_button_of_the_bar_opens_something(opened, path):
    page = opened(path, 390)
    for button in page.locator(".mobile-header [data-drawer]").all():
        button.click()
        page.wait_for_timeout(500)
        drawer = ".toc-drawer" if button.get_attribute("data-drawer") == "__toc" else ".sidebar-drawer"
        assert page.locator(drawer).is_visible() and page.locator(f"{drawer} a:visible").count() > 1, (path, drawer)
        page.keyboard.press("Escape")
        page.wait_for_timeout(500)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_heading_is_larger_than_those_below_it(opened, width):
    page = opened("es/start.html", WIDTHS[width])
    page.goto(page.url.replace("start", LESSONS[0]))
    sizes = [
        page.evaluate(f"parseFloat(getComputedStyle(document.querySelector('main {tag}')).fontSize)")
        for tag in ("h1", "h2", "h3", "p")
    ]
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) == 4
