"""Compiles C against the mingw-w64 headers: what our tables say must be what these say, or it does not compile."""

from __future__ import annotations

import re
import subprocess
from functools import cache

COMPILER = "x86_64-w64-mingw32-gcc"
HEADERS = """
#define _WIN32_WINNT 0x0A00
#define WINVER 0x0A00
#define NTDDI_VERSION 0x0A00000B
#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <stddef.h>
#include <aclapi.h>
#include <sddl.h>
#include <userenv.h>
"""
_STRICT = ["-std=c11", "-Wall", "-Werror", "-Wno-unused-variable", "-Wno-unused-const-variable"]


def complaints(code: str) -> str:
    """What the compiler says against `code`; empty when it is right."""
    command = [COMPILER, *_STRICT, "-fsyntax-only", "-x", "c", "-"]
    done = subprocess.run(command, input=HEADERS + code, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


def says(condition: str) -> str:
    """A line of C that compiles only when the condition holds."""
    return f'_Static_assert({condition}, "{condition.replace(chr(34), "")}");\n'


@cache
def _declarations() -> str:
    command = [COMPILER, "-E", "-P", "-x", "c", "-"]
    done = subprocess.run(command, input=HEADERS, capture_output=True, text=True, check=True)
    return re.sub(r"\s+", " ", done.stdout)


def prototype(name: str) -> tuple[str, list[str]]:
    """The result and the parameters' types of a function, as the headers write them."""
    stdcall = r"__attribute__\(\(__stdcall__\)\) "
    found = re.search(rf"[;}}] ([^;{{}}]*?) {stdcall}{name} ?\(([^;]*?)\);", _declarations())
    found = found or re.search(rf"[;}}] ([^;{{}}]*?) {name} ?\(([^;]*?)\);", _declarations())
    assert found, f"{name} is not declared in the headers"
    result = re.sub(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)|extern", "", found[1]).strip()
    parameters = [part.strip() for part in found[2].split(",")]
    return result, [] if parameters in ([""], ["void"]) else [_without_name(part) for part in parameters]


def _without_name(parameter: str) -> str:
    bare = re.sub(r"__attribute__\s*\(\([^)]*\)\)", "", parameter).strip()
    return re.sub(r"(?<=[\s*])\w+$", "", bare).strip() if re.search(r"[\s*]\w+$", bare) else bare
