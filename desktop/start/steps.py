"""Which step of the first start is next, out of where things stand and nothing else. No Qt in here.

    next_step(standing)        # Step.LOOK: the sources are connected, nobody looked at them yet

Because nothing else is asked, the window can be closed at any moment: the next start goes on there.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Literal, NamedTuple

from sandbox.reviewing.orders.starting import Standing

DEMO_SOURCES = 2  # a hospital and a registry
Store = Literal["os", "throwaway"]
State = Literal["done", "now", "to come"]


class Step(StrEnum):
    WELCOME = "welcome"
    WHO = "who"
    HOSPITAL = "hospital"
    CONNECT = "connect"
    LOOK = "look"
    KNOW = "know"
    INDEX = "index"
    FINISHED = "finished"


PLANS: dict[Store, tuple[Step, ...]] = {
    "throwaway": (Step.WELCOME, Step.WHO, Step.HOSPITAL, Step.LOOK, Step.KNOW, Step.INDEX),
    "os": (Step.WELCOME, Step.WHO, Step.CONNECT, Step.LOOK),
}

TITLES = {
    Step.WELCOME: "Welcome",
    Step.WHO: "Who you are",
    Step.HOSPITAL: "A made-up hospital",
    Step.CONNECT: "Connect your data",
    Step.LOOK: "Look at the data",
    Step.KNOW: "What an agent may know",
    Step.INDEX: "Recognise patients",
    Step.FINISHED: "Ready",
}


class Listed(NamedTuple):
    """One line of the list of steps."""

    step: Step
    title: str
    state: State


def next_step(standing: Standing) -> Step:
    """The first step of the plan that is still open; FINISHED when none is, or when questions were asked already."""
    if standing.questions:
        return Step.FINISHED
    return next((step for step in PLANS[standing.store] if IS_OPEN[step](standing)), Step.FINISHED)


def is_needed(standing: Standing) -> bool:
    """Whether the window shows the first start instead of its screens."""
    return next_step(standing) is not Step.FINISHED


def listed(now: Step, store: Store) -> tuple[Listed, ...]:
    """The plan as the list at the left shows it."""
    plan = PLANS[store]
    at = plan.index(now) if now in plan else len(plan)
    states: list[State] = ["done" if n < at else "now" if n == at else "to come" for n in range(len(plan))]
    return tuple(Listed(step, TITLES[step], state) for step, state in zip(plan, states, strict=True))


def _is_demo(standing: Standing) -> bool:
    return standing.store == "throwaway"


def _any_signed(standing: Standing) -> bool:
    return any(source.signed for source in standing.sources)


def _look_is_open(standing: Standing) -> bool:
    looked = [source.looked for source in standing.sources]
    return not (all(looked) if _is_demo(standing) else any(looked)) and not _any_signed(standing)


# A step is open until the standing shows what it leaves behind.
IS_OPEN: dict[Step, Callable[[Standing], bool]] = {
    Step.WELCOME: lambda standing: not standing.exists,
    Step.WHO: lambda standing: not standing.finished,
    Step.HOSPITAL: lambda standing: len(standing.sources) < DEMO_SOURCES and not _any_signed(standing),
    Step.CONNECT: lambda standing: not standing.sources,
    Step.LOOK: _look_is_open,
    Step.KNOW: lambda standing: not _any_signed(standing),
    Step.INDEX: lambda standing: not any(source.signed and source.known for source in standing.sources),
}
