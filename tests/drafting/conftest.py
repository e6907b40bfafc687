"""A workspace with one small dictionary, a loopback model server, and real sessions on both."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from drafting_talk import KNOWN_KEY, PEOPLE, QUESTION, small_dictionary, talk

from resources.demo.conversation import Turn
from resources.demo.faults import Fault
from resources.demo.model_server import ModelServer
from sandbox.drafting.known_values import build
from sandbox.files import replace_file
from sandbox.keystore import ThrowawayStore
from sandbox.messages import desk
from sandbox.review.model_address import Address
from sandbox.sessions import Session
from sandbox.workspace import Settings, Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A demo-store workspace with a question, known values of three people, and a key for the model."""
    made = Workspace.create(
        tmp_path / "workspace", store="throwaway", settings=Settings(model_url="http://127.0.0.1:9")
    )
    store = ThrowawayStore(made.throwaway_store)
    store.put("key/known", base64.b64encode(KNOWN_KEY).decode())
    replace_file(made.source_folder("ehr") / "known.enc", build([PEOPLE], KNOWN_KEY))
    replace_file(made.question(QUESTION) / "dictionary.json", msgspec.json.encode(small_dictionary()))
    return made


Drafting = Callable[..., tuple[Session, ModelServer]]


@pytest.fixture
def drafting(workspace: Workspace) -> Iterator[Drafting]:
    """Start a server that says `turns` and a real drafting session on it; both end with the test."""
    started: list[Any] = []

    def start(*turns: Turn, faults: tuple[Fault, ...] = (), **server: Any) -> tuple[Session, ModelServer]:
        model = ModelServer(talk(*turns), faults=faults, **server).__enter__()
        started.append(model)
        return resume(model), model

    def resume(model: ModelServer) -> Session:
        workspace.change_settings(msgspec.structs.replace(workspace.settings, model_url=model.url))
        ThrowawayStore(workspace.throwaway_store).put(Address.read(model.url).key_name, "sk-test-secret")
        session = Session.drafting(workspace, QUESTION)
        started.append(session)
        assert isinstance(session.receive(60), desk.Ready)
        return session

    start.resume = resume  # type: ignore[attr-defined]
    yield start
    for one in reversed(started):
        one.__exit__(None, None, None)
