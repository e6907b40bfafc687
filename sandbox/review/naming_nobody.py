"""Words about tables, looked through by the checker before they are kept, and once more before they are signed.

    check_names_nobody(workspace, [Said("The description of stays", "Stays of Ada Kowalczyk", "Say it without her.")])

A description is told to every agent and stands on the page for the privacy office, so it passes what a question passes:
the shapes of identifiers, and the known values of the connected sources. A refusal names the place, never the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sandbox.dictionary.clean_names import names_never
from sandbox.dictionary.comments import clean_comment
from sandbox.dictionary.model import Table
from sandbox.dictionary.words import is_familiar
from sandbox.errors import BadInput, PatientRecognised
from sandbox.start import door_command
from sandbox.workspace import Workspace

if TYPE_CHECKING:
    from sandbox.drafting.inspection import Checker, Hit
    from sandbox.packs import Pack

KNOWN = "known "  # how the kinds of hits begin that the known values made
_TOGETHER = 20_000  # characters that are looked through at once
# Between two texts: no rule reads across it, so neither makes the other look harmless.
_APART = "\n|||\n"
_ANEW = "Say it without names, numbers and dates of people, then try again."
_NEVER_TELL = "Put the name among those that are never told (in the settings), look at the source again, then sign."
_FROM_ELSEWHERE = (
    "It comes from a pack, or from a comment in the database: correct it there and look again, or connect the source"
    " without its comments (`preceptor source add --no-comments`)."
)


class Said(NamedTuple):
    """One text, what it is called to the reviewer, and what they do when it is refused.

    `known_only`: what merely has the shape of a name is none in it, as in the names of columns.
    """

    place: str
    text: str
    advice: str = _ANEW
    known_only: bool = False


def check_names_nobody(workspace: Workspace, said: Iterable[Said], so: str = "nothing was kept") -> None:
    """Return when nobody is recognised in any of the texts, or `PatientRecognised` with the first place and the kinds.

    Also refused, as `JailRefused` or `GateRefused`, where there is no checker to look.
    """
    texts = [one for one in said if one.text.strip()]
    if not texts:
        return
    with _checker(workspace) as checker:
        for together in _parts(texts):
            if not checker.inspect(_APART.join(one.text for one in together)):
                continue
            for one in together:  # each by itself: what was found may lie across two of them
                if hits := [hit for hit in checker.inspect(one.text) if _counts(hit, one)]:
                    kinds = ", ".join(sorted({hit.kind for hit in hits}))
                    found = f"{one.place} reads like something about a person ({kinds})"
                    raise PatientRecognised(f"{found}, so {so}.", one.advice)


def check_names_never(workspace: Workspace, said: Iterable[Said], so: str = "nothing was kept") -> None:
    """Return when none of the texts has a name that the settings say is never told, or `BadInput` with its place."""
    never = workspace.settings.never_told
    for one in said if never else ():
        if names_never(one.text, never):
            raise BadInput(f"{one.place} holds a name that is never told, so {so}.", one.advice)


def said_of_table(table: Table) -> Iterator[Said]:
    """All words that an agent would be told of the table, beside its values."""
    describe = f"Correct it: `preceptor dictionary describe {table.source} {table.name} …`, then sign."
    rename = f"Call it otherwise: `preceptor dictionary rename {table.source} …`, then sign."
    yield from _said_by_present_name(f"The name of the table {table.name}", table.name, rename)
    yield Said(f"The description of {table.name}", table.description, describe)
    yield Said(f"The grain of {table.name}", table.grain, describe)
    yield Said(f"The time order of {table.name}", table.order, describe)
    for number, convention in enumerate(table.conventions, 1):
        yield Said(f"Convention {number} of {table.name}", convention, describe)
    for column in table.columns:
        yield from _said_by_present_name(f"The name of {table.name}.{column.name}", column.name, rename)
        yield from _said_by_present_name(f"What {table.name}.{column.name} is a key of", column.domain, _NEVER_TELL)
        yield Said(f"The description of {table.name}.{column.name}", column.description, _FROM_ELSEWHERE)


def said_of_pack(pack: Pack, file: str) -> Iterator[Said]:
    """All words of a pack that are told once it is applied, as they are told then."""
    advice = f"Correct {file}, then choose it again."
    for name, table in pack.tables.items():
        words = [("description", table.description), ("grain", table.grain), ("order", table.order)]
        words += [(f"convention {number}", one) for number, one in enumerate(table.conventions, 1)]
        for what, text in words:
            yield Said(f"{file}: the {what} of {name}", clean_comment(text), advice)
        for column_name, column in table.columns.items():
            yield Said(f"{file}: the description of {name}.{column_name}", clean_comment(column.description), advice)
            yield Said(f"{file}: the domain of {name}.{column_name}", column.domain, advice)


def said_of_codes(codes: Iterable[tuple[str, str]], **about: str) -> Iterator[Said]:
    """What is told of a list of codes: what it is `about`, and what each code means."""
    for what, text in about.items():
        yield Said(f"The {what} of the code set", text)
    for number, (_, meaning) in enumerate(codes, 1):
        yield Said(f"The meaning of entry {number}", meaning, "Correct that entry, or leave it out.")


def said_by_name(what: str, new: str) -> Iterator[Said]:
    """A new name as it is, and the words that it is made of as a person's name is written."""
    words = new.replace("_", " ").title().split()
    pairs = (f"{one} {other}" for one, other in pairwise(words))
    for text in dict.fromkeys((new, " ".join(words), *pairs)):
        yield Said(f"The new name of {what}", text, "Choose a name that is nobody's.")


def _said_by_present_name(place: str, name: str, advice: str) -> Iterator[Said]:
    """A name as it is; and as a person's is written, in capitals, those of its words that no rule knows.

    Somebody is called Link or Major wherever there are many patients, and so are columns.
    """
    yield Said(place, name, advice)
    strange = [word for word in name.lower().split("_") if not is_familiar(word)]
    yield Said(place, " ".join(strange).title(), advice, known_only=True)


def _counts(hit: Hit, said: Said) -> bool:
    return hit.kind.startswith(KNOWN) or not said.known_only


def _parts(texts: list[Said]) -> Iterator[list[Said]]:
    part: list[Said] = []
    for one in texts:
        if part and sum(len(other.text) + len(_APART) for other in part) + len(one.text) > _TOGETHER:
            yield part
            part = []
        part.append(one)
    yield part


@contextmanager
def _checker(workspace: Workspace) -> Iterator[Checker]:
    """A checker of its own, by the dictionary as it is signed now; ended with the block."""
    from sandbox.drafting.inspection import Checker

    process = Checker.start(door_command("checker", str(workspace.root)))
    try:
        process.wait_ready()
        yield process
    finally:
        process.stop()
