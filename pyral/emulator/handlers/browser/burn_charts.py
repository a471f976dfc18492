"""Burn-down of an iteration and burn-up of a release, drawn on the server as SVG.

The template draws; here it is worked out where everything lies, what the chart says in words, and
the table of the same numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Callable, Sequence

from .burn_data import Burn, Day, burn_of, timebox_of

if TYPE_CHECKING:
    from ...request import Call
    from ...store import Obj

__all__ = ['Chart', 'chart_of']

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 52, 16, 42
#: So many marks an axis has at most; on narrow screens every other one.
MOST_TICKS = 5
MOST_LABELS = 10
MOST_DOTS = 30


@dataclass(frozen=True)
class Line:
    """A line of the chart: its class, its name, and its points."""

    kind: str
    label: str
    points: Sequence[tuple[float, float]]

    @property
    def dotted(self) -> bool:
        """Whether each day has a dot: not on a line that is only meant, nor on a crowded one."""
        return self.kind != 'ideal' and len(self.points) <= MOST_DOTS

    @property
    def path(self) -> str:
        """The points as SVG writes them."""
        return ' '.join(f'{x:.1f},{y:.1f}' for x, y in self.points)


@dataclass(frozen=True)
class Mark:
    """A mark of an axis: where it is, and what it says.

    :ivar minor: whether narrow screens leave it out.
    """

    at: float
    text: str
    minor: bool = False


@dataclass
class Chart:
    """What the template draws.

    :ivar bars: x, y, width and height of each.
    :ivar right: the marks of a second axis.
    :ivar rows: the table of the same numbers.
    """

    title: str
    description: str
    source: str
    unit: str
    right_unit: str = ''
    lines: list[Line] = field(default_factory=list)
    bars: list[tuple[float, float, float, float]] = field(default_factory=list)
    bar_label: str = ''
    left: list[Mark] = field(default_factory=list)
    right: list[Mark] = field(default_factory=list)
    days: list[Mark] = field(default_factory=list)
    today: float | None = None
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    width, height = WIDTH, HEIGHT
    edges = (LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM)


def chart_of(call: Call, obj: Obj) -> Chart | None:
    """Return the burn-down of an iteration or the burn-up of a release; None for all else."""
    timebox = timebox_of(call, obj)
    if timebox is None:
        return None
    burn = burn_of(call, timebox)
    return burn_down(burn) if obj.type == 'Iteration' else burn_up(burn)


def burn_down(burn: Burn) -> Chart:
    """Return the chart of what is left to do, in hours, or in points where no hours are kept."""
    hours = any(day.to_do or day.estimated for day in burn.by_day.values())

    def left(day: Day) -> float:
        return day.to_do if hours else day.planned - day.accepted

    first = next(iter(burn.by_day.values()), Day())
    begin = max(first.estimated, first.to_do) if hours else first.planned
    unit = "hours" if hours else "points"
    chart = Chart("Burn-down", "", source_of(burn), unit)
    draw = Drawing(burn, max([begin, *(left(day) for day in burn.by_day.values())]))
    ideal = draw.slope(begin, 0)
    chart.lines = [Line('ideal', "Ideal", ideal), Line('actual', "To do", draw.values(left))]
    chart.left, chart.days, chart.today = draw.marks(), draw.days(), draw.today()
    if hours:
        right = Drawing(burn, max(day.planned for day in burn.by_day.values()))
        chart.bars, chart.bar_label = right.bars(lambda day: day.accepted), "Accepted (points)"
        chart.right, chart.right_unit = right.marks(), "points"
    chart.heads = ["Day", f"To do ({unit})", f"Ideal ({unit})", "Accepted (points)"]
    for number, day in enumerate(burn.timebox.days):
        had = burn.by_day.get(day)
        meant = begin * (1 - number / max(1, len(burn.timebox.days) - 1))
        chart.rows.append(
            [
                day.isoformat(),
                shown(None if had is None else left(had)),
                shown(meant),
                shown(None if had is None else had.accepted),
            ]
        )
    chart.description = told(burn, left, f"{shown(begin)} {unit} at the start", f"{unit} to do")
    return chart


def burn_up(burn: Burn) -> Chart:
    """Return the chart of what is accepted against what is planned, in points."""
    planned = max([day.planned for day in burn.by_day.values()] or [0])
    latest = list(burn.by_day.values())[-1] if burn.by_day else Day()
    chart = Chart("Burn-up", "", source_of(burn), "points")
    draw = Drawing(burn, planned)
    chart.lines = [
        Line('ideal', "Ideal", draw.slope(0, latest.planned)),
        Line('planned', "Planned", draw.values(lambda day: day.planned)),
        Line('actual', "Accepted", draw.values(lambda day: day.accepted)),
    ]
    chart.left, chart.days, chart.today = draw.marks(), draw.days(), draw.today()
    chart.heads = ["Day", "Planned (points)", "Accepted (points)", "Ideal (points)"]
    for number, day in enumerate(burn.timebox.days):
        had = burn.by_day.get(day)
        meant = latest.planned * number / max(1, len(burn.timebox.days) - 1)
        chart.rows.append(
            [
                day.isoformat(),
                shown(None if had is None else had.planned),
                shown(None if had is None else had.accepted),
                shown(meant),
            ]
        )
    said = f"{shown(latest.planned)} points planned"
    chart.description = told(burn, lambda day: day.accepted, said, "points accepted")
    return chart


def told(burn: Burn, value: Callable[[Day], float], begin: str, end: str) -> str:
    """Return the chart in a sentence."""
    days = burn.timebox.days
    if not burn.by_day:
        return "Nothing is scheduled, or the first day has not come."
    last = max(burn.by_day)
    return f"{days[0]} to {days[-1]}: {begin}; {shown(value(burn.by_day[last]))} {end} on {last}."


def source_of(burn: Burn) -> str:
    """Return where the numbers come from."""
    kind = burn.timebox.obj.type
    if burn.collected:
        return f"{kind}CumulativeFlowData, at the end of each work day"
    return "the items and their revisions; there is no cumulative flow data"


def shown(value: float | None) -> str:
    """Return a number without needless digits; nothing for a day to come."""
    return '' if value is None else f'{value:.1f}'.removesuffix('.0')


class Drawing:
    """Where days and values lie.

    :param most: the greatest value.
    """

    def __init__(self, burn: Burn, most: float) -> None:
        self._burn = burn
        self._step = step_of(most)
        self._top = max(1, math.ceil(most / self._step)) * self._step
        self._places: dict[date, int] = {
            day: number for number, day in enumerate(burn.timebox.days)
        }
        self._wide = (WIDTH - LEFT - RIGHT) / max(1, len(self._places))

    def x(self, number: float) -> float:
        """Return the middle of a day."""
        return LEFT + self._wide * (number + 0.5)

    def y(self, value: float) -> float:
        """Return the height of a value."""
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self._top

    def values(self, value: Callable[[Day], float]) -> list[tuple[float, float]]:
        """Return the points of a line over the days that have come."""
        return [
            (self.x(self._places[day]), self.y(value(had)))
            for day, had in sorted(self._burn.by_day.items())
            if day in self._places
        ]

    def bars(self, value: Callable[[Day], float]) -> list[tuple[float, float, float, float]]:
        """Return the bars of the days that have come."""
        wide = self._wide * 0.6
        return [
            (x - wide / 2, y, wide, HEIGHT - BOTTOM - y)
            for x, y in self.values(value)
            if y < HEIGHT - BOTTOM
        ]

    def slope(self, begin: float, end: float) -> list[tuple[float, float]]:
        """Return the line from the first day to the last."""
        return [(self.x(0), self.y(begin)), (self.x(len(self._places) - 1), self.y(end))]

    def marks(self) -> list[Mark]:
        """Return the marks of the axis."""
        number = round(self._top / self._step)
        return [
            Mark(self.y(each * self._step), shown(each * self._step)) for each in range(number + 1)
        ]

    def days(self) -> list[Mark]:
        """Return the marks of the days, so many that they do not touch."""
        every = math.ceil(len(self._places) / MOST_LABELS)
        return [
            Mark(self.x(number), f'{day:%b} {day.day}', bool(number // every % 2))
            for day, number in self._places.items()
            if number % every == 0
        ]

    def today(self) -> float | None:
        """Return where today lies; None outside of the timebox."""
        number = self._places.get(self._burn.timebox.today)
        return None if number is None else self.x(number)


def step_of(most: float) -> float:
    """Return the distance between two marks: 1, 2 or 5 times a power of ten."""
    rough = max(most, MOST_TICKS) / MOST_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    return float(next(each for each in (1, 2, 5, 10) if each * power >= rough) * power)
