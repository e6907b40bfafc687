"""Side by side, and longer than the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QSplitter, QWidget

from desktop.theme import Space


def two_panes(left: QWidget, right: QWidget, ratio: tuple[int, int] = (1, 2), name: str = "") -> QSplitter:
    """Two panes that share the width by `ratio`; either can be made as narrow as nothing."""
    splitter = QSplitter(Qt.Orientation.Horizontal)
    splitter.addWidget(left)
    splitter.addWidget(right)
    splitter.setChildrenCollapsible(True)
    splitter.setHandleWidth(Space.LARGE)
    splitter.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    for place, share in enumerate(ratio):
        splitter.setStretchFactor(place, share)
    splitter.setSizes([share * 10_000 for share in ratio])
    if name:
        splitter.setObjectName(name)
    return splitter


def scrolled(widget: QWidget) -> QScrollArea:
    """The widget in a frame that scrolls where the window is smaller; as wide as there is room."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    widget.setProperty("page", True)
    area.setWidget(widget)
    return area
