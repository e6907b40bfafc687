"""The theme is Fusion in our colours, follows the system, and can be told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from showing import show_in_front

from desktop import theme
from desktop.theme import Colours, Space, Type, colours
from desktop.theme._theme import Theme
from desktop.theme.colours import dark, light
from desktop.theme.palettes import palette_of
from desktop.theme.sheet import sheet


@pytest.fixture(autouse=True)
def _applied(qapp: QApplication) -> Iterator[None]:
    yield
    theme.use("system")


def test_the_style_is_fusion_on_every_system(qapp: QApplication) -> None:
    assert qapp.style().name() == "fusion" and not qapp.styleSheet()


@pytest.mark.parametrize(("choice", "scheme"), [("light", light()), ("dark", dark())])
def test_what_is_chosen_is_used_by_palette_sheet_and_colours(
    qapp: QApplication, qtbot: QtBot, choice: theme.Choice, scheme: Colours
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    theme.use(choice)
    assert colours() == scheme
    assert qapp.palette().window().color() == scheme.window
    assert qapp.palette().highlight().color() == scheme.selection
    assert scheme.accent.name() in window.styleSheet()


def test_a_change_is_told_after_the_window_has_the_new_colours(qtbot: QtBot, qapp: QApplication) -> None:
    theme.use("light")
    seen: list[QColor] = []
    theme.theme().changed.connect(lambda: seen.append(qapp.palette().window().color()))
    with qtbot.waitSignal(theme.theme().changed):
        theme.use("dark")
    assert seen == [dark().window]


def test_a_widget_that_is_shown_already_changes_too(qtbot: QtBot) -> None:
    """A style sheet resolves once; ours is set again."""
    theme.use("light")
    button = QPushButton()
    button.resize(80, 40)
    qtbot.addWidget(button)
    show_in_front(qtbot, button)
    before = button.grab().toImage().pixelColor(40, 20)
    theme.use("dark")
    after = button.grab().toImage().pixelColor(40, 20)
    assert (before, after) == (light().surface, dark().surface)


def test_a_dialog_is_dressed_as_the_window_that_it_belongs_to(qtbot: QtBot) -> None:
    theme.use("light")
    window = QWidget()
    qtbot.addWidget(window)
    undressed, dialog = QDialog(), QDialog(window)
    looks = []
    for parent in (undressed, dialog):
        button = QPushButton(parent)
        button.resize(80, 40)
        looks.append(button.grab().toImage().pixelColor(40, 20))
    assert looks[0] != looks[1] == light().surface


class FakeHints:
    """A system that is dark, and perhaps asks for more contrast."""

    def __init__(self, contrast: Qt.ContrastPreference) -> None:
        self.contrastPreference = lambda: contrast

    def colorScheme(self) -> Qt.ColorScheme:
        return Qt.ColorScheme.Dark

    def accessibility(self) -> FakeHints:
        return self


class FakeApp:
    """An application on that system."""

    def __init__(self, palette: QPalette) -> None:
        self.shown = palette

    def setPalette(self, palette: QPalette) -> None:
        self.shown = palette


Contrast = Qt.ContrastPreference


def following(system: QPalette, contrast: Contrast = Contrast.NoPreference) -> tuple[Theme, FakeApp]:
    found, app = Theme(), FakeApp(system)
    found._app, found._system, found._hints = app, system, FakeHints(contrast)  # type: ignore[assignment]
    found.use("system")
    return found, app


def test_a_dark_system_gets_our_dark_colours() -> None:
    found, app = following(palette_of(light()))
    assert found.colours == dark() and app.shown.window().color() == dark().window


def test_a_high_contrast_palette_of_the_system_is_left_alone() -> None:
    system = QPalette(QColor("black"))
    system.setColor(QPalette.ColorRole.Window, QColor("black"))
    system.setColor(QPalette.ColorRole.WindowText, QColor("white"))
    found, app = following(system)
    assert found.colours.high_contrast
    assert app.shown == system
    ours = {light().accent.name(), dark().accent.name(), light().window.name(), dark().window.name()}
    assert not [colour for colour in ours if colour in sheet(found.colours)]


def test_a_system_that_asks_for_contrast_gets_its_own_colours_whatever_they_are() -> None:
    soft = QPalette(QColor("#202020"))
    found, app = following(soft, Contrast.HighContrast)
    assert found.colours.high_contrast and app.shown == soft
    found.use("light")
    assert found.colours == light()


def test_what_the_system_has_is_read_again_when_it_changed(qapp: QApplication) -> None:
    theme.use("system")
    before = colours()
    qapp.setPalette(QPalette(QColor("red")))  # as if somebody else had set it
    theme.theme()._on_system_changed()
    assert colours() == before and qapp.palette().window().color() == before.window


@pytest.mark.parametrize("scheme", [light(), dark()])
def test_every_name_in_the_sheet_has_its_value(scheme: Colours) -> None:
    assert "$" not in sheet(scheme)


@pytest.mark.parametrize("scheme", [light(), dark()])
def test_qt_understands_the_whole_sheet(scheme: Colours, qapp: QApplication, qtbot: QtBot) -> None:
    label = QLabel("x")
    qtbot.addWidget(label)
    label.setStyleSheet(sheet(scheme))  # "Could not parse" would be a Qt warning, which fails
    assert label.styleSheet()


@pytest.mark.parametrize("scheme", [light(), dark()])
def test_drawings_in_the_sheet_have_the_colours_of_their_scheme(scheme: Colours) -> None:
    from importlib.resources import files

    folder = files("resources") / "icons" / "controls"
    name = "dark" if scheme.dark else "light"
    wanted = {"check": scheme.on_accent, "dash": scheme.on_accent, "down": scheme.muted, "up": scheme.muted}
    for shape, colour in wanted.items():
        assert colour.name() in (folder / f"{shape}-{name}.svg").read_text("utf-8")


def test_type_is_relative_to_the_systems_font(qapp: QApplication) -> None:
    before = qapp.font()
    sizes = [Type.PAGE.font().pointSizeF(), Type.SMALL.font().pointSizeF()]
    larger = qapp.font()
    larger.setPointSizeF(before.pointSizeF() * 2)
    qapp.setFont(larger)
    assert [Type.PAGE.font().pointSizeF(), Type.SMALL.font().pointSizeF()] == pytest.approx([s * 2 for s in sizes])
    qapp.setFont(before)
    assert Type.PAGE.font().pointSizeF() > Type.SECTION.font().pointSizeF() > Type.BODY.font().pointSizeF()


def test_distances_grow_in_their_order() -> None:
    assert list(Space) == sorted(Space) and Space.PAGE == 32
