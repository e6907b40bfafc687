"""The ways out: at the left who tried them, at the right what was tried, outside and inside."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.doctor.told import Role, Shown, WayOut
from desktop.theme import Space
from desktop.widgets import Card, Column, Label, RowsTable, SearchField, two_panes

_CHOOSE = "Choose at the left who tried, to see what isolates it."
_WHO = 1  # the column
_LOWEST = 20  # lines of text
_HELP = "Each is tried outside first, where it should work, and then inside, where it must not."


class WaysCard(Card):
    """Choosing who narrows the list; so does what is typed."""

    def __init__(self) -> None:
        super().__init__("Ways out", _HELP)
        self._ways: tuple[WayOut, ...] = ()
        self.search = SearchField("Find a way out")
        self.search.setMaximumWidth(self.fontMetrics().averageCharWidth() * 40)
        self.roles: RowsTable[Role] = RowsTable(
            "Who tried",
            (
                Column("Who tried", lambda role: role.name, icon=_role_icon, stretch=True),
                Column("Blocked", lambda role: f"{role.held} of {role.tried}", right=True),
            ),
            empty="Nothing was tried yet.",
        )
        self.table: RowsTable[WayOut] = RowsTable(
            "What was tried",
            (
                Column("Way out", lambda way: way.what, icon=_way_icon, stretch=True, tip=lambda way: way.measured),
                Column("Who", lambda way: way.who),
                Column("Outside", lambda way: way.outside),
                Column("Inside", lambda way: way.inside, tone=lambda way: "good" if way.held else "bad"),
            ),
            empty="No way out matches.",
        )
        self._layers = Label(role="small")
        self._lay()
        self.roles.chosen.connect(self._on_role)
        self.search.searched.connect(self.table.set_filter)

    def show_ways(self, report: Shown) -> None:
        self._ways = report.ways_out
        self.roles.set_rows(report.roles, key=lambda role: role.id)
        if self.roles.current() is None and report.roles:
            self.roles.set_current(report.roles[0].id)
        self._show(self.roles.current())

    def _on_role(self, role: object) -> None:
        self._show(role if isinstance(role, Role) else None)

    def _show(self, role: Role | None) -> None:
        wanted = role.id if role is not None else ""
        self.table.set_rows(tuple(way for way in self._ways if wanted in ("", way.role)), key=lambda way: way.id)
        self.table.setColumnHidden(_WHO, bool(wanted))
        layers = " · ".join(f"{name} {state}" for name, state in (role.layers if role is not None else ()))
        self._layers.setText(f"What isolates it: {layers}" if layers else _CHOOSE)

    def _lay(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.SMALL)
        column.addWidget(self.table, 1)
        column.addWidget(self._layers)
        panes = two_panes(self.roles, right, (2, 5), "doctor-ways")
        panes.setMinimumHeight(self.fontMetrics().height() * _LOWEST)
        self.head.addWidget(self.search)
        self.body.addWidget(panes, 1)


def _role_icon(role: Role) -> str:
    return "good" if role.held == role.tried else "bad"


def _way_icon(way: WayOut) -> str:
    return "good" if way.held else "bad"
