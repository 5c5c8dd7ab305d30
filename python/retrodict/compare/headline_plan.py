"""What the headline figure shows: panels, in each a few maps under one measure against their size or against 1/beta."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from retrodict.capacity import Setting

__all__ = ["PANELS", "Line", "Panel"]

Axis = Literal["size", "noise"]


@dataclass(frozen=True)
class Line:
    """A family of maps: its name, with `{}` for the size if that is the axis, what the figure calls it, and of what
    kind it is: strongly invertible, not invertible, or the forward map. `measure` is one if it is not the panel's, and
    there are no points beyond `most`."""

    label: str
    map: str
    kind: Literal["invertible", "lost", "forward"]
    measure: str = ""
    most: int = 1 << 62


@dataclass(frozen=True)
class Panel:
    """A measure of a few maps.

    Parameters
    ----------
    title, x : str
        Of the panel and of its horizontal axis.
    measure : str
    axis : "size" or "noise"
        What varies: the size that the names hold, or beta, of which 1/beta is drawn.
    at, quick : sequence
        The sizes, or the values of 1/beta; `quick` those of a quick figure.
    lines : tuple of Line
    setting : Setting
        beta where it does not vary, and eps.
    remark : str
        What the caption says of the panel.
    heading : str
        What it is about; that of the first panel of a row stands above it.
    linear : bool
        Whether the values are drawn on a linear axis.
    """

    title: str
    x: str
    measure: str
    axis: Axis
    at: Sequence[int]
    quick: Sequence[int]
    lines: tuple[Line, ...]
    remark: str
    heading: str
    linear: bool = False
    setting: Setting = field(default_factory=Setting)

    def places(self, line: Line, quick: bool) -> list[int]:
        """Where a line of this panel has points."""
        return [at for at in (self.quick if quick else self.at) if at <= line.most]

    def setting_at(self, at: int) -> Setting:
        """beta and eps of a point."""
        return Setting(Fraction(1, at), self.setting.eps) if self.axis == "noise" else self.setting


NOISE = tuple(2**k for k in range(1, 13))
FEW_NOISE = (2, 16, 128, 1024)
SMALL_NOISE = tuple(2**k for k in range(7, 17))  # where the constructed encoder is proved
FEW_SMALL_NOISE = (128, 512, 2048, 16384)
SIZES, FEW_SIZES = (2, 4, 8, 16, 32), (2, 4, 8)
BITS, FEW_BITS = (4, 5, 6, 7, 8, 9, 10), (4, 5, 6)
NOISE_X, DIMENSION_X = r"1/noise  $1/\beta$", r"dimension $d$"

_ITERATE = "Iterating to the cause: flat as the noise falls if and only if the map is strongly invertible"
_CONSTRUCT = "The encoder that is constructed for a strongly invertible map, total variation at most 0.1: its size"
_SHAPE = "The shape of the posterior, and what an observation tells"
_FINITE = "Finite maps C and their inverses, which an encoder of C(sgn z) has to compute"

_ITERATING = (
    Line("linear, $m=.02$", "linear:d=4,m=1/50,M=3/2", "invertible"),
    Line("linear, $m=.5$", "linear:d=4,m=1/2,M=2", "invertible"),
    Line("residual", "residual:d=4,a=1/2", "invertible"),
    Line("linear, $m=0$", "linear:d=4,m=0,M=3/2", "lost"),
    Line("projection", "projection:d=4,k=1", "lost"),
)
_CONSTRUCTED = (
    Line("pooling", "pooling:d={},a=1/2", "invertible"),
    Line("residual", "residual:d={},a=1/2", "invertible"),
    Line("linear", "linear:d={},m=1/2,M=3/2", "invertible"),
    Line("projection", "projection:d={},k=1", "lost"),
    Line("residual, tuned", "residual:d={},a=1/2", "invertible", "tuned_untied", most=8),
)

PANELS: tuple[Panel, ...] = (
    Panel(
        r"condition number $\kappa$",
        NOISE_X,
        "condition_number",
        "noise",
        NOISE,
        FEW_NOISE,
        _ITERATING,
        "the condition number $\\kappa$ of the energy that an encoder descends, at $d=4$: at most $(M/m)^2$ if $m>0$, "
        "of slope $2$ if $m=0$; what matters is $m/\\beta$",
        _ITERATE,
    ),
    Panel(
        "first-order steps",
        NOISE_X,
        "first_order_steps",
        "noise",
        NOISE,
        FEW_NOISE,
        _ITERATING,
        "steps of the best first-order method to an error $\\varepsilon$, at $d=4$; for maps that are not linear on "
        "condition that the energy is quadratic",
        _ITERATE,
    ),
    Panel(
        r"condition number $\kappa$",
        DIMENSION_X,
        "condition_number",
        "size",
        SIZES,
        FEW_SIZES,
        (
            Line("linear, $m=.5$", "linear:d={},m=1/2,M=2", "invertible"),
            Line("residual", "residual:d={},a=1/2", "invertible"),
            Line("pooling", "pooling:d={},a=1/4", "invertible"),
            Line("linear, $m=0$", "linear:d={},m=0,M=3/2", "lost"),
            Line("projection", "projection:d={},k=1", "lost"),
        ),
        "the same against the dimension",
        _ITERATE,
    ),
    Panel(
        "parameters, untied",
        DIMENSION_X,
        "unrolled_untied",
        "size",
        SIZES,
        FEW_SIZES,
        _CONSTRUCTED,
        "parameters of the encoder that is constructed for strongly invertible maps, weights of their own for each "
        "step: its total variation to the posterior is proved to be at most $\\varepsilon$ but for observations of "
        "probability $1/100$; to maps with $m=0$ the construction does not apply; discs: an encoder that was "
        "tuned until its total variation was measured, in balls, to be at most $\\varepsilon$ at "
        "$x=(1/2,\\ldots,1/2)$, and there alone",
        _CONSTRUCT,
    ),
    Panel(
        "parameters, untied",
        NOISE_X,
        "unrolled_untied",
        "noise",
        SMALL_NOISE,
        FEW_SMALL_NOISE,
        (
            Line("pooling", "pooling:d=4,a=1/2", "invertible"),
            Line("residual", "residual:d=4,a=1/2", "invertible"),
            Line("linear", "linear:d=4,m=1/2,M=3/2", "invertible"),
            Line("projection", "projection:d=4,k=1", "lost"),
            Line("residual, tuned", "residual:d=4,a=1/2", "invertible", "tuned_untied", most=1024),
        ),
        "the same against $1/\\beta$ at $d=4$, where the proof goes through; $\\beta$ enters through logarithms",
        _CONSTRUCT,
    ),
    Panel(
        "parameters, tied",
        DIMENSION_X,
        "unrolled_tied",
        "size",
        SIZES,
        FEW_SIZES,
        (*_CONSTRUCTED[:3], Line("residual itself", "residual:d={},a=1/2", "forward")),
        "the same with weights shared by all steps: those of the map and five numbers",
        _CONSTRUCT,
    ),
    Panel(
        "TV of one-mode encoders",
        NOISE_X,
        "unimodal_distance",
        "noise",
        NOISE[:10],
        FEW_NOISE,
        (
            Line("tent$^3$", "tent:k=3", "lost"),
            Line("fold", "fold", "lost"),
            Line("leaky", "leaky:d=1,s=1/2,layers=2", "invertible"),
            Line("residual", "residual:d=1,a=1/2", "invertible"),
        ),
        "total variation between encoders with one mode and the posterior at $x=1/2$, $d=1$: no such encoder is below "
        "the dotted line, whatever its size; one is on the dashed line",
        _SHAPE,
    ),
    Panel(
        "modes needed",
        r"tents $k$",
        "modes_needed",
        "size",
        tuple(range(1, 10)),
        (1, 3, 5),
        (
            Line("tent$^k$", "tent:k={}", "lost"),
            Line("fold", "fold", "lost"),
            Line("residual", "residual:d=1,a=1/2", "invertible"),
        ),
        "unimodal laws that an encoder must mix to come within $\\varepsilon$ of the posterior at $x=1/2$; the map "
        "$\\mathrm{tent}^k$ itself has $2k$ units",
        _SHAPE,
    ),
    Panel(
        "information, bits",
        NOISE_X,
        "information",
        "noise",
        NOISE[:7],
        (2, 8, 32),
        (
            Line("linear, $d=4$", "linear:d=4,m=1/2,M=3/2", "invertible"),
            Line("residual, $d=1$", "residual:d=1,a=1/2", "invertible"),
            Line("fold", "fold", "lost"),
            Line("$C(\\mathrm{sgn}\\,z)$, $n=4$", "sgn:gray:n=4", "lost"),
        ),
        "what $x$ tells of $z$, in bits: $d\\log_2(1/\\beta)$ and more through an invertible map, at most $n$ through "
        "$n$ signs",
        _SHAPE,
        linear=True,
    ),
    Panel(
        "trained parameters",
        "bits $n$",
        "trained_size",
        "size",
        (3, 4, 5, 6, 7, 8),
        (3, 5),
        (
            Line("Gray$^{-1}$", "sgn:gray:n={}", "lost"),
            Line("random$^{-1}$", "sgn:perm:n={},seed=0", "lost"),
            Line("Gray", "sgn:gray:n={}", "forward"),
        ),
        "parameters of the smallest network that training brought within $\\varepsilon$ of the posterior of "
        "$C(\\mathrm{sgn}\\,z)$: an upper bound, and a statement about training",
        _FINITE,
    ),
    Panel(
        "gates of an output bit",
        "bits $n$",
        "gates",
        "size",
        BITS,
        FEW_BITS,
        (
            Line("Gray$^{-1}$", "sgn:gray:n={}", "lost"),
            Line("triangular$^{-1}$", "sgn:triangular:n={}", "lost"),
            Line("triangular", "sgn:triangular:n={}", "forward"),
            Line("Gray", "sgn:gray:n={}", "forward"),
        ),
        "two-input gates of the hardest bit of $C$ and of $C^{-1}$, which an encoder of $C(\\mathrm{sgn}\\,z)$ has to "
        "compute",
        _FINITE,
    ),
    Panel(
        "units, one hidden layer",
        "bits",
        "hidden_units",
        "size",
        (12, 24, 48, 72, 96, 120, 144, 168, 192),
        (12, 48, 96, 192),
        (
            Line("inverse", "inner-product:n={}", "lost"),
            Line("map", "inner-product:n={}", "forward"),
        ),
        "units of one hidden layer with weights $-1,0,1$ for an output bit of the inner-product permutation: "
        "unconditional, and about this depth alone, for a second layer of $O(n)$ units suffices",
        _FINITE,
    ),
)
