"""What is learned of a continuous map G, on the line or in the plane: its forward map, or its encoder, on grids.

z is standard Gaussian, x = G(z) + beta xi. The encoder sees x and gives a law q of z, which should be the posterior

    p(z | x) proportional to exp(-U(z)),    U(z) = |z|^2 / 2 + |G(z) - x|^2 / (2 beta^2);                           (1)

the forward map sees z and gives a law of x, which should be N(G(z), beta^2). Both are judged by the same sums,

    E KL = sum over x of w(x) sum over z of c p(z | x) log(p(z | x) / q(z | x)),                                   (2)
    E TV = sum over x of w(x) sum over z of c max(p(z | x) - q(z | x), 0),                                         (3)

over a uniform grid of x with weights w proportional to p(x), and for each x over z where U exceeds its least value by
less than 36: on the line over a uniform grid on each interval of such z, in the plane over one on a box, with c the
volume of a cell. (3) counts what q has elsewhere too, since the integral of (p - q)+ is the total variation. Sums over
uniform grids of smooth functions that vanish at the ends converge fast; what is trained on one grid is judged on a
finer one, and the difference is reported beside it.

That is an estimate of the error and no bound. Of x it leaves out what no z with |z_i| <= reach makes likely.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from retrodict.encoders.trained.settings import integer, positive
from retrodict.maps.continuous import GenerativeMap

__all__ = ["ContinuousTable", "ContinuousTask", "continuous_table", "refined"]

Floats = NDArray[np.float64]
DEPTH_OF_BOX = 36.0  # exp(-36) = 2e-16
LEAST_COVERED = 0.99
SCAN = 1025
LEAST_POINTS = 8  # of an interval


@dataclass(frozen=True)
class ContinuousTask:
    """The encoder or the forward map of a continuous map of dimension 1 or 2.

    Parameters
    ----------
    map : GenerativeMap
    direction : "encoder" or "forward"
    beta : float
        Standard deviation of the noise of x, positive.
    layers : int
        Stochastic layers: h_1 ~ N(m_1(x), s_1(x)^2), h_i ~ N(m_i(x, h_(i-1)), s_i(x, h_(i-1))^2), the last one gives z.
        Every layer has a network of its own, and x is carried along. 1 is a Gaussian whose parameters a network gives.
    components : int
        Gaussians of which the last layer is a mixture, with diagonal covariances.
    hidden_nodes : int
        Gauss-Hermite nodes for each coordinate of each h but the last, by which h is integrated out.
    rows, points : int
        Of the grids of x and of z, for each coordinate.
    reach : float
        The causes that x is to come from.

    Raises
    ------
    ValueError
        For a map of another dimension, and for a value out of range, naming it.

    Examples
    --------
    >>> from retrodict.maps.continuous import fold
    >>> ContinuousTask(fold(), "encoder", 0.2, components=2).ends
    ((1, 6),)
    """

    map: GenerativeMap
    direction: Literal["encoder", "forward"]
    beta: float
    layers: int = 1
    components: int = 1
    hidden_nodes: int = 12
    rows: int = 96
    points: int = 64
    reach: float = 4.0

    def __post_init__(self) -> None:
        if not isinstance(self.map, GenerativeMap):
            raise TypeError(f"map = {self.map!r}: must be a GenerativeMap")
        if self.map.dimension > 2:
            raise ValueError(f"{self.map.name}: dimension = {self.map.dimension}: must be 1 or 2, for grids")
        if self.direction not in ("encoder", "forward"):
            raise ValueError(f"direction = {self.direction!r}: must be encoder or forward")
        positive("beta", self.beta)
        positive("reach", self.reach)
        for name, low, high in (("layers", 1, 4), ("components", 1, 64), ("hidden_nodes", 2, 64)):
            integer(name, getattr(self, name), low, high)
        integer("rows", self.rows, 8, 4096)
        integer("points", self.points, 16, 4096)  # the boxes are 17 deviations wide or more

    @property
    def ends(self) -> tuple[tuple[int, int], ...]:
        """Inputs and outputs of the network of every stochastic layer."""
        d, last = self.map.dimension, self.components * (2 * self.map.dimension + (self.components > 1))
        return tuple(((d if i == 0 else 2 * d), (last if i + 1 == self.layers else 2 * d)) for i in range(self.layers))

    @property
    def label(self) -> str:
        """The map, its direction, the noise and the law that the network gives.

        >>> from retrodict.maps.continuous import fold
        >>> ContinuousTask(fold(), "encoder", 0.2, layers=2).label
        'fold, encoder, beta = 0.2, 1 Gaussian, 2 layers'
        """
        law = f"{self.components} Gaussian{'s' * (self.components > 1)}{f', {self.layers} layers' * (self.layers > 1)}"
        return f"{self.map.name}, {self.direction}, beta = {self.beta:g}, {law}"

    def as_json(self) -> dict[str, Any]:
        """Plain values, for files; the values of the map are in the fingerprint."""
        names = ("direction", "beta", "layers", "components", "hidden_nodes", "rows", "points", "reach")
        return {"kind": "continuous", "map": self.map.name, **{name: getattr(self, name) for name in names}}


@dataclass(frozen=True)
class ContinuousTable:
    """A task written out. Inputs and points are in units in which they have mean 0 and variance 1.

    Parameters
    ----------
    inputs : shape (d, r)
    weights : shape (r,)
        Of sum 1.
    points : shape (d, g, r)
    mass : shape (g, r)
        c p, columns of sum 1.
    log_density : shape (g, r)
        log p.
    cell : shape (g, r)
        c.
    covered : float
        The probability of the inputs that the grid stands for.
    units : four arrays of shape (d,)
        Mean and scale of the inputs, and of the points.
    """

    inputs: Floats
    weights: Floats
    points: Floats
    mass: Floats
    log_density: Floats
    cell: Floats
    covered: float
    units: tuple[Floats, Floats, Floats, Floats]


def refined(task: ContinuousTask) -> ContinuousTask:
    """The task on grids twice as fine: what a network is judged on."""
    return replace(task, rows=2 * task.rows + 1, points=2 * task.points, hidden_nodes=2 * task.hidden_nodes)


def continuous_table(
    task: ContinuousTask, units: tuple[Floats, Floats, Floats, Floats] | None = None
) -> ContinuousTable:
    """The table of a task, in the given units or in its own.

    Raises
    ------
    ValueError
        Where the grid of x has less than 0.99 of the mass: then it is too coarse for beta, or too short.

    >>> from retrodict.maps.continuous import linear
    >>> t = continuous_table(ContinuousTask(linear([[1]]), "encoder", 1.0))
    >>> middle, width = (t.points * t.mass).sum(axis=1), t.units[3]  # of the posterior N(x/2, 1/2)
    >>> bool(np.allclose(middle * width, t.inputs * t.units[1] / 2, atol=1e-12)), round(t.covered, 3)
    (True, 1.0)
    """
    seen, mass, points, log_density, cell = _encoder(task) if task.direction == "encoder" else _forward(task)
    covered = float(mass.sum())
    if not covered >= LEAST_COVERED:
        raise ValueError(
            f"{task.label}: the grid of {task.rows} rows to reach = {task.reach:g} has {covered:.4f} of the mass: "
            f"must have {LEAST_COVERED}; take more rows and points, or a larger reach"
        )
    weights = mass / covered
    share = np.exp(log_density) * cell
    if units is None:
        joint = share * weights
        units = (*_moments(seen, weights), *_moments(points.reshape(len(points), -1), joint.ravel()))
    in_mean, in_scale, out_mean, out_scale = units
    return ContinuousTable(
        (seen - in_mean[:, None]) / in_scale[:, None],
        weights,
        (points - out_mean[:, None, None]) / out_scale[:, None, None],
        share,
        log_density + np.log(out_scale).sum(),
        cell / out_scale.prod(),
        min(covered, 1.0),
        units,
    )


def _forward(task: ContinuousTask) -> tuple[Floats, ...]:
    """z on its grid, and x around G(z)."""
    d = task.map.dimension
    z, step = _grid(np.full(d, -task.reach), np.full(d, task.reach), task.rows)
    offsets, cell = _grid(
        np.full(d, -math.sqrt(2 * DEPTH_OF_BOX)), np.full(d, math.sqrt(2 * DEPTH_OF_BOX)), task.points
    )
    points = task.map(z).T[:, None, :] + task.beta * offsets.T[:, :, None]
    height = -np.sum(offsets**2, axis=1) / 2
    log_density = np.repeat((height - math.log(np.exp(height).sum() * cell * task.beta**d))[:, None], len(z), axis=1)
    mass = np.exp(-np.sum(z**2, axis=1) / 2) * step / (2 * math.pi) ** (d / 2)
    return z.T, mass, points, log_density, np.full(log_density.shape, cell * task.beta**d)


def _encoder(task: ContinuousTask) -> tuple[Floats, ...]:
    """x on its grid, and z where its posterior is not negligible."""
    d = task.map.dimension
    image = task.map(_grid(np.full(d, -task.reach), np.full(d, task.reach), 1025 if d == 1 else 129)[0])
    margin = task.reach * task.beta
    x, step = _grid(image.min(axis=0) - margin, image.max(axis=0) + margin, task.rows)
    size = task.points**d
    points, log_density = np.empty((d, size, len(x))), np.empty((size, len(x)))
    mass, cells = np.empty(len(x)), np.empty((size, len(x)))
    for i, seen in enumerate(x):
        z, cell = _nodes(task, seen)
        energy = _energy(task, z, seen)
        least = energy.min()
        logarithm = math.log(np.sum(np.exp(least - energy) * cell)) - least
        points[:, :, i], log_density[:, i], cells[:, i] = z.T, -energy - logarithm, cell
        mass[i] = math.exp(logarithm - d * math.log(2 * math.pi * task.beta)) * step
    return x.T, mass, points, log_density, cells


def _energy(task: ContinuousTask, z: Floats, x: Floats) -> Floats:
    return np.asarray(np.sum(z**2, axis=1) / 2 + np.sum((task.map(z) - x) ** 2, axis=1) / (2 * task.beta**2))


def _nodes(task: ContinuousTask, x: Floats) -> tuple[Floats, Floats]:
    """Where the posterior of x is summed: points^d nodes, shape (points^d, d), and the volume of the cell of each."""
    low, high = _box(task, x)
    if task.map.dimension == 1:
        z, spacing = _grid(low, high, SCAN)
        energy = _energy(task, z, x)
        inside = np.flatnonzero(energy <= energy.min() + DEPTH_OF_BOX)
        groups = np.split(inside, np.flatnonzero(np.diff(inside) > 3) + 1)
        ends = [(z[group[0], 0] - spacing, z[group[-1], 0] + spacing) for group in groups]
        if len(ends) * LEAST_POINTS <= task.points:
            lengths = np.array([b - a for a, b in ends])
            shares = LEAST_POINTS + np.floor((task.points - len(ends) * LEAST_POINTS) * lengths / lengths.sum())
            shares[lengths.argmax()] += task.points - shares.sum()
            pieces = [_grid(np.array([a]), np.array([b]), int(n)) for (a, b), n in zip(ends, shares, strict=True)]
            return np.concatenate([nodes for nodes, _ in pieces]), np.repeat([c for _, c in pieces], shares.astype(int))
    nodes, cell = _grid(low, high, task.points)
    return nodes, np.full(len(nodes), cell)


def _box(task: ContinuousTask, x: Floats) -> tuple[Floats, Floats]:
    """A box outside which U exceeds its least value on a scan, at least the least of all, by `DEPTH_OF_BOX`.

    U(z) >= |z|^2 / 2 and U(0) give the first; two scans, each with a cell to spare on every side, make it smaller.
    """
    d = task.map.dimension
    count = SCAN if d == 1 else 65
    least = float(_energy(task, np.zeros((1, d)), x)[0])
    radius = math.sqrt(2 * (least + DEPTH_OF_BOX))
    low, high = np.full(d, -radius), np.full(d, radius)
    for _ in range(3):
        z, _cell = _grid(low, high, count)
        energy = _energy(task, z, x)
        inside = z[energy <= energy.min() + DEPTH_OF_BOX]
        spare = (high - low) / (count - 1)
        low, high = np.maximum(low, inside.min(axis=0) - spare), np.minimum(high, inside.max(axis=0) + spare)
    return low, high


def _grid(low: Floats, high: Floats, count: int) -> tuple[Floats, float]:
    """The nodes of a uniform grid, ends included, shape (count^d, d), and the volume of a cell."""
    axes = [np.linspace(a, b, count) for a, b in zip(low, high, strict=True)]
    nodes = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    return nodes, float(np.prod((high - low) / (count - 1)))


def _moments(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    mean = values @ weights
    return mean, np.sqrt((values - mean[:, None]) ** 2 @ weights)
