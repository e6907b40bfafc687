"""A workspace: the one folder that holds everything Preceptor keeps, in files a person can read.

    workspace = Workspace.create(Path("study"))
    workspace = Workspace.open(Path("study"))     # refuses a newer version, a folder that is none

Secrets are never in it (see `keystore`), results and the known-values index only encrypted.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from sandbox.errors import BadInput, WorkspaceRefused
from sandbox.files import replace_file
from sandbox.visible import visible

VERSION = 1
MARK = "workspace.json"
LONGEST_LINE = 200


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the reviewer set; each has a default that works."""

    reviewer: str = ""
    model_url: str = "https://api.anthropic.com"
    model: str = "claude-opus-5-5"
    purpose: str = ""
    minimum_count: int = 11
    program_memory_mb: int = 4096
    program_seconds: int = 600
    query_rows: int = 50_000_000
    results_keep_days: int = 90
    lock_after_minutes: int = 10
    never_told: tuple[str, ...] = ()  # names that no dictionary has: the hospital, the city, the vendor


# The least and the most of each number; whoever changes settings checks them, and a screen says them.
RANGES: dict[str, tuple[int, int]] = {
    "minimum_count": (2, 1000),
    "program_memory_mb": (1024, 1_048_576),
    "program_seconds": (1, 86_400),
    "query_rows": (1000, 1_000_000_000),
    "results_keep_days": (1, 3650),
    "lock_after_minutes": (1, 240),
}


class SourceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A connected source. `login` says whether the keyring holds one; it is never written here.

    `comments`: whether what its owner wrote about tables and columns is looked at and may be told, cleaned and signed.
    """

    name: str
    kind: Literal["duckdb"]
    location: str
    dialect: str = "duckdb"
    login: bool = False
    comments: bool = True


class _Mark(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    id: str
    created: str
    store: Literal["os", "throwaway"]
    settings: Settings


class Workspace:
    """Where things are. Paths are promises that every process shares; nothing else builds them."""

    def __init__(self, root: Path, mark: _Mark) -> None:
        self.root = root
        self._mark = mark

    @classmethod
    def create(
        cls, root: Path, *, store: Literal["os", "throwaway"] = "os", settings: Settings | None = None
    ) -> Workspace:
        """Make a workspace in an empty or new folder."""
        if (root / MARK).exists():
            raise WorkspaceRefused(f"{root} is a workspace already.", "Open it, or choose another folder.")
        if root.exists() and not (root.is_dir() and not any(root.iterdir())):
            raise WorkspaceRefused(f"{root} is no empty folder.", "Choose an empty or new folder.")
        mark = _Mark(
            version=VERSION,
            id=os.urandom(8).hex(),
            created=now(),
            store=store,
            settings=settings or Settings(),
        )
        workspace = cls(root.resolve(), mark)
        try:
            for folder in (workspace.questions, workspace.approvals, workspace.runs, workspace.sources):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            root.chmod(0o700)
        except OSError as problem:
            raise WorkspaceRefused(f"A workspace can't be made at {root} ({type(problem).__name__}).") from problem
        workspace._save()
        return workspace

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """Open an existing workspace, or say why not."""
        path = root / MARK
        try:
            mark = msgspec.json.decode(path.read_bytes(), type=_Mark)
        except FileNotFoundError as problem:
            raise WorkspaceRefused(f"{root} is not a workspace.") from problem
        except OSError as problem:
            raise WorkspaceRefused(f"{root} can't be read ({type(problem).__name__}).") from problem
        except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
            raise WorkspaceRefused(
                f"{path.name} in {root} is damaged.", "Restore it from a backup; nothing else was changed."
            ) from problem
        if mark.version > VERSION:
            raise WorkspaceRefused(
                f"This workspace was written by a newer Preceptor (format {mark.version}; this one reads {VERSION}).",
                "Update Preceptor; nothing was changed.",
            )
        return cls(root.resolve(), mark)

    @property
    def id(self) -> str:
        return self._mark.id

    @property
    def store(self) -> Literal["os", "throwaway"]:
        return self._mark.store

    @property
    def settings(self) -> Settings:
        return self._mark.settings

    def change_settings(self, settings: Settings) -> None:
        self._mark = msgspec.structs.replace(self._mark, settings=settings)
        self._save()

    # Where things are.

    @property
    def audit_log(self) -> Path:
        return self.root / "audit.log"

    @property
    def keys(self) -> Path:
        """Public keys in PEM, and the reviewer's private key encrypted under the passphrase."""
        return self.root / "keys"

    @property
    def sources(self) -> Path:
        return self.root / "sources"

    @property
    def approvals(self) -> Path:
        return self.root / "approvals"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def questions(self) -> Path:
        return self.root / "questions"

    @property
    def self_test(self) -> Path:
        return self.root / "self-test.json"

    @property
    def run_lock(self) -> Path:
        """Held by drafting workers together, or by one real run alone."""
        return self.root / "run.lock"

    @property
    def throwaway_store(self) -> Path:
        """Only in demo workspaces: the announced stand-in for the operating system's keyring."""
        return self.root / "throwaway-keyring.json"

    @property
    def tokens(self) -> Path:
        """The project's tokens, encrypted."""
        return self.root / "tokens.enc"

    def exclusions(self, sha256: str) -> Path:
        """Who is out of every run, signed; the audit log names the one that is in force."""
        return self.root / "exclusions" / f"{checked_name(sha256)}.json"

    def key_list(self, name: str) -> Path:
        """A list of patients' identifiers, encrypted."""
        return self.root / "lists" / f"{checked_name(name)}.enc"

    def question(self, name: str) -> Path:
        """The folder of one question: `question.json`, `conversation.json`, `sent.log`, `draft-N/`."""
        return self.questions / checked_name(name)

    def draft(self, question: str, number: int) -> Path:
        """`program.py`, `about.json` (author, notes, made-up patients) and `checks.json` of one draft."""
        return self.question(question) / f"draft-{number}"

    def approval(self, name: str) -> Path:
        return self.approvals / f"{checked_name(name)}.json"

    def run(self, name: str) -> Path:
        """The folder of one run: `record.json` (signed) and `results.enc`."""
        return self.runs / checked_name(name)

    def source_folder(self, name: str) -> Path:
        """`source.json`, `proposal.json`, `known.enc`, and `signed/TABLE.json` per signed table."""
        return self.sources / checked_name(name)

    # Sources.

    def source(self, name: str) -> SourceSettings:
        path = self.source_folder(name) / "source.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=SourceSettings)
        except FileNotFoundError as problem:
            raise BadInput(f"There is no source named {name!r}.", "See `preceptor source list`.") from problem
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as problem:
            raise WorkspaceRefused(f"The settings of source {name!r} can't be read.") from problem

    def source_names(self) -> list[str]:
        return sorted(path.parent.name for path in self.sources.glob("*/source.json"))

    def save_source(self, source: SourceSettings) -> None:
        replace_file(self.source_folder(source.name) / "source.json", readable_json(source))

    def _save(self) -> None:
        replace_file(self.root / MARK, readable_json(self._mark))


def readable_json(fact: object) -> bytes:
    """JSON for people: indented, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(fact), indent=2) + b"\n"


def checked_name(name: str) -> str:
    """`name` as a file name of ours: letters, digits, `-` and `_`, at most 64, or `BadInput`."""
    if not name or len(name) > 64 or not all(c.isascii() and (c.isalnum() or c in "-_") for c in name):
        raise BadInput("A name here has letters, digits, - and _ only, at most 64 of them.")
    return name


def check_line(what: str, text: str) -> None:
    """Refuse a line that people will read on what is signed when it is long or holds what a reader can't see."""
    if len(text) > LONGEST_LINE:
        raise BadInput(f"{what} has at most {LONGEST_LINE} characters.")
    if visible(text) != text or "\t" in text:
        raise BadInput(f"{what} holds a character that can't be seen, such as a line break or a direction mark.")


def new_name(prefix: str) -> str:
    """A fresh name such as `q-20260102-1a2b3c`, sortable by day."""
    return f"{prefix}-{datetime.now(UTC):%Y%m%d}-{os.urandom(3).hex()}"


def now() -> str:
    """The time now in UTC, RFC 3339, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def default_root() -> Path:
    """Where the workspace is when `--workspace` does not say."""
    return Path(os.environ.get("PRECEPTOR_WORKSPACE", Path.home() / "Preceptor"))
