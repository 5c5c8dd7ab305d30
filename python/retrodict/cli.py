"""The command line: `retrodict list | run | compare | label | report`.

Exit statuses: 0 done, and what was run holds; 1 something that was run fails or is undecided; 2 usage or bad input,
said in one line; 70 a bug, with its traceback; 130 interrupted; 141 nobody reads the output any more.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from retrodict.claims.budget import CapacityError
from retrodict.files import replacing
from retrodict.report.appendix import appendix, bibliography
from retrodict.report.comparison import missing
from retrodict.report.gather import gather
from retrodict.report.page import page
from retrodict.runs import discover, display, execute
from retrodict.runs.store import Store

if TYPE_CHECKING:
    from retrodict.compare import Row

__all__ = ["main"]

CELLS = "headline-cells"  # the folder in which a headline keeps what it has computed
TRIALS = "label-trials"  # and that of trials of labelling
COLUMNS = 6  # measures side by side on a terminal
HELD, REFUTED, USAGE, BUG, INTERRUPTED, UNREAD = 0, 1, 2, 70, 130, 141


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit with its status."""
    sys.exit(_status(argv))


def _status(argv: Sequence[str] | None) -> int:
    args = _parser().parse_args(argv)
    try:
        status: int = args.verb(args)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has left: nothing more to flush
        return UNREAD
    except (ValueError, TypeError, OSError, CapacityError) as error:
        print(f"retrodict: {' '.join(str(error).split())}", file=sys.stderr)
        return USAGE
    except Exception:
        traceback.print_exc()
        return BUG


def _list(args: argparse.Namespace) -> int:
    store = Store(args.out)
    statements = discover.select(args.statements)
    found = {statement.label: store.read(statement.label) for statement in statements}
    reports = {label: report for label, report in found.items() if report}
    display.console().print(display.table_of_statements(statements, reports))
    return HELD


def _run(args: argparse.Namespace) -> int:
    statements = discover.select(args.statements)
    console = display.console(stderr=args.json)
    salt = secrets.randbits(63) if args.fresh else args.salt
    if salt:
        console.print(f"salt {salt}")
    detailed = args.verbose or bool(args.statements)
    with display.Display(console, args.out, len(statements), detailed=detailed) as listener:
        reports = execute.run(statements, Store(args.out), salt=salt, full=args.full, jobs=args.jobs, listener=listener)
    console.print(display.summary(reports, listener.kept))
    if args.json:
        _print_json(reports)
    broken = [r for r in reports if r["verdict"] == "FAILS" or (r["verdict"] == "UNDECIDED" and not r["open"])]
    return REFUTED if broken else HELD


def _compare(args: argparse.Namespace) -> int:
    # Under its full name: `retrodict.compare` is also the function.
    from retrodict.compare import DEFAULT_MAPS, maps_list, stream, write

    if args.list:
        display.console().print(display.table(("map", "what it is"), maps_list(), align="left"))
        return HELD
    if args.scaling:
        return _scaling(args)
    if args.headline:
        return _headline(args)
    if args.quick:
        raise ValueError("--quick goes with --headline")
    rows: list[Row] = []
    with display.Bar(display.console(stderr=True)) as bar:
        given = {name: getattr(args, name) for name in ("timeout", "beta", "eps")}
        setting = {name: value for name, value in given.items() if value is not None}
        finished = _gather(stream(args.maps or DEFAULT_MAPS, args.measure, bar.at, **setting), rows)
    if args.json:
        _print_json(rows)
    elif rows:
        _print_comparison(rows)
    if args.out is not None and rows:
        write(rows, args.out)
    return HELD if finished else _interrupted()


def _scaling(args: argparse.Namespace) -> int:
    from retrodict.compare import SCALING_MEASURES, curves, members, scaling_json, sizes_of, stream, write_scaling

    sizes = [text for text in args.maps if text.startswith("n=")]
    families = [text for text in args.maps if not text.startswith("n=")]
    if len(sizes) != 1 or not families:
        raise ValueError("--scaling takes one or more families and one range of sizes, as in gray cube n=4..16")
    found = members(families, sizes_of(sizes[0]))
    rows: list[Row] = []
    with display.Bar(display.console(stderr=True)) as bar:
        maps = [member.map for member in found]
        finished = _gather(stream(maps, args.measure or SCALING_MEASURES, bar.at, timeout=args.timeout), rows)
    if args.json:
        _print_json(scaling_json(found, rows))
    else:
        lines = [
            (
                curve.family,
                curve.measure,
                curve.direction,
                " ".join(str(span) for _, span in curve.points),
                curve.label or "no law",
                "exact" if curve.exact else "bounds",
            )
            for curve in curves(found, rows)
        ]
        header = ("family", "measure", "direction", "hardest bit at each n", "growth", "kind")
        console = display.console()
        console.print(display.table(header, lines, align="left"))
        console.print(
            "Growth: a line holds at every n shown; n^a and 2^(a n) are fits to them, and no theorem. Fits that are "
            "off by a quarter at some n, or of fewer than four, are left out."
        )
    if args.out is not None and rows:
        write_scaling(found, rows, args.out)
    return HELD if finished else _interrupted()


