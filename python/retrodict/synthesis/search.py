"""Bounds of a whole map from both ends, until they meet or the time is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from signal import SIGINT, signal
from threading import Event, current_thread, main_thread
from time import monotonic

from numpy.typing import ArrayLike

from retrodict import circuits
from retrodict.bounds import BY_CTRL_C, Bounds
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

# The quick part, the same on every machine; with a timeout a part follows that takes the time.
HIDDEN = {True: 6, False: 5}  # gates that are no outputs, in exhaustive searches: with up to 4 inputs, with more
CONFLICTS = {False: 8_000, True: 120_000}  # of the solver; more where it is the only engine
MOST_WINDOWS = 100

WINDOWS = 20  # in a row of one network
STARTS = {False: 3, True: 8}  # networks, in the quick and in the timed part
WINDOW_INPUTS = 10  # beyond, the rows of a window take too long to find
EXHAUSTIVE = (6, 32)  # inputs and outputs that the exhaustive search takes
MOST_CLAUSES = {False: 200_000, True: 1_500_000}  # of a formula, in the quick and in the timed part
SHARES = {"windows": 0.25, "exhaustive": 0.8}  # of the time, at whose end each stops


def synthesize(
    source: Map | Sequence[ArrayLike], *, basis: str = "B2", timeout: float | None = None, drat: bool = False
) -> Bounds:
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
        Seconds. None: a fixed amount of work, so that the result is the same on every machine.
    drat : bool
        Lower bounds by refutations that the independent checker replays, and by counting inputs and outputs, alone:
        without the faster exhaustive search and without tables, which have to be believed.

    Returns
    -------
    Bounds
        `witness` is a `Circuit` of `upper` gates, simulated on all inputs. `proof` is a `LowerBound`: a named theorem
        or exhaustive search, and for each number from there on a DRAT refutation of "so many gates"; `proof.check()`
        replays these. What the refuted formulas mean is argued, not certified: see `retrodict.synthesis.encoding`,
        which also breaks symmetries. When the bounds do not meet, `note` says why the search ended: the time, Ctrl-C,
        or the work that it may do without a timeout.

    Raises
    ------
    ValueError, TypeError
        An unknown basis, a timeout that is not positive, what is no map.

    Examples
    --------
    >>> full_adder = [[0, 1, 1, 0, 1, 0, 0, 1], [0, 0, 0, 1, 0, 1, 1, 1]]
    >>> found = synthesize(full_adder)
    >>> print(found, found.witness.size, found.proof)
    5 5 at least 5: exhaustive search: no circuit of 4 gates
    >>> print(synthesize(full_adder, drat=True).proof)
    at least 3: every output needs 2 gates (3 inputs flow into one output), ...; not 3: DRAT; not 4: DRAT
    """
    if basis not in BASES:
        raise ValueError(f"basis = {basis!r}: it is one of {', '.join(map(repr, BASES))}")
    if timeout is not None and not timeout > 0:
        raise ValueError(f"timeout = {timeout}: must be a positive number of seconds")
    n, outputs = outputs_of(source)
    search = _Search(targets(n, outputs), BASES[basis], timeout, drat)
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
def _ctrl_c(pressed: Event) -> Iterator[None]:
    """Ctrl-C sets the event and does nothing else; in the main thread, which alone hears of signals."""
    if current_thread() is not main_thread():
        yield
        return
    previous = signal(SIGINT, lambda *_: pressed.set())
    try:
        yield
    finally:
        signal(SIGINT, previous)


class _Attempt:
    """The formula of r gates, half solved."""

    def __init__(self, formula: Formula) -> None:
        self.formula = formula
        self.solver = Solver(formula.clauses, with_proof=True)


