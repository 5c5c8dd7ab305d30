"""Read what a run and a comparison have left in a folder, and order it for the page and the appendix."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrodict.report.comparison import Row
from retrodict.report.references import Reference, references_in, unique

__all__ = ["GRADES", "Material", "gather"]

Report = dict[str, Any]

# What each grade of evidence has seen, and the doubt that it leaves.
GRADES = {
    "SYMBOLIC": "An identity between formulas, settled by algebra. It is as good as the computer algebra.",
    "EXACT": "Integers, fractions and the like, with no rounding, at the listed instances and at no others.",
    "CERTIFIED": "Enclosed in balls that contain every rounding error, at the listed instances or boxes.",
    "STATISTICAL": "Not refuted by independent samples, at the stated resolution and probability of error.",
}
# Keys that only some results have.
ABSENT: Report = {
    "reason": None,
    "traceback": None,
    "figure": None,
    "bibtex": "",
    "source": "",
    "title": "",
    "uses": [],
}


@dataclass(frozen=True)
class Material:
    """All that there is to report."""

    folder: Path
    reports: list[Report]
    rows: list[Row]
    growth: list[dict[str, Any]]
    headline: str = ""  # the caption of its figure, as TeX

    @property
    def verdicts(self) -> Counter[str]:
        return Counter(report["verdict"] for report in self.reports)

    @property
    def grades(self) -> dict[str, Counter[str]]:
        """Of every grade, how many findings have which verdict."""
        findings = [finding for report in self.reports for finding in report["findings"]]
        counts = {grade: Counter(f["verdict"] for f in findings if f["grade"] == grade) for grade in GRADES}
        return {grade: count for grade, count in counts.items() if count}

    @property
    def controls(self) -> tuple[int, int]:
        """How many controls were caught, of how many."""
        caught = [c["caught"] for r in self.reports for finding in r["findings"] for c in finding["controls"]]
        return sum(caught), len(caught)

    def each(self, key: str) -> list[str]:
        """The different values of a key of the reports."""
        return sorted({str(report[key]) for report in self.reports if key in report})

    @property
    def versions(self) -> list[str]:
        found = {f"{name} {version}" for r in self.reports for name, version in r.get("versions", {}).items()}
        return sorted(found)

    @property
    def references(self) -> list[Reference]:
        return unique(entry for report in self.reports for entry in references_in(report["bibtex"] or ""))

    def figure(self, stem: str, ending: str) -> Path | None:
        path = self.folder / f"{stem}.{ending}"
        return path if path.is_file() else None


def gather(folder: Path) -> Material:
    """Read `*.json` in a folder of results.

    Raises
    ------
    ValueError
        If there is nothing to report, or naming a file that cannot be read.
    """
    reports, rows, growth, headline = [], [], [], ""
    for path in sorted(folder.glob("[!.]*.json")):
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{path}: not a file of results: {error}") from None
        if path.name == "compare.json" and isinstance(held, list):
            rows = held
        elif path.name == "scaling.json" and isinstance(held, dict):
            growth = held["growth"]
        elif path.name == "headline.json" and isinstance(held, dict):
            headline = str(held["caption"])
        elif isinstance(held, dict) and "findings" in held:
            reports.append({**ABSENT, **held})
    if not reports and not rows and not growth and not headline:
        raise ValueError(
            f"nothing to report in {folder}: run `retrodict run` or `retrodict compare --out {folder}` first"
        )
    return Material(folder, sorted(reports, key=lambda report: str(report["label"])), rows, growth, headline)