def _headline(args: argparse.Namespace) -> int:
    from retrodict.compare import CellStore, headline, headline_json, write_headline

    given = [name for name in ("maps", "measure", "timeout", "beta", "eps") if getattr(args, name)]
    if given:
        raise ValueError(f"{given[0]}: --headline has maps, measures and settings of its own")
    folder = args.out or Path("out")
    with display.Bar(display.console(stderr=True)) as bar:
        drawn = headline(CellStore(folder / CELLS), quick=args.quick, progress=bar.at)
    paths = write_headline(drawn, folder)
    if args.json:
        _print_json(headline_json(drawn))
    else:
        print(*paths, sep="\n")
    return HELD


def _gather(found: Iterator[list[Any]], rows: list[Any]) -> bool:
    """Collects rows as they come; False where Ctrl-C ended that, and `rows` has what was finished."""
    try:
        for some in found:
            rows += some
    except KeyboardInterrupt:
        return False
    return True


def _interrupted() -> int:
    print("retrodict: interrupted; what had finished is kept", file=sys.stderr)
    return INTERRUPTED


def _print_comparison(rows: Sequence[Row]) -> None:
    from retrodict.compare import pairs

    console = display.console()
    found = pairs(rows)
    measures = list(dict.fromkeys(pair.measure for pair in found))
    cells = {(pair.map, pair.measure): str(pair) for pair in found}
    names = list(dict.fromkeys(pair.map for pair in found))
    for first in range(0, len(measures), COLUMNS):
        some = measures[first : first + COLUMNS]
        header = ("map", *(measure.replace("_", "\n") for measure in some))
        console.print(display.table(header, [(name, *(cells.get((name, m), "") for m in some)) for name in names]))
    console.print(
        "Forward → encoder, of the hardest output bit, or of the map if the measure is one of maps; one value where "
        "they are equal or the measure is one of encoders; 4–9 for bounds, ≥4 or ≤9 for one alone, 'if' for what rests "
        "on a condition, ≈ for an estimate. Single bits, whole maps, and what each value is: --json or --out."
    )
    for name, why in missing(rows):
        console.print(f"{name}: {why}")


def _label(args: argparse.Namespace) -> int:
    from retrodict.compare import CellStore
    from retrodict.separation import draw, every_setting, rows_of

    grid = every_setting(
        args.model, args.arity, args.depth, args.q, args.strength, args.features, args.lowest, args.fraction or [None]
    )
    rows: list[Any] = []
    with display.Bar(display.console(stderr=True)) as bar:
        store = CellStore(args.out / TRIALS)
        finished = _gather(rows_of(grid, args.trials, args.seed, store, bar.at), rows)
    if args.json:
        _print_json(rows)
    elif rows:
        _print_labels(rows)
    if args.plot is not None and rows:
        draw(rows, args.plot)
    return HELD if finished else _interrupted()


def _print_labels(rows: Sequence[Mapping[str, Any]]) -> None:
    methods = list(dict.fromkeys(row["method"] for row in rows))
    lines: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        where = (row["model"], str(row["n_leaves"]), f"{row['share']:.3g}", str(row["n_features"]), str(row["trials"]))
        value, low, high = row["some_wrong"]
        cells = lines.setdefault((*where, f"{row['identified']:.3g}"), {})
        cells[row["method"]] = f"{value:.3g} [{low:.2g}, {high:.2g}]\n{row['error'][0]:.2g}"
    header = ("model", "leaves", "labelled", "features", "trials", "identified", *methods)
    body = [(*where, *(cells.get(method, "") for method in methods)) for where, cells in lines.items()]
    console = display.console()
    console.print(display.table(header, body))
    console.print(
        "Of each method: the probability that it labels some leaf wrong, [lower, upper] bounds that are wrong with "
        "probability at most 1/20 each pair, and below it the share of wrong entries (unrevealed leaf, label). "
        "Identified: the share of trials in which the rule identifies every label on the true tree."
    )


def _report(args: argparse.Namespace) -> int:
    material = gather(args.out)
    for name, text in {
        "index.html": page(material),
        "appendix.tex": appendix(material),
        "references.bib": bibliography(material),
    }.items():
        with replacing(args.out / name) as draft:
            draft.write_text(text, encoding="utf-8")
        print(args.out / name)
    return HELD


def _print_json(value: object) -> None:
    json.dump(value, sys.stdout, indent=1, ensure_ascii=False)
    print()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number}: must be at least 1")
    return number


