"""Dates, numbers and sizes in words. No Qt."""

from __future__ import annotations

from datetime import UTC, datetime

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = ((_HOUR, "minute", _MINUTE), (_DAY, "hour", _HOUR), (30 * _DAY, "day", _DAY))  # below, word, unit


def plural(n: int, word: str, words: str = "") -> str:
    """`plural(1, "row")` is "1 row", `plural(1200, "row")` "1,200 rows"; `words` for plurals that are not made by s."""
    return f"{n:,} {word if n == 1 else words or word + 's'}"


def missing(*things: str) -> str:
    """`missing("", "a purpose", "your passphrase")` is "Still missing: a purpose and your passphrase."; or nothing."""
    named = [thing for thing in things if thing]
    if not named:
        return ""
    *first, last = named
    return f"Still missing: {', '.join(first)} and {last}." if first else f"Still missing: {last}."


def when(instant: str) -> str:
    """An instant of a record (ISO 8601, UTC) in local time: "2 January 2026, 03:04". Empty stays empty."""
    if not instant:
        return ""
    local = _read(instant).astimezone()
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"


def day(instant: str) -> str:
    """The day of an instant in local time: "2 January 2026"."""
    return when(instant).rpartition(",")[0]


def ago(instant: str, now: datetime | None = None) -> str:
    """How long ago in the largest unit: "just now", "5 minutes ago", "2 days ago"; older than a month: the day."""
    if not instant:
        return ""
    passed = ((now or datetime.now(UTC)) - _read(instant)).total_seconds()
    if passed < _MINUTE:
        return "just now"
    for below, word, unit in _STEPS:
        if passed < below:
            return f"{plural(int(passed // unit), word)} ago"
    return day(instant)


def size(count: int) -> str:
    """A number of bytes: "812 bytes", "1.2 MB" (powers of 1000)."""
    if count < 1000:
        return plural(count, "byte")
    value, place = float(count), 0
    while value >= 999.95 and place < len(_UNITS) - 1:
        value, place = value / 1000, place + 1
    return f"{value:.1f} {_UNITS[place]}"


def short(sha256: str) -> str:
    """Enough of a hash to compare by eye: its first twelve digits."""
    return sha256[:12]


def seconds(count: float) -> str:
    """A duration: "0.4 s", "12 s", "3 min 5 s", "2 h 10 min"."""
    if count < 10:
        return f"{count:.1f} s"
    whole = round(count)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    hours, rest = divmod(whole // 60, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _read(instant: str) -> datetime:
    found = datetime.fromisoformat(instant)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
