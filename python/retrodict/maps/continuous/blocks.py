"""Blocks z -> A z + B phi(C z + c) + b: every network of this package is a stack of them.

With A = I it is a residual block, with A = 0 a layer with activations between two matrices, with B = 0 a linear map.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from retrodict.maps.continuous.activations import ACTIVATIONS
from retrodict.maps.continuous.constants import Certificate, Constant
from retrodict.maps.continuous.matrix import Matrix, square_root

__all__ = ["Block", "block", "block_certificate"]


@dataclass(frozen=True)
class Block:
    """z -> A z + B phi(C z + c) + b. Made by `block`, which checks that the shapes fit.

    Parameters
    ----------
    skip : Matrix or None
        A, outputs x inputs; None is 0.
    out, inner : Matrix or None
        B, outputs x width, and C, width x inputs; None together, for a block without units.
    activations : tuple of str
        phi of each unit, names in `ACTIVATIONS`.
    shift, offset : tuple of fmpq
        c, one for each unit, and b, one for each output.
    """

    skip: Matrix | None
    out: Matrix | None
    inner: Matrix | None
    activations: tuple[str, ...]
    shift: tuple[Any, ...]
    offset: tuple[Any, ...]
    # for each activation the units that have it
    groups: tuple[tuple[str, NDArray[np.intp]], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = dict.fromkeys(self.activations)
        groups = ((name, np.array([i for i, a in enumerate(self.activations) if a == name])) for name in names)
        object.__setattr__(self, "groups", tuple(groups))

    @property
    def inputs(self) -> int:
        """Length of z."""
        return int((self.skip or self.inner).shape[1])  # type: ignore[union-attr]

    @property
    def outputs(self) -> int:
        """Length of the image."""
        return int((self.skip or self.out).shape[0])  # type: ignore[union-attr]

    @property
    def width(self) -> int:
        """The number of units."""
        return len(self.activations)

    def forward(self, z: NDArray[Any]) -> Any:
        """The image of every row of z, doubles or ring objects."""
        image = _constants(self.offset, z) if self.skip is None else self.skip(z) + _constants(self.offset, z)
        if self.out is not None:
            image = image + self.out(self._units(z, "value"))
        return image

    def jvp(self, z: NDArray[Any], v: NDArray[Any]) -> Any:
        """A v + B diag(phi'(C z + c)) C v."""
        image = 0 if self.skip is None else self.skip(v)
        if self.out is not None and self.inner is not None:
            image = image + self.out(self._units(z, "slope") * self.inner(v))
        return image

    def vjp(self, z: NDArray[Any], v: NDArray[Any]) -> Any:
        """A^T v + C^T diag(phi'(C z + c)) B^T v."""
        image = 0 if self.skip is None else self.skip.transposed(v)
        if self.out is not None and self.inner is not None:
            image = image + self.inner.transposed(self._units(z, "slope") * self.out.transposed(v))
        return image

    def _units(self, z: NDArray[Any], what: str) -> NDArray[Any]:
        """phi or phi' of every unit."""
        assert self.inner is not None
        t = self.inner(z) + _constants(self.shift, z)
        if len(self.groups) == 1:
            return np.asarray(getattr(ACTIVATIONS[self.activations[0]], what)(t))
        found = np.empty(t.shape, dtype=t.dtype)
        for name, units in self.groups:
            found[..., units] = getattr(ACTIVATIONS[name], what)(t[..., units])
        return found


def block(
    skip: Sequence[Sequence[Any]] | None = None,
    out: Sequence[Sequence[Any]] | None = None,
    activation: str | Sequence[str] = (),
    inner: Sequence[Sequence[Any]] | None = None,
    shift: Sequence[Any] | None = None,
    offset: Sequence[Any] | None = None,
) -> Block:
    """The block of exact matrices, int or Fraction; `activation` is one name, or one for each unit.

    Raises
    ------
    ValueError
        For an unknown activation, or shapes that do not fit, naming both.
    TypeError
        For an entry that is not exact.

    Examples
    --------
    >>> fold = block(out=[[1]], activation="square", inner=[[1]], offset=[-1])
    >>> fold.forward(np.array([[3.0], [0.5]]))
    array([[ 8.  ],
           [-0.75]])
    >>> block(out=[[1]], activation="swish", inner=[[1]])
    Traceback (most recent call last):
    ValueError: activation 'swish': must be one of sin, softplus, softplus_plain, sigmoid, tanh, square, relu, sign
    """
    if (out is None) != (inner is None):
        raise ValueError("out and inner: a block has both, or neither")
    if skip is None and out is None:
        raise ValueError("skip and out: a block has at least one of them")
    a, b, c = (
        None if rows is None else Matrix(rows, name) for rows, name in ((skip, "skip"), (out, "out"), (inner, "inner"))
    )
    width = 0 if c is None else c.shape[0]
    names = (activation,) * width if isinstance(activation, str) else tuple(activation)
    for name in names:
        if name not in ACTIVATIONS:
            raise ValueError(f"activation {name!r}: must be one of {', '.join(ACTIVATIONS)}")
    if len(names) != width:
        raise ValueError(f"activation has {len(names)} names: inner has {width} rows, one for each unit")
    if b is not None and c is not None:
        if b.shape[1] != width:
            raise ValueError(f"out has {b.shape[1]} columns: inner has {width} rows, one for each unit")
        if a is not None and a.shape != (b.shape[0], c.shape[1]):
            raise ValueError(f"skip has shape {a.shape}: out and inner need {(b.shape[0], c.shape[1])}")
    outputs = (a or b).shape[0]  # type: ignore[union-attr]
    return Block(a, b, c, names, _numbers("shift", shift, width), _numbers("offset", offset, outputs))


def block_certificate(f: Block) -> Certificate:
    """m, M, M2 and M3 of a block from the singular values of its matrices and the bounds of its activations.

    With phi' in [k - r, k + r] the Jacobian is A + k B C + B E C, |E| <= r, so that m >= s_min(A + k B C) - r |B| |C|
    and M <= |A + k B C| + r |B| |C|. The second derivative B (phi'' * C u * C v) is at most |B| |C| max_i |C_i| sup
    |phi''|, and the third has one more factor max_i |C_i|. A block with m <= 0 by this is said to have m = 0: nothing
    is known of it.
    """
    if f.out is None or f.inner is None:
        assert f.skip is not None
        how = "singular value of A"
        nothing = Constant(0, "the map is linear")
        least = Constant(f.skip.least, f"least {how}" if f.skip.least != 0 else "A is singular")
        return Certificate(least, Constant(f.skip.norm, f"largest {how}"), nothing, nothing)
    used = [ACTIVATIONS[name] for name in dict.fromkeys(f.activations)]
    size = f.out.norm * f.inner.norm
    squares = [sum((entry * entry for entry in row), fmpq(0)) for row in f.inner.exact.tolist()]
    reach = square_root(max(squares))

    def curvature(name: str, factor: Any) -> Constant:
        bounds: list[Constant] = [getattr(activation, name) for activation in used]
        lacking = next((bound for bound in bounds if bound.value is None), None)
        if lacking is not None:
            return lacking
        return Constant(max(bound.value for bound in bounds) * factor, "|B|, |C| and the bound of the activation")

    second, third = curvature("second", size * reach), curvature("third", size * reach * reach)
    lacking = next((b for activation in used for b in (activation.least, activation.most) if b.value is None), None)
    if lacking is not None:
        return Certificate(Constant(0, lacking.how), lacking, second, third)
    low, high = min(a.least.value for a in used), max(a.most.value for a in used)
    middle, half = (low + high) / 2, (high - low) / 2
    centre = middle * (f.out.exact * f.inner.exact)
    mean = Matrix.of(centre if f.skip is None else f.skip.exact + centre)
    how = "A + k B C plus a perturbation of norm at most r |B| |C|, where the slopes lie in [k - r, k + r]"
    m = mean.least - half * size
    return Certificate(
        Constant(m, how) if m > 0 else Constant(0, f"no bound above 0 from {how}"),
        Constant(mean.norm + half * size, how),
        second,
        third,
    )


def _constants(values: tuple[Any, ...], z: NDArray[Any]) -> Any:
    if not any(values):
        return 0
    return np.array(values, dtype=object) if z.dtype == object else np.array([int(v.p) / int(v.q) for v in values])


def _numbers(name: str, values: Sequence[Any] | None, size: int) -> tuple[Any, ...]:
    if values is None:
        return (fmpq(0),) * size
    if len(values) != size:
        raise ValueError(f"{name} has {len(values)} entries: must have {size}")
    for i, value in enumerate(values):
        if not isinstance(value, int | Fraction | fmpq):
            raise TypeError(f"{name}[{i}] = {value!r}: entries must be int or Fraction")
    return tuple(value if isinstance(value, fmpq) else fmpq(value.numerator, value.denominator) for value in values)
