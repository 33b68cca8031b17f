"""Simulate: an invented county as the files that its offices would send, its policy, and the truth behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.sources.synthetic.county import DRAWS, Plan, simulated
from riskmodel.sources.synthetic.months import FIRST, delivery_day
from riskmodel.workflows.progress import Progress, Silent

NOTICE = (
    "模拟县：人、村和数字都是虚构的，只能检验软件，不能说明实际准确率。 A simulated county: everything is invented."
)


@dataclass(frozen=True)
class Simulated:
    """What was written, and how the county went."""

    notice: str
    folder: str
    deliveries: int
    first_delivery: str
    last_delivery: str
    rows: int
    """Rows delivered, repetitions of lists left out."""
    households: int
    """Households that exist at the end."""
    identified: int
    """Identifications since the first month, true and mistaken ones."""
    truth: list[str]
    """Files with the truth; no other command reads them."""

    def lines(self) -> Iterator[str]:
        """The result for the terminal."""
        yield self.notice
        yield f"{self.deliveries} deliveries from {self.first_delivery} to {self.last_delivery}, {self.rows:,} rows"
        yield f"{self.households:,} households at the end, {self.identified:,} identifications in all"
        yield f"files     {Path(self.folder) / 'deliveries'}"
        yield f"policy    {Path(self.folder) / 'policy'}  (copy it into the policy/ folder of the workspace)"
        for path in self.truth:
            yield f"truth     {path}"


def simulate(
    out: Path,
    households: int,
    months: int,
    seed: int,
    *,
    truth_dates: Sequence[date] = (),
    draws: int = 0,
    progress: Progress | None = None,
) -> Simulated:
    """Write an invented county below `out`: 24 months of history and `months` monthly deliveries.

    The latent state is written down for `truth_dates` (none = the run day a year before the end), with the true
    probabilities of being newly identified from `draws` futures per household, if any. Equal arguments give equal
    bytes. Raises UsageError for a folder that is not empty and for a county that cannot be simulated.
    """
    if draws < 0:
        raise UsageError(
            f"{draws} futures cannot be drawn. Give a number of at least 1, such as {DRAWS}, or 0 for none."
        )
    show = progress or Silent()
    show.say(NOTICE)
    plan = Plan(households, months, seed, tuple(truth_dates), draws)
    steps = plan.last - FIRST + 1
    done = list(show.track(simulated(out, plan), f"living {steps} months", steps))
    delivered = [step for step in done if step.rows]
    events = pl.read_parquet(out / "truth" / "events.parquet", columns=["identified_month"])
    return Simulated(
        notice=NOTICE,
        folder=str(out),
        deliveries=len(delivered),
        first_delivery=delivery_day(delivered[0].month).isoformat(),
        last_delivery=delivery_day(delivered[-1].month).isoformat(),
        rows=sum(step.rows for step in delivered),
        households=done[-1].households,
        identified=events["identified_month"].count(),
        truth=sorted(str(path) for path in (out / "truth").iterdir()),
    )
