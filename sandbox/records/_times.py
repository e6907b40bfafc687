"""Times in records: RFC 3339, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.errors import RecordRefused


def read_time(text: str) -> datetime:
    """The time, or `RecordRefused` when it is none or names no offset."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError as problem:
        raise RecordRefused("A record holds a time that can't be read.") from problem
    if time.tzinfo is None:
        raise RecordRefused("A record holds a time without its offset from UTC.")
    return time.astimezone(UTC)


def show_time(time: datetime) -> str:
    """A time for people, to the minute."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
