"""A seccomp filter as data, and its translation into the kernel's small machine (classic BPF).

    program = assemble("x86_64", [Rule("read"), Rule("kill", (Condition(0, (os.getpid(),)),))])

Closed by default: a call that no rule names is refused with EPERM, one that is newer than our tables or in
`absent` does not exist (ENOSYS, so that libraries fall back). Another processor mode (32-bit `int 0x80`, x32)
kills the process.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.jail.linux.syscalls import AUDIT_ARCH, NEWEST, NUMBERS

ALLOW = 0x7FFF0000
KILL_PROCESS = 0x80000000
ERRNO = 0x00050000

LOAD, AND, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_AT_NUMBER, _AT_ARCH, _AT_ARGUMENTS = 0, 4, 16
_X32_BIT = 0x40000000
_ALL = 0xFFFFFFFF

Instruction = tuple[int, int, int, int]
INSTRUCTION = struct.Struct("=HBBI")


@dataclass(frozen=True)
class Condition:
    """Argument `argument` (its low 32 bits, all that the kernel reads of these) under `mask` is one of `values`."""

    argument: int
    values: tuple[int, ...]
    mask: int = _ALL


@dataclass(frozen=True)
class Rule:
    """`call` is allowed when all conditions hold; when not, it fails with `otherwise`."""

    call: str
    conditions: tuple[Condition, ...] = ()
    otherwise: int = errno.EPERM


def assemble(arch: str, rules: Iterable[Rule], absent: Iterable[str] = ()) -> list[Instruction]:
    """The filter for one processor. Names that it does not have (`open` on aarch64) are left out."""
    numbers = NUMBERS[arch]
    code: list[Instruction] = [
        (LOAD, 0, 0, _AT_ARCH),
        (JUMP_EQUAL, 1, 0, AUDIT_ARCH[arch]),
        (RETURN, 0, 0, KILL_PROCESS),
        (LOAD, 0, 0, _AT_NUMBER),
        (JUMP_AT_LEAST, 0, 1, _X32_BIT),
        (RETURN, 0, 0, KILL_PROCESS),
    ]
    for rule in rules:
        if rule.call in numbers:
            code += _when(numbers[rule.call], _judge(rule))
    for call in absent:
        code += _when(numbers[call], [(RETURN, 0, 0, ERRNO | errno.ENOSYS)])
    code += [
        (JUMP_AT_LEAST, 0, 1, NEWEST + 1),
        (RETURN, 0, 0, ERRNO | errno.ENOSYS),
        (RETURN, 0, 0, ERRNO | errno.EPERM),
    ]
    return code


def to_bytes(code: Iterable[Instruction]) -> bytes:
    """The instructions as an array of `struct sock_filter`."""
    return b"".join(INSTRUCTION.pack(*instruction) for instruction in code)


def _when(number: int, then: list[Instruction]) -> list[Instruction]:
    """`then` always returns, so the call's number is still loaded where the next rule begins."""
    return [(JUMP_EQUAL, 0, len(then), number), *then]


def _judge(rule: Rule) -> list[Instruction]:
    code: list[Instruction] = []
    for condition in rule.conditions:
        code.append((LOAD, 0, 0, _AT_ARGUMENTS + 8 * condition.argument))
        if condition.mask != _ALL:
            code.append((AND, 0, 0, condition.mask))
        for left, value in zip(range(len(condition.values), 0, -1), condition.values, strict=True):
            code.append((JUMP_EQUAL, left, 0, value))
        code.append((RETURN, 0, 0, ERRNO | rule.otherwise))
    code.append((RETURN, 0, 0, ALLOW))
    return code
