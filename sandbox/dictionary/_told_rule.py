"""The minimum-count rule: what may be told of values, ranges and sizes, and what of it may change with a later look.

**In one look.** With k the minimum count (never below 11), a fact is told only where at least k different patients
stand behind it:

- a value, where k patients have it;
- the low end of a range, where k patients lie at or below it, and the high end, where k lie at or above it. Ends lie on
  a grid that does not depend on the data (two digits of a number, the year of a date), rounded towards the middle, so
  that rounding never moves an end past the k-th patient;
- the size of a table, its rows per patient and its shares of nulls, where it has k patients. No patient counts with
  more rows than the k-th largest does, a band of rows is at least k rows wide and a step of a share at least 2k
  patients wide; of nulls that fewer than k patients have nothing is said, and of values that fewer than k have neither.

**What is left out stays uncounted** (complementary disclosure). Where all values but one are told, the rest would be
known if sizes of groups were. No count or share is ever told of a single value, and every band is wider than the group
that is left out may be; so whether nobody or k - 1 patients have a value that is not listed, the same is told.

**Between versions.** Two signed versions, each harmless, can be subtracted from each other (differencing: Denning and
Schlörer 1980, "A fast procedure for finding a tracker in a statistical database"; Hundepool et al. 2012, "Statistical
Disclosure Control", on linked tables and successive releases). So:

- what was signed stays as signed: a listed value is not dropped, an end of a range moves only outwards and only by
  steps of the grid, sizes and shares of nulls do not move;
- a new fact is told only where `needed(k, n) = k + n (k - 1)` patients stand behind it; n is how many signed versions
  of the table came before it;
- a column with more values than a list holds, with none that may be read, or with a range of no width, is told by its
  name, and stays so.

A fact that version n could have told and did not has at most needed(k, n) - 1 patients behind it, and a later version
tells it only from needed(k, n) - 1 + k on. Hence the guarantee: **where two signed versions differ in a fact, at least
k patients came to be behind that fact between the look of the earlier one and the look that first told it.** Looks
that differ in fewer than k patients tell exactly the same.

**What no fixed threshold can give**: one who knows every patient but one also knows on which side of the threshold the
others are, and so may learn from a single first look whether the last one is among at least k who share a value
(Dwork and Roth 2014, "The Algorithmic Foundations of Differential Privacy", section 1). What is learned of that patient
is then what k - 1 others share. Only random noise in what is told would hide that too.

A raised k begins anew: what was signed under a smaller one is not kept. A signed list that would grow beyond
`MOST_LATER` values stays as it is.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, NamedTuple

SHARE_STEPS = (0.05, 0.1, 0.25, 0.5)
_STEPS = tuple(digit * 10**power for power in range(5) for digit in (1, 2, 5))


def needed(minimum: int, looks: int) -> int:
    """How many patients a new fact needs in a table that was signed `looks` times before."""
    return minimum + looks * (minimum - 1)


class Ends(NamedTuple):
    """A range as told; "" where there is none."""

    low: str = ""
    high: str = ""

    def __bool__(self) -> bool:
        return bool(self.low and self.high)


def ends(low: Any, high: Any) -> Ends:
    """The grid's ends for the values of the patients that count as lowest and highest."""
    found = Ends(_on_grid(low, ROUND_CEILING), _on_grid(high, ROUND_FLOOR))
    return found if found and Decimal(found.low) <= Decimal(found.high) else Ends()


def widened(signed: Ends, found: Ends) -> Ends:
    """The signed range, moved outwards where enough patients lie further out."""
    if not found:
        return signed
    return Ends(min(signed.low, found.low, key=Decimal), max(signed.high, found.high, key=Decimal))


def _on_grid(value: Any, rounding: str) -> str:
    """The year of a date; a number of two digits, on the side that `rounding` says."""
    year = getattr(value, "year", None)
    if year is not None:
        return str(year)
    number = Decimal(str(value))
    if not number.is_finite():
        return ""
    if number == 0:
        return "0"
    step = Decimal(1).scaleb(number.adjusted() - 1)
    return plain_number((number / step).to_integral_value(rounding) * step)


def plain_number(number: Decimal) -> str:
    """`1200` and `0.0013`: no exponent, no zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rows_band(rows: int, minimum: int) -> int:
    """`rows` to one digit, in steps of 1, 2, 5, 10, … of at least k rows; never less than a step."""
    digit = int(10 ** (len(str(rows)) - 1))
    step: int = max(digit, next(one for one in _STEPS if one >= minimum))
    return max(round(rows / step), 1) * step


def null_share(share: float, without: int, having: int, patients: int, minimum: int) -> float:
    """The share as told. `without` patients have a null, `having` have a value; 0 says nothing."""
    step = next((one for one in SHARE_STEPS if one * patients >= 2 * minimum), 0.0)
    if not step or without < minimum:
        return 0.0
    if having < minimum:
        return 1.0
    return round(round(share / step) * step, 2)