def _fraction(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError(f"{text!r}: must be a number such as 1/4 or 0.25") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="retrodict",
        description="Check theorems about inverting maps with numbers, and compare maps with their encoders.",
        epilog="exit status: 0 done and holds, 1 something fails or is undecided, 2 bad input, 130 interrupted",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"retrodict {version('retrodict')}")
    verbs = parser.add_subparsers(required=True, metavar="list | run | compare | label | report")

    def verb(name: str, action: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
        found = verbs.add_parser(name, help=about, description=about, allow_abbrev=False)
        found.set_defaults(verb=action)
        return found

    statements: Any = {
        "nargs": "*",
        "metavar": "LABEL-PATTERN or FILE",
        "help": "labels, with * and ? ('thm:*'), or files or folders of statements; all if none is given",
    }
    listing = verb("list", _list, "List the statements, and how each ended when last run.")
    listing.add_argument("statements", **statements)
    listing.add_argument("--out", type=Path, default=Path("out"), metavar="DIR", help="folder of results (out)")

    run = verb("run", _run, "Judge statements; what still stands from before is not run again.")
    run.add_argument("statements", **statements)
    run.add_argument("--full", action="store_true", help="the full tier: the long grids")
    salts = run.add_mutually_exclusive_group()
    salts.add_argument("--fresh", action="store_true", help="draw new samples, under a new salt, which is printed")
    salts.add_argument("--salt", type=int, default=0, metavar="N", help="draw the samples of this salt (0)")
    run.add_argument("--out", type=Path, default=Path("out"), metavar="DIR", help="folder of results (out)")
    run.add_argument(
        "-v", "--verbose", action="store_true", help="every finding, also of statements not asked for by name"
    )
    run.add_argument("--json", action="store_true", help="print a JSON list of reports, and only that, to stdout")
    run.add_argument(
        "--jobs",
        type=_positive,
        default=len(execute.processors()),
        metavar="N",
        help="statements at a time (%(default)s)",
    )

    compare = verb("compare", _compare, "Compare the capacity of maps and of their encoders, side by side.")
    compare.add_argument("maps", nargs="*", metavar="MAP", help="names (see --list) or files; if none, the examples")
    compare.add_argument(
        "--scaling",
        action="store_true",
        help="families of maps as n grows, and the growth of each: retrodict compare --scaling gray cube n=4..12",
    )
    compare.add_argument(
        "--headline",
        action="store_true",
        help="one figure and one table of invertible and other maps under every measure, into --out (out)",
    )
    compare.add_argument("--quick", action="store_true", help="with --headline: fewer points")
    compare.add_argument("--list", action="store_true", help="list the maps")
    compare.add_argument("--measure", nargs="+", metavar="NAME", help="only these measures")
    compare.add_argument(
        "--timeout",
        type=float,
        metavar="SECONDS",
        help="for each map, measure and direction; what is interrupted leaves its bounds",
    )
    compare.add_argument("--beta", metavar="NUMBER", help="noise of continuous maps, such as 0.01 or 1/100 (0.001)")
    compare.add_argument("--eps", metavar="NUMBER", help="total variation allowed to their encoders (0.1)")
    compare.add_argument("--json", action="store_true", help="print the rows, each bit's too, as a JSON list")
    compare.add_argument("--out", type=Path, metavar="DIR", help="write JSON, CSV, LaTeX and a figure into this folder")

    label = verb(
        "label", _label, "Label simulated hierarchies, by their tree and by shallow methods: how much is wrong."
    )
    label.add_argument("--model", nargs="+", default=["M0", "M1", "M2"], metavar="NAME", help="of M0 M1 M2 (all)")
    label.add_argument("--arity", type=int, default=4, metavar="N", help="children of a node (%(default)s)")
    label.add_argument("--depth", type=int, nargs="+", default=[5], metavar="N", help="levels below the root (5)")
    label.add_argument("--q", type=int, default=2, metavar="N", help="states of a feature (%(default)s)")
    label.add_argument(
        "--strength", type=float, default=0.8, metavar="X", help="probability of a copy, on each edge (%(default)s)"
    )
    label.add_argument(
        "--features", type=int, nargs="+", default=[128, 256, 512], metavar="N", help="how many (128 256 512)"
    )
    label.add_argument(
        "--lowest", type=int, default=2, metavar="N", help="least height of a vertex that has a label (%(default)s)"
    )
    label.add_argument(
        "--fraction",
        type=_fraction,
        nargs="+",
        metavar="P",
        help="each leaf reveals its labels with this probability; if absent, one leaf below each vertex under a lowest "
        "top does, which identifies every label",
    )
    label.add_argument("--trials", type=_positive, default=20, metavar="N", help="of each setting (%(default)s)")
    label.add_argument("--seed", type=int, default=1, metavar="N", help="of all trials (%(default)s)")
    label.add_argument("--json", action="store_true", help="print the rows as a JSON list, and only that, to stdout")
    label.add_argument("--plot", type=Path, metavar="FILE", help="draw them; the suffix tells the format")
    label.add_argument(
        "--out", type=Path, default=Path("out"), metavar="DIR", help="folder that keeps what has finished (out)"
    )

    report = verb("report", _report, "Write the results in a folder up as a page and a LaTeX appendix.")
    report.add_argument("--out", type=Path, default=Path("out"), metavar="DIR", help="folder of results (out)")
    return parser


if __name__ == "__main__":
    main()
