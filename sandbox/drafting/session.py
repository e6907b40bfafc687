"""The drafting session: the process that hosts the agent of one question. It is the gate.

Started with the workspace and the question; speaks the JSON lines of `messages.desk`. It fetches the one secret
it needs (the model's key), starts the checker and the agent, reads the signed dictionary, then closes its own
door: from then on it can write the question's folder and the audit log, and connect to the model's port.
"""

from __future__ import annotations

import contextlib
import queue
import ssl
import sys
import threading
import traceback
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

import msgspec

from sandbox.agent import tools_json
from sandbox.codesets import opened_code_sets
from sandbox.dictionary import agent_text
from sandbox.dictionary.model import Dictionary
from sandbox.drafting.agent_link import AgentLink
from sandbox.drafting.conversation import Conversation
from sandbox.drafting.exchange import Wire
from sandbox.drafting.gate import Gate
from sandbox.drafting.inspection import Checker
from sandbox.drafting.model_requests import Parts
from sandbox.drafting.tally import Tally
from sandbox.drafting.tools import Toolbox
from sandbox.drafting.turn import Turns
from sandbox.drafting.verdicts import Verdicts
from sandbox.drafting.wire_log import WireLog
from sandbox.drafting.work import Work
from sandbox.errors import CredentialMissing, Fault, GateRefused, PatientRecognised, PreceptorError, RecordRefused
from sandbox.jail import DoorRules, confine_door
from sandbox.keystore import open_keystore
from sandbox.messages import desk
from sandbox.messages.model_door import Begin
from sandbox.records import AuditLog
from sandbox.review.model_address import Address
from sandbox.review.reference_marks import opened_references
from sandbox.start import door_command
from sandbox.workspace import Workspace

_LONGEST_LINE = 4 * 1024 * 1024
_INBOX = 64
_NAME_FILES = ("resolv.conf", "hosts", "nsswitch.conf", "host.conf", "gai.conf")


class DeskGone:
    """The desk has closed its end."""


Inbox = queue.Queue[object]


def main(arguments: list[str]) -> int:
    """Run the session until the desk ends it; the exit status."""
    desk_in, desk_out = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print must not become a line of the protocol
    try:
        with contextlib.ExitStack() as stack:
            session = Session(stack, Workspace.open(Path(arguments[0])), arguments[1], desk_out)
            session.run(desk_in)
    except PreceptorError as problem:
        desk.write_line(desk_out, _stopped(problem))
        return 1
    except BrokenPipeError:
        return 0
    except Exception as bug:  # noqa: BLE001 - the outermost edge: class, file and line, never the text
        place = traceback.extract_tb(bug.__traceback__)[-1]
        sys.stderr.write(f"{type(bug).__name__} at {Path(place.filename).name}:{place.lineno}\n")
        sentence = f"Preceptor made an error ({type(bug).__name__} at {Path(place.filename).name}:{place.lineno})."
        desk.write_line(
            desk_out, desk.Stopped(kind="fault", sentence=sentence, advice="What was acknowledged is kept.")
        )
        return 2
    return 0


