"""The presenters of the screen *Runs* with a desk whose answers the test decides."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from fakes import FakeDesk

sys.path.insert(0, str(Path(__file__).parent))

from runs_parts import LIST, RESULTS, RememberingView, Screen

from desktop.runs.presenter import RunsPresenter
from desktop.runs.results_presenter import ResultsPresenter
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.runs import CloseResults, ListRuns, OpenResults


@pytest.fixture
def screen() -> Screen:
    desk, view = FakeDesk(), RememberingView()
    desk.asks.answers |= {ListRuns: LIST, OpenResults: RESULTS, CloseResults: Done()}
    results = ResultsPresenter(view, desk)  # type: ignore[arg-type]
    return Screen(desk, view, RunsPresenter(view, desk, results), results)  # type: ignore[arg-type]
