"""Audit bundles: a stranger finds every change, with Preceptor or with OpenSSL, and no patient in them."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest
from records_desk import PATIENTS, PROGRAM, STAYS, Desk, make_approval, make_run, sign_off

from sandbox.errors import BadInput, PatientRecognised, RecordRefused, StorageFault
from sandbox.files import replace_file
from sandbox.records import make_bundle, patients_hash, record_run, sha256, sign_table, signed_path, verify_bundle
from sandbox.workspace import readable_json

SAMPLES = 6


def bundle_files(bundle: Path) -> list[Path]:
    return sorted(path for path in bundle.rglob("*") if path.is_file())


def commands(bundle: Path) -> list[str]:
    return re.findall(r"^    \$ (.+)$", (bundle / "VERIFY.txt").read_text(), re.MULTILINE)


def shell(command: str, bundle: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-c", command], cwd=bundle, capture_output=True, text=True, check=False)


def test_a_bundle_is_intact_and_its_signer_known_to_whoever_has_the_key(kept_bundle: tuple[Desk, Path]) -> None:
    desk, bundle = kept_bundle
    unknown = verify_bundle(bundle)
    assert unknown.ok
    assert not unknown.trusted
    assert unknown.sentence.startswith("Intact, signer unknown")
    assert desk.reviewer.fingerprint in unknown.sentence
    known = verify_bundle(bundle, ("0" * 64, desk.reviewer.fingerprint.upper()))
    assert known.ok
    assert known.trusted
    assert known.sentence == "Intact, and signed by Dr. Jane Example with a key that you trust."
    assert all(check.ok for check in known.checks)


def test_a_bundle_of_someone_else_is_not_ok_for_whoever_named_a_key(kept_bundle: tuple[Desk, Path]) -> None:
    verdict = verify_bundle(kept_bundle[1], ("0" * 64,))
    assert not verdict.ok
    assert "none of those you trust" in verdict.sentence


def test_a_bundle_holds_the_evidence(kept_bundle: tuple[Desk, Path]) -> None:
    desk, bundle = kept_bundle
    names = {path.relative_to(bundle).as_posix() for path in bundle_files(bundle)}
    key = desk.workstation.fingerprint[:12]
    assert names >= {"approval.json", "program.py", "patients.json", "may-read.txt", "changes.diff", "VERIFY.txt"}
    assert names >= {"tables/ehr.encounters.json", "runs/r-1.json", "runs/r-2.json", "log/head.json", "log/proofs.json"}
    assert names >= {"keys/reviewer.pub.pem", f"keys/workstation-{key}.json", f"keys/workstation-{key}.pub.pem"}
    assert (bundle / "program.py").read_bytes() == PROGRAM
    assert json.loads((bundle / "patients.json").read_bytes()) == PATIENTS
    assert "birth_dt: derived (year), date" in (bundle / "may-read.txt").read_text()
    assert "--- draft 1 (signed)" in (bundle / "changes.diff").read_text()
    assert desk.log.entries()[-1].event == "bundle.made"


def test_a_changed_byte_in_any_file_is_found_and_the_file_named(bundle: Path) -> None:
    for path in bundle_files(bundle):
        whole = path.read_bytes()
        name = path.relative_to(bundle).as_posix()
        positions = sorted({0, len(whole) - 1, *range(0, len(whole), max(1, len(whole) // SAMPLES))})
        for position in positions:
            broken = bytearray(whole)
            broken[position] ^= 0x01 if position % 2 else 0x20
            path.write_bytes(broken)
            verdict = verify_bundle(bundle)
            assert not verdict.ok, (name, position)
            assert name in verdict.sentence, (name, position, verdict.sentence)
        path.write_bytes(whole)
    assert verify_bundle(bundle).ok


def test_a_missing_file_is_named(bundle: Path) -> None:
    for path in bundle_files(bundle):
        whole = path.read_bytes()
        path.unlink()
        verdict = verify_bundle(bundle)
        assert not verdict.ok
        assert path.relative_to(bundle).as_posix() in verdict.sentence
        path.write_bytes(whole)


def test_a_cut_short_and_an_emptied_file_are_named(bundle: Path) -> None:
    for path in bundle_files(bundle):
        whole = path.read_bytes()
        for changed in (b"", whole[:-1], whole + b"\n"):
            path.write_bytes(changed)
            verdict = verify_bundle(bundle)
            assert not verdict.ok
            assert path.relative_to(bundle).as_posix() in verdict.sentence
        path.write_bytes(whole)


@pytest.mark.parametrize("name", ["results.csv", "runs/r-9.json", "keys/other.pub.pem", ".hidden", "more/deep/x"])
def test_an_extra_file_is_named(bundle: Path, name: str) -> None:
    (bundle / name).parent.mkdir(parents=True, exist_ok=True)
    (bundle / name).write_bytes(b"{}")
    verdict = verify_bundle(bundle)
    assert not verdict.ok
    assert name in verdict.sentence


def test_a_link_in_place_of_a_file_is_refused(bundle: Path, tmp_path: Path) -> None:
    program = bundle / "program.py"
    shutil.move(program, tmp_path / "program.py")
    program.symlink_to(tmp_path / "program.py")
    verdict = verify_bundle(bundle)
    assert not verdict.ok
    assert "program.py" in verdict.sentence


def test_exchanged_files_with_their_checksums_put_right_are_found(bundle: Path) -> None:
    """Whoever edits the list of checksums as well has not the workstation's key."""
    edited = PROGRAM.replace(b"12", b"99")
    (bundle / "program.py").write_bytes(edited)
    sums = (bundle / "SHA256SUMS").read_text().replace(sha256(PROGRAM), sha256(edited))
    (bundle / "SHA256SUMS").write_text(sums)
    verdict = verify_bundle(bundle)
    assert "SHA256SUMS" in verdict.sentence
    assert "program.py" in verdict.sentence


