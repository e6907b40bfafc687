"""The whole way of a draft: put, refused, mended, run, submitted; in a real session with real trials."""

from __future__ import annotations

import msgspec
from drafting_talk import QUESTION, calls, until_over

from sandbox.messages.desk import Acted, Ask, Comments, DraftWritten, FailureReport, LineComment, Submitted, TurnOver
from sandbox.review import read_checks, read_draft

PROGRAM = '''"""Stays for heart failure."""
PARAMETERS = {"code": "I50.21"}


def main(data, report, code):
    stays = data.sql("SELECT pat_id, stay_id, dx FROM ehr.stays WHERE dx = :code", code=code)
    report.step("stays", stays)
    report.value("stays", len(stays))
'''
BAD = PROGRAM.replace('"""Stays', 'import os\n"""Stays').replace("len(stays)", "os.getcwd()")
ROWS = {"table": "ehr.stays", "columns": ["pat_id", "stay_id", "dx"], "values": [[1, 1, "I50.21"], [1, 2, "J18.9"]]}
PATIENT = {"name": "one of two stays", "says": "Only the coded one.", "rows": [ROWS]}


def patients(expected: int) -> list[dict[str, object]]:
    return [{**PATIENT, "expect": [{"label": "stays", "value": expected}]}]


def submit(draft: int):
    words = {"understood": "Count stays.", "definitions": ["dx"], "assumptions": [], "would_change": []}
    return calls("submit_for_review", draft=draft, **words)


def results(request) -> list[dict]:
    """The tool results in a request, oldest first."""
    messages = msgspec.json.decode(request.body)["messages"]
    return [part for message in messages for part in message["content"] if part["type"] == "tool_result"]


def test_a_draft_is_written_refused_mended_run_and_submitted(drafting, workspace):
    session, model = drafting(
        calls("put_draft", program=BAD, made_up_patients=patients(1), notes="first"),
        calls("submit_for_review", draft=1, understood="x", definitions=[], assumptions=[], would_change=[]),
        calls("put_draft", program=PROGRAM, made_up_patients=patients(1), notes="without os"),
        submit(2),
        calls("run_draft", draft=2),
        submit(2),
    )
    session.send(Ask(text="How many stays for acute systolic heart failure?"))
    heard = until_over(session)
    written = [one for one in heard if isinstance(one, DraftWritten)]
    assert [(one.draft, one.refusals > 0) for one in written] == [(1, True), (2, False)]
    told = results(model.received[-1])
    assert [part.get("is_error", False) for part in told] == [False, True, False, True, False]
    assert "refusals" in told[1]["content"] and "run_draft" in told[3]["content"]
    assert msgspec.json.decode(told[4]["content"])["may_submit"] is True
    assert Submitted(draft=2) in heard and heard[-1] == TurnOver(outcome="submitted", sentence="Count stays.")
    assert read_draft(workspace, QUESTION, 2).program == PROGRAM
    assert read_draft(workspace, QUESTION, 2).notes["understood"] == "Count stays."
    checks = read_checks(workspace, QUESTION, 2)
    assert len(checks.trials) == 4 and checks.grant.tables == {"ehr.stays": ("dx", "pat_id", "stay_id")}


def test_a_draft_whose_made_up_patient_does_not_hold_cannot_be_submitted(drafting):
    session, model = drafting(
        calls("put_draft", program=PROGRAM, made_up_patients=patients(2), notes=""),
        calls("run_draft", draft=1),
        submit(1),
        calls("cannot_answer", reason="I can't."),
    )
    session.send(Ask(text="How many stays?"))
    assert until_over(session)[-1] == TurnOver(outcome="cannot", sentence="I can't.")
    told = results(model.received[-1])
    ran = msgspec.json.decode(told[1]["content"])
    assert ran["may_submit"] is False
    assert ran["made_up_patients"] == "0 of 1 hold (0 of 1 expectations)"
    assert [(one["expected"], one["got"]) for one in ran["do_not_hold"]] == [(2, 1)]
    assert told[2]["is_error"] is True and "made-up" in told[2]["content"]


def test_comments_and_a_failure_report_reach_the_agent_as_json(drafting):
    answer = calls("answer_in_words", text="Yes.")
    session, model = drafting(answer, answer)
    comment = LineComment(id="c1", first=6, last=6, text="Why only the coded ones?", quote="stays = data.sql(")
    session.send(Comments(draft=2, comments=(comment,)))
    until_over(session)
    session.send(FailureReport(draft=2, exception="KeyError", line=6, name="stays"))
    until_over(session)
    said = [
        part["text"]
        for part in msgspec.json.decode(model.received[1].body)["messages"][-1]["content"]
        if part["type"] == "text"
    ]
    assert msgspec.json.decode(said[-1]) == {
        "failed_on_real_data": {"draft": 2, "exception": "KeyError", "line": 6, "name": "stays"}
    }
    first = msgspec.json.decode(msgspec.json.decode(model.received[0].body)["messages"][0]["content"][0]["text"])
    assert first["review"]["comments"][0]["lines"] == [6, 6]


def test_arguments_that_do_not_fit_are_an_answer_and_nothing_is_written(drafting, workspace):
    session, model = drafting(
        calls("put_draft", program=PROGRAM, made_up_patients="none", notes=""),
        calls("no_such_tool", x=1),
        calls("run_draft", draft=7),
        calls("answer_in_words", text="Sorry."),
    )
    session.send(Ask(text="How many stays?"))
    heard = until_over(session)
    assert [one.ok for one in heard if isinstance(one, Acted)] == [False, False, False]
    assert all(part["is_error"] for part in results(model.received[-1]))
    assert not list(workspace.question(QUESTION).glob("draft-*"))
