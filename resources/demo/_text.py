"""Building columns of text without a loop over rows (Arrow's kernels do it).

joined(pick(FIRST, index), " ", pick(LAST, index))
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ._data import Bools, Floats, Ints


def pick(values: Sequence[str | None], index: Ints) -> pa.Array:
    """The value at each index; -1 gives null."""
    places = pa.array(index, mask=index < 0)
    return pa.array(values, pa.string()).take(places)


def joined(*parts: pa.Array | str) -> pa.Array:
    """Concatenate row by row; a null anywhere makes the row null."""
    return pc.binary_join_element_wise(*parts, "")


def digits(values: Ints, width: int = 0) -> pa.Array:
    """Whole numbers as text, padded with zeros on the left."""
    return pc.utf8_lpad(pa.array(values).cast(pa.string()), width=width, padding="0")


def decimals(values: Floats, places: int) -> pa.Array:
    """Numbers as a laboratory prints them: exactly `places` decimals."""
    scaled = np.abs(np.round(values * 10**places)).astype(np.int64)
    sign = pick(["", "-"], ((values < 0) & (scaled > 0)).astype(np.int64))
    if places == 0:
        return joined(sign, digits(scaled))
    return joined(sign, digits(scaled // 10**places), ".", digits(scaled % 10**places, places))


def where(condition: Bools, yes: pa.Array | str, no: pa.Array | str) -> pa.Array:
    return pc.if_else(pa.array(condition), yes, no)


def nullable(values: npt.NDArray[np.generic], missing: Bools) -> pa.Array:
    """A column with nulls where `missing`."""
    return pa.array(values, mask=missing)


def moments(seconds: Ints, missing: Bools | None = None) -> pa.Array:
    """Seconds since 1970 as timestamps."""
    return pa.array(seconds.astype("datetime64[s]"), mask=missing)


def dates(days: Ints, missing: Bools | None = None) -> pa.Array:
    """Days since 1970 as dates."""
    return pa.array(days.astype("datetime64[D]"), mask=missing)


def letters_only(text: pa.Array) -> pa.Array:
    """Lower case without accents, spaces or punctuation: for the local part of an e-mail address."""
    plain = pc.utf8_normalize(pc.utf8_lower(text), form="NFKD")
    return pc.replace_substring_regex(plain, r"[^a-z]", "")
