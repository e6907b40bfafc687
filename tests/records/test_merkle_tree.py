"""The tree is RFC 6962's: checked against the definition written out plainly, and against published roots."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.records._merkle import Frontier, inclusion_proof, leaf_hash, root_from, root_of

# The inputs and roots of the Certificate Transparency reference implementation's own tests.
PUBLISHED = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
PUBLISHED_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def mth(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def path(m: int, entries: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, section 2.1.1, word for word."""
    if len(entries) == 1:
        return []
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def entries_of(size: int) -> list[bytes]:
    return [f"entry {n}".encode() for n in range(size)]


@pytest.mark.parametrize("size", PUBLISHED_ROOTS)
def test_roots_are_the_published_ones(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(text)) for text in PUBLISHED[:size]]
    assert root_of(leaves).hex() == PUBLISHED_ROOTS[size]


def test_roots_while_appending_are_those_of_the_definition() -> None:
    frontier, entries = Frontier(), entries_of(130)
    for size, entry in enumerate(entries):
        assert frontier.root() == mth(entries[:size])
        assert len(frontier.nodes) == size.bit_count()
        frontier.append(leaf_hash(entry))


def test_every_inclusion_proof_is_the_defined_one_and_leads_to_the_root() -> None:
    for size in range(1, 40):
        entries = entries_of(size)
        leaves = [leaf_hash(entry) for entry in entries]
        for index in range(size):
            proof = inclusion_proof(leaves, index)
            assert proof == path(index, entries)
            assert root_from(leaves[index], index, size, proof) == mth(entries)


@given(size=st.integers(1, 60), data=st.data())
def test_a_proof_proves_no_other_entry_place_or_size(size: int, data: st.DataObject) -> None:
    entries = entries_of(size)
    leaves = [leaf_hash(entry) for entry in entries]
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(leaves, index)
    other = data.draw(st.integers(-1, size + 5).filter(lambda n: n != index))
    assert root_from(leaves[index], other, size, proof) != mth(entries)
    assert root_from(leaf_hash(b"another"), index, size, proof) != mth(entries)
    assert root_from(leaves[index], index, size, [*proof, leaf_hash(b"more")]) != mth(entries)
    if proof:
        assert root_from(leaves[index], index, size, proof[:-1]) != mth(entries)
