"""The geometry of charts, in whole numbers: what the templates `chart_bars.html` and `chart_line.html` draw as SVG.

No script and no style is needed; the same numbers stand in a table beside each chart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 64, 8, 16, 30  # margins around the plot
LABELS = 7  # names of periods below the axis, at most
STEPS = (1, 2, 5, 10)
type_of_text = str | Promise


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, and what it stands for."""

    x: int
    y: int
    width: int
    height: int
    label: str
    value: int

    @property
    def place(self) -> SafeString:
        """The attributes of its rectangle: a page has dozens, and a template takes its time over each number."""
        return SafeString(f'x="{self.x}" y="{self.y}" width="{self.width}" height="{self.height}"')


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale, or a name of the axis."""

    position: int
    label: Any


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, ready to be drawn. `ident` is unique in its page."""

    ident: str
    title: type_of_text
    unit: type_of_text  # what is counted, for the table's heading
    rows: tuple[tuple[str, int], ...]
    bars: tuple[Bar, ...] = ()
    points: str = ""  # of a line: `x,y x,y`
    area: str = ""
    scale: tuple[Tick, ...] = ()
    names: tuple[Tick, ...] = ()
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM

    @property
    def total(self) -> int:
        return sum(value for _label, value in self.rows)

    @property
    def highest(self) -> tuple[str, int]:
        return max(self.rows, key=lambda row: row[1], default=("", 0))

    @property
    def name_y(self) -> int:
        return self.height - 8

    @property
    def scale_x(self) -> int:
        return self.left - 8


def bars(ident: str, title: type_of_text, unit: type_of_text, rows: Sequence[tuple[str, int]]) -> Chart:
    """Return a chart of bars."""
    top, scale = scaled(rows)
    step = (WIDTH - LEFT - RIGHT) / max(1, len(rows))
    width = max(1, int(step * 0.7))
    drawn = []
    for index, (label, value) in enumerate(rows):
        height = height_of(value, top)
        x = int(LEFT + step * index + (step - width) / 2)
        drawn.append(Bar(x, HEIGHT - BOTTOM - height, width, height, label, value))
    centres = [bar.x + bar.width // 2 for bar in drawn]
    return Chart(ident, title, unit, tuple(rows), bars=tuple(drawn), scale=scale, names=named(rows, centres))


def line(ident: str, title: type_of_text, unit: type_of_text, rows: Sequence[tuple[str, int]]) -> Chart:
    """Return a chart of one line, with the area below it."""
    top, scale = scaled(rows)
    span = WIDTH - LEFT - RIGHT
    xs = [LEFT + span * index // max(1, len(rows) - 1) for index in range(len(rows))]
    places = [(x, HEIGHT - BOTTOM - height_of(value, top)) for x, (_label, value) in zip(xs, rows, strict=True)]
    points = " ".join(f"{x},{y}" for x, y in places)
    area = f"{LEFT},{HEIGHT - BOTTOM} {points} {xs[-1]},{HEIGHT - BOTTOM}" if places else ""
    return Chart(ident, title, unit, tuple(rows), points=points, area=area, scale=scale, names=named(rows, xs))


def height_of(value: int, top: int) -> int:
    """Return the height of a value; what is not 0 is seen."""
    height = round(value * (HEIGHT - TOP - BOTTOM) / top)
    return max(1, height) if value else 0


def scaled(rows: Sequence[tuple[str, int]]) -> tuple[int, tuple[Tick, ...]]:
    """Return the top of the scale and its lines: round numbers, four to six of them."""
    highest = max((value for _label, value in rows), default=0)
    step = step_of(highest)
    top = max(step, -(-highest // step) * step)
    return top, tuple(Tick(HEIGHT - BOTTOM - height_of(value, top), value) for value in range(0, top + 1, step))


def step_of(highest: int) -> int:
    """Return a round step (1, 2 or 5, with zeros) that cuts 0…`highest` into five at most."""
    power = 1
    while True:
        for step in STEPS[:3]:
            if step * power * 5 >= highest:
                return step * power
        power *= 10


def named(rows: Sequence[tuple[str, int]], positions: Sequence[int]) -> tuple[Tick, ...]:
    """Return the names below the axis: the last one always, and as many before it as there is room for."""
    every = max(1, -(-len(rows) // LABELS))
    chosen = range(len(rows) - 1, -1, -every)
    return tuple(Tick(positions[index], rows[index][0]) for index in sorted(chosen))