class Session:
    """The parts, put together in the one right order, and the loop over events."""

    def __init__(self, stack: contextlib.ExitStack, workspace: Workspace, question: str, desk_out: BinaryIO) -> None:
        """Open everything.

        1. The one secret, from the keyring.
        2. The checker (which fetches its own) and the agent, so that they start while the rest is read.
        3. Files: the signed dictionary, its reference tables (each compared with its signed hash), the conversation,
           the logs, the certificates.
        4. The door closes.
        5. The checker's word that it is confined, and on what every request will hold; then threads, then `Ready`.
        """
        self._inbox: Inbox = queue.Queue(_INBOX)
        self._desk_out = desk_out
        folder = workspace.question(question)
        address = Address.read(workspace.settings.model_url)
        key = _model_key(workspace, address)  # (1)
        checker = Checker.start(door_command("checker", str(workspace.root), question))  # (2)
        stack.callback(checker.stop)
        link = AgentLink(1, self._inbox.put)
        dictionary = _dictionary(folder / "dictionary.json")  # (3)
        begin = _begin(workspace.settings.model, dictionary)
        verdicts = Verdicts(checker, folder / "passed.json")
        log = AuditLog(workspace.audit_log)
        log.prepare()
        parts = Parts(
            question=question,
            begin=begin,
            gate=Gate(address, key, begin, verdicts, WireLog.open(folder / "sent.log")),
            verdicts=verdicts,
            conversation=Conversation.open(folder / "conversation.json"),
            log=log,
            tally=Tally.open(folder / "withheld.json"),
            new_link=self._new_link,
        )
        files = opened_references(workspace, dictionary)
        lists = opened_code_sets(workspace, dictionary.code_sets)
        work = Work(Wire(), Toolbox(workspace, question, dictionary, files, lists), self._inbox.put)
        own = confine_door(_rules(folder, log, address, checker.pid))  # (4)
        checker.wait_ready()  # (5)
        _check_dictionary(begin.system, verdicts)
        self._generation = 1
        link.start()
        self._turns = Turns(parts, link, work, self._emit)
        stack.callback(self._turns.close)
        jails = {"gate": dict(own.layers), "checker": checker.layers, "agent": link.layers}
        self._emit(desk.Ready(jails=jails, known=checker.known))

    def run(self, desk_in: BinaryIO) -> None:
        """Serve the desk until it says `End` or is gone."""
        threading.Thread(target=_listen, args=(desk_in, self._inbox.put), name="desk", daemon=True).start()
        while True:
            try:
                event = self._inbox.get(timeout=self._turns.seconds_left())
            except queue.Empty:
                self._turns.overdue()
                continue
            if isinstance(event, desk.End | DeskGone):
                return
            self._serve(event)

    def _serve(self, event: object) -> None:
        try:
            if isinstance(event, PreceptorError):
                raise event
            if isinstance(event, desk.Ask | desk.Comments | desk.Answer | desk.FailureReport):
                self._turns.ask(event)
            elif isinstance(event, desk.Cancel):
                self._turns.cancel()
            else:
                self._turns.handle(event)
        except PreceptorError as problem:
            self._turns.abandon()
            self._emit(_stopped(problem))

    def _emit(self, message: msgspec.Struct) -> None:
        desk.write_line(self._desk_out, message)

    def _new_link(self) -> AgentLink:
        self._generation += 1
        link = AgentLink(self._generation, self._inbox.put)
        link.start()
        return link


def _listen(desk_in: BinaryIO, sink: partial[None]) -> None:
    """Read the desk's lines. One that is none of ours is refused; what it says is never repeated."""
    decoder = msgspec.json.Decoder(desk.ToDrafting)
    while line := desk_in.readline(_LONGEST_LINE):
        try:
            sink(decoder.decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            sink(GateRefused("The desk sent something that is no message.", "Nothing was sent."))
    sink(DeskGone())


def _model_key(workspace: Workspace, address: Address) -> str:
    try:
        return open_keystore(workspace).get(address.key_name)
    except CredentialMissing as problem:
        if address.is_loopback:
            return "none"  # a server on this machine needs no key
        raise CredentialMissing(
            f"The keyring holds no key for the model at {address.origin}.",
            "If that is the right address, store its key: preceptor setup --model-key-fd N.",
        ) from problem


def _dictionary(path: Path) -> Dictionary:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Dictionary)
    except (OSError, msgspec.MsgspecError) as problem:
        raise RecordRefused("The dictionary of this question can't be read.", "Ask a new question.") from problem


def _begin(model: str, dictionary: Dictionary) -> Begin:
    """What the agent is given: the same bytes for the same dictionary, so that the model's cache is met."""
    prompt = (files("resources") / "prompts" / "system.md").read_text("utf-8")
    system = f"{prompt}\n# The data dictionary\n{agent_text(dictionary)}"
    return Begin(model=model, system=system, tools=msgspec.Raw(tools_json()))


def _check_dictionary(system: str, verdicts: Verdicts) -> None:
    """What stands in every request is inspected once, here, where the refusal can name the table."""
    hits = verdicts.hits(system)
    if not hits:
        return
    line = system[: hits[0].end].splitlines()[-1]
    where = line.removeprefix("- ").split(":")[0] if line.startswith("- ") else "the dictionary's heading"
    raise PatientRecognised(
        f"The dictionary's text on {where} holds what looks like, or is known to be, a patient's ({hits[0].kind}).",
        "Change its description, or tell the agent less of it, and sign it again. Nothing was sent.",
    )


def _rules(folder: Path, log: AuditLog, address: Address, checker: int) -> DoorRules:
    trusted = ssl.get_default_verify_paths()
    certificates = [trusted.cafile, trusted.capath, trusted.openssl_cafile, trusted.openssl_capath]
    names = [Path("/etc") / name for name in _NAME_FILES]
    return DoorRules(
        read=(*names, *(Path(path) for path in certificates if path)),
        write=(folder, *log.files),
        inet=True,
        connect_ports=(address.port,),
        start_processes=True,
        children=(checker,),
    )


def _stopped(problem: PreceptorError) -> desk.Stopped:
    kind = "fault" if isinstance(problem, Fault) else "refusal"
    return desk.Stopped(kind=kind, sentence=problem.sentence, advice=problem.advice)
