"""Pairs of key and token of one domain, found in either direction a whole column at a time.

Keys that are whole numbers live in sorted numpy arrays (5 million of them: 160 MB), all other keys as text
in dictionaries. A text that is exactly how a whole number is written counts as that number, so that a
source that keeps a key as text and one that keeps it as a number mean the same patient.
"""

from __future__ import annotations

import os

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

SMALLEST = 2**52  # tokens are 2**52 … 2**53: exact in a float64, which pandas makes of integers with gaps


class IntPairs:
    """A sorted array of keys and, beside it, what each is paired with."""

    def __init__(self) -> None:
        self.keys: Ints = np.empty(0, np.int64)
        self.paired: Ints = np.empty(0, np.int64)

    def find(self, wanted: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """What `wanted` are paired with, and which of them are known at all."""
        if not len(self.keys):
            return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
        places = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return self.paired[places], self.keys[places] == wanted

    def add(self, keys: Ints, paired: Ints) -> None:
        """Take new pairs in; none of `keys` may be known."""
        order = np.argsort(keys)
        keys, paired = keys[order], paired[order]
        places = np.searchsorted(self.keys, keys)
        self.keys = np.insert(self.keys, places, keys)
        self.paired = np.insert(self.paired, places, paired)


class Pairs:
    """Every pair of one domain."""

    def __init__(self) -> None:
        self.of_ints = IntPairs()
        self.to_ints = IntPairs()
        self.of_texts: dict[str, int] = {}
        self.to_texts: dict[int, str] = {}

    def add_ints(self, values: Ints, tokens: Ints) -> None:
        self.of_ints.add(values, tokens)
        self.to_ints.add(tokens, values)

    def add_texts(self, values: list[str], tokens: Ints) -> None:
        numbers = tokens.tolist()
        self.of_texts.update(zip(values, numbers, strict=True))
        self.to_texts.update(zip(numbers, values, strict=True))

    def new_tokens(self, count: int) -> Ints:
        """`count` random tokens that are neither taken nor twice the same."""
        tokens: Ints = np.empty(0, np.int64)
        while len(tokens) < count:
            bits = np.frombuffer(os.urandom(8 * (count - len(tokens))), np.uint64) >> np.uint64(12)
            drawn: Ints = np.unique(np.concatenate([tokens, bits.astype(np.int64) + SMALLEST]))
            free = ~self.to_ints.find(drawn)[1]
            if self.to_texts:
                free &= np.fromiter((int(token) not in self.to_texts for token in drawn), np.bool_, len(drawn))
            tokens = drawn[free]
        # np.unique sorted them; in that order they would tell which of two keys is the smaller one.
        return tokens[np.argsort(np.frombuffer(os.urandom(8 * count), np.uint64))]
