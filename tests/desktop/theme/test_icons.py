"""Icons are tinted, crisp at every scale, and follow the theme."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QApplication

from desktop import theme
from desktop.theme import colours, icon, pixmap

FOLDER = Path(__file__).parents[3] / "resources" / "icons"
NAMES = sorted(path.stem for path in FOLDER.glob("*.svg") if path.stem != "preceptor")
CONTRACT = (
    "questions review runs data records settings doctor lock unlock sign send stop add remove export verify check warn "
    "bad info search folder key person shield play table figure step code diff sent copy more left right up down help "
    "reload"
)


@pytest.fixture(autouse=True)
def _applied(qapp: QApplication) -> Iterator[None]:
    theme.use("light")
    yield
    theme.use("system")


def colours_in(picture: QPixmap) -> set[str]:
    """The colours of all pixels that are fully opaque."""
    image = picture.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


def test_all_promised_icons_are_there() -> None:
    assert not set(CONTRACT.split()) - set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_draws_something_in_one_colour_only(name: str) -> None:
    assert colours_in(pixmap(name, 48)) == {colours().text.name()}


def test_an_icon_that_is_held_changes_with_the_theme() -> None:
    held = icon("stop", "accent")
    before = colours_in(held.pixmap(32, 32))
    theme.use("dark")
    assert (before, colours_in(held.pixmap(32, 32))) == ({"#0d5c66"}, {colours().accent.name()})


def test_a_disabled_icon_is_faint() -> None:
    assert colours_in(icon("stop").pixmap(QSize(32, 32), QIcon.Mode.Disabled)) == {colours().faint.name()}


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0, 3.0])
def test_an_icon_has_as_many_pixels_as_the_screen_shows(scale: float) -> None:
    picture = icon("sign").pixmap(QSize(16, 16), scale)
    assert picture.size() == QSize(round(16 * scale), round(16 * scale))
    assert picture.devicePixelRatio() == scale


def test_a_wrong_name_is_told_where_the_icon_is_made() -> None:
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


def test_icons_live_as_long_as_qt_holds_them() -> None:
    held = [icon("lock") for _n in range(50)]
    copies = [QIcon(one) for one in held]
    del held
    gc.collect()
    assert all(colours_in(one.pixmap(48, 48)) for one in copies)


def test_the_mark_of_the_application_can_be_drawn() -> None:
    mark = QIcon(str(FOLDER / "preceptor.svg")).pixmap(64, 64).toImage()
    assert mark.pixelColor(32, 8) == QColor("#0d5c66") and mark.pixelColor(0, 0).alpha() < 255


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.svg")), ids=lambda path: path.stem)
def test_drawings_hold_nothing_but_shapes(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith("<svg ") and not {"<script", "href", "<image", "<style"} & set(text.split())
    assert len(text) < 1500
