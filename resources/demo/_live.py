"""Live answers by file: somebody reads request-NNN.json and writes response-NNN.json, one turn each."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

from sandbox.errors import BadInput
from sandbox.files import replace_file

from .conversation import Conversation, Turn, read_turn, save_conversation

LOOK_EVERY = 0.2
ANSWER_WITHIN_A_TURN = 5.0  # how long one call waits, so that the server can send a ping in between


class Live:
    """A folder in which a person, or a program, plays the model. With `record` every turn is kept as a conversation."""

    def __init__(self, folder: Path, record: Path | None = None) -> None:
        self._folder = folder
        self._record = record
        self._lock = threading.Lock()
        self._names: dict[int, str] = {}
        self._recorded: list[Turn] = []
        folder.mkdir(parents=True, exist_ok=True)

    def turn(self, request: dict[str, Any], number: int) -> Turn | None:
        """The answer to this request, or None if it was not written within some seconds."""
        response = self._folder / f"response-{self._asked(request, number)}.json"
        until = time.monotonic() + ANSWER_WITHIN_A_TURN
        while time.monotonic() < until:
            if response.exists():
                turn = self._read(response)
                if turn is not None:
                    self._keep(request, turn)
                    return turn
            time.sleep(LOOK_EVERY)
        return None

    def _asked(self, request: dict[str, Any], number: int) -> str:
        """Write the request once, under the next free number of the folder."""
        with self._lock:
            if number not in self._names:
                free = 1 + max(
                    (int(path.stem.split("-")[1]) for path in self._folder.glob("request-*.json")), default=0
                )
                self._names[number] = f"{free:03d}"
                written = json.dumps(request, indent=2, ensure_ascii=False).encode()
                replace_file(self._folder / f"request-{free:03d}.json", written, mode=0o644)
            return self._names[number]

    def _read(self, path: Path) -> Turn | None:
        """The turn in the file; while it can't be read as one, say so beside it and wait for a better one."""
        problem_file = path.with_suffix(".problem.txt")
        try:
            turn = read_turn(path.read_bytes())
        except BadInput as problem:
            replace_file(problem_file, f"{problem.sentence} {problem.advice}\n".encode(), mode=0o644)
            return None
        problem_file.unlink(missing_ok=True)
        return turn

    def _keep(self, request: dict[str, Any], turn: Turn) -> None:
        """A request that goes back (a retry, an edit) takes the later turns out of the record."""
        if self._record is None:
            return
        with self._lock:
            said = sum(message["role"] == "assistant" for message in request["messages"])
            self._recorded[said:] = [turn]
            conversation = Conversation(name=self._record.stem, turns=tuple(self._recorded))
            save_conversation(self._record, conversation)
