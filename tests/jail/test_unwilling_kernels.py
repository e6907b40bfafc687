"""Where isolation can't be had nothing runs: old kernels, containers that filter our calls, WSL; by what is missing."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

import pytest
from filtering_container import LANDLOCK, TRY_TO_RUN, behind_filter
from jailed_code import heard, run_in_jail

from sandbox.jail.backend import backend
from sandbox.messages.frames import ChannelClosed

CODES = (errno.EPERM, errno.ENOSYS)
HELD = ("on", "none held")


def test_a_filter_that_stops_nothing_of_ours_stops_nothing(tmp_path: Path) -> None:
    """The control of all the others: behind this filter the very same program does run."""
    told = behind_filter(("swapon",), errno.EPERM, TRY_TO_RUN, str(tmp_path))
    assert (told["refused"], told["ran"]) == ("", "ran")


@pytest.mark.parametrize("code", CODES, ids=["EPERM", "ENOSYS"])
@pytest.mark.parametrize(
    ("calls", "layer"),
    [
        (LANDLOCK, "landlock"),  # a kernel before 5.13, or one started without it: WSL, RHEL 8
        *((one, "landlock") for one in ((name,) for name in LANDLOCK)),
        (("seccomp",), "seccomp"),
        (("capset",), "capabilities"),
        (("prlimit64", "setrlimit"), "limits"),
    ],
    ids=lambda part: "+".join(part) if isinstance(part, tuple) else part,
)
def test_a_container_that_filters_a_layer_gets_a_refusal_and_nothing_runs(
    calls: tuple[str, ...], layer: str, code: int, tmp_path: Path
) -> None:
    told = behind_filter(calls, code, TRY_TO_RUN, str(tmp_path))
    assert told["ran"] == ""
    assert layer in told["refused"]
    assert os.strerror(code) in told["refused"] or (layer == "limits" and "not allowed" in told["refused"])
    assert told["advice"] == backend().FIXES[layer]


@pytest.mark.parametrize("code", CODES, ids=["EPERM", "ENOSYS"])
@pytest.mark.parametrize("call", ["memfd_create", "prctl"])
def test_a_container_without_what_comes_before_the_layers_gets_a_refusal(call: str, code: int, tmp_path: Path) -> None:
    told = behind_filter((call,), code, TRY_TO_RUN, str(tmp_path))
    assert told["ran"] == ""
    assert os.strerror(code) in told["refused"] and told["advice"]


@pytest.mark.parametrize("calls", [("unshare",), ("unshare", "setns", "mount")], ids="+".join)
@pytest.mark.parametrize("code", CODES, ids=["EPERM", "ENOSYS"])
def test_without_namespaces_every_other_layer_holds_and_the_report_says_so(
    calls: tuple[str, ...], code: int, tmp_path: Path
) -> None:
    told = behind_filter(calls, code, TRY_TO_RUN, str(tmp_path))
    assert told["refused"] == "" and told["ran"] == "ran"
    assert not told["layers"]["namespaces"].startswith("on")
    assert all(told["layers"][layer].startswith(HELD) for layer in backend().FIXES)


def test_everything_filtered_at_once_is_still_a_refusal(tmp_path: Path) -> None:
    calls = (*LANDLOCK, "seccomp", "prctl", "unshare", "capset")
    told = behind_filter(calls, errno.EPERM, TRY_TO_RUN, str(tmp_path))
    assert told["ran"] == "" and told["refused"] and told["advice"]


SELF_TEST = """
import json, sys
from sandbox.errors import PreceptorError
from sandbox.jail import ensure_self_test
from pathlib import Path
try:
    told = {"passed": ensure_self_test(Path(sys.argv[1])).passed, "sentence": ""}
except PreceptorError as problem:
    told = {"passed": False, "sentence": problem.sentence}
print(json.dumps(told))
"""


@pytest.mark.parametrize("calls", [LANDLOCK, ("seccomp",)], ids=["landlock", "seccomp"])
def test_the_self_test_says_no_where_a_layer_is_filtered(calls: tuple[str, ...], tmp_path: Path) -> None:
    told = behind_filter(calls, errno.ENOSYS, SELF_TEST, str(tmp_path / "self-test.json"))
    assert not told["passed"]
    assert os.strerror(errno.ENOSYS) in told["sentence"]


def test_a_child_killed_as_when_memory_runs_out_is_told_as_such(tmp_path: Path) -> None:
    with run_in_jail("answer(1)\nimport time\ntime.sleep(600)", tmp_path) as child:
        assert heard(child) == 1
        os.kill(child.pid, signal.SIGKILL)
        with pytest.raises(ChannelClosed):
            heard(child)
        child.wait(30)
        assert child.how_it_ended().startswith("was killed, perhaps by the operating system because memory")
