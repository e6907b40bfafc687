"""How much one report may hold. The program's side stops with a sentence at these, the receiving side refuses what is
over them: what a jail says of its own limits counts for nothing.

    len(label) <= LABEL_CHARACTERS
"""

from __future__ import annotations

MB = 1024 * 1024
CELL_CHARACTERS = 100_000
TABLE_ROWS = 1_000_000
TABLE_COLUMNS = 1_000
TABLE_BYTES = 128 * MB
LABEL_CHARACTERS = 200
FIGURE_PIXELS = 40_000_000
FIGURE_INCHES = 30
FIGURE_BYTES = 16 * MB
VALUE_PARTS = 1_000
LIST_ITEMS = 100_000
REPORTS = 1_000
