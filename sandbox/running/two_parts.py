"""What the two parts of a broker say to each other where its door is a process of its own (Windows).

The outer part (`outside`) says `Meet` once, with everything in its payload. The inner part (`behind`) asks about the
jailed program, which is not its child, and says at last how it went.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from .errand import CountOf, Errand, IndexOf, LookAt

ENTRY = "sandbox.running.behind"


class _Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all frames."""


class Meet(_Said, frozen=True, tag="meet"):
    """The payload is a `Given`. Nothing else is ever sent unasked."""


class Given(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One errand, its secrets and nobody else's, and what the numbers mean that the process inherited.

    These are, in order, the line to the desk and, for a run, that to the program and the memory for its rows. `heard`
    came from the desk before the line was handed over; `program` and `way` tell of the program and of the memory.
    """

    root: str
    read: tuple[str, ...]
    write: tuple[str, ...]
    errand: Errand | LookAt | IndexOf | CountOf
    secrets: dict[str, str]
    heard: bytes
    program: int = 0
    way: str = ""


class AskProgram(_Said, frozen=True, tag="ask_program"):
    """How the jailed program is; with `end` it is killed first. Answered by `Program`."""

    end: bool = False


class Program(_Said, frozen=True, tag="program"):
    """Its exit status (negative: the signal), None while it runs."""

    status: int | None


class Over(_Said, frozen=True, tag="over"):
    """It is done, what remains of it is kept, and the desk knows or is gone."""


class Failed(_Said, frozen=True, tag="failed"):
    """What the desk is told as `Stopped`."""

    kind: Literal["refusal", "fault"]
    sentence: str
    advice: str


FromBehind = AskProgram | Over | Failed
