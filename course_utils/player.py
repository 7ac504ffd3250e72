"""Films that play, and pictures that dials turn, in the page itself: no kernel is needed, nor any other host.

What is shown carries its pictures and a short script. Where scripts are removed, as on GitHub or in a notebook that
JupyterLab does not trust, a strip of some of the pictures is seen; the script, where it runs, replaces it.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont

from course_utils.language import CourseError, L

LARGEST = 220_000  # bytes of all that is shown once, as the notebook keeps it; a notebook may have 1.4 MB
WIDEST = 4000  # pixels of a row of frames: browsers decode it, and what frames side by side share is packed once
FEWEST = 12  # frames that a film keeps, however large they are
COLOURS = (64, 32, 24, 8, 4)
IN_STRIP, STRIP_COLUMNS, STRIP_WIDTH = 6, 3, 160

SCRIPT = """
(film => {
  const add = (parent, tag, style, more = {}) => {
    const element = Object.assign(document.createElement(tag), more);
    element.style.cssText = style;
    parent.append(element);
    return element;
  };
  function open(box, sheet) {
    const stage = add(box, "div", "display:flex;flex-wrap:wrap;align-items:center;gap:8px;background:#fff");
    const size = `width:min(100%,${film.width * film.zoom}px);`;
    const screen = add(stage, "canvas", size + (film.zoom > 1 ? "image-rendering:pixelated" : ""), film.frame);
    screen.setAttribute("role", "img");
    const chart = film.chart && add(stage, "div", `position:relative;width:min(100%,${film.chart.width}px)`);
    if (chart) add(chart, "img", "display:block;width:100%", { src: film.chart.picture, alt: film.chart.alt });
    const line = chart && add(chart, "div", "position:absolute;width:2px;margin-left:-1px;background:#222;"
      + `top:${film.chart.top}%;bottom:${film.chart.bottom}%`);
    const bar = add(box, "div", "box-sizing:border-box;padding:6px 10px;border-radius:0 0 6px 6px;background:#eee;"
      + "color:#222;color-scheme:light;font:14px/1.5 sans-serif");
    const sliders = film.dials.map(dial => {
      const row = add(bar, "label", "display:flex;align-items:center;gap:8px");
      if (dial.label) add(row, "span", "min-width:7em", { textContent: dial.label });
      const slider = add(row, "input", "flex:1;min-width:0;height:28px;margin:0;accent-color:#0072B2",
        { type: "range", min: 0, max: dial.texts.length - 1, value: dial.start });
      slider.setAttribute("data-lm-suppress-shortcuts", "true");  // JupyterLab leaves it the arrow keys
      if (dial.label) slider.text = add(row, "span", "min-width:4em;font-variant-numeric:tabular-nums");
      else slider.setAttribute("aria-label", film.words.moment);
      return slider;
    });
    const words = add(bar, "div", "min-height:1.5em;font-variant-numeric:tabular-nums");
    function show() {
      const now = film.dials.reduce((sum, dial, i) => sum * dial.texts.length + +sliders[i].value, 0);
      const { width, height } = film.frame, column = now % film.columns, row = Math.floor(now / film.columns);
      screen.getContext("2d").drawImage(sheet, column * width, row * height, width, height, 0, 0, width, height);
      words.textContent = film.captions[now];
      screen.setAttribute("aria-label", [film.alt, film.captions[now]].filter(Boolean).join(" · "));
      film.dials.forEach((dial, i) => {
        const text = dial.texts[sliders[i].value];
        sliders[i].setAttribute("aria-valuetext", text);
        if (sliders[i].text) sliders[i].text.textContent = text;
      });
      if (line) line.style.left = film.chart.at[now] + "%";
    }
    sliders.forEach(slider => slider.addEventListener("input", show));
    if (film.milliseconds) addPlay(box, sliders[0], show);
    show();
  }
  function addPlay(box, slider, show) {
    let timer = 0;
    const button = add(slider.parentNode, "button", "width:44px;height:36px;padding:0;border:1px solid #888;"
      + "border-radius:6px;background:#fff;color:#222;font-size:16px;cursor:pointer", { type: "button" });
    slider.before(button);
    button.setAttribute("data-lm-suppress-shortcuts", "true");
    const name = (sign, text) => { button.textContent = sign; button.setAttribute("aria-label", text); };
    const stop = () => { clearInterval(timer); timer = 0; name("\\u25B6", film.words.play); };
    const next = () => {
      if (!box.isConnected || slider.value === slider.max) return stop();
      slider.value = +slider.value + 1;
      show();
    };
    const play = () => {
      if (slider.value === slider.max) { slider.value = 0; show(); }
      timer = setInterval(next, film.milliseconds);
      name("\\u275A\\u275A", film.words.pause);
    };
    stop();
    button.addEventListener("click", event => { event.preventDefault(); timer ? stop() : play(); });
    slider.addEventListener("input", stop);
    if (!window.IntersectionObserver || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const seen = new IntersectionObserver(entries => {  // it plays once by itself, when it is first seen
      if (entries.some(entry => entry.isIntersecting)) { seen.disconnect(); if (!timer) play(); }
    }, { threshold: 0.7 });
    seen.observe(box);
  }
  setTimeout(() => document.querySelectorAll(`[data-film="${film.key}"]`).forEach(async box => {
    const sheet = new Image(), strip = box.firstElementChild;
    if (!strip) return;  // the page is still being read: the script behind this twin fills it
    box.removeAttribute("data-film");
    sheet.src = film.sheet;
    await sheet.decode();
    open(box, sheet);
    strip.remove();
  }));
})
"""


@dataclass(frozen=True)
class Chart:
    """A still picture beside a film, with a line that moves: curves of a training, say.

    Args:
        figure: matplotlib figure, of the course's settings; the line crosses its first axes.
        positions: where the line stands for each frame, on the x axis.
        alt: what it shows, for those who do not see it.
    """

    figure: Figure
    positions: Sequence[float]
    alt: str = ""


def show_film(
    frames: Iterable,
    captions: Iterable[str],
    alt: str = "",
    *,
    zoom: int = 1,
    milliseconds: int = 150,
    chart: Chart | None = None,
) -> None:
    """Show a film in the notebook: it plays once when it is first seen; a button and a slider play, stop and move it.

    Of a film that would be too large, colours and then frames are left out; never the first frame or the last.

    Args:
        frames: matplotlib figures, or uint8 arrays (height, width) or (height, width, 3); all of one size.
        captions: a text for each frame.
        alt: what the film shows, for those who do not see it.
        zoom: screen pixels for the side of one pixel of a frame.
        milliseconds: that each frame is shown.
        chart: a picture to stand beside the film, with a line that moves.

    Raises:
        CourseError: if there is no frame, they differ in size, there are not as many captions, or a few frames alone
            are too large.
    """
    _display(film_bundle(frames, captions, alt, zoom=zoom, milliseconds=milliseconds, chart=chart))


def show_dials(
    frames: Iterable,
    captions: Iterable[str],
    dials: Mapping[str, Sequence[str]],
    alt: str = "",
    *,
    start: Sequence[int] = (),
    zoom: int = 1,
    still: Figure | None = None,
) -> None:
    """Show one of many pictures in the notebook, chosen by a slider for each dial.

    Args:
        frames: as for `show_film`; one for each choice, the last dial turning fastest.
        captions: a text for each frame.
        dials: what a dial chooses -> the texts of its positions.
        alt: what the pictures show, for those who do not see them.
        start: the number of each dial's position at first; 0 if left out.
        zoom: screen pixels for the side of one pixel of a frame.
        still: matplotlib figure to be shown where scripts are removed; without it some of the frames are.

    Raises:
        CourseError: as for `show_film`.
    """
    _display(dials_bundle(frames, captions, dials, alt, start=start, zoom=zoom, still=still))


def film_bundle(
    frames: Iterable,
    captions: Iterable[str],
    alt: str = "",
    *,
    zoom: int = 1,
    milliseconds: int = 150,
    chart: Chart | None = None,
) -> dict:
    """Return what `show_film` shows: MIME type -> its content."""
    pictures, captions = _pictures(frames, captions)
    side = _drawn(chart) if chart else None
    for colours, count in _losses(len(pictures)):
        kept = np.linspace(0, len(pictures) - 1, count).round().astype(int)
        some, texts = [pictures[i] for i in kept], [captions[i] for i in kept]
        film = {
            "captions": texts,
            "milliseconds": milliseconds,
            "dials": [{"label": "", "texts": texts, "start": 0}],
        }
        strip = _strip(some, texts, zoom)
        if side:
            picture, at, top, bottom = side
            strip = _under(strip, picture)
            film["chart"] = {
                "picture": _url(_png(picture, 64)),
                "width": picture.shape[1],
                "at": [at[i] for i in kept],
                "top": top,
                "bottom": bottom,
                "alt": chart.alt,
            }
        bundle = _bundle(some, film, alt, zoom, strip, colours)
        if _size(bundle) < LARGEST:
            return bundle
    raise _too_large(pictures)


def dials_bundle(
    frames: Iterable,
    captions: Iterable[str],
    dials: Mapping[str, Sequence[str]],
    alt: str = "",
    *,
    start: Sequence[int] = (),
    zoom: int = 1,
    still: Figure | None = None,
) -> dict:
    """Return what `show_dials` shows: MIME type -> its content."""
    pictures, captions = _pictures(frames, captions)
    lengths = [len(texts) for texts in dials.values()]
    if np.prod(lengths) != len(pictures):
        raise CourseError(
            f"Los mandos tienen {np.prod(lengths)} posiciones en total y hay {len(pictures)} fotogramas.",
            f"The dials have {np.prod(lengths)} positions in all, and there are {len(pictures)} frames.",
        )
    start = [*start, *[0] * (len(dials) - len(start))]
    film = {
        "captions": captions,
        "milliseconds": 0,
        "dials": [
            {"label": label, "texts": list(texts), "start": first}
            for (label, texts), first in zip(dials.items(), start, strict=True)
        ],
    }
    shown_still = rendered(still) if still is not None else _strip(pictures, captions, zoom)
    for colours in COLOURS:
        bundle = _bundle(pictures, film, alt, zoom, shown_still, colours)
        if _size(bundle) < LARGEST:
            return bundle
    raise _too_large(pictures)


def _display(bundle: dict) -> None:
    from IPython.display import display

    display(bundle, raw=True)


def _losses(count: int) -> Iterator[tuple[int, int]]:
    """Yield how many colours and frames to try, the best first: fewer colours, fewer frames, next to no colours."""
    for colours in COLOURS[:3]:
        yield colours, count
    while count > FEWEST:
        count = max(FEWEST, count * 7 // 8)
        yield COLOURS[2], count
    for colours in COLOURS[3:]:
        yield colours, count


def _size(bundle: dict) -> int:
    """Return how many bytes the notebook keeps; it keeps pictures as text."""
    return sum(len(part) * (4 if isinstance(part, bytes) else 3) // 3 for part in bundle.values())


def _bundle(pictures: list[np.ndarray], film: dict, alt: str, zoom: int, still: np.ndarray, colours: int) -> dict:
    height, width = pictures[0].shape[:2]
    columns = max(1, min(len(pictures), WIDEST // width))
    sheet = _url(_png(_sheet(pictures, columns), colours))
    film = film | {
        "frame": {"width": width, "height": height},
        "width": width,
        "zoom": zoom,
        "columns": columns,
        "alt": alt,
        "words": {
            "play": L("Reproducir la película", "Play the film"),
            "pause": L("Parar la película", "Stop the film"),
            "moment": L("Momento de la película", "Moment of the film"),
        },
        "sheet": sheet,
    }
    chart_width = film["chart"]["width"] + 8 if "chart" in film else 0
    still_png = _png(still, colours)
    said = html.escape(alt or " · ".join((film["captions"][0], film["captions"][-1])), quote=True)
    key = hashlib.sha256(json.dumps(film).encode()).hexdigest()[:12]  # the script fills all that are the same
    facts = json.dumps(film | {"key": key}, ensure_ascii=False).replace("</", "<\\/")
    page = (
        f'<figure data-film="{key}" lang="{L("es", "en")}"'
        f' style="margin:0;max-width:{max(280, width * zoom) + chart_width}px">'
        f'<img src="{_url(still_png)}" alt="{said}" style="max-width:100%"></figure>'
        f"<script>{SCRIPT}({facts});</script>"
    )
    count = len(pictures)
    plain = L(f"[película de {count} imágenes]", f"[film of {count} pictures]")
    if not film["milliseconds"]:
        plain = L(f"[{count} imágenes para elegir]", f"[{count} pictures to choose from]")
    return {"text/html": page, "image/png": still_png, "text/plain": f"{plain} {alt}".strip()}


def _pictures(frames: Iterable, captions: Iterable[str]) -> tuple[list[np.ndarray], list[str]]:
    """Return the frames as uint8 arrays (height, width, 3), and their captions."""
    pictures, captions = [rendered(frame) for frame in frames], list(captions)
    if not pictures or len(captions) != len(pictures):
        raise CourseError(
            f"Hacen falta fotogramas y un texto para cada uno: hay {len(pictures)} y {len(captions)}.",
            f"Frames are needed, and a caption for each: there are {len(pictures)} and {len(captions)}.",
        )
    if len({picture.shape for picture in pictures}) > 1:
        sizes = sorted({picture.shape[1::-1] for picture in pictures})
        raise CourseError(
            f"Todos los fotogramas deben tener el mismo tamaño, y estos miden {sizes}.",
            f"All frames must have the same size, and these measure {sizes}.",
        )
    return pictures, captions


@plt.style.context("default")
def rendered(frame) -> np.ndarray:
    """Return a frame as a uint8 array (height, width, 3).

    Args:
        frame: a matplotlib figure, or a uint8 array (height, width) or (height, width, 3).

    Raises:
        CourseError: if it is anything else.
    """
    if isinstance(frame, Figure):
        canvas = FigureCanvasAgg(frame)
        canvas.draw()
        return np.array(canvas.buffer_rgba())[..., :3]
    frame = np.asarray(frame)
    if frame.dtype != np.uint8 or not (frame.ndim == 2 or (frame.ndim == 3 and frame.shape[2] == 3)):
        raise CourseError(
            "Un fotograma es una figura de matplotlib o un array uint8 (alto, ancho) o (alto, ancho, 3), no "
            f"{frame.dtype} {frame.shape}. Para imágenes de una red: pixels.tile(images).",
            "A frame is a matplotlib figure or a uint8 array (height, width) or (height, width, 3), not "
            f"{frame.dtype} {frame.shape}. For images of a network: pixels.tile(images).",
        )
    return frame if frame.ndim == 3 else np.repeat(frame[..., None], 3, axis=2)


@plt.style.context("default")
def _drawn(chart: Chart) -> tuple[np.ndarray, list[float], float, float]:
    """Return a chart's picture, and in per cent of it: where the line stands, its distance from the top and bottom."""
    picture = rendered(chart.figure)
    axes, width = chart.figure.axes[0], chart.figure.bbox.width
    at = [round(100 * float(axes.transData.transform((x, 0))[0]) / width, 2) for x in chart.positions]
    box = axes.get_position()
    return picture, at, round(100 * (1 - box.y1), 2), round(100 * box.y0, 2)


def _sheet(pictures: list[np.ndarray], columns: int) -> np.ndarray:
    """Return all pictures, row by row, as one."""
    missing = -len(pictures) % columns
    all_pictures = np.stack(pictures + [np.full_like(pictures[0], 255)] * missing)
    rows, (height, width) = len(all_pictures) // columns, pictures[0].shape[:2]
    grid = all_pictures.reshape(rows, columns, height, width, 3).swapaxes(1, 2)
    return grid.reshape(rows * height, columns * width, 3)


def _strip(pictures: list[np.ndarray], captions: list[str], zoom: int) -> np.ndarray:
    """Return some of the pictures, from the first to the last, with their captions under them."""
    chosen = np.unique(np.linspace(0, len(pictures) - 1, IN_STRIP).round().astype(int))
    height, width = pictures[0].shape[:2]
    if zoom == 1 or width > STRIP_WIDTH:
        width, height = STRIP_WIDTH, round(height * STRIP_WIDTH / width)
    font = ImageFont.load_default(13)
    texts = [captions[i].replace(" · ", "\n").replace("\N{NO-BREAK SPACE}", " ") for i in chosen]
    under = 17 * max(text.count("\n") + 1 for text in texts) + 6
    columns = min(STRIP_COLUMNS, len(chosen))
    rows, gap = -(-len(chosen) // columns), 8
    strip = Image.new("RGB", (columns * (width + gap), rows * (height + under)), "white")
    for place, (i, text) in enumerate(zip(chosen, texts, strict=True)):
        left, top = place % columns * (width + gap) + gap // 2, place // columns * (height + under)
        strip.paste(Image.fromarray(pictures[i]).resize((width, height), Image.Resampling.LANCZOS), (left, top))
        ImageDraw.Draw(strip).text((left + width / 2, top + height + 2), text, "black", font, "ma", align="center")
    return np.asarray(strip)


def _under(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return two pictures as one, the first above the second."""
    width = max(above.shape[1], below.shape[1])
    wide = [np.pad(p, ((0, 0), (0, width - p.shape[1]), (0, 0)), constant_values=255) for p in (above, below)]
    return np.concatenate(wide)


def _png(picture: np.ndarray, colours: int) -> bytes:
    """Return a picture as a PNG of so many colours."""
    file = io.BytesIO()
    reduced = Image.fromarray(picture).quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    reduced.save(file, "PNG", optimize=True)
    return file.getvalue()


def _url(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _too_large(pictures: list[np.ndarray]) -> CourseError:
    height, width = pictures[0].shape[:2]
    return CourseError(
        f"{len(pictures)} fotogramas de {width}×{height} píxeles no caben en {LARGEST // 1000} kB. Haz figuras más "
        "pequeñas (figsize o dpi) o muestra menos imágenes.",
        f"{len(pictures)} frames of {width}×{height} pixels do not fit into {LARGEST // 1000} kB. Make smaller figures "
        "(figsize or dpi), or show fewer images.",
    )
