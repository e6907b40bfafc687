"""The sections that are tables or texts: what is read, flags, codes, parameters, claims."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.review.evidence_shown import Exhibits
from desktop.review.exhibits import CodeRow, FlagRow, PairRow, ReadBlock
from desktop.review.fitted_table import FittedTable
from desktop.review.flow import FlowRow
from desktop.review.section import Section, empty
from desktop.theme import Space
from desktop.widgets import Chip, Column, Label

GoTo = Callable[[int], None]


class ReadsSection(Section):
    """Every column of every table, in words how it is given, what is new first; who is out of every run."""

    def __init__(self) -> None:
        super().__init__("reads", "What it &may read")
        self._blocks = QVBoxLayout()
        self._blocks.setSpacing(Space.MEDIUM)
        self._dropped = Label(role="muted")
        self.body.addLayout(self._blocks)
        self._left_out = Label(role="muted", selectable=True)
        self.body.addWidget(self._dropped)
        self.body.addWidget(self._left_out)

    def show_exhibits(self, exhibits: Exhibits) -> None:
        empty(self._blocks)
        for block in exhibits.reads:
            self._blocks.addWidget(_block(block))
        self._dropped.setText(exhibits.dropped)
        self._dropped.setVisible(bool(exhibits.dropped))
        self._left_out.setText(exhibits.left_out)
        self._left_out.setVisible(bool(exhibits.left_out))
        is_new = any(block.news for block in exhibits.reads)
        self.show_words(exhibits.reads_words if exhibits.reads else "nothing", "warn" if is_new else "plain")


class FlagsSection(Section):
    """What the checks noticed, the gravest first; Enter goes to the line. Below: why the chosen flag matters."""

    def __init__(self, go_to: GoTo) -> None:
        super().__init__("flags", "&Flags")
        self._go_to = go_to
        self._table: FittedTable[FlagRow] = FittedTable(
            "Flags",
            [
                Column("Flag", lambda row: f"{row.severity}\n{row.place}", tone=_tone, icon=_tone),
                Column("Reason", _reason, stretch=True),
            ],
            most=12,
        )
        self._table.opened.connect(self._on_opened)
        self._table.chosen.connect(self._show_why)
        self._none = Label("No check noticed anything.", role="muted")
        self._why = Label(role="muted", selectable=True)
        self.body.addWidget(self._none)
        self.body.addWidget(self._table)
        self.body.addWidget(self._why)

    def show_exhibits(self, exhibits: Exhibits) -> None:
        rows = exhibits.flags
        self._table.set_rows(rows, key=lambda row: row.id)
        self._table.setVisible(bool(rows))
        self._none.setVisible(not rows)
        self._show_why(self._table.current())
        refused = sum(row.severity == "refused" for row in rows)
        words = f"{refused} refused, {len(rows)} in all" if refused else str(len(rows))
        self.show_words(words, "bad" if refused else "warn" if any(row.tone == "warn" for row in rows) else "plain")

    def _on_opened(self, row: FlagRow) -> None:
        self._go_to(row.line)

    def _show_why(self, row: FlagRow | None) -> None:
        page = row.why if row else ""
        self._why.setText(page)
        self._why.setAccessibleName(f"Why this flag matters. {page}" if page else "")
        self._why.setVisible(bool(page))


class CodesSection(Section):
    """Every code with its meaning; Enter goes to its first line."""

    def __init__(self, go_to: GoTo) -> None:
        super().__init__("codes", "C&odes")
        self._go_to = go_to
        self._table: FittedTable[CodeRow] = FittedTable(
            "Codes",
            [
                Column("Code", lambda row: row.id, mono=True),
                Column("Meaning", _meaning, tone=_unknown, icon=_unknown, stretch=True, tip=lambda row: row.where),
                Column("Line", lambda row: ", ".join(str(line) for line in row.lines)),
            ],
            empty="No code was found in the program.",
            most=12,
            widest=0.3,
        )
        self._table.opened.connect(self._on_opened)
        self.body.addWidget(self._table)

    def show_exhibits(self, exhibits: Exhibits) -> None:
        self._table.set_rows(exhibits.codes, key=lambda row: (row.id, row.where))
        unknown = sum(not row.known for row in exhibits.codes)
        words = f"{unknown} not in your data dictionary" if unknown else str(len(exhibits.codes))
        self.show_words(words, "warn" if unknown else "plain")

    def _on_opened(self, row: CodeRow) -> None:
        self._go_to(row.lines[0])


class ParametersSection(Section):
    """Every parameter with its whole value."""

    def __init__(self) -> None:
        super().__init__("parameters", "Parame&ters")
        self._table: FittedTable[PairRow] = FittedTable(
            "Parameters",
            [Column("Name", lambda row: row.id, mono=True), Column("Value", lambda row: row.text, stretch=True)],
            empty="The program has no parameters.",
        )
        self.body.addWidget(self._table)

    def show_exhibits(self, exhibits: Exhibits) -> None:
        self._table.set_rows(exhibits.parameters, key=lambda row: row.id)
        self.show_words(str(len(exhibits.parameters)))


class ClaimsSection(Section):
    """What the author says of the draft: set apart, for nothing of it was checked."""

    def __init__(self) -> None:
        super().__init__("claims", "&What the agent says")
        self._claims = QVBoxLayout()
        self._claims.setSpacing(Space.TIGHT)
        self.body.addWidget(Label("Claims. Nothing of this was checked.", role="muted"))
        self.body.addLayout(self._claims)

    def show_exhibits(self, exhibits: Exhibits) -> None:
        empty(self._claims)
        for claim in exhibits.claims:
            label = Label(claim.text, selectable=True)
            label.setAccessibleName(f"Claim, not checked. {claim.id}: {claim.text}")
            heading = Label(claim.id, role="strong")
            heading.setContentsMargins(0, Space.SMALL, 0, 0)
            self._claims.addWidget(heading)
            self._claims.addWidget(label)
        self.setVisible(bool(exhibits.claims))
        self.show_words("claims")


def _block(block: ReadBlock) -> QWidget:
    """One table: its name, what is new of it, and its columns by how they are given."""
    found = QWidget()
    layout = QVBoxLayout(found)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(Space.HAIR)
    name = Label(block.table, role="strong")
    name.setWordWrap(False)
    layout.addWidget(FlowRow(name, *([Chip(block.news, "warn")] if block.news else [])))
    for given, columns in block.lines:
        text = Label(f"{given}: {columns}", selectable=True)
        text.setAccessibleName(f"{block.table}, {given}: {columns}")
        layout.addWidget(text)
    return found


def _tone(row: FlagRow) -> str:
    return row.tone


def _reason(row: FlagRow) -> str:
    lines = [row.reason]
    if row.instead:
        lines.append(f"Instead: {row.instead}")
    if row.why:
        lines.append(f"Why: choose this row ({row.rule})")
    return "\n".join(lines)


def _meaning(row: CodeRow) -> str:
    return row.meaning or f"a value of {row.where}"


def _unknown(row: CodeRow) -> str:
    return "" if row.known else "warn"
