"""A desk with records on it, whose answers the test decides."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from fakes import FakeDesk

sys.path.insert(0, str(Path(__file__).parent))

from records_parts import APPROVAL_TEXT, LISTS, LOG, RUN_TEXT, VERDICT

from sandbox.reviewing.orders.records import (
    ListRecords,
    ReadApproval,
    ReadLog,
    ReadRun,
    VerifyBundle,
)


@pytest.fixture
def desk() -> FakeDesk:
    made = FakeDesk()
    made.asks.answers |= {
        ListRecords: LISTS,
        ReadApproval: APPROVAL_TEXT,
        ReadRun: RUN_TEXT,
        ReadLog: LOG,
        VerifyBundle: VERDICT,
    }
    return made
