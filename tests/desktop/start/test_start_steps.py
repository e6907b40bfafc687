"""Which step is next comes from the standing alone, and the table of steps is complete."""

from __future__ import annotations

from itertools import product

import msgspec
import pytest

from desktop.start.steps import IS_OPEN, PLANS, TITLES, Step, is_needed, listed, next_step
from sandbox.review.setting_up import SHORTEST_PASSPHRASE
from sandbox.reviewing.orders.starting import SourceStanding, Standing

EHR = SourceStanding(name="ehr", location="/h/ehr.duckdb", login=True)
REGISTRY = SourceStanding(name="registry", location="/h/registry.duckdb", login=True)


def having(source: SourceStanding, **changes: object) -> SourceStanding:
    return msgspec.structs.replace(source, **changes)


def demo(*sources: SourceStanding, **changes: object) -> Standing:
    return msgspec.structs.replace(
        Standing(root="/w", exists=True, finished=True, store="throwaway", sources=sources), **changes
    )


def own(*sources: SourceStanding, **changes: object) -> Standing:
    return msgspec.structs.replace(demo(*sources), store="os", **changes)


LOOKED = having(EHR, looked=True, tables=3)
SIGNED = having(LOOKED, signed=2)
KNOWN = having(SIGNED, known=True)
REGISTRY_LOOKED = having(REGISTRY, looked=True)


@pytest.mark.parametrize(
    ("standing", "step"),
    [
        (Standing(root="/w", exists=False, finished=False), Step.WELCOME),
        (demo(finished=False), Step.WHO),
        (own(finished=False), Step.WHO),
        (demo(), Step.HOSPITAL),
        (demo(EHR), Step.HOSPITAL),
        (demo(EHR, REGISTRY), Step.LOOK),
        (demo(LOOKED, REGISTRY), Step.LOOK),
        (demo(LOOKED, REGISTRY_LOOKED), Step.KNOW),
        (demo(SIGNED, REGISTRY_LOOKED), Step.INDEX),
        (demo(KNOWN, REGISTRY_LOOKED), Step.FINISHED),
        (own(), Step.CONNECT),
        (own(EHR), Step.LOOK),
        (own(LOOKED), Step.FINISHED),
    ],
)
def test_each_thing_that_is_left_behind_leads_to_the_next_step(standing: Standing, step: Step) -> None:
    assert next_step(standing) is step
    assert is_needed(standing) is (step is not Step.FINISHED)


def test_a_workspace_in_use_never_sees_the_first_start_again() -> None:
    assert next_step(demo(SIGNED, questions=1)) is Step.FINISHED
    assert next_step(own(questions=3)) is Step.FINISHED
    assert next_step(demo(KNOWN)) is Step.FINISHED  # the registry was removed later
    assert next_step(own(LOOKED, REGISTRY)) is Step.FINISHED  # a second source was connected later


def test_every_step_but_the_last_can_be_asked_whether_it_is_open_and_has_a_title() -> None:
    assert set(IS_OPEN) == set(Step) - {Step.FINISHED}
    assert set(TITLES) == set(Step)
    assert {step for plan in PLANS.values() for step in plan} == set(IS_OPEN)


def test_whatever_the_standing_the_step_is_one_of_its_plan() -> None:
    sources = [(), (EHR,), (LOOKED,), (EHR, REGISTRY), (LOOKED, REGISTRY_LOOKED), (SIGNED,), (KNOWN, REGISTRY)]
    for store, exists, finished, some, questions in product(PLANS, (False, True), (False, True), sources, (0, 1)):
        standing = Standing(root="/w", exists=exists, finished=finished, store=store, sources=some, questions=questions)
        assert next_step(standing) in (*PLANS[store], Step.FINISHED)


def test_the_list_marks_what_is_done_what_is_now_and_what_is_to_come() -> None:
    states = [one.state for one in listed(Step.LOOK, "throwaway")]
    assert states == ["done", "done", "done", "now", "to come", "to come"]
    assert {one.state for one in listed(Step.FINISHED, "os")} == {"done"}


def test_the_standing_says_the_same_rule_on_passphrases_as_setting_up_keeps() -> None:
    assert Standing(root="/w", exists=False, finished=False).shortest_passphrase == SHORTEST_PASSPHRASE
