"""Random maps: the control against which structure shows. What is hard forward is as hard backward.

The recipe is portable: word x of stream `stream` of a seed is 64-bit output x of Philox 4x64-10 (Salmon, Moraes, Dror,
Shaw, SC 2011) with key (seed, stream) and a counter that starts at 1.

| map | stream | recipe |
|---|---|---|
| `random` | 0 | f(x) = the top n bits of word x |
| `perm` | 1 | f(x) = the input whose word is x-th in ascending order (of equal words the smaller input first) |
| `feistel`, round r = 0, 1, ... | 2 + r | F_r(x) = the top n/2 bits of word x |
| `goldreich` | 2000 | output i looks at the d inputs j whose words n i + j are smallest, in ascending order of them |
| `spn` | 2001 | key r = the top n bits of word r |
| `even-mansour` | 2002 | the permutation is `perm` of the same seed; k_1 and k_2 = the top n bits of words 0 and 1 |
| `random_regular`, attempt a = 0, 1, ... | 4096 + a | half-edges in ascending order of their words |
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrodict.maps.boolean_map import BooleanMap, every_input

__all__ = ["perm", "random", "words"]


def words(seed: int, stream: int, count: int) -> NDArray[np.uint64]:
    """The first `count` words of a stream of a seed, 0 <= seed < 2^64.

    >>> words(0, 0, 2)
    array([ 213000021201967259, 4455796210202625458], dtype=uint64)
    """
    raw: NDArray[np.uint64] = np.random.Philox(key=np.array([seed, stream], dtype=np.uint64)).random_raw(count)
    return raw


def random(n: int, seed: int) -> BooleanMap:
    """A uniformly random function on n bits.

    >>> random(3, 0).table.size
    8
    """
    name = f"random:n={n},seed={seed}"
    return BooleanMap(name, n, n, words(seed, 0, every_input(name, n).size) >> np.uint64(64 - n))


def perm(n: int, seed: int) -> BooleanMap:
    """A uniformly random permutation of n bits, but for equal words (probability below 2^-32 for n = 16).

    >>> sorted(perm(3, 0).table.tolist())
    [0, 1, 2, 3, 4, 5, 6, 7]
    """
    name = f"perm:n={n},seed={seed}"
    return BooleanMap(name, n, n, np.argsort(words(seed, 1, every_input(name, n).size), kind="stable"))
