"""What every order and every answer share, and the lines that carry them."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, get_args

import msgspec

A = TypeVar("A")


class Shown(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all answers: frozen facts, ready to be shown."""


class Order(
    msgspec.Struct, Generic[A], frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="order", tag=True
):
    """Base of all orders; `A` is the type of its answer."""


class Done(Shown, frozen=True):
    """It was done; `sentence` says what, for the status line."""

    sentence: str = ""


class Progress(Shown, frozen=True):
    """A sign of life of a long order; `of` is 0 where the end is not known."""

    sentence: str
    done: int = 0
    of: int = 0


class Refused(Shown, frozen=True):
    """The order was refused, or something broke; `kind` is the name of the error's class."""

    kind: str
    sentence: str
    advice: str = ""
    fault: bool = False


class Numbered(Shown, frozen=True):
    """One line to the session: an `Order`, or None to end it. Its answers carry the same `id`."""

    id: int
    order: Any = None


class Answered(Shown, frozen=True):
    """One line back: exactly one of the three; `fact` is the answer in JSON. Progress may come several times.

    No fact is an empty one: msgspec reads no union with `Raw` in it.
    """

    id: int
    fact: msgspec.Raw = msgspec.Raw()
    progress: Progress | None = None
    refused: Refused | None = None


def answer_type(order: type[Order[A]]) -> type[A]:
    """The type of the answer to orders of that class."""
    found: type[A] = get_args(order.__orig_bases__[0])[0]  # type: ignore[attr-defined]
    return found
