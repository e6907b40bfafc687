"""Run by `test_files.py`: write one file over and over, whole or not at all.

python file_writer.py forever FILE SIZE      replace the file until killed, with SIZE bytes of one letter
python file_writer.py limited FILE SIZE      try to replace it by more than any file may hold
python file_writer.py full FILE SIZE         try to replace it by more than the disk holds
python file_writer.py holding FILE SECONDS   hold the lock, say so, and sleep
"""

from __future__ import annotations

import itertools
import resource
import sys
import time
from pathlib import Path

from sandbox.errors import StorageFault
from sandbox.files import locked, replace_file


def forever(path: Path, size: int) -> None:
    for number in itertools.count():
        replace_file(path, b"abcdefghijklmnopqrstuvwxyz"[number % 26 : number % 26 + 1] * size)
        if number == 0:
            say("up")


def limited(path: Path, size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    full(path, size * 2)


def full(path: Path, size: int) -> None:
    replace_file(path, b"old")
    try:
        replace_file(path, b"x" * size)
    except StorageFault as problem:
        say(problem.sentence)
    say(repr(path.read_bytes()))
    say(repr(sorted(entry.name for entry in path.parent.iterdir())))


def holding(path: Path, seconds: int) -> None:
    with locked(path):
        say("held")
        time.sleep(seconds)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    acts = {"forever": forever, "limited": limited, "full": full, "holding": holding}
    acts[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
