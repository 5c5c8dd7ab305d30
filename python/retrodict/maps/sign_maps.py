"""Generative maps of real causes that are made from a finite map of their signs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrodict.maps.boolean_map import BooleanMap
from retrodict.maps.sign_generator import generate

__all__ = ["SignGenerator", "TiltedSignGenerator"]


@dataclass(frozen=True)
class SignGenerator:
    """G(z) = C(sgn z), R^n_inputs -> {-1, 1}^n_outputs; see `retrodict.maps.sign_generator`.

    It has no Jacobian matrix that would tell anything: G is constant on orthants, and jumps between them.

    Parameters
    ----------
    map : BooleanMap
        C.

    >>> SignGenerator(BooleanMap("turn", 2, 2, [1, 2, 3, 0]))([[0.3, -0.8]])  # bit 0 is 1: 1 goes to 2
    array([[-1.,  1.]])
    """

    map: BooleanMap

    @property
    def name(self) -> str:
        """`sgn:` and the name of C."""
        return f"sgn:{self.map.name}"

    @property
    def dimension(self) -> int:
        """The number of real causes."""
        return self.map.n_inputs

    def __call__(self, z: ArrayLike) -> NDArray[np.float64]:
        """G(z) in doubles for every row of z, shape (k, n_inputs); a zero counts as positive."""
        return generate(self.map, z)

    def forward(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same."""
        return generate(self.map, z)


@dataclass(frozen=True)
class TiltedSignGenerator:
    """G(z) = C(sgn z) (1 + alpha |z|), coordinate by coordinate, for a bijection C of signs and alpha > 0.

    It is injective: the signs of an image y are C(sgn z), and |z_i| = (|y_i| - 1) / alpha. So it is as hard to invert
    as C, though no two causes share an image. It jumps between orthants. Unless every bit of C is a bit of its input at
    the same place, or its negation, two inputs differ in some bit i where their codewords agree; causes of these signs
    with |z_i| = |z'_i| large are far apart there, their images are not, and no m > 0 serves everywhere.

    C(sgn z) + alpha |z| would not be injective: for C the identity of one bit and z > 0, the image of z is also that of
    -(z + 2 / alpha).

    Parameters
    ----------
    map : BooleanMap
        C, a bijection.
    alpha : Fraction

    Raises
    ------
    ValueError
        Where C is no bijection, naming two inputs that collide, or alpha is not positive.

    >>> g = TiltedSignGenerator(BooleanMap("turn", 2, 2, [1, 2, 3, 0]), Fraction(1, 8))
    >>> g([[2.0, -8.0]]), g.invert([[-1.25, 2.0]])
    (array([[-1.25,  2.  ]]), array([[ 2., -8.]]))
    """

    map: BooleanMap
    alpha: Fraction

    def __post_init__(self) -> None:
        self.map.inverse()
        if isinstance(self.alpha, float):
            raise TypeError(f"alpha = {self.alpha} is a float: write the exact number, as in Fraction('{self.alpha}')")
        if not self.alpha > 0:
            raise ValueError(f"alpha = {self.alpha}: must be positive")

    @property
    def name(self) -> str:
        """`sgnabs:`, the name of C, and alpha."""
        return f"sgnabs:{self.map.name},alpha={self.alpha}"

    @property
    def dimension(self) -> int:
        """The number of real causes."""
        return self.map.n_inputs

    def __call__(self, z: ArrayLike) -> NDArray[np.float64]:
        """G(z) in doubles for every row of z, shape (k, dimension); a zero counts as positive."""
        return generate(self.map, z) * (1 + float(self.alpha) * np.abs(np.asarray(z, dtype=np.float64)))

    def forward(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same."""
        return self(z)

    def invert(self, y: ArrayLike) -> NDArray[np.float64]:
        """The cause of every row of y, shape (k, dimension); where |y_i| < 1 there is none, and |z_i| is 0."""
        rows = np.asarray(y, dtype=np.float64)
        return np.asarray(generate(self.map.inverse(), rows) * np.maximum(np.abs(rows) - 1, 0) / float(self.alpha))
