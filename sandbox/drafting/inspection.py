"""What the checker is asked and what it answers, and the gate's side of that conversation.

    checker = Checker.start(workspace, question)
    hits = checker.inspect(text)          # raises GateRefused when the checker dies, hangs or answers nonsense

The checker is the process that can recognise a patient and therefore can't speak: no sockets, and its only way
out is this pipe, on which it says places and kinds but never a value.
"""

from __future__ import annotations

import subprocess

import msgspec

from sandbox.errors import GateRefused, JailRefused
from sandbox.messages.frames import BadFrame, Channel, ChannelClosed, ChannelTimeout

MOST_HITS = 200
_SECONDS_TO_START = 60.0
_SECONDS_TO_ANSWER = 20.0
_TEXT_LIMIT = 8 * 1024 * 1024


class Hit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, order=True):
    """Characters `start` to `end` of the text look like, or are known to be, a patient's."""

    start: int
    end: int
    kind: str


class Inspect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="inspect"):
    """Look at the text in the payload (UTF-8)."""

    number: int


class Watching(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="watching"):
    """The checker is confined and ready; how many known values it holds."""

    known: int
    layers: dict[str, str]


class Failed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="failed"):
    """The checker could not start; the sentence and advice are its refusal's."""

    sentence: str
    advice: str


class Inspected(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="inspected"):
    """The answer to `Inspect` of the same number."""

    number: int
    hits: tuple[Hit, ...]


FromChecker = Watching | Failed | Inspected


class Checker:
    """The gate's end. After anything unexpected it refuses for good: no verdict means nothing leaves."""

    def __init__(self, process: subprocess.Popen[bytes], channel: Channel, *, answer_within: float) -> None:
        self._process = process
        self._channel = channel
        self._answer_within = answer_within
        self._count = 0
        self._broken = ""
        self.known = 0
        self.layers: dict[str, str] = {}

    @classmethod
    def start(cls, command: list[str], *, answer_within: float = _SECONDS_TO_ANSWER) -> Checker:
        """Start the checker's process; call `wait_ready` before the first text."""
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        assert process.stdin is not None and process.stdout is not None
        channel = Channel(
            process.stdout.fileno(), process.stdin.fileno(), json_limit=1 << 20, payload_limit=_TEXT_LIMIT
        )
        return cls(process, channel, answer_within=answer_within)

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_ready(self) -> None:
        """Wait until the checker says that it is confined, or raise `JailRefused`."""
        try:
            message, _ = self._channel.receive(FromChecker, _SECONDS_TO_START)
        except (ChannelClosed, ChannelTimeout, BadFrame) as problem:
            self.stop()
            raise JailRefused("The checker could not be started, so nothing may leave.") from problem
        if isinstance(message, Failed):
            self.stop()
            raise JailRefused(message.sentence, message.advice)
        if not isinstance(message, Watching):
            self.stop()
            raise JailRefused("The checker did not report its confinement, so nothing may leave.")
        self.known, self.layers = message.known, message.layers

    def inspect(self, text: str) -> tuple[Hit, ...]:
        """The places in `text` that are, or look like, a patient's."""
        if self._broken:
            raise GateRefused(self._broken, "Start the question again; the conversation is kept.")
        self._count += 1
        try:
            self._channel.send(Inspect(number=self._count), text.encode())
            message, _ = self._channel.receive(FromChecker, self._answer_within)
            return _checked(message, self._count, len(text))
        except ChannelTimeout as problem:
            raise self._refuse("The checker did not answer in time, so nothing was sent.") from problem
        except ChannelClosed as problem:
            raise self._refuse("The checker has ended, so nothing was sent.") from problem
        except (BadFrame, UnicodeEncodeError) as problem:
            raise self._refuse("The checker's answer made no sense, so nothing was sent.") from problem

    @property
    def is_alive(self) -> bool:
        """Whether it can still be asked."""
        return not self._broken and self._process.poll() is None

    def kill(self) -> None:
        """End the process from another thread; an `inspect` under way then refuses. `stop` still tidies up."""
        self._process.kill()

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()

    def _refuse(self, sentence: str) -> GateRefused:
        self._broken = sentence
        self.stop()
        return GateRefused(sentence, "Start the question again; the conversation is kept.")


def _checked(message: object, number: int, length: int) -> tuple[Hit, ...]:
    if not isinstance(message, Inspected) or message.number != number:
        raise BadFrame("an answer to another question")
    if any(not 0 <= hit.start < hit.end <= length for hit in message.hits):
        raise BadFrame("a place outside the text")
    return message.hits
