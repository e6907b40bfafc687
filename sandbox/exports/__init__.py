"""Results leaving the desk: disclosure control, labels, files.

    safe, sentence = suppress(table, minimum=11)        # small cells hidden, and what would give them away
    exported = export_csv(
        table, Path("by_month.csv"),
        Release(title="Readmissions by month", audience=Audience.RESEARCH, recipient="…", authority="…"),
    )

Whoever exports writes the audit entry `export.made` with `exported` in it; nothing here touches the log.
"""

from ._release import Audience, Exported, Label, Release, export_csv, export_png
from ._suppression import HIDDEN, suppress

__all__ = ["HIDDEN", "Audience", "Exported", "Label", "Release", "export_csv", "export_png", "suppress"]
