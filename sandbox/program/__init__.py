'''What happens inside the program's jail: the contract a program is written against, and its runner.

    """Share of adults among all stays."""

    def main(data, report):
        stays = data.sql("SELECT enc_id, age_at_admit FROM ehr.encounters")
        adults = stays[stays.age_at_admit >= 18]
        report.step("adults", adults)
        report.value("share", len(adults) / len(stays))

`Data` is the only way in and `Report` the only way out; both end in the same pair of pipes. A trial runs
the same `execute` with a `Door` of its own that leads to synthetic data.
'''

from .contract import Data, Report
from .door import Door
from .runner import execute, main, warm_up

__all__ = ["Data", "Door", "Report", "execute", "main", "warm_up"]
