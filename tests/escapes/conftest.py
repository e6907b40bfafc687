from __future__ import annotations

import sys
from pathlib import Path

# The escapes run in the same kind of jail as the tests of the jail itself.
sys.path.insert(0, str(Path(__file__).parents[1] / "jail"))
