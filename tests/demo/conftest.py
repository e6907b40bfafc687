"""Real parts for the demo's tests: a hospital, a registry beside it, a conversation, the real SDK."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from demo_parts import LOGIN, reading

from resources.demo.conversation import Conversation, Text, Thinking, ToolUse, Turn
from resources.demo.hospital import HospitalFacts, write_hospital
from resources.demo.registry import RegistryFacts, write_registry


@dataclass(frozen=True)
class Demo:
    hospital: HospitalFacts
    registry: RegistryFacts


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The default hospital and its registry, both encrypted."""
    folder = tmp_path_factory.mktemp("demo")
    hospital = write_hospital(folder / "hospital.duckdb", password=LOGIN)
    registry = write_registry(folder / "registry.duckdb", hospital, hospital_password=LOGIN, password=LOGIN)
    return Demo(hospital, registry)


@pytest.fixture(scope="session")
def hospital(demo: Demo) -> Iterator[Any]:
    with reading(demo.hospital.path) as connection:
        yield connection


@pytest.fixture
def conversation() -> Conversation:
    """Three turns: thinking, text and a tool; two tools; a last word."""
    return Conversation(
        name="example",
        turns=(
            Turn(
                content=(
                    Thinking(thinking="Where are stays kept?"),
                    Text(text="I will look at how stays are recorded – “IP” and all, before anything else."),
                    ToolUse(name="search_dictionary", input={"query": "inpatient stay", "limit": 5}),
                )
            ),
            Turn(
                content=(
                    ToolUse(name="put_draft", input={"program": 'print("{")\n' * 20, "made_up_patients": []}),
                    ToolUse(name="run_draft", input={}),
                )
            ),
            Turn(content=(Text(text="Draft 1 is ready for review."),)),
        ),
    )
