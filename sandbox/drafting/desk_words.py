"""What the desk sends, as the text that the agent reads. It is the reviewer's, so it passes the checker first.

text_for_agent(Comments(draft=2, comments=(...)))      # JSON with ids, lines and quotes
"""

from __future__ import annotations

import msgspec

from sandbox.errors import BadInput
from sandbox.messages.desk import Answer, Ask, Comments, FailureReport, check_length

GO_ON = "Go on."


def text_for_agent(message: Ask | Comments | Answer | FailureReport) -> str:
    """The words, complete: exactly this text is inspected, shown in what was sent, and read by the model."""
    text = _text(message)
    check_length(text)
    return text


def _text(message: Ask | Comments | Answer | FailureReport) -> str:
    match message:
        case Ask() | Answer():
            return message.text if message.text.strip() else GO_ON
        case Comments():
            return _comments(message)
        case FailureReport():
            return _failure(message)


def _comments(message: Comments) -> str:
    if not message.comments and not message.text.strip():
        raise BadInput("There is no comment to send.")
    review = {
        "draft": message.draft,
        "verdict": "changes",
        "comments": [
            {
                "id": comment.id,
                "lines": [comment.first, comment.last],
                "quote": comment.quote,
                "severity": comment.severity,
                "text": comment.text,
            }
            for comment in message.comments
        ],
        "text": message.text,
    }
    return msgspec.json.encode({"review": review}).decode()


def _failure(message: FailureReport) -> str:
    """A real run's failure: class, line, at most one name out of the signed program. No more is ever told."""
    report = {"draft": message.draft, "exception": message.exception, "line": message.line, "name": message.name}
    return msgspec.json.encode(
        {"failed_on_real_data": {key: value for key, value in report.items() if value != ""}}
    ).decode()
