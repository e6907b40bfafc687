"""Running programs in this process, for what needs no jail."""

from __future__ import annotations

import pytest
from answering_line import Runner


@pytest.fixture(scope="session")
def run() -> Runner:
    import matplotlib

    matplotlib.use("Agg")
    return Runner()
