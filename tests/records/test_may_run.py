"""Whether an approval allows a run: every reason for no, with its own sentence."""

from __future__ import annotations

import threading
from typing import Any

import msgspec
import pytest
from records_desk import PROGRAM, STAYS, Desk, make_approval, sign_off

from sandbox.checks.facts import Grant
from sandbox.dictionary.model import Column, Dictionary, Table
from sandbox.errors import ApprovalRefused
from sandbox.records import Approval, InForce, check_may_run, columns_hash, reserve_run, runs_used
from sandbox.records import _log_file as log_file
from sandbox.workspace import now

WHEN = "2026-01-10T12:00:00.000Z"


@pytest.fixture(autouse=True)
def _the_log_is_from_january(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log's clock is the machine's; here it stands where the approvals are valid."""
    monkeypatch.setattr(log_file, "now", lambda: "2026-01-09T12:00:00.000Z")


@pytest.fixture
def desk(desk: Desk) -> Desk:
    for path in desk.log.files:
        path.unlink(missing_ok=True)
    return desk


def check(desk: Desk, approval: Approval, **changes: Any) -> None:
    arguments = {"program": PROGRAM, "dictionary": desk.dictionary, "log": desk.log, "now": WHEN} | changes
    check_may_run(approval, **arguments)


def with_column(name: str, **changes: Any) -> Dictionary:
    """The dictionary with one column of the stays changed."""
    columns = tuple(
        msgspec.structs.replace(column, **changes) if column.name == name else column for column in STAYS.columns
    )
    return Dictionary(tables=(msgspec.structs.replace(STAYS, columns=columns),), dialects={"ehr": "duckdb"})


def test_an_approval_allows_what_it_says(desk: Desk) -> None:
    sign_off(desk, make_approval(desk))
    check(desk, make_approval(desk))


def test_an_edited_program_needs_a_new_signature(desk: Desk) -> None:
    for edited in (PROGRAM + b"\n", PROGRAM[:-1], b"", PROGRAM.replace(b"12", b"13")):
        with pytest.raises(ApprovalRefused, match="edited after it was signed"):
            check(desk, make_approval(desk), program=edited)


@pytest.mark.parametrize("when", ["2026-02-02T09:00:00.000Z", "2027-01-01T00:00:00Z", "2026-02-02T10:00:00+01:00"])
def test_an_expired_approval_allows_nothing(desk: Desk, when: str) -> None:
    with pytest.raises(ApprovalRefused, match="expired on 2026-02-02 09:00 UTC"):
        check(desk, make_approval(desk), now=when)


def test_an_approval_from_the_future_allows_nothing(desk: Desk) -> None:
    with pytest.raises(ApprovalRefused, match="not valid before 2026-01-11"):
        check(desk, make_approval(desk, signed_at="2026-01-11T12:00:00Z"))


def test_a_clock_set_back_allows_nothing(desk: Desk) -> None:
    """Setting the clock back must not bring an expired approval to life."""
    desk.log.append("selftest.passed")
    check(desk, make_approval(desk), now="2026-01-09T11:56:00Z")
    with pytest.raises(ApprovalRefused, match="clock was set back"):
        check(desk, make_approval(desk), now="2026-01-09T11:54:00Z")


def test_runs_are_counted_by_what_was_reserved(desk: Desk) -> None:
    approval = make_approval(desk)
    for run in ("r-1", "r-2"):
        check(desk, approval)
        reserve_run(approval, desk.log, run, InForce(), jail="green")
    assert runs_used(desk.log, approval.id) == 2
    assert runs_used(desk.log, "a-2") == 0
    with pytest.raises(ApprovalRefused, match="used up: its 2 runs are spent"):
        check(desk, approval)
    with pytest.raises(ApprovalRefused, match="used up"):
        reserve_run(approval, desk.log, "r-3", InForce())
    assert desk.log.entries()[-1].details == {"approval": "a-1", "run": "r-2", "jail": "green"}


def test_the_last_run_goes_to_one_of_many_that_ask_at_once(desk: Desk) -> None:
    approval = make_approval(desk, runs=3)
    got: list[str] = []

    def ask(run: str) -> None:
        try:
            reserve_run(approval, desk.log, run, InForce())
        except ApprovalRefused:
            return
        got.append(run)

    threads = [threading.Thread(target=ask, args=(f"r-{number}",)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == runs_used(desk.log, approval.id) == 3
    assert desk.log.check().size == 3


def test_a_run_prepared_for_other_exclusions_than_those_in_force_is_not_reserved(desk: Desk) -> None:
    """Somebody was left out between reading the exclusions and reserving: the rows would hold them."""
    approval = make_approval(desk)
    before = InForce()
    desk.log.append("exclusions.signed", number=1, exclusions=1, envelope="a" * 64)
    with pytest.raises(ApprovalRefused, match="exclusions were changed while this run was prepared"):
        reserve_run(approval, desk.log, "r-1", before)
    assert runs_used(desk.log, approval.id) == 0
    reserve_run(approval, desk.log, "r-1", before._replace(sha256="a" * 64))


def test_a_revoked_approval_allows_nothing(desk: Desk) -> None:
    approval = make_approval(desk)
    desk.log.append("approval.revoked", approval="a-2")
    check(desk, approval)
    desk.log.append("approval.revoked", approval=approval.id)
    with pytest.raises(ApprovalRefused, match="revoked"):
        check(desk, approval)
    with pytest.raises(ApprovalRefused, match="revoked"):
        reserve_run(approval, desk.log, "r-1", InForce())


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "VARCHAR"},
        {"given": "token"},
        {"column_class": "free_text"},
        {"physical": "discharge_dt"},
        {"derivation": "year"},
        {"domain": "encounter"},
    ],
)
def test_a_changed_column_stops_what_reads_it(desk: Desk, changes: dict[str, str]) -> None:
    with pytest.raises(ApprovalRefused, match="columns of ehr.encounters that were signed for have changed"):
        check(desk, make_approval(desk), dictionary=with_column("admit_dt", **changes))


def test_a_column_that_is_given_no_more_stops_what_reads_it(desk: Desk) -> None:
    with pytest.raises(ApprovalRefused, match="ehr.encounters: admit_dt may not be given"):
        check(desk, make_approval(desk), dictionary=with_column("admit_dt", given="nothing"))


def test_a_change_that_no_program_can_read_stops_nothing(desk: Desk) -> None:
    check(desk, make_approval(desk), dictionary=with_column("admit_dt", description="When the stay began."))
    check(desk, make_approval(desk), dictionary=with_column("ssn", physical="social"))


def test_a_table_moved_elsewhere_stops_what_reads_it(desk: Desk) -> None:
    moved = msgspec.structs.replace(STAYS, physical=("src", "main", "other"))
    with pytest.raises(ApprovalRefused, match="have changed"):
        check(desk, make_approval(desk), dictionary=Dictionary(tables=(moved,), dialects={}))


def test_a_table_that_is_not_signed_stops_what_reads_it(desk: Desk) -> None:
    with pytest.raises(ApprovalRefused, match="not in the signed dictionary"):
        check(desk, make_approval(desk), dictionary=Dictionary(tables=(), dialects={}))


@pytest.mark.parametrize("column", ["ssn", "no_such_column"])
def test_a_grant_of_what_is_never_given_allows_nothing(desk: Desk, column: str) -> None:
    grant = Grant(tables={"ehr.encounters": ("pat_id", column)})
    with pytest.raises(ApprovalRefused, match=f"{column} may not be given"):
        check(desk, make_approval(desk, grant=grant))


def test_a_column_hash_does_not_depend_on_order_but_on_every_column() -> None:
    table = Table(source="s", name="t", columns=(Column(name="a", type="INT"), Column(name="b", type="INT")))
    assert columns_hash(table, ["a", "b"]) == columns_hash(table, ("b", "a", "b"))
    assert len({columns_hash(table, chosen) for chosen in (["a"], ["b"], ["a", "b"], [])}) == 4


def test_the_words_of_now_are_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    approval = make_approval(desk, signed_at=now(), expires_at="2999-01-01T00:00:00Z")
    check(desk, approval, now=now())
