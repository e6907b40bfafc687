"""What telling the values of a source depends on beside the source itself.

    introspect(source, "ehr", telling=Telling(signed=tables, recognise=Recognisers.load().find))

The recognisers of messages are the caller's to bring: this package stands below the one that reads messages.
"""

from __future__ import annotations

from typing import NamedTuple

from ._told_texts import Recognise as Recognise
from ._told_texts import recognise_nothing as recognise_nothing
from .model import Table


class Telling(NamedTuple):
    """`signed` are the tables of the source as they were signed last; `recognise` finds identifiers in a text."""

    signed: tuple[Table, ...] = ()
    recognise: Recognise = recognise_nothing


FIRST = Telling()
