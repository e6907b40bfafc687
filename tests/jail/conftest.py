from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.jail.probes import PROBES, Targets
from sandbox.jail.proving_ground import proving_ground, try_outside_or_behind


@pytest.fixture(scope="session")
def targets() -> Iterator[Targets]:
    with proving_ground() as made:
        yield made


@pytest.fixture(scope="session")
def outside(targets: Targets) -> dict[str, str]:
    """What becomes of every probe where there is no wall."""
    return try_outside_or_behind(None, tuple(PROBES), targets)[1]
