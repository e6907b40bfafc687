"""A demo workspace: made-up sources beside it, and a recorded model on this machine.

Both are the work of children (`resources.demo.door`), which end with this session.
"""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from sandbox.errors import BadInput, CredentialMissing, Fault, ProcessDied
from sandbox.keystore import Keystore
from sandbox.reviewing.orders.starting import BuildDemo, DemoScript, Standing
from sandbox.reviewing.room import Room
from sandbox.start import door_command
from sandbox.workspace import Settings, Workspace

RECORDED = "recorded-conversation"
CONVERSATION = "readmissions"
PLACE = "demo/hospital"  # what the store calls the folder of the made-up hospital
LOGIN = "demo/login"  # of both databases; a source that is removed takes its own copy with it
SOURCES = ("ehr", "registry")


class Told(msgspec.Struct, frozen=True):
    """One line of the demo's child: how far it is, or why it stopped."""

    sentence: str = ""
    done: int = 0
    of: int = 0
    refused: str = ""
    advice: str = ""


def demo_settings() -> Settings:
    """Settings of a demo workspace: nothing answers at that address until the recording is played."""
    return Settings(model=RECORDED, model_url="http://127.0.0.1:9")


def is_demo(workspace: Workspace) -> bool:
    """Whether the workspace's model is the recording."""
    return workspace.store == "throwaway" and workspace.settings.model == RECORDED


def demo_script(workspace: Workspace) -> DemoScript | None:
    """The reviewer's half of the recorded conversation, in a demo workspace."""
    if not is_demo(workspace):
        return None
    from resources.demo.conversation import conversation_path, load_conversation

    conversation = load_conversation(conversation_path(CONVERSATION))
    assert conversation.reviewer is not None
    return DemoScript(
        question=conversation.question,
        comment=conversation.reviewer.comment,
        comment_on=conversation.reviewer.comment_on,
        purpose=conversation.reviewer.purpose,
        tables=conversation.reviewer.tables,
    )


def ensure_model(room: Room, workspace: Workspace) -> None:
    """In a demo workspace: play the recording on a port of this machine and have the settings point there."""
    if not is_demo(workspace) or (room.demo_model is not None and room.demo_model.poll() is None):
        return
    room.demo_model = child = _start("model", CONVERSATION)
    room.at_end(child.kill)
    assert child.stdout is not None
    url = child.stdout.readline().decode("ascii", "replace").strip()
    if not url.startswith("http://127.0.0.1:"):
        raise ProcessDied("The recorded model of the demo could not be started.")
    workspace.change_settings(msgspec.structs.replace(workspace.settings, model_url=url))


def build_demo(room: Room, order: BuildDemo) -> Standing:
    """Write the made-up hospital and connect it. What was made before an interruption is not made again.

    1. The place and the login are kept first, so that going on finds them.
    2. A child writes what is not there yet.
    3. Each source is connected, unless it is.
    """
    from sandbox.review.connecting import add_source
    from sandbox.reviewing.starting import standing_of

    workspace = room.workspace
    if workspace.store != "throwaway":
        raise BadInput("This is no demo workspace, so it gets no made-up hospital.", "Make a demo workspace for it.")
    keystore = room.keystore
    place = Path(_kept(keystore, PLACE, str(_free_place(workspace))))  # (1)
    login = _kept(keystore, LOGIN, secrets.token_urlsafe(18))
    _write(room, place, order.patients, login)  # (2)
    for name in SOURCES:  # (3)
        if name not in workspace.source_names():
            add_source(workspace, keystore, name, place / f"{name}.duckdb", login)
    return standing_of(room)


def _kept(keystore: Keystore, name: str, otherwise: str) -> str:
    try:
        return keystore.get(name)
    except CredentialMissing:
        keystore.put(name, otherwise)
        return otherwise


def _free_place(workspace: Workspace) -> Path:
    """A folder beside the workspace that does not exist."""
    beside = workspace.root.with_name(f"{workspace.root.name} hospital")
    places = [beside, *(beside.with_name(f"{beside.name} {number}") for number in range(2, 1000))]
    return next(place for place in places if not place.exists())


def _write(room: Room, place: Path, patients: int, login: str) -> None:
    child = _start("hospital", str(place), str(patients))
    room.at_end(child.kill)
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(f"{login}\n".encode())
    child.stdin.flush()
    with child:
        for told in _lines(child.stdout):
            if told.refused:
                raise Fault(told.refused, told.advice)
            room.progress(told.sentence, told.done, told.of)
        child.stdin.close()
    if child.returncode != 0:
        raise ProcessDied("The made-up hospital could not be written.")


def _lines(stream: IO[bytes]) -> Iterator[Told]:
    for line in stream:
        yield msgspec.json.decode(line, type=Told)


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    """A child of the demo. It ends when our end of its input closes, however that comes about."""
    return subprocess.Popen(
        door_command("demo", *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
