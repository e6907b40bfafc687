"""Which packs a source uses: chosen by the reviewer, copied into the source's folder, applied at every look.

    choose_packs(workspace, keystore, "ehr", ("omop-cdm-5.4", "ward-tables.toml"))
    introspect(source, "ehr", known=knowing(packs_of(workspace, "ehr")))

`sources/NAME/packs.toml` names them in order, each with the SHA-256 of its copy in `sources/NAME/packs/`: what was
chosen is what is applied, whatever becomes of the file it came from. A pack only proposes; a person signs each table.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from sandbox.dictionary.catalog_index import CATALOG, CatalogIndex
from sandbox.dictionary.introspection import Known, Seen
from sandbox.dictionary.model import Table
from sandbox.errors import BadInput, RecordRefused
from sandbox.files import replace_file
from sandbox.keystore import Keystore
from sandbox.packs import Pack, apply_packs, read_pack, shipped_packs, shown_by_values
from sandbox.packs.applying import Unmatched, is_called, unmatched
from sandbox.packs.reading import LARGEST
from sandbox.packs.shipped import shipped_bytes
from sandbox.records import AuditLog, PackProof, Trust, prove_pack, sha256
from sandbox.review.naming_nobody import Said, check_names_nobody, said_of_pack
from sandbox.workspace import Workspace

CHOSEN = "packs.toml"
SIGNATURE = ".sig"  # behind the name of the pack's file


class Chosen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One pack of a source. `signed_by` is a fingerprint, empty for a shipped pack or one without a signature."""

    file: str
    title: str
    sha256: str
    signed_by: str = ""
    reviewer: str = ""


