"""The demo's own processes, started by the desk: a recorded model, and whoever writes the made-up hospital.

    door_command("demo", "model", "readmissions")            # first line: the address
    door_command("demo", "hospital", "/a/folder", "2000")    # reads the login as a line; tells how far it is

Each ends when its standard input does, so neither outlives who started it.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import msgspec

from sandbox.errors import PreceptorError, as_told

LONGEST_LOGIN = 1000


def main(arguments: list[str]) -> int:
    """Do the one thing; the exit status."""
    if arguments[0] == "model":
        return _model(arguments[1])
    login = sys.stdin.buffer.readline(LONGEST_LOGIN).decode().rstrip("\n")
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        _hospital(Path(arguments[1]), int(arguments[2]), login)
    except PreceptorError as problem:
        return _refused(problem)
    except OSError as problem:
        return _refused(as_told(problem))
    return 0


def _model(name: str) -> int:
    from resources.demo.conversation import conversation_path, load_conversation
    from resources.demo.model_server import ModelServer

    with ModelServer(load_conversation(conversation_path(name))) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        sys.stdin.buffer.read()
    return 0


def _hospital(folder: Path, patients: int, login: str) -> None:
    """Write both databases; one that is there already stays as it is."""
    from resources.demo.hospital import HospitalFacts, write_hospital
    from resources.demo.registry import write_registry

    ehr, registry = folder / "ehr.duckdb", folder / "registry.duckdb"
    for left in (*folder.glob(".*.part"), *folder.glob(".*.part.wal")):
        left.unlink()  # from a writing that was interrupted
    _tell(sentence=f"Inventing a hospital of {patients:,} patients", done=0, of=2)
    if not ehr.exists():
        write_hospital(ehr, patients=patients, seed=1, password=login)
    _tell(sentence="Inventing a heart-failure registry", done=1, of=2)
    if not registry.exists():
        facts = HospitalFacts(path=ehr, patients=patients, seed=1, tables={})
        write_registry(registry, facts, hospital_password=login, password=login)
    _tell(sentence="The made-up hospital is written", done=2, of=2)


def _end_with_input() -> None:
    while os.read(0, 4096):  # not through Python's buffer: its lock must be free when we end by ourselves
        pass
    os._exit(1)


def _refused(problem: PreceptorError) -> int:
    _tell(refused=problem.sentence, advice=problem.advice)
    return 1


def _tell(**told: object) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()