def test_records_of_another_bundle_do_not_fit(bundle: Path, desk: Desk, tmp_path: Path) -> None:
    approval = make_approval(desk)
    make_run(desk, sign_off(desk, approval), approval)
    other = make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "other")
    for name in ("approval.json", "runs/r-1.json", "manifest.json", "log/head.json", "log/proofs.json"):
        whole = (bundle / name).read_bytes()
        shutil.copy(other / name, bundle / name)
        verdict = verify_bundle(bundle)
        assert not verdict.ok
        assert name in verdict.sentence
        (bundle / name).write_bytes(whole)


def test_a_folder_that_is_no_bundle_is_refused_or_not_intact(tmp_path: Path) -> None:
    with pytest.raises(RecordRefused, match="no bundle"):
        verify_bundle(tmp_path / "nowhere")
    verdict = verify_bundle(tmp_path)
    assert not verdict.ok
    assert "approval.json" in verdict.sentence


def test_every_command_of_the_guide_works(bundle: Path) -> None:
    found = commands(bundle)
    assert sum("openssl pkeyutl" in command for command in found) == 7
    for command in found:
        ended = shell(command, bundle)
        assert ended.returncode == 0, (command, ended.stderr)
        if "pkeyutl" in command:
            assert "Signature Verified Successfully" in ended.stdout
        if command.startswith("grep -c"):
            assert ended.stdout == "1\n", command


def test_the_guides_fingerprint_is_what_its_command_prints(bundle: Path) -> None:
    printed = shell(commands(bundle)[0], bundle).stdout.split()[0]
    assert f"\n  {printed}\n" in (bundle / "VERIFY.txt").read_text()


def test_openssl_finds_a_change_in_each_signed_file(bundle: Path) -> None:
    for command in commands(bundle):
        if "pkeyutl" not in command:
            continue
        for name in re.findall(r"(?:-in|-sigfile) '([^']+)'", command):
            path = bundle / name
            whole = path.read_bytes()
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
            assert shell(command, bundle).returncode != 0
            path.write_bytes(whole)


