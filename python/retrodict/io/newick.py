"""Newick trees, as Felsenstein published the format: DendroPy reads, this refuses what it lets through, and writes."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import dendropy
from dendropy.utility.error import DataParseError

__all__ = ["Newick", "format_newick", "parse_newick"]


@dataclass(frozen=True)
class Newick:
    """One rooted tree, nodes in depth-first order from the root: a parent comes before its children."""

    parent: list[int]  #: -1 for the root, node 0
    names: list[str | None]
    lengths: list[float]  #: of the edge above each node, nan where the text gives none


# Quoted labels, in which a quote is doubled, and comments, which nest once in annotations.
quoted_or_comment = re.compile(r"'(?:[^']|'')*'|\[(?:[^\[\]]|\[[^\[\]]*\])*\]")
marks = frozenset("()[],:;")
plain = re.compile(r"[A-Za-z0-9_.+-]+")
no_name = re.compile(r"[(,]\s*[,):]")
no_length = re.compile(r":(?!\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*[,();])[^,();]*")


def parse_newick(text: str) -> Newick:
    """The one tree of a text: quoted labels, comments (dropped), inner labels, lengths, any number of children.

    Labels are kept as written: an underscore is no space, and case matters.

    Raises
    ------
    ValueError
        For anything but one complete tree, for a length that is no finite number of at least 0, for a leaf without a
        name or with that of another, and for a label that is a mark of the format, which the parser would misread.

    Examples
    --------
    >>> parse_newick("((a:1,b:2):0.5,'c d');")
    Newick(parent=[-1, 0, 1, 1, 0], names=[None, None, 'a', 'b', 'c d'], lengths=[nan, 0.5, 1.0, 2.0, nan])
    """
    for token in quoted_or_comment.findall(text):
        if token.startswith("'") and token[1:-1].strip() in marks:
            raise ValueError(f"Newick: {token} is no label, even in quotes")
    bare = quoted_or_comment.sub(lambda token: "x" if token[0].startswith("'") else " ", text)
    opened, closed = bare.count("("), bare.count(")")
    if opened != closed:
        raise ValueError(f"Newick: {opened} opening and {closed} closing parentheses")
    tree, semicolon, rest = bare.partition(";")
    if not tree.strip():
        raise ValueError("Newick: no tree")
    if not semicolon:
        raise ValueError("Newick: no semicolon at the end of the tree")
    if rest.strip():
        raise ValueError(f"Newick: {rest.strip()[:20]!r} after the end of the tree: one tree is expected")
    if no_name.search(bare):
        raise ValueError("Newick: a leaf has no name")
    if wrong := no_length.search(bare):
        raise ValueError(f"Newick: {wrong[0].strip()!r} is not a length")
    try:
        # Labels stay on the nodes: as taxa, names that differ in case would be one.
        root = dendropy.Tree.get(
            data=text,
            schema="newick",
            preserve_underscores=True,
            suppress_leaf_node_taxa=True,
            suppress_internal_node_taxa=True,
            extract_comment_metadata=False,
        ).seed_node
    except DataParseError as error:
        where = f"line {error.line_num}, column {error.col_num}"
        raise ValueError(f"Newick: {where}: {' '.join(str(error.message).split())}") from None
    except RecursionError:
        raise ValueError("Newick: nested too deeply for the parser") from None
    nodes = list(root.preorder_iter())
    number = {node: i for i, node in enumerate(nodes)}
    for label, times in Counter(node.label for node in nodes if node.is_leaf()).items():
        if times > 1:
            raise ValueError(f"Newick: {times} leaves are called {label!r}: a leaf's name is its own")
    for node in nodes:
        length = node.edge_length
        if length is not None and not (math.isfinite(length) and length >= 0):
            raise ValueError(f"Newick: length {length} above {node.label!r}: a length is finite and at least 0")
    return Newick(
        parent=[-1 if node is root else number[node.parent_node] for node in nodes],
        names=[node.label for node in nodes],
        lengths=[math.nan if node.edge_length is None else float(node.edge_length) for node in nodes],
    )


def format_newick(parent: Sequence[int], names: Sequence[str | None], lengths: Sequence[float]) -> str:
    """One tree as text that `parse_newick` reads as it is: the inverse, but for the numbers of the nodes.

    Children are written in the order of their numbers, labels in quotes where they need them, lengths so that the same
    doubles are read; a length that is nan is left out.

    Raises
    ------
    ValueError
        For a leaf without a name, with that of another, or with one that cannot be read: a mark of the format, nothing
        but blanks, or blanks at an end.

    Examples
    --------
    >>> format_newick([-1, 0, 1, 1, 0], [None, None, "a", "b", "c d"], [math.nan, 0.5, 1, 2, math.nan])
    "((a:1.0,b:2.0):0.5,'c d');"
    """
    children: list[list[int]] = [[] for _ in parent]
    for v in range(1, len(parent)):
        children[parent[v]].append(v)
    seen: set[str] = set()
    for v, name in enumerate(names):
        if name is None and not children[v]:
            raise ValueError(f"names[{v}] = None: Newick needs a name for each leaf")
        if name is not None and (not name or name != name.strip() or name in marks):
            raise ValueError(f"names[{v}] = {name!r}: Newick has no such label")
        if name is not None and not children[v]:
            if name in seen:
                raise ValueError(f"names[{v}] = {name!r}: a leaf's name is its own")
            seen.add(name)
    text: list[str] = []
    waiting: list[int | str] = [0]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            text.append(item)
            continue
        name = names[item]
        label = "" if name is None else name if plain.fullmatch(name) else "'" + name.replace("'", "''") + "'"
        end = label + ("" if math.isnan(lengths[item]) else f":{float(lengths[item])!r}")
        if not children[item]:
            text.append(end)
            continue
        text.append("(")
        waiting.append(f"){end}")
        for child in reversed(children[item]):
            waiting += [child, ","]
        waiting.pop()  # no comma before the first
    return "".join([*text, ";"])