class _Search:
    """What is known so far: a network, refuted numbers, and the theorem from which on they count."""

    def __init__(self, wanted: Targets, basis: str, timeout: float | None, drat: bool) -> None:
        self.wanted, self.basis, self.timeout, self.drat = wanted, basis, timeout, drat
        self.n, self.m = len(wanted.inputs), len(wanted.functions)
        self.quick = self.m + HIDDEN[self.n <= 4]
        self.start, self.reason = first_outputs(self.n, wanted.functions, basis, tables=not drat)
        self.began = monotonic()
        self.interrupted = Event()
        self.refuted: dict[int, Refutation] = {}
        self.network = self._expanded([range(self.n)])[0]

    def run(self) -> str:
        """Narrows the bounds; what the reader should know of how it ended."""
        ended = ""
        try:
            self._exhaust(self.quick)
            with _ctrl_c(self.interrupted):
                if not self.drat:  # else formulas are solved at any rate, and they give circuits too
                    self._shrink(MOST_WINDOWS)
                ended = self._decide(CONFLICTS[self.drat])
            if self.timeout is not None:
                with _ctrl_c(self.interrupted):
                    self._shrink(None)
                self._exhaust(self.network.size)
                with _ctrl_c(self.interrupted):
                    ended = self._decide(None)
        except KeyboardInterrupt:
            ended = BY_CTRL_C
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

    def _exhaust(self, most: int) -> None:
        """Exhaustive searches for the next numbers of gates, one after the other, up to `most`."""
        if self.drat or self.n > EXHAUSTIVE[0] or self.m > EXHAUSTIVE[1]:
            return
        rows = [[f >> x & 1 for x in range(1 << self.n)] for f in self.wanted.functions]
        share = SHARES["exhaustive"]
        while self.start < self.network.size and self.start <= most and not self._over(share):
            r = self.start
            left = None if self.timeout is None else self.began + share * self.timeout - monotonic()
            found = circuits.minimum_circuit(rows, basis=self.basis, max_gates=r, timeout=left)
            if found.witness is not None:
                self.network = Network.of(found.witness, self.wanted.functions)
            elif found.lower <= r:
                return
            else:
                self.start, self.reason = r + 1, f"exhaustive search: no circuit of {r} gates"

    def _shrink(self, windows: int | None) -> None:
        """Expansions in several orders of the inputs, and so many windows of them; None: for its share of the time."""
        n = self.n
        tried = 22 if n <= 6 else 4 if n <= WINDOW_INPUTS else 0
        orders = [range(n), range(n)[::-1], *(Random(seed).sample(range(n), n) for seed in range(tried))]
        starts = [self.network, *self._expanded(orders)][: STARTS[windows is None]]
        self.network = min(starts, key=lambda network: network.size)
        if n > WINDOW_INPUTS or not available():
            return

        def stop() -> bool:
            return self._over(SHARES["windows"])

        turn = 0
        while self.open() and not stop() and (windows is None or turn * WINDOWS < windows):
            i = turn % len(starts)
            starts[i] = improve(starts[i], self.basis, least=self.start, windows=WINDOWS, seed=turn, stop=stop)
            self.network = min(self.network, starts[i], key=lambda network: network.size)
            turn += 1

    def _decide(self, conflicts: int | None) -> str:
        """Formulas of the least and of the largest open number in turn, for so many conflicts; why it ended."""
        if not available():
            return "python-sat, the extra `sat`, is not installed, so there were no windows and no refutations"
        attempts: dict[int, _Attempt] = {}
        most = MOST_CLAUSES[conflicts is None]
        spent = 0
        try:
            while open_ := self.open():
                if self.interrupted.is_set():
                    return BY_CTRL_C
                if self._over():
                    return f"interrupted after {self.timeout:g} s"
                if conflicts is not None and (spent >= conflicts or self.start > self.quick):
                    return "stopped after a fixed amount of work, which a timeout would raise"
                choices = [r for r in (open_[0], open_[-1]) if self._clauses(r) <= most]
                if not choices:
                    return f"stopped before the formula of {open_[0]} gates, which is too large"
                r = choices[spent // SLICE % len(choices)]
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
            claim = f"{self.m} functions of {self.n} inputs by {r} gates in the basis {self.basis}"
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
            at_least=[single(n, f, self.basis, tables=not self.drat)[0] for f in functions],
        )
