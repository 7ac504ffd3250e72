"""The learner's own pictures: every kind of folder and file that people have, and no traceback for any."""

from __future__ import annotations

import os
import zipfile

import numpy as np
import pytest
from PIL import Image

from course_utils import data, own_pictures
from course_utils.language import CourseError, set_language

LEAST = own_pictures.LEAST


@pytest.fixture(autouse=True, params=("es", "en"))
def language(request):
    set_language(request.param)
    yield request.param
    set_language("es")


@pytest.fixture(scope="module")
def master(tmp_path_factory):
    """A folder of `LEAST` good pictures, all different, to copy from."""
    folder = tmp_path_factory.mktemp("master")
    rng = np.random.default_rng(1)
    for number in range(LEAST):
        Image.fromarray(rng.integers(0, 256, (40, 40, 3), "uint8")).save(folder / f"{number:03}.png")
    return folder


@pytest.fixture
def folder(master, tmp_path):
    """A fresh folder with `LEAST` good pictures."""
    path = tmp_path / "fotos"
    path.mkdir()
    for picture in master.iterdir():
        os.link(picture, path / picture.name)
    return path


def noise(size, mode="RGB"):
    """A picture of random pixels, in any mode."""
    rng = np.random.default_rng(2)
    return Image.fromarray(rng.integers(0, 256, (*size[::-1], 3), "uint8")).convert(mode)


