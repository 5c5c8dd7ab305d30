"""What this machine can do, measured in the same run: the limits that benchmarks print the share of.

    python benchmarks/limits.py [--threads 1 2]

Loops in C, compiled for this machine by `cc` when they are first asked for.
"""

from __future__ import annotations

import argparse
import ctypes
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

SOURCE = r"""
#include <stddef.h>
#include <stdint.h>

uint64_t add_up(const uint64_t* x, size_t n, size_t times) {
  uint64_t sum = 0;
  for (; times > 0; --times) {
    for (size_t i = 0; i < n; ++i) sum += x[i];
    __asm__ volatile("" ::: "memory");
  }
  return sum;
}

// Each word with four others, which stay in registers: 4 n words a time.
uint64_t count_differences(const uint64_t* x, size_t n, size_t times) {
  uint64_t a = 0, b = 0, c = 0, d = 0;
  for (; times > 0; --times) {
    const uint64_t p = times, q = times + 1, r = times + 2, s = times + 3;
    for (size_t i = 0; i < n; ++i) {
      a += (uint64_t)__builtin_popcountll(x[i] ^ p);
      b += (uint64_t)__builtin_popcountll(x[i] ^ q);
      c += (uint64_t)__builtin_popcountll(x[i] ^ r);
      d += (uint64_t)__builtin_popcountll(x[i] ^ s);
    }
    __asm__ volatile("" ::: "memory");
  }
  return a + b + c + d;
}

// 12 sums of vectors of 64 bytes: as many as the units take to be always busy. `x` is not used.
#define MULTIPLY_ADD(real)                                                                  \
  uint64_t multiply_add_##real(const uint64_t* x, size_t n, size_t times) {                 \
    typedef real vector __attribute__((vector_size(64)));                                   \
    vector sums[12] = {0}, a = (vector){0} + (real)0.5, b = (vector){0} + (real)(n + times); \
    for (; times > 0; --times)                                                              \
      for (size_t i = 0; i < n; ++i)                                                        \
        for (int k = 0; k < 12; ++k) sums[k] = sums[k] * a + b;                             \
    real all = 0;                                                                           \
    for (int k = 0; k < 12; ++k) all += sums[k][0];                                         \
    return (uint64_t)all;                                                                   \
  }
MULTIPLY_ADD(double)
MULTIPLY_ADD(float)
"""


@cache
def loops() -> ctypes.CDLL:
    folder = Path(tempfile.mkdtemp())
    (folder / "limits.c").write_text(SOURCE)
    command = ["cc", "-O3", "-march=native", "-shared", "-fPIC", "-o", "limits.so", "limits.c"]
    subprocess.run(command, cwd=folder, check=True)
    library = ctypes.CDLL(str(folder / "limits.so"))
    sums = (library.multiply_add_double, library.multiply_add_float)
    for loop in (library.add_up, library.count_differences, *sums):
        loop.argtypes, loop.restype = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t], ctypes.c_uint64
    return library


def least_time(loop: Callable[..., int], words: int, times: int, threads: int, repeat: int = 5) -> float:
    """CPU seconds, at best, in which each thread goes `times` over `words` words of its own, all at once."""
    data = [np.arange(words, dtype=np.uint64) for _ in range(threads)]

    def run(x: np.ndarray, taken: list[float]) -> None:
        started = time.thread_time()
        loop(x.ctypes.data, words, times)
        taken.append(time.thread_time() - started)

    best = float("inf")
    for _ in range(repeat):
        taken: list[float] = []
        workers = [threading.Thread(target=run, args=(x, taken)) for x in data]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        best = min(best, max(taken))
    return best


def bytes_read(threads: int) -> float:
    """Bytes a second that so many threads read from memory, one after the other."""
    words = 1 << 25
    return 8.0 * words * threads / least_time(loops().add_up, words, 1, threads)


def words_compared(threads: int) -> float:
    """Words a second of which so many threads count the bits that differ, from the first cache."""
    words, times = 2048, 20_000
    return 4.0 * words * times * threads / least_time(loops().count_differences, words, times, threads)


def operations(threads: int, single: bool = False) -> float:
    """Multiplications and additions of floats a second, fused in pairs, in double or single precision."""
    loop = loops().multiply_add_float if single else loops().multiply_add_double
    n, times, lanes = 1000, 1000, 16 if single else 8
    return 2.0 * 12 * lanes * n * times * threads / least_time(loop, n, times, threads)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    for threads in parser.parse_args().threads:
        print(
            f"{threads} threads: {bytes_read(threads) / 1e9:.1f} GB/s from memory; "
            f"{words_compared(threads) / 1e9:.1f} G words/s compared bit by bit; "
            f"{operations(threads) / 1e9:.0f} and {operations(threads, single=True) / 1e9:.0f} GFLOP/s",
            flush=True,
        )


if __name__ == "__main__":
    main()
