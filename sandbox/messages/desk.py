"""The JSON lines between the reviewer's side (desk or command line) and the two sessions.

`ToDrafting` is a closed list: nothing in it can carry rows. A test walks its fields and fails when one
could hold anything but short text, numbers and the reviewer's own words.
"""

from __future__ import annotations

from typing import IO, Any

import msgspec

from sandbox.errors import BadInput

LONGEST_TEXT = 50_000  # characters; the checker reads so many in a third of a second, two millions in half a minute


class _Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all lines."""


def check_length(text: str) -> None:
    """Return when so much may be told at once."""
    if len(text) > LONGEST_TEXT:
        raise too_long(len(text))


def too_long(count: int) -> BadInput:
    """The refusal of a text of so many characters."""
    return BadInput(
        f"This is too long: {count:,} characters, and at most {LONGEST_TEXT:,} can be told at once.",
        "Shorten it, or tell it in several messages.",
    )


class LineComment(_Line, frozen=True):
    """A comment on lines of a draft; `severity` is must, should or question."""

    id: str
    first: int
    last: int
    text: str
    quote: str = ""
    severity: str = "must"


# to the drafting session


class Ask(_Line, frozen=True, tag="ask"):
    """The reviewer's question, or a later message in the same conversation."""

    text: str


class Comments(_Line, frozen=True, tag="comments"):
    """Line comments on draft `draft`, asking for a new one."""

    draft: int
    comments: tuple[LineComment, ...]
    text: str = ""


class Answer(_Line, frozen=True, tag="answer"):
    """The reviewer's answer to what the agent asked."""

    text: str


class FailureReport(_Line, frozen=True, tag="failure"):
    """A real run failed: class, line and at most one name out of the program. Nothing else."""

    draft: int
    exception: str
    line: int
    name: str = ""


class Cancel(_Line, frozen=True, tag="cancel"):
    """Stop what is going on."""


class End(_Line, frozen=True, tag="end"):
    """Finish and close the session."""


ToDrafting = Ask | Comments | Answer | FailureReport | Cancel | End


# from the drafting session


class Ready(_Line, frozen=True, tag="ready"):
    """Every process of the session is up and confined; `jails` says which layers hold in each.

    `known` is how many values of patients the checker knows (a drafting session only; else -1).
    """

    jails: dict[str, dict[str, str]]
    known: int = -1


class Streamed(_Line, frozen=True, tag="streamed"):
    """A piece of the agent's text."""

    text: str


class Dropped(_Line, frozen=True, tag="dropped"):
    """Forget the text streamed in this turn; it will be asked again in `wait` seconds."""

    reason: str
    wait: float = 0.0


class Acted(_Line, frozen=True, tag="acted"):
    """The agent used a tool; `summary` is one line for the screen."""

    tool: str
    summary: str
    ok: bool = True


class Sent(_Line, frozen=True, tag="sent"):
    """Request `number` was logged and has left; `bytes` is the size of its body."""

    number: int
    bytes: int


class DraftWritten(_Line, frozen=True, tag="draft_written"):
    """Draft `draft` is on disk with the result of its checks."""

    draft: int
    sha256: str
    refusals: int
    warnings: int


class Submitted(_Line, frozen=True, tag="submitted"):
    """The agent hands in draft `draft` for review."""

    draft: int


class AgentAsked(_Line, frozen=True, tag="agent_asked"):
    """The agent needs the reviewer's word."""

    question: str
    options: tuple[str, ...] = ()


class TurnOver(_Line, frozen=True, tag="turn_over"):
    """The agent waits. `outcome` is submitted, answered, asked, cannot, ended or cancelled."""

    outcome: str
    sentence: str = ""


class Withheld(_Line, frozen=True, tag="withheld"):
    """The checker recognised a patient in what was about to leave, and the turn is over.

    Kinds, never the words; places in what the reviewer wrote, none in what the agent's side wrote.
    """

    sentence: str
    hits: tuple[tuple[int, int, str], ...] = ()


class Stopped(_Line, frozen=True, tag="stopped"):
    """It ended with a refusal or a fault."""

    kind: str
    sentence: str
    advice: str = ""


FromDrafting = (
    Ready | Streamed | Dropped | Acted | Sent | DraftWritten | Submitted | AgentAsked | TurnOver | Withheld | Stopped
)


# to the running session


class Run(_Line, frozen=True, tag="run"):
    """Run this approval, once, with these parameters (within the signed range)."""

    approval: str
    parameters: dict[str, Any] = {}


class Prepare(_Line, frozen=True, tag="prepare"):
    """This approval will probably be run: do all that needs neither a secret nor the source, and wait.

    Nothing is reserved by it, and `Run` verifies everything again.
    """

    approval: str


class Look(_Line, frozen=True, tag="look"):
    """Read the catalog of a source; open `tables` of it. With none: all of a small source, as the catalog is now."""

    source: str
    tables: tuple[str, ...] = ()


class IndexKnown(_Line, frozen=True, tag="index_known"):
    """Build the index of known values of a source from its identifier columns."""

    source: str


class CountListed(_Line, frozen=True, tag="count_listed"):
    """Compare the exclusion in force at `place` (from 1) with its source, and answer with numbers."""

    place: int


ToRunning = Prepare | Run | Look | IndexKnown | CountListed | Cancel | End


# from the running session


class Prepared(_Line, frozen=True, tag="prepared"):
    """The approval holds, its queries are checked, and its run waits for the word."""


class Reading(_Line, frozen=True, tag="reading"):
    """Progress of a run: rows and bytes handed to the program so far, seconds since it began.

    `memory_mb` is what the program's process uses now; 0 where that can't be told.
    """

    rows: int
    bytes: int
    seconds: float
    memory_mb: int = 0


class Step(_Line, frozen=True, tag="step"):
    """One `report.step` of the real run."""

    label: str
    rows: int
    patients: int


class RunBegan(_Line, frozen=True, tag="run_began"):
    """The run is reserved in the log and the program's first line is about to execute."""

    run: str
    seconds: float


class RunEnded(_Line, frozen=True, tag="run_ended"):
    """The run is over and its record signed. `outcome` is finished, failed, limit or cancelled."""

    run: str
    outcome: str
    sentence: str
    results: int = 0


class Opening(_Line, frozen=True, tag="opening"):
    """Progress of a look: `done` of `of` tables are sampled, now it is the turn of `table`."""

    source: str
    table: str
    done: int
    of: int


class Looked(_Line, frozen=True, tag="looked"):
    """The proposal, written to `path` in the workspace; counts for the screen.

    `tables`, `columns` and `undecided` are of the open tables, `opened` those of now; the catalog may have many more.
    """

    source: str
    path: str
    tables: int
    columns: int
    undecided: int
    opened: int = 0
    catalog_tables: int = 0
    catalog_columns: int = 0


class Indexed(_Line, frozen=True, tag="indexed"):
    """The index of known values is in place."""

    source: str
    values: int


class Counted(_Line, frozen=True, tag="counted"):
    """Of so many identifiers of the list, so many are in their column. Of a condition (`identifiers` 0): `found`
    patients have rows for which it holds."""

    identifiers: int
    found: int


FromRunning = Ready | Prepared | Reading | Step | RunBegan | RunEnded | Opening | Looked | Indexed | Counted | Stopped


def write_line(stream: IO[bytes], message: msgspec.Struct) -> None:
    """Write one message as one line and flush it."""
    stream.write(msgspec.json.encode(message) + b"\n")
    stream.flush()
