"""The pictures of the site: each kept once, as WebP, whatever page shows it in whatever language."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
from pathlib import Path

from PIL import Image

FOLDER = "pictures"  # beside the folders of the languages
LOSSLESS = 60_000  # bytes from which on a picture is kept with losses that nobody sees
QUALITY = 88
EMBEDDED = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")


class Pictures:
    """Keeps pictures in a folder and says how a page shows them.

    Args:
        site: the folder that holds those of the languages.
        page: the name of the page that shows them, "lessons/01_x": pictures are named relative to it.
    """

    def __init__(self, site: Path, page: str) -> None:
        self.folder = site / FOLDER
        self.prefix = "../" * (page.count("/") + 1) + FOLDER + "/"

    def keep(self, content: bytes) -> tuple[str, tuple[int, int]]:
        """Keep a picture; return its address and its width and height in pixels."""
        path = self.folder / f"{hashlib.sha256(content).hexdigest()[:16]}.webp"
        picture = Image.open(io.BytesIO(content))
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(webp(picture))
        return self.prefix + path.name, picture.size

    def show(self, content: bytes, alt: str) -> str:
        """Keep a picture; return the HTML that shows it, loaded when it comes near."""
        address, (width, height) = self.keep(content)
        size = f'width="{width}" height="{height}"'
        return f'<img src="{address}" alt="{html.escape(alt)}" {size} loading="lazy" decoding="async">'

    def take_out(self, page: str) -> str:
        """Return some HTML with the pictures that it carries in itself kept beside the page."""
        return EMBEDDED.sub(lambda found: self.keep(base64.b64decode(found[1]))[0], page)


def webp(picture: Image.Image) -> bytes:
    """Return a picture as WebP: the same to the pixel, unless it is large."""
    if picture.mode not in ("RGB", "RGBA"):
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    exact = _packed(picture, lossless=True)
    return min(exact, _packed(picture, quality=QUALITY), key=len) if len(exact) > LOSSLESS else exact


def _packed(picture: Image.Image, **how: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, "WEBP", method=4, **how)
    return file.getvalue()
