"""The steps of the whole job, in order, each with the sentence it proves."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from sandbox.cli.job import REVIEWER, Job, demo_settings, expect
from sandbox.errors import ApprovalRefused, PatientRecognised, PreceptorError
from sandbox.messages import desk as lines

PROBE_QUESTION = "Why was {name} (MRN {mrn}) readmitted?"


class Step(msgspec.Struct, frozen=True):
    """One step: what it does, in a few words, what comes and why, and how."""

    title: str
    why: str
    do: Callable[[Job], str]


def test_the_jails(job: Job) -> str:
    from sandbox.jail import self_test

    report = self_test()
    expect(report.passed, "every way out is blocked")
    works = sum(probe.outside == "allowed" for probe in report.probes)
    return f"{works} ways out work outside a jail; all {len(report.probes)} that were tried are blocked inside."


def build_the_hospital(job: Job) -> str:
    from resources.demo.hospital import write_hospital
    from resources.demo.registry import write_registry

    job.hospital.parent.mkdir()
    facts = write_hospital(job.hospital, patients=job.patients, seed=1, password=job.login)
    registry = job.hospital.with_name("registry.duckdb")
    write_registry(registry, facts, hospital_password=job.login, password=job.login)
    rows = sum(facts.tables.values())
    return (
        f"{job.patients:,} invented patients in {len(facts.tables)} tables and {rows:,} rows, encrypted under a login."
    )


def set_up_the_reviewer(job: Job) -> str:
    from sandbox.review.setting_up import set_up

    set_up(job.out / "workspace", REVIEWER, job.passphrase, store="throwaway", settings=demo_settings())
    return (
        "The reviewer has a signing key under a passphrase. This demo keeps machine secrets in an announced "
        "throwaway store; a real workspace uses the operating system's keyring and nothing else."
    )


def connect_the_sources(job: Job) -> str:
    from sandbox.review.connecting import add_source
    from sandbox.sessions import Session

    for name, path in (("ehr", job.hospital), ("registry", job.hospital.with_name("registry.duckdb"))):
        add_source(job.workspace, job.keystore, name, path, job.login)
        with Session.looking(job.workspace) as session:
            session.send(lines.Look(source=name))
            looked = list(session.until(lines.Looked))[-1]
        job.desk.say(f"  · {name}: {looked.tables} tables, {looked.columns} columns, {looked.undecided} undecided")
    return "The catalog was read here, by a process without network; the file's login is in no file of the workspace."


def sign_the_dictionary(job: Job) -> str:
    from sandbox.review.deciding import sign_tables

    tables = sign_tables(job.workspace, job.key(), "ehr", job.reviewer.tables)
    columns = [column for table in tables for column in table.columns]
    told = sum(column.told != "nothing" for column in columns)
    given = sum(column.given != "nothing" for column in columns)
    return (
        f"{len(tables)} tables are signed: of {len(columns)} columns the agent is told {told}, "
        f"a program may be given {given}; names, numbers and notes are told nothing."
    )


def index_identifiers(job: Job) -> str:
    from sandbox.sessions import Session

    with Session.looking(job.workspace) as session:
        session.send(lines.IndexKnown(source="ehr"))
        indexed = list(session.until(lines.Indexed))[-1]
    return f"{indexed.values:,} identifiers are recognised from now on, by a process that can't speak."


def try_to_name_a_patient(job: Job) -> str:
    from resources.demo.canaries import sample_patient
    from sandbox.review.questions import open_question

    name, mrn = sample_patient(job.hospital, job.login)
    text = PROBE_QUESTION.format(name=name, mrn=mrn)
    job.question = open_question(job.workspace, job.keystore)
    before = len(job.received)
    try:
        job.talk(lines.Ask(text=text))
    except PatientRecognised:
        expect(len(job.received) == before, "nothing was sent")
        return "A question with a patient's name and record number was withheld: not one byte reached the model."
    expect(False, "the question is withheld")
    return ""


def ask(job: Job) -> str:
    from sandbox.review.draft import draft_numbers
    from sandbox.review.questions import open_question

    job.question = open_question(job.workspace, job.keystore)
    outcome = job.talk(lines.Ask(text=job.conversation.question))
    expect(outcome.outcome == "submitted", "the agent submits a draft")
    drafts = len(draft_numbers(job.workspace, job.question))
    return (
        f"{drafts} drafts on made-up data, the last one submitted; every request was checked and logged before it left."
    )


def comment(job: Job) -> str:
    from sandbox.cli.ask import parse_comment
    from sandbox.review.questions import latest_draft

    number = latest_draft(job.workspace, job.question)
    program = (job.workspace.draft(job.question, number) / "program.py").read_text("utf-8").splitlines()
    line = next(at for at, text in enumerate(program, 1) if job.reviewer.comment_on in text)
    job.desk.say(f"  Comment on draft {number}, line {line}: {job.reviewer.comment}")
    comment = parse_comment(job.workspace, job.question, f"{number}:{line} {job.reviewer.comment}", 1)[1]
    outcome = job.talk(lines.Comments(draft=number, comments=(comment,)))
    newest = latest_draft(job.workspace, job.question)
    expect(outcome.outcome == "submitted" and newest > number, "a comment leads to a new draft")
    return f"The comment on line {line} led to draft {newest}."


def review(job: Job) -> str:
    from sandbox.cli.review import show_evidence
    from sandbox.review.looking import look_at
    from sandbox.review.questions import latest_draft

    evidence = look_at(job.workspace, job.keystore, job.question, latest_draft(job.workspace, job.question))
    show_evidence(job.desk, evidence)
    expect(evidence.may_be_signed, "the draft may be signed")
    columns = sum(len(names) for names in evidence.grant.tables.values())
    tables = len(evidence.grant.tables)
    return f"It may read {columns} columns of {tables} tables and nothing else; no model wrote this evidence."


def sign(job: Job) -> str:
    from sandbox.review.questions import latest_draft
    from sandbox.review.signing import Terms, sign_draft

    terms = Terms(purpose=job.reviewer.purpose, kind="full", hours=24, runs=1)
    number = latest_draft(job.workspace, job.question)
    approval = sign_draft(job.workspace, job.keystore, job.key(), question=job.question, number=number, terms=terms)
    job.approval = approval.id
    return f"Approval {approval.id}: these exact bytes, once, until {approval.expires_at}."


def run_an_edited_draft(job: Job) -> str:
    from sandbox.cli.run import run_approval
    from sandbox.review.questions import latest_draft

    path = job.workspace.draft(job.question, latest_draft(job.workspace, job.question)) / "program.py"
    signed = path.read_bytes()
    path.write_bytes(signed + b"# one more line\n")
    try:
        run_approval(job.desk, job.workspace, job.approval, {})
    except PreceptorError as refusal:
        return f"With one line added after signing it is refused: {refusal.sentence}"
    finally:
        path.write_bytes(signed)
    expect(False, "an edited draft is refused")
    return ""


def run(job: Job) -> str:
    from sandbox.cli.run import run_approval, show_results
    from sandbox.running.results import open_results

    job.ended = run_approval(job.desk, job.workspace, job.approval, {})
    expect(job.ended.outcome == "finished", f"the run finishes ({job.ended.sentence})")
    if not job.desk.as_json:
        show_results(job.desk, job.workspace, job.keystore, job.ended.run, job.ended.outcome)
    value = open_results(job.workspace, job.keystore, job.ended.run).values[job.reviewer.value]
    oracle = _independent_answer(job)
    expect(abs(float(str(value)) - oracle) < 1e-9, f"{job.reviewer.value} is {oracle}, as computed independently")
    return f"{job.reviewer.value}: {value}, equal to an independent SQL answer on the same hospital."


def run_it_again(job: Job) -> str:
    from sandbox.cli.run import run_approval

    try:
        run_approval(job.desk, job.workspace, job.approval, {})
    except PreceptorError as refusal:
        return f"A second run is refused: {refusal.sentence}"
    raise ApprovalRefused("A used-up approval ran again.")


def bundle(job: Job) -> str:
    from sandbox.exports.bundling import export_bundle
    from sandbox.records import verify_bundle

    export_bundle(job.workspace, job.keystore, job.approval, job.bundle)
    verdict = verify_bundle(job.bundle, (job.key().fingerprint,))
    expect(verdict.ok, verdict.sentence)
    return f"The audit bundle holds: {len(verdict.checks)} checks, {verdict.sentence}"


def change_the_bundle(job: Job) -> str:
    from sandbox.records import verify_bundle

    path = job.bundle / "program.py"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"=", b"!", 1))
    verdict = verify_bundle(job.bundle)
    path.write_bytes(whole)
    expect(not verdict.ok and "program.py" in verdict.sentence, "a changed byte is found")
    return f"One byte changed in the bundle's program: {verdict.sentence}"


def search_for_canaries(job: Job) -> str:
    from resources.demo.canaries import canaries, distinctive, present

    wanted = distinctive(canaries(job.hospital, job.login))
    plain = [path for path in job.workspace.root.rglob("*") if path.is_file()]
    data = b"\n".join(
        [*job.received, *(path.read_bytes() for path in [*plain, *job.bundle.rglob("*")] if path.is_file())]
    )
    expect(present(wanted[:1], data + wanted[0].encode()) == wanted[:1], "the search finds a planted canary")
    found = present(wanted, data)
    expect(not found, f"no identifier left the hospital's file ({len(found)} did)")
    return (
        f"None of {len(wanted):,} identifiers stands in any of {len(job.received)} requests that reached the model, "
        f"in any of {len(plain)} files of the workspace, or in the bundle; a planted one would have been found."
    )


def check_the_log(job: Job) -> str:
    from sandbox.records import AuditLog, pinned_head

    head = AuditLog(job.workspace.audit_log).check(pinned_head(job.keystore))
    return f"The audit log of {head.size} entries is whole; its root is {head.root[:16]}…"


def _independent_answer(job: Job) -> float:
    import duckdb

    with duckdb.connect() as connection:
        path, login = (text.replace("'", "''") for text in (str(job.hospital), job.login))
        connection.execute(f"ATTACH '{path}' AS ehr (READ_ONLY, ENCRYPTION_KEY '{login}')")
        row = connection.execute(job.reviewer.oracle).fetchone()
    assert row is not None
    return float(row[0])


STEPS: tuple[Step, ...] = (
    Step(
        "The jails",
        "Every way out of a jail is tried on this computer, because a wall that nobody pushed against proves nothing.",
        test_the_jails,
    ),
    Step(
        "A made-up hospital",
        "A database of invented patients is written, so that everything that follows can be shown on real files.",
        build_the_hospital,
    ),
    Step(
        "Who you are",
        "A signing key is made under your passphrase, because only a person's signature may let a program run.",
        set_up_the_reviewer,
    ),
    Step(
        "Connect",
        "Two databases are connected and their catalogs read here, so that you can decide what an agent may know.",
        connect_the_sources,
    ),
    Step(
        "What an agent may know",
        "You sign the tables that an agent may be told about; nothing that is unsigned exists for it.",
        sign_the_dictionary,
    ),
    Step(
        "Recognise patients",
        "The databases' names and numbers are indexed, so that a patient's can't slip into what is sent.",
        index_identifiers,
    ),
    Step(
        "Try to name a patient",
        "A question with a patient's name in it is asked on purpose, to see that it is not sent.",
        try_to_name_a_patient,
    ),
    Step(
        "Ask",
        "A proper question goes to the agent, which writes drafts and tries them on synthetic data.",
        ask,
    ),
    Step(
        "Comment on a line",
        "A comment on one line goes back, because a reviewer's work is to say what is wrong with a draft.",
        comment,
    ),
    Step(
        "Review",
        "You see the newest draft with what was found about it, because you sign only what you have read.",
        review,
    ),
    Step(
        "Sign",
        "Your signature binds these exact bytes, what they may read, a purpose and an end.",
        sign,
    ),
    Step(
        "Run what was not signed",
        "One line is added to the signed program, to see that an edited program is not run.",
        run_an_edited_draft,
    ),
    Step(
        "Run",
        "The signed program runs in its jail on the whole hospital, and another way must give the same answer.",
        run,
    ),
    Step(
        "Run it again",
        "The same approval is tried once more, because it was signed for one run.",
        run_it_again,
    ),
    Step(
        "A bundle for a stranger",
        "The approval with its evidence is written to a folder that anyone can check without trusting us.",
        bundle,
    ),
    Step(
        "Change one byte of it",
        "One byte of that folder is changed, to see that it is found.",
        change_the_bundle,
    ),
    Step(
        "Search for identifiers",
        "Every file and every request is searched for every name and number of the hospital.",
        search_for_canaries,
    ),
    Step(
        "The audit log",
        "The log of all that happened is checked from its first entry to its last.",
        check_the_log,
    ),
)
