"""Line charts as SVG: no more than two of them need, and nothing to install."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 230, 44, 56  # margins; the names of the lines stand at the right
_LINE_HEIGHT = 17
# Distinguishable also without seeing all colours (after Okabe and Ito), on light and on dark ground.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#a6611a")
_DASHES = ("", "7 4", "2 3", "9 3 2 3")

_HEAD = f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" \
font-family="system-ui, sans-serif" font-size="13" role="img">
<style>
  .ground {{ fill: #ffffff }} .ink {{ fill: #1f2328 }} .soft {{ fill: #59636e }} .grid {{ stroke: #d1d9e0 }}
  @media (prefers-color-scheme: dark) {{
    .ground {{ fill: #0d1117 }} .ink {{ fill: #f0f6fc }} .soft {{ fill: #9198a1 }} .grid {{ stroke: #3d444d }}
  }}
</style>
"""


@dataclass(frozen=True)
class Axis:
    """A logarithmic axis. `step` is what one tick is multiplied by to give the next."""

    title: str
    low: float
    high: float
    step: float = 10

    @staticmethod
    def around(title: str, values: Iterable[float], step: float = 10) -> Axis:
        """From the tick below the lowest value to the one above the highest."""
        known = list(values)
        low = step ** math.floor(math.log(min(known), step) + 1e-9)
        high = step ** math.ceil(math.log(max(known), step) - 1e-9)
        return Axis(title, low, high if high > low else low * step, step)

    def place(self, value: float) -> float:
        """0 at the low end, 1 at the high end."""
        return math.log(value / self.low) / math.log(self.high / self.low)

    def ticks(self) -> list[float]:
        """The values at which the axis has a mark."""
        count = round(math.log(self.high / self.low, self.step))
        return [self.low * self.step**n for n in range(count + 1)]


def label(value: float) -> str:
    """A round number as one reads it: 100 M, 10 k, 0.1."""
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= size * 0.999:
            return f"{value / size:g}{unit}"
    return f"{value:.3g}"


def line_chart(title: str, x: Axis, y: Axis, lines: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """A chart with one line for each name. Its description, for those who cannot see it, is the title and the names."""
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM

    def across(value: float) -> float:
        return _LEFT + x.place(value) * (right - _LEFT)

    def up(value: float) -> float:
        return bottom - y.place(value) * (bottom - _TOP)

    parts = [
        _HEAD,
        f"<title>{escape(title)}</title>\n<desc>{escape(', '.join(lines))}</desc>\n",
        f'<rect class="ground" width="{_WIDTH}" height="{_HEIGHT}"/>\n',
        _text(_LEFT, 24, title, "ink", "start", bold=True),
        _text((_LEFT + right) / 2, _HEIGHT - 14, x.title, "soft", "middle"),
        f'<g transform="rotate(-90 18 {(_TOP + bottom) / 2})">',
        _text(18, (_TOP + bottom) / 2, y.title, "soft", "middle"),
        "</g>\n",
    ]
    for value in x.ticks():
        parts.append(_rule(across(value), _TOP, across(value), bottom))
        parts.append(_text(across(value), bottom + 20, label(value), "soft", "middle"))
    for value in y.ticks():
        parts.append(_rule(_LEFT, up(value), right, up(value)))
        parts.append(_text(_LEFT - 8, up(value) + 4, label(value), "soft", "end"))
    ends = _apart([up(points[-1][1]) for points in lines.values()])
    for number, (name, points) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        dashes = _DASHES[number // len(_COLOURS) % len(_DASHES)]
        path = " ".join(f"{across(a):.1f},{up(b):.1f}" for a, b in points)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>\n'
        )
        parts += [f'<circle cx="{across(a):.1f}" cy="{up(b):.1f}" r="3" fill="{colour}"/>\n' for a, b in points]
        last = f"{across(points[-1][0]) + 5:.1f},{up(points[-1][1]):.1f}"
        # From the end of a line to its name, where other lines have ended before the right margin.
        parts.append(
            f'<polyline points="{last} {right + 8},{ends[number]:.1f}" fill="none" stroke="{colour}" '
            f'stroke-width="0.7" opacity="0.6"/>\n'
        )
        parts.append(_text(right + 12, ends[number] + 4, name, "ink", "start"))
    return "".join(parts) + "</svg>\n"


def _apart(places: Sequence[float]) -> list[float]:
    """The heights of names beside their lines, moved so far that none covers another."""
    order = sorted(range(len(places)), key=lambda n: places[n])
    result = list(places)
    for before, number in itertools.pairwise(order):
        result[number] = max(result[number], result[before] + _LINE_HEIGHT)
    overflow = (result[order[-1]] - (_HEIGHT - _BOTTOM)) if order else 0
    if overflow > 0:  # from below again
        result[order[-1]] -= overflow
        for after, number in itertools.pairwise(order[::-1]):
            result[number] = min(result[number], result[after] - _LINE_HEIGHT)
    return result


def _text(x: float, y: float, text: str, kind: str, anchor: str, *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{escape(text)}</text>\n'


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="grid" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>\n'
