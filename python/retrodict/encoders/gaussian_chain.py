"""Unrolled encoders of linear maps: both laws are Gaussian, and their distances are closed forms of exact matrices.

For G(z) = A z + b the energy is quadratic with the Hessian H = I + A^T A / beta^2 and the minimum mu. The encoder draws
from N(m, S), where descent gives a point, the spread layer the covariance v I, and a Langevin step

    m - mu -> (I - eta H) (m - mu),    S -> (I - eta H) S (I - eta H) + 2 eta I.                                     (1)

Everything is a polynomial of A^T A, so that S and H commute. To the posterior N(mu, H^-1), with R = H S and
D = (m - mu)^T H (m - mu),

    KL = (tr R - d + D - log det R) / 2,                                                                            (2)
    BC = det(R)^(1/4) det((I + R) / 2)^(-1/2) exp(-(m - mu)^T H (I + R)^-1 (m - mu) / 4),                           (3)

and 1 - BC <= TV <= min(sqrt(1 - BC^2), sqrt(KL / 2)), BC the integral of the root of the product of the densities.
(2), (3) and the inequalities of Le Cam and of Pinsker are standard.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpq_mat

from retrodict.encoders.unrolled import UnrolledEncoder
from retrodict.maps.continuous import GenerativeMap

__all__ = ["gaussian_laws", "gaussian_total_variation"]


def gaussian_laws(encoder: UnrolledEncoder, x: Sequence[Any]) -> tuple[Any, Any, Any, Any]:
    """m and S of what is drawn, mu and H of the posterior: exact, fmpq_mat.

    Raises
    ------
    ValueError
        For a map that is not linear, or an x of the wrong length.
    TypeError
        For an x that is not rational.

    Examples
    --------
    >>> from retrodict.maps.continuous import linear
    >>> one = Fraction(1)
    >>> e = UnrolledEncoder(linear([[1]]), one, 1, one, Fraction(0), 2, Fraction(1, 4))
    >>> [matrix[0, 0] for matrix in gaussian_laws(e, [2])]  # from 2, halved towards 1 twice; variance 1/2, then 5/8
    [5/4, 5/8, 1, 2]
    """
    a, b = _affine(encoder.generator)
    d = a.ncols()
    if len(x) != d:
        raise ValueError(f"x has {len(x)} entries: {encoder.generator.name} has dimension {d}")
    for i, value in enumerate(x):
        if not isinstance(value, int | Fraction | fmpq):
            raise TypeError(f"x[{i}] = {value!r}: must be int or Fraction, for the laws to be exact")
    seen = fmpq_mat([[_rational(value)] for value in x]) - b
    unit = fmpq_mat([[int(i == j) for j in range(d)] for i in range(d)])
    gram, pull = a.transpose() * a, a.transpose() * seen
    s, eta = _rational(encoder.descent_step), _rational(encoder.langevin_step)
    precision = _rational(1 / encoder.beta**2)
    hessian = unit + precision * gram
    mean = hessian.inv() * pull * precision
    z = fmpq_mat([[0]] * d)
    for _ in range(encoder.descent_steps):
        z = z - s * (gram * z - pull)
    covariance = _rational(encoder.spread) * unit
    shrink = unit - eta * hessian
    for _ in range(encoder.langevin_steps):
        z = mean + shrink * (z - mean)
        covariance = shrink * covariance * shrink + 2 * eta * unit
    return z, covariance, mean, hessian


def gaussian_total_variation(encoder: UnrolledEncoder, x: Sequence[Any]) -> tuple[Any, Any]:
    """Lower and upper bounds on the total variation to the posterior, from (2) and (3), balls.

    Raises
    ------
    ValueError, TypeError
        As `gaussian_laws`; and for an encoder without noise.

    >>> from retrodict.maps.continuous import linear
    >>> half = Fraction(1, 2)
    >>> e = UnrolledEncoder(linear([[1, 1], [0, 1]]), half, 99, half, Fraction(0), 50, Fraction(1, 40))
    >>> [round(float(bound), 3) for bound in gaussian_total_variation(e, [1, 0])]
    [0.002, 0.057]
    """
    m, covariance, mu, hessian = gaussian_laws(encoder, x)
    d = hessian.nrows()
    unit = fmpq_mat([[int(i == j) for j in range(d)] for i in range(d)])
    r, gap = hessian * covariance, m - mu
    determinant = arb(r.det())
    if not determinant > 0:
        raise ValueError("spread = 0 and langevin_steps = 0: the encoder gives a point, which has no density")
    trace = sum((r[i, i] for i in range(d)), fmpq(0))
    distance = (gap.transpose() * hessian * gap)[0, 0]
    divergence = (arb(trace - d + distance) - determinant.log()) / 2
    exponent = (gap.transpose() * hessian * (unit + r).inv() * gap)[0, 0] / 4
    overlap = determinant.sqrt().sqrt() / arb(((unit + r) * fmpq(1, 2)).det()).sqrt() * (-arb(exponent)).exp()
    zero = arb(0)
    upper = (1 - overlap * overlap).max(zero).sqrt().upper().min((divergence.max(zero) / 2).sqrt().upper())
    return (1 - overlap).lower().max(zero), upper


def _affine(g: GenerativeMap) -> tuple[Any, Any]:
    """A and b of a map of blocks without units."""
    if not g.blocks or any(part.inner is not None for part in g.blocks):
        raise ValueError(f"{g.name}: must be linear, for laws to be Gaussian")
    d = g.dimension
    a = fmpq_mat([[int(i == j) for j in range(d)] for i in range(d)])
    b = fmpq_mat([[0]] * d)
    for part in g.blocks:
        assert part.skip is not None
        a, b = part.skip.exact * a, part.skip.exact * b + fmpq_mat([[entry] for entry in part.offset])
    return a, b


def _rational(value: Any) -> Any:
    return value if isinstance(value, fmpq) else fmpq(value.numerator, value.denominator)
