"""What Qt's offscreen platform says of itself on every window is kept from whoever reads the tour."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

NO_NEWS = "This plugin does not support"


def be_quiet() -> None:
    """Everything else that Qt says is still said."""
    qInstallMessageHandler(_say)


def _say(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    if not message.startswith(NO_NEWS):
        sys.stderr.write(f"{message}\n")
