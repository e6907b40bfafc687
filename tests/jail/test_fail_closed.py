"""A jail that can't be had is a refusal with the layer, the cause and the way out; nothing runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from jailed_code import launcher_without

from sandbox.errors import JailRefused
from sandbox.jail import JailReport, Limits, Role, backend, child, profile, spawn

MANDATORY = tuple(backend.backend().FIXES)
HELD = dict.fromkeys(MANDATORY, "on")


@pytest.mark.parametrize("layer", MANDATORY)
def test_each_missing_layer_is_refused_by_name(layer: str, tmp_path: Path) -> None:
    started = child.start(Role.PROBE, Limits(), launcher=launcher_without(tmp_path, layer))
    with started, pytest.raises(JailRefused, match=layer) as refused:
        started.report.check_mandatory()
    assert refused.value.advice


@pytest.mark.parametrize("layer", MANDATORY)
def test_a_layer_that_reports_a_cause_is_refused_with_it(layer: str) -> None:
    report = JailReport(role="program", layers={**HELD, layer: "[Errno 38] Function not implemented"})
    with pytest.raises(JailRefused, match="Function not implemented"):
        report.check_mandatory()


def test_a_report_with_every_layer_passes() -> None:
    JailReport(role="program", layers=HELD).check_mandatory()


def test_the_real_launcher_ends_when_the_kernel_has_no_landlock(tmp_path: Path) -> None:
    """The launcher judges itself too: its entry is not reached even if the parent did not look."""
    launcher = tmp_path / "launcher.py"
    launcher.write_text(
        f"import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('real', {str(child.LAUNCHER)!r})\n"
        "real = importlib.util.module_from_spec(spec); sys.modules['real'] = real; spec.loader.exec_module(real)\n"
        "def absent():\n    raise OSError(38, 'Function not implemented')\n"
        "real.backend().walls.landlock.kernel_abi = absent\n"
        "real.main(sys.argv[1])\n"
    )
    with child.start(Role.PROBE, Limits(), launcher=launcher) as started:
        assert started.wait(30) == profile.EXIT_NOT_CONFINED
        with pytest.raises(JailRefused, match="'landlock'.*Function not implemented"):
            started.report.check_mandatory()


def test_an_entry_that_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(profile.ENTRY, Role.PROBE, "sandbox.jail.not_there")
    with pytest.raises(JailRefused, match=r"sandbox\.jail\.not_there") as refused:
        spawn(Role.PROBE)
    assert "Reinstall" in refused.value.advice


def test_a_child_that_dies_before_its_report_is_refused_with_the_cause(tmp_path: Path) -> None:
    broken = tmp_path / "launcher.py"
    broken.write_text("raise RuntimeError('the disk is on fire')\n")
    with pytest.raises(JailRefused, match="the disk is on fire"):
        child.start(Role.PROBE, Limits(), launcher=broken)


def test_limits_too_small_to_start_are_refused() -> None:
    with pytest.raises(JailRefused):
        spawn(Role.PROBE, limits=Limits(memory_mb=16))


def test_an_interpreter_that_is_gone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "interpreter", lambda: "/nonexistent/python")
    with pytest.raises(JailRefused, match="can't be started"):
        spawn(Role.PROBE)


def test_a_system_without_a_back_end_is_refused_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    from sandbox.jail import DoorRules, confine_door, self_test

    monkeypatch.setattr("sys.platform", "freebsd14")
    for attempt in (lambda: spawn(Role.PROBE), lambda: confine_door(DoorRules()), self_test):
        with pytest.raises(JailRefused, match="freebsd14"):
            attempt()


def test_on_windows_no_process_confines_itself_and_it_is_said_what_that_means(monkeypatch: pytest.MonkeyPatch) -> None:
    from sandbox.jail import DoorRules, confine_door
    from sandbox.jail.backend import backend

    monkeypatch.setattr("sys.platform", "win32")
    for attempt in (lambda: confine_door(DoorRules()), lambda: backend().confine_door(DoorRules(), ())):
        with pytest.raises(JailRefused, match="can't enter an AppContainer after it has started.*no model is asked"):
            attempt()
