"""What settings may be: refused here is what would only be found wrong when it is needed.

check_settings(Settings(model="…"))
"""

from __future__ import annotations

from sandbox.errors import BadInput
from sandbox.review.model_address import Address
from sandbox.workspace import RANGES, Settings, check_line

_WORDS = {
    "minimum_count": "The least number of patients behind each value that is told",
    "program_memory_mb": "The memory of a program, in MB,",
    "program_seconds": "The longest run of a program, in seconds,",
    "query_rows": "The most rows that a query may return",
    "results_keep_days": "The days that results are kept",
    "lock_after_minutes": "The minutes after which an idle desk locks",
}


def check_settings(settings: Settings) -> None:
    """`BadInput` that names the first setting that is wrong."""
    Address.read(settings.model_url)
    check_line("The model's name", settings.model)
    if not settings.model.strip():
        raise BadInput("The model's name is empty.")
    check_line("The purpose", settings.purpose)
    for never in settings.never_told:
        check_line("A name that is never told", never)
        if len(never.strip()) < 2:
            raise BadInput("A name that is never told has at least two letters.")
    for name, (least, most) in RANGES.items():
        value = getattr(settings, name)
        if not least <= value <= most:
            raise BadInput(f"{_WORDS[name]} is from {least:,} to {most:,}, not {value:,}.", "Choose another number.")


def check_same_reviewer(now: Settings, name: str) -> None:
    """A workspace's signatures carry its reviewer's name, so it stays."""
    if name != now.reviewer:
        raise BadInput("This workspace belongs to another reviewer name, and its signatures carry it.")
