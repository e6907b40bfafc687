"""A desk without a window: a real reviewing session, asked one thing after another or several at once."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from sandbox.reviewing.orders import Answered, Numbered, Order, Progress, Refused, answer_type
from sandbox.sessions import Session, reviewing_command

SECONDS = 120.0


class Desk:
    """Asks a session; ends it when its block does."""

    def __init__(self, root: Path, command: list[str] | None = None) -> None:
        self.session = Session(command or reviewing_command(root), Answered)
        self.progress: list[Progress] = []
        self._asked: dict[int, type[Order[Any]]] = {}

    def ask(self, order: Order[Any]) -> Any:
        """The answer, or the `Refused`."""
        number = self.give(order)
        while True:
            answered, answer = self.next()
            if answered == number:
                return answer

    def give(self, order: Order[Any]) -> int:
        """Ask without waiting; the number of the order."""
        number = len(self._asked) + 1
        self._asked[number] = type(order)
        self.session.send(Numbered(id=number, order=order))
        return number

    def next(self) -> tuple[int, Any]:
        """The next answer or refusal, of whichever order."""
        while True:
            answered = self.session.receive(SECONDS)
            assert isinstance(answered, Answered)
            if answered.progress is not None:
                self.progress.append(answered.progress)
            elif answered.refused is not None:
                return answered.id, answered.refused
            else:
                return answered.id, msgspec.json.decode(answered.fact, type=answer_type(self._asked[answered.id]))

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, where: TracebackType | None
    ) -> None:
        self.session.close()


def refused(answer: Any) -> Refused:
    assert isinstance(answer, Refused), answer
    return answer
