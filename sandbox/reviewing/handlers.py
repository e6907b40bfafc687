"""Which function carries out which order. Modules are imported when their first order comes, so that starting is fast.

answer = handler_of(ListQuestions)(room, order)
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from sandbox.reviewing.orders import Order, data, questions, records, review, runs, settings, starting
from sandbox.reviewing.room import Room

Handler = Callable[[Room, Any], Any]

HANDLERS: dict[type[Order[Any]], tuple[str, str]] = {
    starting.Open: ("starting", "open_"),
    starting.ReadStanding: ("starting", "read_standing"),
    starting.SetUp: ("starting", "set_up"),
    starting.BuildDemo: ("demo", "build_demo"),
    starting.Lock: ("locking", "lock"),
    starting.Unlock: ("locking", "unlock"),
    starting.SetPin: ("locking", "set_pin"),
    questions.ListQuestions: ("questions", "list_questions"),
    questions.OpenQuestion: ("questions", "open_question"),
    questions.KeepText: ("questions", "keep_text"),
    questions.ReadConversation: ("questions", "read_conversation"),
    questions.InspectText: ("questions", "inspect_text"),
    questions.ListSent: ("questions", "list_sent"),
    questions.ReadSent: ("questions", "read_sent"),
    review.ListDrafts: ("review", "list_drafts"),
    review.LookAt: ("review", "look_at"),
    review.TryPatients: ("review", "try_patients"),
    review.WriteDraft: ("review", "write_draft"),
    review.SignDraft: ("review", "sign_draft"),
    runs.ListRuns: ("runs", "list_runs"),
    runs.OpenResults: ("runs", "open_results"),
    runs.ReadRows: ("runs", "read_rows"),
    runs.ReadFigure: ("runs", "read_figure"),
    runs.ReportFailure: ("runs", "report_failure"),
    runs.Export: ("runs", "export"),
    runs.CloseResults: ("runs", "close_results"),
    data.ListSources: ("data", "list_sources"),
    data.AddSource: ("data", "add_source"),
    data.RemoveSource: ("data", "remove_source"),
    data.ListTables: ("data", "list_tables"),
    data.ReadTable: ("deciding", "read_table"),
    data.Decide: ("deciding", "decide"),
    data.TakeBack: ("deciding", "take_back"),
    data.ReadForms: ("deciding", "read_forms"),
    data.Derive: ("deciding", "derive"),
    data.FindTables: ("catalog", "find_tables"),
    data.WritePage: ("catalog", "write_page"),
    data.SignTables: ("data", "sign_tables"),
    data.ReadAgentText: ("data", "read_agent_text"),
    data.ForgetKnown: ("data", "forget_known"),
    records.ListRecords: ("records", "list_records"),
    records.ReadApproval: ("records", "read_approval"),
    records.ReadRun: ("records", "read_run"),
    records.Revoke: ("records", "revoke"),
    records.ReadLog: ("records", "read_log"),
    records.MakeBundle: ("records", "make_bundle"),
    records.VerifyBundle: ("records", "verify_bundle"),
    settings.ReadSettings: ("settings", "read_settings"),
    settings.ChangeSettings: ("settings", "change_settings"),
    settings.KeepModelKey: ("settings", "keep_model_key"),
    settings.RunDoctor: ("doctor", "run_doctor"),
    settings.ReadDoctor: ("doctor", "read_doctor"),
}

# Orders that change things: one at a time, and the log's head is pinned after each.
WRITING: frozenset[type[Order[Any]]] = frozenset(
    {
        starting.SetUp,
        starting.BuildDemo,
        starting.Unlock,
        starting.SetPin,
        questions.OpenQuestion,
        questions.KeepText,
        review.WriteDraft,
        review.SignDraft,
        runs.OpenResults,
        runs.ReportFailure,
        runs.Export,
        data.AddSource,
        data.RemoveSource,
        data.Decide,
        data.TakeBack,
        data.Derive,
        data.SignTables,
        data.ForgetKnown,
        records.Revoke,
        records.MakeBundle,
        settings.ChangeSettings,
        settings.KeepModelKey,
    }
)

# Carried out at once, before anything that comes after: results must be gone when the desk locks, and nothing else can
# be done before the workspace is open (a window that starts a new session opens it and goes on in one breath).
AT_ONCE: frozenset[type[Order[Any]]] = frozenset({starting.Lock, starting.Open})


def handler_of(order: type[Order[Any]]) -> Handler:
    """The function for orders of that class."""
    module, function = HANDLERS[order]
    found: Handler = getattr(import_module(f"sandbox.reviewing.{module}"), function)
    return found
