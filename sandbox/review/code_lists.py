"""Which code set, in which version, a list of literals in a program equals.

    for found in code_sets_in(program, dictionary.code_sets): found.line, found.name, found.version

The text is only scanned, not parsed, because nobody has vouched for it yet: literals with nothing but commas, spaces
and comments between them are one list. A list that shares only some codes with a set is not named: that is what a
reviewer has to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sandbox.checks.facts import Fact
from sandbox.codesets import content_hash
from sandbox.dictionary.model import CodeSet
from sandbox.errors import BadInput, WorkspaceRefused
from sandbox.records import Approval, Trust
from sandbox.review.approvals import Approvals
from sandbox.review.draft import read_draft
from sandbox.workspace import Workspace

_LITERAL = re.compile(r"(['\"])(?P<text>[^'\"\n\\]{1,100})\1|(?<![\w.'\"])(?P<number>\d{1,18})(?![\w.'\"])")
_BETWEEN = re.compile(r"(?:[\s,]|#[^\n]*\n)*")


class CodeSetFound(Fact, frozen=True, kw_only=True):
    """From `line` on stands exactly what is in this version of the code set; `newest` is the set's last version."""

    line: int
    name: str
    version: int
    codes: int
    newest: int

    @property
    def words(self) -> str:
        """What the list is: "exactly the 35 codes of code set heart_failure, version 1 (the newest is 2)"."""
        newer = f" (the newest is {self.newest})" if self.newest != self.version else ""
        codes = "the one code" if self.codes == 1 else f"the {self.codes:,} codes"
        return f"exactly {codes} of code set {self.name}, version {self.version}{newer}"


def code_sets_in(program: str, code_sets: Iterable[CodeSet]) -> tuple[CodeSetFound, ...]:
    """In order of their lines; a list that equals several sets or versions is named with each of them."""
    known: dict[str, list[CodeSet]] = {}
    newest: dict[str, int] = {}
    for one in code_sets:
        known.setdefault(one.content, []).append(one)
        newest[one.name] = max(one.version, newest.get(one.name, 0))
    if not known:
        return ()
    return tuple(
        CodeSetFound(line=line, name=one.name, version=one.version, codes=one.codes, newest=newest[one.name])
        for line, codes in _lists(program)
        for one in known.get(content_hash(codes), ())
    )


def approvals_with(workspace: Workspace, trust: Trust, code_set: CodeSet) -> list[Approval]:
    """The approvals, as long as they are there, whose program holds exactly these codes; a draft that can't be read
    counts as one that does."""
    return [one for one in Approvals.read(workspace, trust).verified if _may_hold(workspace, one, code_set)]


def _may_hold(workspace: Workspace, approval: Approval, code_set: CodeSet) -> bool:
    try:
        return bool(code_sets_in(read_draft(workspace, approval.question, approval.draft).program, (code_set,)))
    except (BadInput, WorkspaceRefused):
        return True


def _lists(program: str) -> Iterator[tuple[int, list[str]]]:
    """Line and literals of each list."""
    line, at, end, codes = 0, 0, -1, list[str]()
    lines = 1
    for match in _LITERAL.finditer(program):
        lines += program.count("\n", at, match.start())
        at = match.start()
        if end >= 0 and _BETWEEN.fullmatch(program, end, match.start()):
            codes.append(match["text"] or match["number"])
        else:
            if codes:
                yield line, codes
            line, codes = lines, [match["text"] or match["number"]]
        end = match.end()
    if codes:
        yield line, codes
