"""The window of the made-up extract, in days and seconds since 1970."""

from __future__ import annotations

from datetime import date

DAY = 86_400
HOUR = 3_600
YEARS = 6.0
FIRST_DAY = date(2019, 1, 1)
EXTRACTED = date(2024, 12, 31)
_EPOCH = date(1970, 1, 1)
START_DAY = (FIRST_DAY - _EPOCH).days
END_DAY = (EXTRACTED - _EPOCH).days
START = START_DAY * DAY
END = END_DAY * DAY + 23 * HOUR
COVID_SINCE = (date(2020, 3, 1) - _EPOCH).days * DAY
