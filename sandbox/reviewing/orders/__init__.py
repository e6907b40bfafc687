"""Everything that can be asked of the reviewing session, and what it answers.

    line = Numbered(id=7, order=LookAt(question="q-20260102-1a2b3c"))
    answer_type(LookAt)                          # DraftShown

One module per screen; `closed_list` is what the session accepts. An order with a passphrase in it goes over a
pipe to a child of ours, for one use, and is kept nowhere.
"""

from ._base import Answered, Done, Numbered, Order, Progress, Refused, Shown, answer_type

__all__ = ["Answered", "Done", "Numbered", "Order", "Progress", "Refused", "Shown", "answer_type"]
