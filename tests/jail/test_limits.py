"""Limits hold, and the sentence says which one it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from jailed_code import answer_of, heard, run_in_jail

from sandbox.jail import Limits
from sandbox.messages.frames import ChannelClosed


def test_fifty_gigabytes_are_refused_inside_and_the_process_lives(tmp_path: Path) -> None:
    code = "import numpy\ntry:\n    numpy.ones(50 * 2**30, 'u1')\nexcept MemoryError:\n    answer('refused')"
    assert answer_of(code, tmp_path, limits=Limits(memory_mb=4096)) == "refused"


def test_a_program_that_lets_the_memory_error_go_ends_by_the_memory_limit(tmp_path: Path) -> None:
    with run_in_jail("bytearray(50 * 2**30)", tmp_path, limits=Limits(memory_mb=1024)) as child:
        child.wait(30)
        assert child.how_it_ended() == "was stopped because it used more memory than allowed"


def test_without_the_limit_the_same_allocation_is_granted(tmp_path: Path) -> None:
    code = "import mmap\nanswer(len(mmap.mmap(-1, 50 * 2**30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)))"
    assert answer_of(code, tmp_path, "limits") == 50 * 2**30
    with run_in_jail(code, tmp_path) as child, pytest.raises(ChannelClosed):
        heard(child)


def test_an_endless_loop_ends_by_the_processor_time(tmp_path: Path) -> None:
    with run_in_jail("while True: pass", tmp_path, limits=Limits(cpu_seconds=1)) as child:
        child.wait(60)
        assert child.how_it_ended() == "was stopped because it used more processor time than allowed"


def test_a_loop_that_ignores_the_warning_is_killed(tmp_path: Path) -> None:
    code = "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    with run_in_jail(code, tmp_path, limits=Limits(cpu_seconds=1)) as child:
        assert child.wait(60) == -signal.SIGKILL
        assert "processor time" in child.how_it_ended()


def test_limits_can_not_be_raised_again(tmp_path: Path) -> None:
    code = (
        "import resource\n"
        "try:\n    resource.setrlimit(resource.RLIMIT_CPU, (99, 99))\n    answer('raised')\n"
        "except (OSError, ValueError):\n    answer(resource.getrlimit(resource.RLIMIT_CPU))"
    )
    assert answer_of(code, tmp_path, limits=Limits(cpu_seconds=5)) == [5, 6]


def test_open_files_are_limited(tmp_path: Path) -> None:
    code = (
        "import os\nn = 0\n"
        "try:\n    while True:\n        os.dup(0)\n        n += 1\nexcept OSError as full:\n    answer([n, full.errno])"
    )
    count, reason = answer_of(code, tmp_path, limits=Limits(files=40))
    assert count < 40 and reason == 24


def test_standard_error_is_bounded(tmp_path: Path) -> None:
    code = "import os\ntry:\n    while os.write(2, b'x' * 4096): pass\nexcept OSError as full:\n    answer(full.errno)"
    with run_in_jail(code, tmp_path) as child:
        assert heard(child) == 27
        assert len(child.stderr_tail()) == 4000


def test_a_flood_that_no_error_stops_ends_with_a_sentence_about_it(tmp_path: Path) -> None:
    code = (
        "import os, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_DFL)\nfor _ in range(99): os.write(2, b'x' * 4096)"
    )
    with run_in_jail(code, tmp_path) as child:
        assert child.wait(30) == -signal.SIGXFSZ
        assert child.how_it_ended() == "was stopped because it wrote more error messages than are kept"


TOLD = (
    "import sys\nfrom sandbox.program.failures import Registry, describe\n"
    "def tell(problem):\n"
    "    broke = describe(Registry(), problem, None, '', frozenset(), synthetic=False)\n"
    "    answer([broke.exception, broke.limit])\n"
)


def test_threads_without_end_are_refused_by_the_limit_on_them(tmp_path: Path) -> None:
    code = (
        TOLD + "import threading, time\ntry:\n"
        "    while True: threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
        "except RuntimeError as full:\n    tell(full)"
    )
    assert answer_of(code, tmp_path, limits=Limits(memory_mb=1024)) == ["RuntimeError", "threads"]


def test_a_flood_of_error_output_is_told_as_such(tmp_path: Path) -> None:
    code = TOLD + "import os\ntry:\n    while os.write(2, b'x' * 4096): pass\nexcept OSError as full:\n    tell(full)"
    assert answer_of(code, tmp_path) == ["OSError", "error output"]


def test_a_crash_is_told_from_a_limit(tmp_path: Path) -> None:
    with run_in_jail("import ctypes\nctypes.string_at(1)", tmp_path) as child:
        child.wait(30)
        assert child.how_it_ended().startswith("crashed")
    with run_in_jail("1 / 0", tmp_path) as child:
        assert child.wait(30) == 1
        assert child.how_it_ended() == "ended with an error of its own"
        assert "ZeroDivisionError" in child.stderr_tail()
    with run_in_jail("pass", tmp_path) as child:
        child.wait(30)
        assert child.how_it_ended() == "ended by itself"


def test_a_killed_child_says_who_killed_it(tmp_path: Path) -> None:
    with run_in_jail("import time\ntime.sleep(600)", tmp_path) as child:
        assert child.how_it_ended() == "is still running"
        child.kill()
        child.wait(30)
        assert child.how_it_ended() == "was stopped by Preceptor"


def test_a_busy_child_dies_with_its_parent(tmp_path: Path) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path\nfrom jailed_code import run_in_jail, heard\n"
        f"child = run_in_jail('answer(1)\\nwhile True: pass', Path({str(tmp_path)!r}))\n"
        "heard(child)\nprint(child.pid, flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=-1, stdout=-1) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(child, 0)
        gone = os.pidfd_open(child)
        parent.kill()
    import select

    assert select.select([gone], [], [], 30)[0], "the child went on without its parent"
    os.close(gone)
