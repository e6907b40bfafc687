"""The launcher: nothing of others before the walls are up, and children that live as long as they should."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from jailed_code import heard, run_in_jail

from sandbox.jail import Child, Limits, Role
from sandbox.jail.child import LAUNCHER, living_children, start
from sandbox.jail.linux import landlock
from sandbox.jail.profile import readable, site_packages


def test_no_third_party_code_is_loaded_before_the_process_is_confined(tmp_path: Path) -> None:
    launcher = tmp_path / "launcher.py"
    launcher.write_text(
        f"import importlib.util, json, sys\n"
        f"spec = importlib.util.spec_from_file_location('real', {str(LAUNCHER)!r})\n"
        "real = importlib.util.module_from_spec(spec); sys.modules['real'] = real; spec.loader.exec_module(real)\n"
        "apply = real.backend().apply\n"
        "def look_first(steps):\n"
        "    files = sorted(str(getattr(m, '__file__', None) or '') for m in sys.modules.values())\n"
        "    return {**apply(steps), 'modules': json.dumps(files), 'path': json.dumps(sys.path)}\n"
        "real.backend().apply = look_first\n"
        "real.main(sys.argv[1])\n"
    )
    with start(Role.PROBE, Limits(), launcher=launcher) as child:
        files = json.loads(child.report.layers["modules"])
        path = json.loads(child.report.layers["path"])
    root = LAUNCHER.parents[2]
    assert not [file for file in files if "site-packages" in file and str(root) not in file]
    ours = {Path(file).relative_to(root).parts[0:2] for file in files if file.startswith(f"{root}/")}
    assert ours <= {
        ("sandbox", "__init__.py"),
        ("sandbox", "jail"),
        ("resources", "__init__.py"),
    }
    assert not [folder for folder in path if "site-packages" in folder]


def test_what_a_jail_may_read_is_code_only() -> None:
    places = {Path(place) for place in readable(site_packages())}
    for kept_out in (
        Path.home(),
        Path("/etc/passwd"),
        Path("/proc/self"),
        Path("/tmp/x"),
        Path("/run"),
        Path("/var/log"),
    ):
        assert not places & {kept_out, *kept_out.parents}, kept_out
    ours = {place for place in places if LAUNCHER.parents[2] in place.parents and "site-packages" not in str(place)}
    assert {place.name for place in ours} == {"sandbox", "resources"}


def test_a_child_started_by_a_thread_outlives_that_thread(tmp_path: Path) -> None:
    children: list[Child] = []
    thread = threading.Thread(
        target=lambda: children.append(run_in_jail("import time\ntime.sleep(1)\nanswer(1)", tmp_path))
    )
    thread.start()
    thread.join()
    with children[0] as child:
        assert heard(child) == 1


def test_a_door_knows_the_jails_that_live(tmp_path: Path) -> None:
    with run_in_jail("answer(1)\nimport time\ntime.sleep(60)", tmp_path) as child:
        assert child.pid in living_children()
    assert child.pid not in living_children()


def test_a_closed_child_can_be_closed_again(tmp_path: Path) -> None:
    child = run_in_jail("answer(1)", tmp_path)
    child.close()
    child.close()


def test_threads_can_be_started_inside(tmp_path: Path) -> None:
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(4) as pool:\n    answer(sum(pool.map(lambda n: n * n, range(10))))"
    )
    with run_in_jail(code, tmp_path) as child:
        assert heard(child) == 285


def test_every_right_of_the_running_kernel_is_handled() -> None:
    assert landlock.handled_rights(1) == 0x1FFF
    assert landlock.handled_rights(2) == 0x3FFF
    assert landlock.handled_rights(3) == 0x7FFF
    assert landlock.handled_rights(4) == 0x7FFF
    assert landlock.handled_rights(landlock.kernel_abi()) >= landlock.handled_rights(1)
    assert landlock.handled_rights(7) == 0xFFFF
