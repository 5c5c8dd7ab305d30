"""The part `key=value,...` of a map's name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from fractions import Fraction

__all__ = ["keys_of", "number_of", "unknown_map"]


def keys_of(text: str, known: Iterable[str], example: str) -> dict[str, str]:
    """The values of the keys, as they are written.

    Parameters
    ----------
    text : str
        The whole name, `family:key=value,...`, for the messages too.
    known : names of the keys, each of which has to be there
    example : str
        A name that is right.

    Raises
    ------
    ValueError
        For an unknown key, one that is given twice, and one that is missing.

    >>> keys_of("leaky:d=2,s=1/2", ["d", "s"], "leaky:d=1,s=1/2")
    {'d': '2', 's': '1/2'}
    """
    head, _, tail = text.partition(":")
    keys = list(known)
    values: dict[str, str] = {}
    for part in tail.split(",") if tail else []:
        key, equals, value = part.partition("=")
        if key not in keys or not equals:
            takes = f"takes {', '.join(keys)}" if keys else "takes no keys"
            raise ValueError(f"{text}: {part}: {head} {takes}, as in {example}")
        if key in values:
            raise ValueError(f"{text}: {key} is given twice")
        values[key] = value
    missing = [key for key in keys if key not in values]
    if missing:
        raise ValueError(f"{text}: {missing[0]} is missing, as in {example}")
    return values


def number_of(text: str, key: str, value: str) -> Fraction:
    """The exact number that is written as an integer, a fraction or a decimal.

    >>> number_of("leaky:s=0.125", "s", "0.125")
    Fraction(1, 8)
    >>> number_of("leaky:s=1/0", "s", "1/0")
    Traceback (most recent call last):
    ValueError: leaky:s=1/0: s = 1/0: must be a number such as 3, 1/2 or 0.5
    """
    if len(value) > 100 or not re.fullmatch(r"-?[0-9]+(/0*[1-9][0-9]*|\.[0-9]+)?", value, re.ASCII):
        raise ValueError(f"{text}: {key} = {value}: must be a number such as 3, 1/2 or 0.5")
    return Fraction(value)


def unknown_map(text: str, examples: Iterable[str], families: Iterable[str]) -> ValueError:
    """What to raise where no family has that name: with the nearest names, or all families."""
    heads = list(families)
    nearest = difflib.get_close_matches(text, [*examples, *heads], n=3)
    hint = f"nearest: {', '.join(nearest)}" if nearest else f"the families are {', '.join(heads)}"
    return ValueError(f"{text}: no such map; {hint}")