def test_sha256sum_finds_a_change_in_each_listed_file(bundle: Path) -> None:
    command = "sha256sum --check --strict --quiet SHA256SUMS"
    assert command.replace(" --quiet", "") in commands(bundle)
    for name in ("program.py", "VERIFY.txt", "approval.json", "log/proofs.json"):
        whole = (bundle / name).read_bytes()
        (bundle / name).write_bytes(whole + b" ")
        assert f"{name}: FAILED" in shell(command, bundle).stdout
        (bundle / name).write_bytes(whole)


def test_a_bundle_holds_no_secret_and_no_result(kept_bundle: tuple[Desk, Path]) -> None:
    desk, bundle = kept_bundle
    secret = base64.b64decode(desk.keystore.get("key/workstation"))
    forbidden = [secret, base64.b64encode(secret), b"PRIVATE KEY", b"/nowhere/ehr.duckdb", str(bundle.parent).encode()]
    for path in bundle_files(bundle):
        assert not any(text in path.read_bytes() for text in forbidden), path.name


@pytest.mark.parametrize(
    "text, kind", [("123-45-6789", "social security"), ("(617) 555-0123", "phone"), ("j.doe@clinic.org", "e-mail")]
)
def test_a_bundle_with_an_identifier_is_not_made(desk: Desk, tmp_path: Path, text: str, kind: str) -> None:
    patients = [{"name": "Made up", "says": text, "rows": {}}]
    folder = desk.workspace.draft("q-1", 2)
    replace_file(folder / "about.json", readable_json({"made_up_patients": patients}))
    sign_off(desk, make_approval(desk, patients_sha256=patients_hash(patients)))
    with pytest.raises(PatientRecognised, match=f"patients.json: {kind}") as caught:
        make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "bundle")
    assert text not in caught.value.sentence
    assert not (tmp_path / "bundle").exists()


def test_an_identifier_in_a_run_record_is_found_too(desk: Desk, tmp_path: Path) -> None:
    approval = make_approval(desk)
    record = make_run(desk, sign_off(desk, approval), approval)
    told = msgspec.structs.replace(record, parameters={"patient": "123-45-6789"})
    replace_file(desk.workspace.run("r-1") / "record.json", record_run(told, desk.workstation))
    with pytest.raises(PatientRecognised, match="runs/r-1.json: social security number"):
        make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "bundle")


def test_a_stricter_inspection_can_look_as_well(desk: Desk, tmp_path: Path) -> None:
    sign_off(desk, make_approval(desk))

    def knows_stays(text: str) -> list[str]:
        return ["known value"] if "stays" in text else []

    with pytest.raises(PatientRecognised, match="program.py: known value"):
        make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "bundle", inspect=knows_stays)


def test_the_signers_own_name_is_no_patients_but_the_same_name_elsewhere_is(desk: Desk, tmp_path: Path) -> None:
    approval = make_approval(desk)
    sign_off(desk, approval)

    def knows_the_signer(text: str) -> list[str]:
        return ["person's name"] if approval.reviewer in text else []

    made = make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "bundle", inspect=knows_the_signer)
    assert approval.reviewer in (made / "VERIFY.txt").read_text()
    sign_off(desk, make_approval(desk, id="a-2", purpose=f"A look at {approval.reviewer}"))
    with pytest.raises(PatientRecognised, match=r"approval\.json: person's name"):
        make_bundle(desk.workspace, desk.keystore, "a-2", tmp_path / "other", inspect=knows_the_signer)


