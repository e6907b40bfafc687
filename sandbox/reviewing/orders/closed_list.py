"""The closed list: a line that holds none of these is refused by the session."""

from __future__ import annotations

from typing import Any, get_args

from . import data, questions, records, review, runs, settings, starting
from ._base import Order, Shown

AnyOrder = (
    starting.Open
    | starting.ReadStanding
    | starting.SetUp
    | starting.BuildDemo
    | starting.Lock
    | starting.Unlock
    | starting.SetPin
    | questions.ListQuestions
    | questions.OpenQuestion
    | questions.KeepText
    | questions.ReadConversation
    | questions.InspectText
    | questions.ListSent
    | questions.ReadSent
    | review.ListDrafts
    | review.LookAt
    | review.TryPatients
    | review.WriteDraft
    | review.SignDraft
    | runs.ListRuns
    | runs.OpenResults
    | runs.ReadRows
    | runs.ReadFigure
    | runs.ReportFailure
    | runs.Export
    | runs.CloseResults
    | data.ListSources
    | data.AddSource
    | data.RemoveSource
    | data.ListTables
    | data.ReadTable
    | data.Decide
    | data.TakeBack
    | data.ReadForms
    | data.Derive
    | data.FindTables
    | data.WritePage
    | data.SignTables
    | data.ReadAgentText
    | data.ForgetKnown
    | records.ListRecords
    | records.ReadApproval
    | records.ReadRun
    | records.Revoke
    | records.ReadLog
    | records.MakeBundle
    | records.VerifyBundle
    | settings.ReadSettings
    | settings.ChangeSettings
    | settings.KeepModelKey
    | settings.RunDoctor
    | settings.ReadDoctor
)


class Line(Shown, frozen=True):
    """A `Numbered` line as the session reads it."""

    id: int
    order: AnyOrder | None = None


ORDERS: tuple[type[Order[Any]], ...] = get_args(AnyOrder)
