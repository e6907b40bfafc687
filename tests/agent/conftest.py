"""One agent in its real jail for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from agent_relay import Relay

from sandbox.jail import Child, Limits, Role, spawn


@pytest.fixture(scope="module")
def jailed_agent() -> Iterator[Child]:
    with spawn(Role.AGENT, limits=Limits(memory_mb=4096)) as child:
        yield child


@pytest.fixture
def relay(jailed_agent: Child) -> Relay:
    return Relay(jailed_agent)
