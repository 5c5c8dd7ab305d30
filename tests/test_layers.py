"""The layers: who may import whom. The table is the architecture; the test walks every import and include."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "python" / "retrodict"
FAMILIES = {"bp", "trees", "circuits"}
KERNELS = {*FAMILIES, "encoders"}  # folders of cpp/

# Module (or package) of retrodict -> what it may import: other modules of retrodict by first name, third-party packages
# by name. The standard library is free for all, numpy for all but the modules in PURE.
ALLOWED: dict[str, set[str]] = {
    "__init__": {"compare"},
    "bounds": set(),
    "files": set(),
    "netlist": set(),
    "graphs": {"_core", "io"},
    **{family: {"_core", "graphs"} for family in FAMILIES},
    "circuits": {"_core", "bounds", "netlist"},
    "distances": {"_core"},
    "topology": {"_core", "graphs"},
    "hierarchy": {"graphs", "trees"},
    "random_hierarchy": {"graphs", "trees"},
    "labels": {"graphs"},
    "labelling": {"distances", "graphs", "labels", "level_by_level", "topology", "hierarchy"},
    "separation": {"distances", "files", "graphs", "hierarchy", "labelling", "labels", "matplotlib"},
    "quartets": {"_core", "graphs", "topology"},
    "level_by_level": {"_core", "graphs"},
    "io": {"dendropy", "files", "netlist"},
    "synthesis": {"bounds", "circuits", "netlist", "pysat", "checkers"},
    "density_evolution": {"_core"},
    "population_dynamics": {"_core"},
    "reconstruction_certificates": {"density_evolution"},
    "phylogeny": {"bp", "graphs", "io"},
    "exact": set(),
    "checkers": {"flint"},
    "maps": {*FAMILIES, "io", "exact", "flint", "jax", "equinox", "onnx"},
    "encoders": {"_core", "files", "maps", "flint", "jax", "equinox", "optax", "matplotlib"},
    "capacity": {*FAMILIES, "bounds", "encoders", "exact", "flint", "maps", "netlist", "synthesis"},
    "compare": {"capacity", "files", "maps", "matplotlib"},
    "claims": {"sympy", "flint"},
    "runs": {"claims", "files", "matplotlib", "rich"},
    "report": {"claims", "matplotlib", "fontTools", "jinja2", "markupsafe", "latex2mathml"},
}
PURE = {"exact", "checkers"}
ANYTHING = {"cli"}  # the only module that sees everything

# Family folder of cpp/ -> folders whose headers it may include.
CPP_ALLOWED: dict[str, set[str]] = {
    "core": {"core"},
    "graphs": {"core", "graphs"},
    **{family: {"core", "graphs", family} for family in KERNELS},
}


def imports_of(path: Path) -> set[tuple[str, ...]]:
    """Dotted names that a file imports, as tuples; function-level imports count too."""
    found: set[tuple[str, ...]] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {tuple(alias.name.split(".")) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import hides the layer"
            base = tuple((node.module or "").split("."))
            found |= {(*base, alias.name) for alias in node.names} if base == ("retrodict",) else {base}
    return found


def module_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def violations(path: Path, module: str) -> list[str]:
    allowed = ALLOWED.get(module, set()) | ({module} if module != "__init__" else set())
    third_party = allowed | (set() if module in PURE else {"numpy"})
    found = []
    for name in sorted(imports_of(path)):
        inside = name[0] == "retrodict" and len(name) > 1
        ok = name[1] in allowed if inside else name[0] in sys.stdlib_module_names or name[0] in third_party
        if not ok:
            found.append(f"{path} imports {'.'.join(name)}")
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_python_layers(path: Path) -> None:
    module = module_of(path)
    if module in ANYTHING:
        return
    assert module in ALLOWED, f"{module} has no row in the table of layers"
    assert not violations(path, module)


def test_the_walk_finds_violations(tmp_path: Path) -> None:
    probe = tmp_path / "probe.py"
    probe.write_text(
        "import math\nimport numpy\nfrom retrodict import bp\n\ndef f():\n    from retrodict.claims import equal\n"
    )
    assert [line.split()[-1] for line in violations(probe, "exact")] == ["numpy", "retrodict.bp", "retrodict.claims"]
    assert [line.split()[-1] for line in violations(probe, "compare")] == ["retrodict.bp", "retrodict.claims"]


@pytest.mark.parametrize("path", sorted((ROOT / "proofs_numeric").rglob("*.py")), ids=lambda p: p.name)
def test_statements_import_no_runner_and_no_other_statement(path: Path) -> None:
    for name in imports_of(path):
        assert name[:2] not in {("retrodict", "runs"), ("retrodict", "report")}, f"{path} imports {name}"
        assert "proofs_numeric" not in name, f"{path} imports another statement"
        if name[:2] == ("retrodict", "cli"):
            assert 'if __name__ == "__main__":' in path.read_text()


@pytest.mark.parametrize(
    "path",
    sorted(p for family in CPP_ALLOWED for p in (ROOT / "cpp" / family).glob("*pp")),
    ids=lambda p: str(p.relative_to(ROOT / "cpp")),
)
def test_cpp_layers(path: Path) -> None:
    family = path.parent.name
    for folder in re.findall(r'#include "(\w+)/', path.read_text()):
        assert folder in CPP_ALLOWED[family], f"{path.relative_to(ROOT)} includes {folder}/"
    assert "pybind11" not in path.read_text(), f"{path.relative_to(ROOT)}: only cpp/bind knows Python"
