"""Views of the first start that remember what they were told."""

from __future__ import annotations

from typing import Any


class RecordingView:
    """Keeps the arguments of every call by the call's name."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Any:
        def record(*arguments: Any) -> None:
            self.calls.append((name, arguments))

        return record

    def of(self, name: str) -> list[tuple[Any, ...]]:
        return [arguments for call, arguments in self.calls if call == name]

    def last(self, name: str) -> Any:
        """The only argument of the newest call of that name."""
        return self.of(name)[-1][0]


class StartViews(RecordingView):
    def __init__(self) -> None:
        super().__init__()
        self.who = RecordingView()
        self.work = RecordingView()
        self.know = RecordingView()
        self.connecting = RecordingView()
