"""A code set in words, page by page, for an agent; and the one hash by which a list of codes is known again."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from itertools import islice

from sandbox.dictionary.model import CODE_SETS, CodeSet, Dictionary
from sandbox.dictionary.text import one_line
from sandbox.errors import BadInput
from sandbox.workspace import Workspace

_ASKED = re.compile(
    rf"{CODE_SETS}\.(?P<name>[\w-]{{1,64}})(?: version (?P<version>\d{{1,6}}))?(?: page (?P<page>\d{{1,6}}))?",
    re.I | re.A,
)
CODES_ON_A_PAGE = 200
LONGEST_PAGE = 5000  # characters
LARGEST_TOLD = 4 * 1024 * 1024  # bytes of one set's file that are kept at hand for an agent
_ALL_TOLD = 64 * 1024 * 1024

Opened = Mapping[tuple[str, int], bytes]


def content_hash(codes: Iterable[str]) -> str:
    """SHA-256 over the codes alone, each once, in order: the same for the same set however it is written down."""
    return hashlib.sha256("\n".join(sorted(set(codes))).encode()).hexdigest()


def opened_code_sets(workspace: Workspace, code_sets: Iterable[CodeSet]) -> dict[tuple[str, int], bytes]:
    """The files by name and version, each the one that its facts name; newest first while there is room.

    Without those that the reviewer removed after a question had heard of them.
    """
    from .keeping import checked_file, removed_versions

    opened, left = dict[tuple[str, int], bytes](), _ALL_TOLD
    wanted = sorted(code_sets, key=lambda one: -one.version)
    removed = removed_versions(workspace) if wanted else set()
    for one in wanted:
        if (one.name, one.version) in removed:
            continue
        data = checked_file(workspace, one)
        if len(data) <= min(LARGEST_TOLD, left):
            opened[one.name, one.version] = data
            left -= len(data)
    return opened


def is_code_set(name: str, dictionary: Dictionary) -> bool:
    """Whether it names a code set: `codeset.NAME`, unless a source and table are called so."""
    tables = {table.full_name.lower() for table in dictionary.tables}
    return name.strip().lower().startswith(f"{CODE_SETS}.") and name.strip().lower() not in tables


def describe_code_set(name: str, code_sets: Iterable[CodeSet], opened: Opened) -> str:
    """What `codeset.NAME`, `codeset.NAME version 2` or `codeset.NAME version 2 page 3` is; the newest without a
    version. `BadInput` when there is none."""
    asked = _ASKED.fullmatch(name.strip())
    version = int(asked["version"] or 0) if asked else 0
    named = [one for one in code_sets if asked and one.name.lower() == asked["name"].lower()]
    found = [one for one in named if version in (0, one.version)]
    if asked is None or not found:
        raise BadInput("There is no such code set, or no such version.", "Search the dictionary for the right name.")
    newest = max(found, key=lambda one: one.version)
    return _page_of(newest, opened, int(asked["page"] or 1))


def _page_of(code_set: CodeSet, opened: Opened, page: int) -> str:
    """What is known of the set, and the codes of that page, from 1; `BadInput` when there is no such page."""
    data = opened.get((code_set.name, code_set.version))
    head = _head(code_set)
    if data is None:
        return f"{head}Its codes are not told one by one: they are too many, or the reviewer has removed the set.\n"
    pages = -(-code_set.codes // CODES_ON_A_PAGE)
    if not 1 <= page <= pages:
        raise BadInput("The code set has no such page.", "Name it without a page first.")
    lines, first = csv.reader(io.StringIO(data.decode())), 1 + (page - 1) * CODES_ON_A_PAGE
    codes = list(islice(lines, first, first + CODES_ON_A_PAGE))
    next_page = f"{CODE_SETS}.{code_set.name} version {code_set.version} page {page + 1}"
    more = f" The next: describe {next_page}." if page < pages else ""
    return f"{head}Page {page} of {pages}.{more}\n{_listed(codes)}"


def _listed(codes: list[list[str]]) -> str:
    """With their meanings where there is room, else the codes alone: a page is always whole."""
    text = "".join(f"- {' | '.join(filter(None, map(one_line, row)))}\n" for row in codes)
    return text if len(text) <= LONGEST_PAGE else ", ".join(one_line(row[0]) for row in codes) + "\n"


def _head(code_set: CodeSet) -> str:
    facts = [
        f"Code set {code_set.name}, version {code_set.version}: {code_set.codes:,} codes"
        + (f" of {one_line(code_set.system)}" if code_set.system else "")
        + f". {one_line(code_set.description)}".rstrip(),
        f"Source: {one_line(code_set.source)}" if code_set.source else "",
        *(f"Not settled: {one_line(sentence)}." for sentence in code_set.unresolved),
        f"{code_set.not_found:,} of its codes are in no signed reference table." if code_set.not_found else "",
    ]
    return "".join(f"{fact}\n" for fact in facts if fact)
