"""The settings that can be typed, what each means, and what is wrong with what was typed. No Qt in here."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from sandbox.visible import visible
from sandbox.workspace import RANGES, Settings

_HERE = ("127.0.0.1", "::1", "localhost")


class Field(NamedTuple):
    """One setting: its name in `Settings`, its label, its unit, and what it means for the reviewer."""

    key: str
    label: str
    help: str
    unit: str = ""


MODEL = (
    Field("model_url", "Address", "Any server that speaks the Messages API: https://, or http:// on this computer."),
    Field("model", "Model", "The model's name there."),
)

PROJECT = (
    Field("purpose", "Purpose", "What this workspace is for; it is offered when you sign. May stay empty."),
    Field(
        "never_told",
        "Never told",
        "Names that no dictionary knows, with commas between them: the hospital, the city, the vendor. They are taken "
        "out of the names of tables and columns from the next look at a source.",
    ),
)

LIMITS = (
    Field(
        "minimum_count",
        "Smallest group",
        "A value is told to an agent only if so many patients share it. It applies from the next look at a source.",
        "patients",
    ),
    Field("program_seconds", "Longest run", "A program that runs longer is ended.", "seconds"),
    Field("program_memory_mb", "Most memory", "What one program may take of this computer's memory.", "MB"),
    Field("query_rows", "Most rows", "A query that returns more is stopped.", "rows per query"),
    Field("results_keep_days", "Keep results", "Results are stored encrypted, for so long.", "days"),
    Field("lock_after_minutes", "Lock when idle", "Then results are hidden, and the desk asks for you.", "minutes"),
)

NUMBERS = {field.key: field for field in LIMITS}
FIELDS = (*MODEL, *PROJECT, *LIMITS)
_MAY_BE_EMPTY = ("purpose", "never_told")
LABELS = {field.key: field.label for field in FIELDS}


def as_typed(settings: Settings) -> dict[str, str]:
    """The settings as the fields show them."""
    return {field.key: _shown(getattr(settings, field.key)) for field in FIELDS}


def range_words(key: str) -> str:
    least, most = RANGES[key]
    return f"{least:,} to {most:,}"


def what_is_wrong(key: str, typed: str) -> str:
    """One sentence, or "" when it can be kept. The engine has the last word."""
    if key in NUMBERS:
        number = as_number(typed)
        least, most = RANGES[key]
        if number is None:
            return f"A whole number is needed, from {range_words(key)}."
        return "" if least <= number <= most else f"It must be from {range_words(key)}."
    if visible(typed) != typed:
        return "It holds a character that can't be seen. Type it instead of pasting it."
    if key == "never_told" and any(len(name) < 2 for name in _names(typed)):
        return "A name that is never told has at least two letters."
    return "It can't be empty." if key not in _MAY_BE_EMPTY and not typed.strip() else ""


def is_same(key: str, typed: str, saved: str) -> bool:
    """Whether it says what is saved already, however a number is written."""
    return as_number(typed) == as_number(saved) if key in NUMBERS else typed == saved


def with_typed(settings: Settings, typed: dict[str, str]) -> Settings:
    """The settings with what was typed, which `what_is_wrong` found nothing wrong with."""
    return msgspec.structs.replace(settings, **{key: _read(key, text) for key, text in typed.items()})


def as_number(typed: str) -> int | None:
    """A whole number as people write it: `50 000 000`, `50,000,000`."""
    plain = "".join(letter for letter in typed if letter not in " ,_\u00a0\u202f")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 18 else None


def place_words(url: str) -> str:
    """Where what is sent goes to, for the address as it is typed."""
    host = _host(url)
    if not host:
        return ""
    if is_here(url):
        return "This address is on this computer: what is sent does not leave it."
    return (
        f"This address is another computer: what you find under “What was sent” leaves this one, encrypted, for {host}."
    )


def is_here(url: str) -> bool:
    """Whether the address is this computer's own."""
    return _host(url) in _HERE


def field_at_fault(sentence: str, changed: list[str]) -> str:
    """Which changed field the engine's sentence speaks of; "" when it does not say."""
    spoken = [key for key in changed if LABELS[key].lower() in sentence.lower()]
    if len(changed) == 1:
        return changed[0]
    return spoken[0] if spoken else ""


def grouped(fingerprint: str) -> str:
    """A fingerprint in groups of four, so that two people can read it to each other."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))


def _host(url: str) -> str:
    try:
        return urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""


def _read(key: str, typed: str) -> object:
    if key == "never_told":
        return _names(typed)
    return as_number(typed) if key in NUMBERS else typed.strip()


def _names(typed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in typed.split(",") if name.strip())


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:,}" if isinstance(value, int) else str(value)
