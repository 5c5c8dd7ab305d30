"""Bounds of a whole map from both ends, until they meet or the time is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from signal import SIGINT, signal
from threading import Event, current_thread, main_thread
from time import monotonic

from numpy.typing import ArrayLike

from retrodict.bounds import Bounds
from retrodict.netlist import Circuit
from retrodict.synthesis.encoding import Formula, encode
from retrodict.synthesis.expansion import expand
from retrodict.synthesis.network import Network
from retrodict.synthesis.refutation import LowerBound, Refutation
from retrodict.synthesis.solver import SLICE, Solver, available
from retrodict.synthesis.targets import Map, Targets, input_tables, outputs_of, symmetries, targets
from retrodict.synthesis.theorems import first_outputs, single
from retrodict.synthesis.windows import improve

__all__ = ["BASES", "synthesize"]

BASES = {"B2": "B2", "U2": "U2", "AIG": "U2"}

# The work without a timeout, the same on every machine.
CONFLICTS = 8_000
MOST_WINDOWS = 60

WINDOWS = 20  # in a row of one network
STARTS = {False: 3, True: 8}  # networks, without and with a timeout
WINDOW_INPUTS = 10  # beyond, the rows of a window take too long to find
MOST_CLAUSES = {False: 200_000, True: 1_500_000}  # of a formula, without and with a timeout
FOR_WINDOWS = 0.3  # of the time


def synthesize(source: Map | Sequence[ArrayLike], *, basis: str = "B2", timeout: float | None = None) -> Bounds:
    """Bounds of the least number of two-input gates of a circuit of all outputs together.

    An output may be a constant, an input or its complement at no cost; complements and fan-out are free.

    Parameters
    ----------
    source : BooleanMap, or a sequence of truth tables
        Anything with `n_inputs`, `n_outputs` and a `table` whose entry x has output i as its bit i; or for each output
        its truth table: 2^n zeros and ones.
    basis : {"B2", "U2", "AIG"}
        "B2": all 16 operations. "U2" or "AIG", two names of one size: all but exclusive or and its complement, that is
        conjunctions with free complements.
    timeout : float, optional
        Seconds. None: a fixed number of solver conflicts, so that the result is the same on every machine.

    Returns
    -------
    Bounds
        `witness` is a `Circuit` of `upper` gates, simulated on all inputs. `proof` is a `LowerBound`: a named theorem,
        and for each number from there on a DRAT refutation of "so many gates"; `proof.check()` replays them in the
        independent checker. What the refuted formulas mean is argued, not certified: see
        `retrodict.synthesis.encoding`, which also breaks symmetries. When the bounds do not meet, `note` says why the
        search ended: the time, Ctrl-C, or the work that it may do without a timeout.

    Raises
    ------
    ValueError, TypeError
        An unknown basis, a timeout that is not positive, what is no map.

    Examples
    --------
    >>> sum_and_carry = synthesize([[0, 1, 1, 0, 1, 0, 0, 1], [0, 0, 0, 1, 0, 1, 1, 1]])
    >>> print(sum_and_carry, sum_and_carry.witness.size)
    5 5
    >>> print(sum_and_carry.proof)
    at least 4: ...; not 4: DRAT
    """
    if basis not in BASES:
        raise ValueError(f"basis = {basis!r}: it is one of {', '.join(map(repr, BASES))}")
    if timeout is not None and not timeout > 0:
        raise ValueError(f"timeout = {timeout}: must be a positive number of seconds")
    n, outputs = outputs_of(source)
    search = _Search(targets(n, outputs), BASES[basis], timeout)
    note = search.run()
    circuit = search.circuit()
    ones = (1 << (1 << n)) - 1
    signals = circuit.signals(only_outputs=True)
    for i, (literal, output) in enumerate(zip(circuit.outputs, outputs, strict=True)):
        if signals[literal // 2] ^ (ones if literal & 1 else 0) != output:
            raise RuntimeError(f"the circuit found computes another output {i}: please report it")
    lower = search.lower_bound()
    return Bounds(lower.value, circuit.size, witness=circuit, proof=lower, note=note)


@contextmanager
def _ctrl_c() -> Iterator[Event]:
    """Ctrl-C sets the event and does nothing else; in the main thread, which alone hears of signals."""
    pressed = Event()
    if current_thread() is not main_thread():
        yield pressed
        return
    previous = signal(SIGINT, lambda *_: pressed.set())
    try:
        yield pressed
    finally:
        signal(SIGINT, previous)


class _Attempt:
    """The formula of r gates, half solved."""

    def __init__(self, formula: Formula) -> None:
        self.formula = formula
        self.solver = Solver(formula.clauses, with_proof=True)


class _Search:
    """What is known so far: a network, refuted numbers, and the theorem from which on they count."""

    def __init__(self, wanted: Targets, basis: str, timeout: float | None) -> None:
        self.wanted, self.basis, self.timeout = wanted, basis, timeout
        self.n = len(wanted.inputs)
        self.start, self.reason = first_outputs(self.n, wanted.functions, basis)
        self.began = monotonic()
        self.interrupted = Event()
        self.refuted: dict[int, Refutation] = {}
        self.network = self._expanded([range(self.n)])[0]

    def run(self) -> str:
        """Narrows the bounds; what the reader should know of how it ended."""
        if not self.open():
            return ""
        if not available():
            return "python-sat, the extra `sat`, is not installed: nothing was searched"
        with _ctrl_c() as self.interrupted:
            self._shrink()
            ended = self._decide()
        return f"{ended}: no minimum, but the best bounds by then" if self.open() else ""

    def open(self) -> list[int]:
        """The numbers of gates that may be the minimum, and are less than the best."""
        return [r for r in range(self.start, self.network.size) if r not in self.refuted]

    def lower_bound(self) -> LowerBound:
        refutations: list[Refutation] = []
        while self.start + len(refutations) in self.refuted and self.start + len(refutations) < self.network.size:
            refutations.append(self.refuted[self.start + len(refutations)])
        return LowerBound(self.start, self.reason, tuple(refutations))

    def circuit(self) -> Circuit:
        """The network as a circuit of the map."""
        n, inputs = self.wanted.n_inputs, self.wanted.inputs
        variable = [*(i + 1 for i in inputs), *(n + 1 + i for i in range(self.network.size))]
        gates = [(operation, variable[a], variable[b]) for operation, a, b in self.network.gates]
        places = [*range(n + 1), *(variable[v] for v in self.network.places)]  # of signal -1, 0, 1, ... of the map
        return Circuit(n, gates, [2 * places[signal + 1] + complement for signal, complement in self.wanted.outputs])

    def _expanded(self, orders: Sequence[Sequence[int]]) -> list[Network]:
        """Constructed networks, the smallest first."""
        functions = self.wanted.functions
        networks = [Network.of(expand(self.n, functions, order, self.basis), functions) for order in orders]
        return sorted(networks, key=lambda network: network.size)

    def _over(self, share: float = 1.0) -> bool:
        late = self.timeout is not None and monotonic() - self.began > share * self.timeout
        return late or self.interrupted.is_set()

    def _shrink(self) -> None:
        """Expansions in several orders of the inputs, and windows of them."""
        n = self.n
        tried = 22 if n <= 6 else 4 if n <= WINDOW_INPUTS else 0
        orders = [range(n), range(n)[::-1], *(Random(seed).sample(range(n), n) for seed in range(tried))]
        starts = self._expanded(orders)[: STARTS[self.timeout is not None]]
        self.network = starts[0]
        turn = 0
        while n <= WINDOW_INPUTS and self.network.size > self.start:
            if self._over(FOR_WINDOWS) or (self.timeout is None and turn * WINDOWS >= MOST_WINDOWS):
                break
            i = turn % len(starts)
            starts[i] = improve(
                starts[i],
                self.basis,
                least=self.start,
                windows=WINDOWS,
                seed=turn,
                stop=lambda: self._over(FOR_WINDOWS),
            )
            self.network = min(self.network, starts[i], key=lambda network: network.size)
            turn += 1

    def _decide(self) -> str:
        """Exact searches for the least and for the largest open number in turn; why they ended."""
        attempts: dict[int, _Attempt] = {}
        spent, turn = 0, 0
        try:
            while open_ := self.open():
                if self._over():
                    return (
                        "interrupted by Ctrl-C"
                        if self.interrupted.is_set()
                        else f"interrupted after {self.timeout:g} s"
                    )
                if self.timeout is None and spent >= CONFLICTS:
                    return f"stopped after {spent} conflicts of the solver, which a timeout would raise"
                choices = [
                    r for r in (open_[0], open_[-1]) if self._clauses(r) <= MOST_CLAUSES[self.timeout is not None]
                ]
                if not choices:
                    return f"not searched: the formula of {open_[0]} gates is too large"
                r = choices[turn % len(choices)]
                turn += 1
                if r not in attempts:
                    attempts[r] = _Attempt(self._formula(r))
                answer = attempts[r].solver.run()
                spent += SLICE
                if answer is not None:
                    self._learn(r, attempts[r], answer)
                for old in [old for old in attempts if old not in self.open()]:
                    attempts.pop(old).solver.close()
        finally:
            for attempt in attempts.values():
                attempt.solver.close()
        return ""

    def _learn(self, r: int, attempt: _Attempt, answer: bool) -> None:
        formula = attempt.formula
        if answer:
            gates, _ = formula.gates(attempt.solver.model())
            self.network = Network(input_tables(self.n), gates, self.wanted.functions)
        else:
            claim = f"{len(self.wanted.functions)} functions of {self.n} inputs by {r} gates in the basis {self.basis}"
            self.refuted[r] = Refutation(claim, formula.n_variables, formula.clauses, attempt.solver.proof())

    def _clauses(self, r: int) -> int:
        """About how many the formula has."""
        return sum((self.n + i) * (self.n + i - 1) // 2 * 4 << self.n for i in range(r))

    def _formula(self, r: int) -> Formula:
        n, functions = self.n, self.wanted.functions
        return encode(
            input_tables(n),
            functions,
            1 << n,
            r,
            basis=self.basis,
            used=range(n),
            symmetries=symmetries(n, functions),
            at_least=[single(n, f, self.basis)[0] for f in functions],
        )
