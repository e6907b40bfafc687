"""The whole job on the demo hospital, one step a method. Demo and tour both walk along it.

    job = Job(out, desk, passphrase="…")
    for step in STEPS:
        proved = step.do(job)

Each step does its part through the same functions and sessions as the commands, and returns one sentence
on what it proved. A step that can't prove its sentence raises. Only the last steps, which compare results
with an independent answer and search for canaries, open the made-up hospital themselves.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sandbox.cli.options import Desk
from sandbox.errors import BadInput, Fault
from sandbox.keystore import Keystore, open_keystore
from sandbox.messages import desk as lines
from sandbox.records import ReviewerKey
from sandbox.workspace import Settings, Workspace

if TYPE_CHECKING:
    from resources.demo.conversation import Conversation, Reviewer

REVIEWER = "Demo Reviewer"
PATIENTS = 2000
CONVERSATION = "readmissions"


class Job:
    """Where the job stands. `out` is a new folder: `hospital/`, `workspace/`, `bundle/`."""

    def __init__(self, out: Path, desk: Desk, *, passphrase: str, patients: int = PATIENTS) -> None:
        self.out = out.resolve()
        self.desk = desk
        self.passphrase = passphrase
        self.patients = patients
        self.login = secrets.token_urlsafe(18)
        self.received: list[bytes] = []
        self.question = ""
        self.approval = ""
        self.ended: lines.RunEnded | None = None

    @property
    def hospital(self) -> Path:
        return self.out / "hospital" / "ehr.duckdb"

    @property
    def bundle(self) -> Path:
        return self.out / "bundle"

    @cached_property
    def workspace(self) -> Workspace:
        return Workspace.open(self.out / "workspace")

    @cached_property
    def keystore(self) -> Keystore:
        return open_keystore(self.workspace)

    @cached_property
    def conversation(self) -> Conversation:
        """The recorded conversation; the model's half and the reviewer's."""
        from resources.demo.conversation import conversation_path, load_conversation

        return load_conversation(conversation_path(CONVERSATION))

    @property
    def reviewer(self) -> Reviewer:
        """The reviewer's half of it."""
        assert self.conversation.reviewer is not None
        return self.conversation.reviewer

    def key(self) -> ReviewerKey:
        """The reviewer's key, unlocked for one signature."""
        return ReviewerKey.unlock(self.workspace, self.keystore, self.passphrase)

    @contextlib.contextmanager
    def model(self) -> Iterator[None]:
        """The recorded model on a loopback port, and the workspace's settings pointing there."""
        from resources.demo.model_server import ModelServer

        with ModelServer(self.conversation) as server:
            self.workspace.change_settings(msgspec.structs.replace(self.workspace.settings, model_url=server.url))
            yield
            self.received += [one.head + one.body for one in server.received]

    def talk(self, message: msgspec.Struct) -> lines.TurnOver:
        """One exchange with the agent, shown as it happens."""
        from sandbox.cli.ask import converse

        with self.model():
            return converse(self.desk, self.workspace, self.question, message)


def prepare_folder(out: Path) -> None:
    """Make the folder for a job, or say that it is taken."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInput(f"{out} is not empty.", "Choose a new folder with --out.")
    out.mkdir(parents=True, exist_ok=True)


def demo_settings() -> Settings:
    """Settings of a demo workspace."""
    return Settings(reviewer=REVIEWER, model="recorded-conversation", model_url="http://127.0.0.1:9")


def expect(holds: bool, sentence: str) -> None:
    """A step proves its sentence or stops the job."""
    if not holds:
        raise Fault(f"The demo did not show what it should: {sentence}", "Please report this.")
