"""Where the drawings are: files beside the code, because style sheets name them by path."""

from __future__ import annotations

from pathlib import Path

import resources

DRAWINGS = Path(resources.__path__[0]) / "icons"
