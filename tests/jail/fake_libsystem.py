"""A libSystem in C that remembers what it was asked, so that calls are tried as the processor makes them.

    library = build(folder)             # None without a C compiler
    asked(library)                      # the profile, the flags and the parameters of the last call

`says` is the reason that it gives for a refusal (it is the caller's to free), `allows` an operation that it calls free.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

_C = """
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const char *says = NULL, *allows = NULL;
int calls = 0, freed = 0, untidy = 0;
char seen[1 << 16];
size_t length = 0;
uint64_t seen_flags = ~0ull;
static char *given = NULL;

static void keep(const char *text) {
    size_t size = strlen(text) + 1;
    if (length + size > sizeof seen) abort();
    memcpy(seen + length, text, size);
    length += size;
}

int sandbox_init_with_parameters(const char *profile, uint64_t flags, const char *const parameters[], char **error) {
    calls++;
    length = 0;
    seen_flags = flags;
    untidy += *error != NULL;
    keep(profile);
    for (; *parameters; parameters++) keep(*parameters);
    if (!says) return 0;
    if (*says) *error = given = strdup(says);
    errno = EPERM;
    return -1;
}

void sandbox_free_error(char *error) {
    freed++;
    untidy += error != given;
    given = NULL;
    free(error);
}

int sandbox_check(int pid, const char *operation, int kind) {
    return !(allows && !strcmp(allows, operation ? operation : "everything"));
}
"""


def build(folder: Path) -> Any:
    """The library, loaded; None where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    (folder / "system.c").write_text(_C)
    made = folder / "libfake.so"
    flags = ["-shared", "-fPIC", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror"]
    subprocess.run([compiler, *flags, "-o", str(made), str(folder / "system.c")], check=True)
    return ctypes.CDLL(str(made), use_errno=True)


def number(library: Any, name: str) -> int:
    return ctypes.c_int.in_dll(library, name).value


_said: dict[str, bytes | None] = {}


def say(library: Any, name: str, text: bytes | None) -> None:
    """The library only points to it, so it is kept here."""
    _said[name] = text
    ctypes.c_char_p.in_dll(library, name).value = _said[name]


def asked(library: Any) -> tuple[str, int, list[str]]:
    """Profile, flags, and the words of the parameters up to the NULL."""
    size = ctypes.c_size_t.in_dll(library, "length").value
    words = ctypes.string_at(ctypes.addressof(ctypes.c_char.in_dll(library, "seen")), size).decode().split("\0")[:-1]
    return words[0], ctypes.c_uint64.in_dll(library, "seen_flags").value, words[1:]
