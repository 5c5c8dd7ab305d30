// What a tile does with messages, written once for vectors of W doubles. A message of a tile of T samples has its entry
// for state i and sample s at [i * T + s]; T is a multiple of 32. Rounding is that of one_sample.cpp: products in
// the order of the schedule, sums from state 0 on, fused.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "core/simd.hpp"

namespace retrodict::kernels {

using simd::Doubles;

// Operands of a product, for a number of states Q that the compiler knows: load(s, x) makes x[i] the entries for state
// i of samples s, ..., s + W - 1.

template <int W, int Q> struct Message {
  const double* at;
  std::size_t T;

  void load(std::size_t s, Doubles<W>* x) const {
    for (int i = 0; i < Q; ++i) x[i] = simd::load<W>(at + static_cast<std::size_t>(i) * T + s);
  }
};

// Rows of a table, one for each code, Q entries each.
template <int W, int Q> struct Rows {
  const double* table;
  const std::uint16_t* codes;

  template <int V> Doubles<V> part(std::size_t s, int offset) const {
    return simd::load<V>(table + std::size_t{codes[s]} * Q + static_cast<std::size_t>(offset));
  }
};

// Products of rows of two tables.
template <int W, int Q> struct RowPairs {
  Rows<W, Q> a, b;

  template <int V> Doubles<V> part(std::size_t s, int offset) const {
    return a.template part<V>(s, offset) * b.template part<V>(s, offset);
  }
};

// V entries, row after row, from sample s on.
template <int V, int Q, class Table> Doubles<V> flat(const Table& table, std::size_t s, int offset) {
  if constexpr (V <= Q)
    return table.template part<V>(s, offset);
  else
    return simd::concat<V / 2>(flat<V / 2, Q>(table, s, offset), flat<V / 2, Q>(table, s + V / 2 / Q, offset));
}

template <int W, int Q, class Table> struct Transposed {
  Table table;

  void load(std::size_t s, Doubles<W>* x) const {
    for (int k = 0; k < Q; ++k) {
      const int at = k * W; // the place in the Q * W entries of these samples
      x[k] = flat<W, Q>(table, s + static_cast<std::size_t>(at / Q), at % Q);
    }
    // Q = 2 takes one round, Q = 4 two: places s * Q + i go to x[i][s].
    if constexpr (Q == 2) simd::unzip<W>(x[0], x[1]);
    if constexpr (Q == 4) {
      simd::unzip<W>(x[0], x[1]);
      simd::unzip<W>(x[2], x[3]);
      simd::unzip<W>(x[0], x[2]);
      simd::unzip<W>(x[1], x[3]);
    }
  }
};

template <int W, int Q, class A, class B> struct Product {
  A a;
  B b;

  void load(std::size_t s, Doubles<W>* x) const {
    Doubles<W> y[Q];
    a.load(s, x);
    b.load(s, y);
    for (int i = 0; i < Q; ++i) x[i] = x[i] * y[i];
  }
};

// out = the operand.
template <int W, int Q, class Operand> void copy(const Operand& operand, std::size_t T, double* out) {
  Doubles<W> x[Q];
  for (std::size_t s = 0; s < T; s += W) {
    operand.load(s, x);
    for (int i = 0; i < Q; ++i) simd::store(out + static_cast<std::size_t>(i) * T + s, x[i]);
  }
}

// out(i) = sum_j channel(i, j) operand(j); out may be where the operand is.
template <int W, int Q, class Operand>
void through(const double* channel, const Operand& operand, std::size_t T, double* out) {
  double p[Q][Q];
  std::copy_n(channel, Q * Q, &p[0][0]);
  Doubles<W> x[Q];
  for (std::size_t s = 0; s < T; s += W) {
    operand.load(s, x);
#pragma GCC unroll 4
    for (int i = 0; i < Q; ++i) {
      Doubles<W> sum = p[i][0] * x[0];
#pragma GCC unroll 4
      for (int j = 1; j < Q; ++j) sum = simd::fma<W>(simd::splat<W>(p[i][j]), x[j], sum);
      simd::store(out + static_cast<std::size_t>(i) * T + s, sum);
    }
  }
}

// A matrix, or with the steps exchanged its transpose: entry (i, j) is at[i * row + j * column].
struct Matrix {
  const double* at;
  std::size_t row, column;

