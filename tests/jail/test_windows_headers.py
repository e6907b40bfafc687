"""What we believe of Windows is what the mingw-w64 headers say: every size, offset, number and function."""

from __future__ import annotations

import ctypes

import pytest
from mingw import COMPILER, complaints, prototype, says

from sandbox.jail.windows import constants, structures
from sandbox.jail.windows.api import SIGNATURES

pytestmark = pytest.mark.needs(COMPILER)

CONSTANTS = {name: value for name, value in vars(constants).items() if isinstance(value, int)}
STRUCTURES = [
    kind
    for kind in vars(structures).values()
    if isinstance(kind, type) and issubclass(kind, ctypes.Structure) and kind is not ctypes.Structure
]


def constant(name: str, value: int) -> str:
    # What the headers write as a signed number or a pointer is compared in as many bits as it has.
    if value > 0xFFFFFFFF:
        return says(f"(unsigned long long)({name}) == {value:#x}ULL")
    return says(f"(unsigned long long)({name}) == {value:#x}ULL || (unsigned)({name}) == {value:#x}U")


def layout(kind: type[ctypes.Structure]) -> str:
    name, lines = kind.__name__, [says(f"sizeof({kind.__name__}) == {ctypes.sizeof(kind)}")]
    for field in kind._fields_:
        at = getattr(kind, field[0])
        lines.append(says(f"offsetof({name}, {field[0]}) == {at.offset}"))
        lines.append(says(f"sizeof((({name} *)0)->{field[0]}) == {at.size}"))
    return "".join(lines)


def declaration(name: str) -> str:
    signature, (result, parameters) = SIGNATURES[name], prototype(name)
    assert len(signature.parameters) == len(parameters), f"{name} takes {len(parameters)} parameters"
    code = f"static {result} (WINAPI *check_{name})({', '.join(parameters) or 'void'}) = &{name};\n"
    ours = list(zip(parameters, signature.parameters, strict=True))
    if signature.result is None:
        code += says(f"__builtin_types_compatible_p({result}, void)")
    else:
        ours.append((result, signature.result))
    for theirs, kind in ours:
        pointer = kind in (ctypes.c_void_p, ctypes.c_wchar_p)
        code += says(f"sizeof({theirs}) == {ctypes.sizeof(kind)}")
        # 5 is a pointer; integers and enumerations have other classes.
        code += says(f"(__builtin_classify_type(({theirs})0) == 5) == {int(pointer)}")
    return code


def test_every_number_is_that_of_the_headers() -> None:
    assert len(CONSTANTS) > 100
    assert complaints("".join(constant(name, value) for name, value in CONSTANTS.items())) == ""


def test_every_structure_has_the_size_and_the_offsets_of_the_headers() -> None:
    assert len(STRUCTURES) >= 18
    assert complaints("".join(map(layout, STRUCTURES))) == ""


def test_every_function_takes_and_gives_what_the_headers_say() -> None:
    assert complaints("".join(map(declaration, SIGNATURES))) == ""


def test_no_structure_depends_on_the_system_that_runs_the_test() -> None:
    sizes = {ctypes.c_long, ctypes.c_ulong, ctypes.c_wchar} - {structures.LARGE_INTEGER, structures.SIZE_T}
    sizes -= {structures.ULONGLONG}  # on Linux the type of a fixed size is an alias of one of these
    used = {field[1] for kind in STRUCTURES for field in kind._fields_}
    assert not used & sizes


@pytest.mark.parametrize("name", ["CREATE_SUSPENDED", "HKEY_CURRENT_USER", "TokenCapabilities"])
def test_a_wrong_number_would_not_compile(name: str) -> None:
    assert "static assertion failed" in complaints(constant(name, CONSTANTS[name] ^ 1))


def test_a_field_of_the_wrong_size_would_not_compile() -> None:
    class PROCESS_INFORMATION(ctypes.Structure):
        _fields_ = (("hProcess", ctypes.c_uint32), ("hThread", ctypes.c_void_p))

    assert "static assertion failed" in complaints(layout(PROCESS_INFORMATION))


def test_a_parameter_of_the_wrong_size_would_not_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    right = SIGNATURES["ResumeThread"]
    monkeypatch.setitem(SIGNATURES, "ResumeThread", replace(right, parameters=(ctypes.c_uint32,)))
    assert "static assertion failed" in complaints(declaration("ResumeThread"))
    monkeypatch.setitem(SIGNATURES, "ResumeThread", replace(right, parameters=(*right.parameters, ctypes.c_uint32)))
    with pytest.raises(AssertionError, match="takes 1 parameters"):
        declaration("ResumeThread")