def test_no_bundle_is_made_of_what_was_changed(desk: Desk, tmp_path: Path) -> None:
    sign_off(desk, make_approval(desk))
    program = desk.workspace.draft("q-1", 2) / "program.py"
    program.write_bytes(PROGRAM + b"# more\n")
    with pytest.raises(RecordRefused, match="changed after it was approved"):
        make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "bundle")
    program.write_bytes(PROGRAM)
    column = msgspec.structs.replace(STAYS.columns[1], type="DATE")
    changed = msgspec.structs.replace(STAYS, columns=(STAYS.columns[0], column, *STAYS.columns[2:]))
    signed_path(desk.workspace, "ehr", "encounters").write_bytes(sign_table(changed, (), desk.reviewer))
    with pytest.raises(RecordRefused, match="columns of ehr.encounters have changed"):
        make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()


def test_a_table_signed_again_with_the_same_columns_still_fits(desk: Desk, tmp_path: Path) -> None:
    sign_off(desk, make_approval(desk))
    described = msgspec.structs.replace(STAYS, description="One row per stay in hospital.")
    signed_path(desk.workspace, "ehr", "encounters").write_bytes(sign_table(described, (), desk.reviewer))
    verdict = verify_bundle(make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "bundle"))
    assert verdict.ok
    assert any("again since" in check.sentence for check in verdict.checks)


def test_no_bundle_is_made_of_an_approval_that_the_log_does_not_know(desk: Desk, tmp_path: Path) -> None:
    sign_off(desk, make_approval(desk))
    for path in desk.log.files:
        path.unlink(missing_ok=True)
    desk.log.append("workspace.created")
    with pytest.raises(RecordRefused, match="no entry for the signature"):
        make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "bundle")


def test_a_revocation_shows_in_the_bundle(desk: Desk, tmp_path: Path) -> None:
    sign_off(desk, make_approval(desk))
    desk.log.append("approval.revoked", approval="a-1")
    verdict = verify_bundle(make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "bundle"))
    assert verdict.ok
    assert any("The approval was revoked" in check.sentence for check in verdict.checks)


def test_a_run_that_the_log_does_not_know_is_found(desk: Desk, tmp_path: Path) -> None:
    approval = make_approval(desk)
    record = make_run(desk, sign_off(desk, approval), approval)
    path = desk.workspace.run("r-1") / "record.json"
    whole = path.read_bytes()
    for changes in ({"id": "r-9"}, {"sentence": "Something else."}):
        invented = msgspec.structs.replace(record, **changes)
        replace_file(path, record_run(invented, desk.workstation))
        bundle = make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / f"bundle-{invented.id}")
        verdict = verify_bundle(bundle)
        assert verdict.sentence == "Not intact: log/proofs.json."
        assert f"runs/{invented.id}.json is not proven" in str(verdict.checks)
    replace_file(path, whole)
    assert verify_bundle(make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "bundle")).ok


def test_a_crash_before_a_run_was_logged_as_ended_does_no_harm(desk: Desk, tmp_path: Path) -> None:
    approval = make_approval(desk)
    make_run(desk, sign_off(desk, approval), approval)
    log = desk.workspace.audit_log
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    log.with_name("audit.log.tree").unlink()
    assert verify_bundle(make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "bundle")).ok


def test_a_first_draft_is_new_from_its_first_line(desk: Desk, tmp_path: Path) -> None:
    first = (desk.workspace.draft("q-1", 1) / "program.py").read_bytes()
    sign_off(desk, make_approval(desk, draft=1, program_sha256=sha256(first)))
    bundle = make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "bundle")
    assert (bundle / "changes.diff").read_text().startswith("--- /dev/null")


def test_what_is_there_is_not_overwritten_and_what_is_not_is_said(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    with pytest.raises(BadInput, match="exists already"):
        make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "bundle")
    with pytest.raises(BadInput, match="no approval named 'a-7'"):
        make_bundle(desk.workspace, desk.keystore, "a-7", tmp_path / "other")


def test_a_bundle_that_cannot_be_written_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    sign_off(desk, make_approval(desk))
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFault):
        make_bundle(desk.workspace, desk.keystore, "a-1", tmp_path / "file" / "bundle")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "workspace"]