  double operator()(std::size_t i, std::size_t j) const { return at[i * row + j * column]; }
};

// For any number of states q, a piece of a message at a time: four vectors of samples, or two where registers are few.
template <int W> constexpr std::size_t piece = W == 8 ? 32 : 2 * W;
inline constexpr std::size_t widest_piece = 32;

// What has its entry for state i and sample s at [i * pitch + s].
template <class Entry> struct Entries {
  Entry* at;
  std::size_t pitch;

  Entry* row(std::size_t i) const { return at + i * pitch; }
};

// out(i) = sum_j matrix(i, j) x(j) for i = first, ..., first + R - 1. Sums start at 0, which rounds as if they started
// at the first product.
template <int W, int R>
void through_rows(const Matrix& matrix, std::size_t first, const Entries<const double>& x, std::size_t q,
                  const Entries<double>& out) {
  constexpr std::size_t V = piece<W> / W;
  Doubles<W> sums[R][V] = {};
  for (std::size_t j = 0; j < q; ++j) {
    Doubles<W> y[V];
    for (std::size_t v = 0; v < V; ++v) y[v] = simd::load<W>(x.row(j) + v * W);
    for (std::size_t r = 0; r < R; ++r) {
      const Doubles<W> p = simd::splat<W>(matrix(first + r, j));
      for (std::size_t v = 0; v < V; ++v) sums[r][v] = simd::fma<W>(p, y[v], sums[r][v]);
    }
  }
  for (std::size_t r = 0; r < R; ++r)
    for (std::size_t v = 0; v < V; ++v) simd::store(out.row(first + r) + v * W, sums[r][v]);
}

template <int W>
void through_piece(const Matrix& matrix, const Entries<const double>& x, std::size_t q, const Entries<double>& out) {
  std::size_t row = 0;
  for (; row + 4 <= q; row += 4) through_rows<W, 4>(matrix, row, x, q, out);
  for (; row < q; ++row) through_rows<W, 1>(matrix, row, x, q, out);
}

template <int W> void through_any(const Matrix& matrix, const double* x, std::size_t q, std::size_t T, double* out) {
  for (std::size_t s = 0; s < T; s += piece<W>) through_piece<W>(matrix, {x + s, T}, q, {out + s, T});
}

// Doubles from one row of a table to the next, for any number of states: whole vectors, the widest.
inline std::size_t row_pitch(std::size_t q) { return (q + 7) / 8 * 8; }

// out = row of the table for each code, or out * row.
template <int W, bool Times>
void rows_piece(const double* table, const std::uint16_t* codes, std::size_t q, const Entries<double>& out) {
  const std::size_t pitch = row_pitch(q);
  for (std::size_t s = 0; s < piece<W>; s += W)
    for (std::size_t i = 0; i < q; i += W) {
      Doubles<W> x[W];
      for (int l = 0; l < W; ++l) x[l] = simd::load<W>(table + codes[s + static_cast<std::size_t>(l)] * pitch + i);
      simd::transpose<W>(x);
      for (std::size_t k = 0; k < W && i + k < q; ++k) {
        double* const at = out.row(i + k) + s;
        simd::store(at, Times ? simd::load<W>(at) * x[k] : x[k]);
      }
    }
}

// The same of a table that vectors hold, whose entry for state i of row r is at [i * simd::entries_in_registers + r].
template <int W, bool Times>
void turned_rows_piece(const double* table, const std::uint16_t* codes, std::size_t q, const Entries<double>& out) {
  for (std::size_t s = 0; s < piece<W>; s += W) {
    const simd::Words<W> index = simd::load_indices<W>(codes + s);
    for (std::size_t i = 0; i < q; ++i) {
      const Doubles<W> x = simd::lookup_long<W>(table + i * simd::entries_in_registers, index);
      double* const at = out.row(i) + s;
      simd::store(at, Times ? simd::load<W>(at) * x : x);
    }
  }
}

// out = in, or out * in.
template <int W, bool Times>
void message_piece(const Entries<const double>& in, std::size_t q, const Entries<double>& out) {
  for (std::size_t i = 0; i < q; ++i)
    for (std::size_t s = 0; s < piece<W>; s += W) {
      const Doubles<W> x = simd::load<W>(in.row(i) + s);
      simd::store(out.row(i) + s, Times ? simd::load<W>(out.row(i) + s) * x : x);
    }
}

// What samples carry beside the messages: their evidence is what the messages say times 2^exponent, unless `wide` is
// not 0: then its numbers differ too much in size for one exponent, and the sample is computed again on its own.
struct Samples {
  std::int64_t* exponent;
  std::int64_t* wide;
};

// Scales each sample of a message by the power of two that brings its largest entry into [1/2, 1). Samples whose
// entries do not all become 0 or at least 2^smallest are marked as wide, and made 1. Returns the exponent of the least
// entry that is not 0, at most 0. Entries are below 2^-smallest, or the sample is wide.
template <int W> int normalise(double* message, std::size_t q, std::size_t T, int smallest, const Samples& samples) {
  using simd::bits, simd::from_bits, simd::splat;
  const Doubles<W> one = splat<W>(1);
  const simd::Words<W> ones = bits<W>(one), high = bits<W>(splat<W>(simd::exp2(-smallest))),
                       low = bits<W>(splat<W>(simd::exp2(smallest)));
  Doubles<W> least_of_all = one;
  for (std::size_t s = 0; s < T; s += W) {
    // The bits less 1 of numbers that are not negative are ordered as the numbers are; those of 0 become no number.
    Doubles<W> most{}, before = splat<W>(0x1p1000);
    for (std::size_t i = 0; i < q; ++i) {
      const Doubles<W> x = simd::load<W>(message + i * T + s);
      most = simd::larger<W>(x, most);
      before = simd::smaller<W>(from_bits<W>(bits<W>(x) - 1), before);
    }
    const simd::Unsigned<W> exponent = (simd::unsigned_bits<W>(most) >> 52) - 1022;
    const Doubles<W> scale = from_bits<W>((1023 - exponent) << 52);
    const Doubles<W> least = from_bits<W>(bits<W>(before) + 1) * scale;
    // all bits where most >= 2^-smallest or least < 2^smallest
    const auto sign = reinterpret_cast<simd::Unsigned<W>>((high - 1 - bits<W>(most)) | (bits<W>(least) - low)) >> 63;
    const simd::Words<W> wide = -reinterpret_cast<simd::Words<W>>(sign);
    const auto kept = [&](const Doubles<W>& x) { return from_bits<W>((bits<W>(x) & ~wide) | (ones & wide)); };
    for (std::size_t i = 0; i < q; ++i)
      simd::store(message + i * T + s, kept(simd::load<W>(message + i * T + s) * scale));
    least_of_all = simd::smaller<W>(kept(least), least_of_all);
    simd::store(samples.exponent + s,
                simd::load_words<W>(samples.exponent + s) + reinterpret_cast<simd::Words<W>>(exponent));
    simd::store(samples.wide + s, simd::load_words<W>(samples.wide + s) | wide);
  }
  double least = 1;
  for (int l = 0; l < W; ++l) least = std::min(least, least_of_all[l]);
  return std::ilogb(least);
}

} // namespace retrodict::kernels
