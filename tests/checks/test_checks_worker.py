"""The checks in their jail: what goes in is hostile, what comes out is one of four messages."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest
from query_examples import SCHEMA, VALID

from sandbox.checks.facts import Grant
from sandbox.checks.worker import Checks, main
from sandbox.errors import PolicyRefused, QueryRefused
from sandbox.jail import Child, Limits, Role, spawn
from sandbox.messages.frames import Channel, ChannelTimeout


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with spawn(Role.CHECKS, limits=Limits(memory_mb=3072, cpu_seconds=120)) as started:
        yield started


@pytest.fixture(scope="module")
def checks(child: Child) -> Checks:
    asked = Checks(child.channel, seconds=60)
    asked.prepare(SCHEMA, Grant(tables={"ehr.encounters": ("los", "pat_id")}))
    return asked


def test_queries_are_narrowed_in_the_jail(checks: Checks) -> None:
    checked = checks.query("SELECT los FROM ehr.encounters", ("pat_id",))
    assert checked.read == {"ehr.encounters": ("los", "pat_id")} and checked.cohort == {"pat_id": "cohort_pat_id"}


def test_clinical_warnings_come_from_the_jail(checks: Checks) -> None:
    verdict = checks.program('def main(data, report):\n    data.sql("SELECT avg(los) AS m FROM ehr.encounters")\n')
    assert "clinical.mean_of_skewed" in {flag.rule for flag in verdict.flags}


def test_a_refusal_comes_back_with_its_advice(checks: Checks) -> None:
    with pytest.raises(QueryRefused, match="enc_class may not be read") as refused:
        checks.query("SELECT enc_class FROM ehr.encounters")
    assert refused.value.advice


def test_programs_are_judged_in_the_jail_against_the_whole_schema(checks: Checks) -> None:
    verdict = checks.program(f'"""T."""\ndef main(data, report):\n    data.sql("{VALID[0][0]}")\n    open("x")\n')
    assert [flag.line for flag in verdict.check.flags] == [4]
    assert verdict.grant == Grant(tables={"ehr.encounters": ("admit_dt", "pat_id")})


def test_text_that_is_not_unicode_is_refused_not_crashed_on(checks: Checks) -> None:
    assert not checks.program("\udcff").check.may_run


def test_nothing_is_checked_before_there_is_a_schema() -> None:
    inward, outward = os.pipe(), os.pipe()
    server = threading.Thread(target=main, args=(Channel(inward[0], outward[1]),))
    server.start()
    asked = Checks(Channel(outward[0], inward[1]), seconds=10)
    for ask in (asked.query, asked.program):
        with pytest.raises((QueryRefused, PolicyRefused)):
            ask("SELECT 1")
    os.close(inward[1])
    server.join(10)
    assert not server.is_alive()


def test_a_check_that_takes_too_long_ends_with_its_worker() -> None:
    with spawn(Role.CHECKS, limits=Limits(memory_mb=3072)) as child:
        with pytest.raises(ChannelTimeout):
            Checks(child.channel).prepare(SCHEMA, seconds=0.01)
        child.kill()
        assert child.wait(10) != 0
