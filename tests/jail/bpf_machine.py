"""The kernel's small machine in Python, so that a filter for any processor can be run on any other."""

from __future__ import annotations

import struct

from sandbox.jail.linux.bpf import AND, JUMP_AT_LEAST, JUMP_EQUAL, LOAD, RETURN, Instruction


def run_filter(code: list[Instruction], arch: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """What the filter returns for one system call (`struct seccomp_data`: number, arch, pointer, six arguments)."""
    padded = [value & 0xFFFFFFFFFFFFFFFF for value in (*arguments, 0, 0, 0, 0, 0, 0)[:6]]
    data = struct.pack("<IIQ6Q", number, arch, 0, *padded)
    accumulator, at = 0, 0
    while True:
        operation, if_true, if_false, constant = code[at]
        at += 1
        if operation == RETURN:
            return constant
        if operation == LOAD:
            (accumulator,) = struct.unpack_from("<I", data, constant)
        elif operation == AND:
            accumulator &= constant
        elif operation == JUMP_EQUAL:
            at += if_true if accumulator == constant else if_false
        elif operation == JUMP_AT_LEAST:
            at += if_true if accumulator >= constant else if_false
        else:
            raise ValueError(operation)