def snapshot(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# --- What comes back


@pytest.mark.parametrize("side", (28, 32))
@pytest.mark.parametrize("colour", (False, True))
def test_a_good_folder_is_a_data_set(folder, side, colour, capsys):
    before = snapshot(folder)
    dataset = data.from_folder(folder, side, colour)
    shape = (side, side, 3) if colour else (side, side)
    assert dataset.x_train.shape == (LEAST - LEAST // 7, *shape) and dataset.x_test.shape == (LEAST // 7, *shape)
    assert dataset.x_train.dtype == np.uint8 and dataset.y_train.dtype == np.uint8 and not dataset.y_train.any()
    assert dataset.name == "fotos: " + "×".join(map(str, (LEAST, *shape))) and str(LEAST) in dataset.origin
    assert snapshot(folder) == before
    capsys.readouterr()


def test_every_picture_is_in_one_part_and_in_one_only(folder):
    dataset = data.from_folder(folder)
    both = np.concatenate([dataset.x_train, dataset.x_test])
    assert len(np.unique(both.reshape(LEAST, -1), axis=0)) == LEAST


def test_it_stands_in_for_mnist_in_batches(folder, tensorflow):
    for colour, channels in ((False, 1), (True, 3)):
        dataset = data.from_folder(folder, colour=colour)
        batch = next(iter(data.make_batches(dataset.x_train, 16)))
        assert batch.shape == (16, 28, 28, channels)
        assert float(batch.numpy().min()) >= -1 and float(batch.numpy().max()) <= 1


def test_subfolders_are_classes(folder, capsys):
    for number, path in enumerate(sorted(folder.glob("*.png"))):
        (folder / "ab"[number % 2]).mkdir(exist_ok=True)
        path.rename(folder / "ab"[number % 2] / path.name)
    found = own_pictures.read(folder)
    assert found.classes == ("a", "b") and np.bincount(found.labels).tolist() == [LEAST // 2] * 2
    data.from_folder(folder)
    assert "0 = a, 1 = b" in capsys.readouterr().out


def test_every_class_is_learnt_however_small_and_none_is_empty(folder, capsys):
    """A seventh of each class is kept for tests; a class without a picture that can be used is none."""
    pictures = sorted(folder.glob("*.png"))
    for label, some in {"a": pictures[:3], "b": [], "c": pictures[3:]}.items():
        (folder / label).mkdir()
        for path in some:
            path.rename(folder / label / path.name)
    (folder / "b" / "broken.png").write_bytes(b"no picture")
    dataset = data.from_folder(folder)
    assert "0 = a, 1 = c" in capsys.readouterr().out
    assert np.bincount(dataset.y_train).tolist() == [2, LEAST - 3 - (LEAST - 3) // 7]
    assert np.bincount(dataset.y_test).tolist() == [1, (LEAST - 3) // 7]


def test_the_square_in_the_middle_is_kept(folder):
    wide = Image.new("RGB", (120, 40), "black")
    wide.paste("white", (40, 0, 80, 40))
    wide.save(folder / "zz.png")
    found = own_pictures.read(folder)
    assert (found.images[-1] == 255).all()
    assert any("cuadrad" in notice or "square" in notice for notice in found.notices)


def test_a_picture_on_its_side_is_turned_upright(folder):
    picture, exif = Image.new("L", (40, 40), 0), Image.Exif()
    picture.paste(255, (0, 0, 40, 20))  # white at the top
    exif[0x0112] = 3  # the camera was upside down
    picture.save(folder / "zz.jpg", exif=exif)
    image = own_pictures.read(folder).images[-1]
    assert image[:10].mean() < 10 and image[-10:].mean() > 245


def test_what_is_see_through_lies_on_white(folder):
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(folder / "zz.png")
    assert (own_pictures.read(folder, colour=True).images[-1] == 255).all()


@pytest.mark.parametrize("mode", ("1", "L", "LA", "P", "CMYK", "HSV", "YCbCr", "I", "F", "I;16"))
def test_pictures_of_any_mode(folder, mode):
    rng = np.random.default_rng(3)
    if mode == "I;16":
        Image.fromarray(rng.integers(0, 65_536, (40, 40), "uint16")).save(folder / "zz.png")
    elif mode in ("I", "F"):
        values = rng.normal(size=(40, 40)) * 1000
        Image.fromarray(values.astype("int32" if mode == "I" else "float32")).save(folder / "zz.tif")
    elif mode in ("HSV", "YCbCr"):
        noise((40, 40), "YCbCr").save(folder / "zz.jpg")
    else:
        noise((40, 40), mode).save(folder / ("zz.jpg" if mode == "CMYK" else "zz.png"))
    image = own_pictures.read(folder).images[-1]
    assert image.shape == (28, 28) and np.ptp(image) > 30


def test_the_first_frame_of_an_animation_counts(folder):
    frames = [Image.new("L", (40, 40), grey) for grey in (200, 0)]
    frames[0].save(folder / "zz.gif", save_all=True, append_images=frames[1:])
    assert abs(int(own_pictures.read(folder).images[-1].mean()) - 200) < 3


# --- What is left out, and said


def bad_file(name):
    """Return a function that writes a file that cannot be used."""

    def write(folder):
        path = folder / name
        if name == "cut.jpg":
            noise((200, 200)).save(path)
            path.write_bytes(path.read_bytes()[:2000])
        elif name == "cut.png":
            noise((200, 200)).save(path)
            path.write_bytes(path.read_bytes()[:500])
        elif name == "empty.png":
            path.touch()
        elif name == "text.png":
            path.write_text("this is not a picture")
        elif name == "page.jpg":
            path.write_text("<html>404</html>")
        elif name == "link.png":
            path.symlink_to(folder / "nowhere.png")
        elif name == "huge.png":
            Image.new("1", (20_000, 10_000)).save(path)
        elif name == "without_ending":
            path.write_text("notes")
        elif name == "array.png":
            np.savez(path.with_suffix(""), [1, 2])
            path.with_suffix(".npz").rename(path)

    return write


BAD_FILES = (
    "cut.jpg",
    "cut.png",
    "empty.png",
    "text.png",
    "page.jpg",
    "link.png",
    "huge.png",
    "without_ending",
    "array.png",
)


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_left_out_and_named(folder, name):
    bad_file(name)(folder)
    found = own_pictures.read(folder)
    assert len(found.images) == LEAST
    assert any(name in notice for notice in found.notices), found.notices


def test_of_many_bad_files_a_few_are_named(folder):
    for number in range(9):
        (folder / f"bad{number}.png").write_text("no")
    (notice,) = [n for n in own_pictures.read(folder).notices if "bad0" in n]
    assert "9" in notice and "bad2" in notice and "bad3" not in notice and "…" in notice


def test_other_files_and_hidden_ones_do_no_harm(folder):
    (folder / "notes.txt").write_text("x")
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / "Thumbs.db").write_bytes(b"\0")
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "._001.png").write_bytes(b"\0")
    (folder / "photo.HEIC").write_bytes(b"\0")
    notices = own_pictures.read(folder).notices
    assert any(".heic" in notice and "PNG" in notice for notice in notices)
    assert not any("DS_Store" in notice or "MACOSX" in notice for notice in notices)


def test_folders_that_link_in_a_circle_end(folder):
    (folder / "again").symlink_to(folder)
    assert len(own_pictures.read(folder).images) == LEAST


def test_copies_small_ones_and_plain_ones_are_said(folder):
    Image.new("L", (8, 8), 9).save(folder / "y1.png")
    Image.new("L", (8, 8), 9).save(folder / "y2.png")
    notices = " ".join(own_pictures.read(folder).notices)
    for words in (("copias", "copies"), ("pequeñas", "smaller"), ("un solo color", "one colour"), ("pocas", "few")):
        assert any(word in notices for word in words), (words, notices)


def test_names_with_accents_spaces_and_capitals(folder):
    noise((40, 40)).save(folder / "Ñandú y café.JPEG")
    assert len(own_pictures.read(folder).images) == LEAST + 1


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="this user may read whatever the permissions say")
def test_a_file_that_may_not_be_read(folder):
    noise((40, 40)).save(folder / "secret.png")
    (folder / "secret.png").chmod(0)
    assert any("secret.png" in notice for notice in own_pictures.read(folder).notices)


def test_more_than_can_be_used_are_drawn_by_lot(folder, monkeypatch):
    monkeypatch.setattr(own_pictures, "MOST", LEAST)
    noise((40, 40)).save(folder / "zz.png")
    found = own_pictures.read(folder)
    assert len(found.images) == LEAST and str(LEAST + 1) in found.notices[0]


# --- Bad folders


def bad_folder(kind, tmp_path, folder):
    if kind == "missing":
        return tmp_path / "nada"
    if kind == "misspelt":
        return tmp_path / "fotoss"
    if kind == "empty":
        (tmp_path / "vacia").mkdir()
        return tmp_path / "vacia"
    if kind == "archive":
        with zipfile.ZipFile(tmp_path / "fotos.zip", "w") as archive:
            archive.write(next(folder.iterdir()))
        return tmp_path / "fotos.zip"
    if kind == "a picture":
        return next(folder.iterdir())
    if kind == "too few":
        next(folder.iterdir()).unlink()
        return folder
    if kind == "only text":
        (tmp_path / "textos").mkdir()
        (tmp_path / "textos" / "a.txt").write_text("x")
        return tmp_path / "textos"
    if kind == "only heic":
        (tmp_path / "iphone").mkdir()
        (tmp_path / "iphone" / "a.heic").write_bytes(b"x")
        return tmp_path / "iphone"
    if kind == "MNIST":
        (tmp_path / "datos").mkdir()
        (tmp_path / "datos" / "mnist.npz").write_bytes(b"x")
        return tmp_path / "datos"
    if kind == "too many classes":
        for number, path in enumerate(sorted(folder.iterdir())):
            (folder / str(number)).mkdir()
            path.rename(folder / str(number) / path.name)
        return folder
    return {"none": None, "number": 7, "list": ["a"], "nameless": "", "null byte": "a\0b", "long": "x" * 5000}[kind]


WORDS = {
    "missing": ("No existe", "no folder"),
    "misspelt": ("¿Querías decir 'fotos'?", "Did you mean 'fotos'?"),
    "empty": ("se pueden usar 0", "0 pictures"),
    "archive": ("descomprímelo", "unpack"),
    "a picture": ("es un archivo", "is a file"),
    "too few": (f"{LEAST - 1}", f"{LEAST - 1}"),
    "only text": ("no son imágenes", "no pictures"),
    "only heic": (".heic", ".heic"),
    "MNIST": ('data.load("mnist")', 'data.load("mnist")'),
    "too many classes": ("subcarpetas", "subfolders"),
    "none": ("entre comillas", "in quotes"),
    "number": ("entre comillas", "in quotes"),
    "list": ("entre comillas", "in quotes"),
    "nameless": ("Falta el nombre", "missing"),
    "null byte": ("No existe", "no folder"),
    "long": ("No existe", "no folder"),
}


@pytest.mark.parametrize("kind", WORDS)
def test_a_bad_folder_is_explained(kind, tmp_path, folder, language, monkeypatch):
    monkeypatch.setattr(own_pictures, "MOST_CLASSES", 20)
    with pytest.raises(CourseError) as error:
        data.from_folder(bad_folder(kind, tmp_path, folder))
    assert WORDS[kind][language == "en"] in str(error.value)


@pytest.mark.parametrize("arguments", ({"side": 64}, {"side": "28"}, {"side": True}, {"colour": "yes"}, {"colour": 3}))
def test_bad_arguments_are_explained(folder, arguments):
    with pytest.raises(CourseError, match=next(iter(arguments))):
        data.from_folder(folder, **arguments)


def test_a_relative_folder_counts_from_the_working_folder(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    assert data.from_folder("fotos").name.startswith("fotos: ")
    assert data.from_folder("./fotos/").name.startswith("fotos: ")