class _List(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pack: tuple[Chosen, ...] = ()


def pack_file(named: str) -> tuple[bytes, str, bytes | None]:
    """The bytes of a pack, its file's name, and the signature beside it: a shipped pack's name, or a path."""
    if named in shipped_packs() or not (Path(named).suffix or Path(named).exists()):
        return shipped_bytes(named), f"{named}.toml", None
    path = Path(named)
    beside = path.with_name(path.name + SIGNATURE)
    signature = _read(beside) if beside.is_file() else None
    return _read(path), path.name, signature


def prove(workspace: Workspace, keystore: Keystore, toml: bytes, signature: bytes) -> PackProof:
    """Who signed the pack, or `RecordRefused`."""
    return prove_pack(toml, signature, Trust.open(workspace, keystore))


def choose_packs(
    workspace: Workspace, keystore: Keystore, source: str, names: Sequence[str], *, accept: bool = False
) -> tuple[Chosen, ...]:
    """Use these packs for the source from the next look on, in this order; none: use no pack any more.

    1. Each can be read, and says nothing that a pack may not.
    2. A signature beside it fits its bytes.
    3. It comes with Preceptor, or a reviewer trusted here signed it, or the reviewer accepts it as it is.
    4. Nobody is recognised in its words; those of a pack that comes with Preceptor name nobody.
    """
    workspace.source(source)
    found: list[tuple[Chosen, bytes]] = []
    said: list[Said] = []
    for named in names:
        toml, file, signature = pack_file(named)
        pack = read_pack(toml, file)  # (1)
        proof = prove(workspace, keystore, toml, signature) if signature is not None else None  # (2)
        if not (named in shipped_packs() or accept or (proof and proof.trusted)):  # (3)
            raise _not_accepted(file, proof)
        chosen = Chosen(
            file=f"{pack.name}-{pack.version}.toml",
            title=pack.title,
            sha256=sha256(toml),
            signed_by=proof.fingerprint if proof else "",
            reviewer=proof.reviewer if proof else "",
        )
        if any(other.file == chosen.file for other, _ in found):
            raise BadInput(f"{pack.name} {pack.version} is named twice.")
        found.append((chosen, toml))
        if named not in shipped_packs():
            said += said_of_pack(pack, file)
    check_names_nobody(workspace, said)  # (4)
    _keep(workspace, source, found)
    return tuple(chosen for chosen, _ in found)


def chosen_packs(workspace: Workspace, source: str) -> tuple[Chosen, ...]:
    """The packs that the source uses, in order."""
    path = workspace.source_folder(source) / CHOSEN
    try:
        data = path.read_bytes()
        found = msgspec.convert(tomllib.loads(data.decode()), _List).pack
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as problem:
        raise BadInput(
            f"The list of packs of {source} can't be read.", f"Choose them again: `preceptor pack use {source} …`."
        ) from problem
    _check_logged(workspace, source, found, data)
    return found


def packs_of(workspace: Workspace, source: str) -> tuple[Pack, ...]:
    """The packs themselves, each exactly as it was chosen, or `RecordRefused`."""
    packs = []
    for chosen in chosen_packs(workspace, source):
        toml = _read(_copies(workspace, source) / Path(chosen.file).name)
        if sha256(toml) != chosen.sha256:
            raise RecordRefused(
                f"The pack {chosen.title} of {source} was changed after it was chosen.",
                f"Choose it again: `preceptor pack use {source} …`.",
            )
        packs.append(read_pack(toml, chosen.file))
    return tuple(packs)


def unmatched_of(workspace: Workspace, source: str) -> list[tuple[str, Unmatched]]:
    """For each pack of the source, by its title, what it describes and the source has not, by its newest catalog.

    Nothing where all is there, and where nobody has looked yet.
    """
    packs = packs_of(workspace, source)
    path = workspace.source_folder(source) / CATALOG
    if not packs or not path.exists():
        return []
    with CatalogIndex.open(path) as index:
        tables = [
            Table(source=source, name=one.name, physical=one.physical, columns=tuple(index.columns(one.name)))
            for one in index.tables()
            if any(is_called(pack, name, one.name, one.physical[-1]) for pack in packs for name in pack.tables)
        ]
    found = [(pack.title, unmatched(pack, tables)) for pack in packs]
    return [(title, one) for title, one in found if one.tables or one.columns]


def knowing(packs: Sequence[Pack]) -> Known:
    """What `introspect` asks for what is known of the tables beside what was seen of them."""

    def known(tables: Sequence[Table], seen: Sequence[Seen]) -> list[Table]:
        if not packs:
            return list(tables)
        # A table whose values are not at hand, because it was opened before, keeps every identifier of that look.
        shown = {
            table.name: shown_by_values(catalog, samples)
            for table, (catalog, samples) in zip(tables, seen, strict=True)
            if any(sample.values for sample in samples.values())
        }
        return apply_packs(packs, tables, shown)

    return known


def _keep(workspace: Workspace, source: str, found: Sequence[tuple[Chosen, bytes]]) -> None:
    for chosen, toml in found:
        replace_file(_copies(workspace, source) / chosen.file, toml)
    lines = ["# The packs that this source uses, in order: the first that knows a table describes it.", ""]
    for chosen, _ in found:
        lines.append("[[pack]]")
        lines += [f"{key} = {json.dumps(str(value))}" for key, value in msgspec.to_builtins(chosen).items()]
        lines.append("")
    data = "\n".join(lines).encode()
    replace_file(workspace.source_folder(source) / CHOSEN, data)
    log = AuditLog(workspace.audit_log)
    log.append("packs.chosen", source=source, packs=_named(one for one, _ in found), list=sha256(data))


def _check_logged(workspace: Workspace, source: str, found: Sequence[Chosen], data: bytes) -> None:
    """The list is the one that the newest entry about the source names, or `RecordRefused`."""
    entries = AuditLog(workspace.audit_log).entries()
    chosen = [one.details for one in entries if one.event == "packs.chosen" and one.details["source"] == source]
    if not chosen or chosen[-1]["packs"] != _named(found) or chosen[-1].get("list", sha256(data)) != sha256(data):
        raise RecordRefused(
            f"The packs of {source} are not those that the log names.",
            f"Choose them again: `preceptor pack use {source} …`.",
        )


def _named(found: Iterable[Chosen]) -> list[str]:
    return [f"{one.file} {one.sha256}" for one in found]


def _copies(workspace: Workspace, source: str) -> Path:
    return workspace.source_folder(source) / "packs"


def _not_accepted(file: str, proof: PackProof | None) -> RecordRefused:
    advice = "Read it first (`preceptor pack show`). If you answer for it, choose it again with --accept."
    if proof is None:
        return RecordRefused(f"{file} carries no signature, so nobody answers for it.", advice)
    words = f"{file} is signed by {proof.reviewer!r} with a key that is not trusted here ({proof.fingerprint})."
    return RecordRefused(words, advice)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as problem:
        raise BadInput(f"{path.name} can't be read ({type(problem).__name__}).") from problem
