// What a tile does at a node with two children on its way down the tree, with the layout and the rounding of
// kernels.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "bp/kernels.hpp"
#include "core/simd.hpp"

namespace retrodict::kernels {

// An operand as Message is one: what a leaf says of its parent's state, in a table with entry [i * pitch + code] for
// state i and what the leaf shows, at most 7. Entries up to [i * pitch + 7] are read.
template <int W, int Q> struct Shown {
  const double* table;
  std::size_t pitch;
  const std::uint16_t* codes;

  void load(std::size_t s, Doubles<W>* x) const {
    const auto code = simd::load_indices<W>(codes + s);
    for (std::size_t i = 0; i < Q; ++i) x[i] = simd::lookup<W>(table + i * pitch, code);
  }
};

// The edge above a child: its channel, and where the child's D goes; null where none is wanted.
struct Edge {
  const double* channel;
  double* D;
};

// D(j) = sum_i channel(i, j) x(i) for samples s, ..., s + 2 W - 1.
template <int W, int Q> void descend(const Edge& edge, const Doubles<W> (&x)[2][Q], std::size_t s, std::size_t T) {
  if (edge.D == nullptr) return;
#pragma GCC unroll 4
  for (int j = 0; j < Q; ++j) {
    const Doubles<W> first = simd::splat<W>(edge.channel[j]);
    Doubles<W> low = first * x[0][0], high = first * x[1][0];
#pragma GCC unroll 4
    for (int i = 1; i < Q; ++i) {
      const Doubles<W> p = simd::splat<W>(edge.channel[i * Q + j]);
      low = simd::fma<W>(p, x[0][i], low);
      high = simd::fma<W>(p, x[1][i], high);
    }
    double* const out = edge.D + static_cast<std::size_t>(j) * T + s;
    simd::store(out, low);
    simd::store(out + W, high);
  }
}

// At a node with D and children that say a and b: its posterior law, and D of the children, which may go where the
// children's operands come from.
template <int W, int Q, class A, class B>
void down_pair(const double* D, const A& a, const B& b, const Edge& to_a, const Edge& to_b, std::size_t T,
               double* law) {
  for (std::size_t s = 0; s < T; s += 2 * W) {
    Doubles<W> for_a[2][Q], for_b[2][Q];
    for (std::size_t half = 0; half < 2; ++half) {
      const std::size_t at = s + half * W;
      Doubles<W> d[Q], x[Q], y[Q], z;
      Message<W, Q>{D, T}.load(at, d);
      a.load(at, x);
      b.load(at, y);
      for (int i = 0; i < Q; ++i) {
        for_a[half][i] = d[i] * y[i];
        for_b[half][i] = d[i] * x[i];
        x[i] = x[i] * y[i];
        z = i == 0 ? d[i] * x[i] : simd::fma<W>(d[i], x[i], z);
      }
      const Doubles<W> share = 1 / z;
      for (std::size_t i = 0; i < Q; ++i) simd::store(law + i * T + at, d[i] * x[i] * share);
    }
    descend<W, Q>(to_a, for_a, s, T);
    descend<W, Q>(to_b, for_b, s, T);
  }
}

// out(i) = sum_j matrix(i, j) x(j) for i = first, ..., first + R - 1, two vectors at a time, for any number of states
// q. Sums start at 0, which rounds as if they started at the first product.
template <int W, int R>
void some_rows(const Matrix& matrix, std::size_t first, const double* x, std::size_t q, std::size_t T, double* out) {
  const double* const rows = matrix.at + first * matrix.row;
  for (std::size_t s = 0; s < T; s += 2 * W) {
    Doubles<W> low[R] = {}, high[R] = {};
    for (std::size_t j = 0; j < q; ++j) {
      const Doubles<W> a = simd::load<W>(x + j * T + s), b = simd::load<W>(x + j * T + s + W);
#pragma GCC unroll 8
      for (std::size_t r = 0; r < R; ++r) {
        const Doubles<W> p = simd::splat<W>(rows[r * matrix.row + j * matrix.column]);
        low[r] = simd::fma<W>(p, a, low[r]);
        high[r] = simd::fma<W>(p, b, high[r]);
      }
    }
#pragma GCC unroll 8
    for (std::size_t r = 0; r < R; ++r) {
      simd::store(out + (first + r) * T + s, low[r]);
      simd::store(out + (first + r) * T + s + W, high[r]);
    }
  }
}

template <int W> void all_rows(const Matrix& matrix, const double* x, std::size_t q, std::size_t T, double* out) {
  constexpr int R = W == 8 ? 8 : 4; // sums that stay in registers
  std::size_t row = 0;
  for (; row + R <= q; row += R) some_rows<W, R>(matrix, row, x, q, T, out);
  for (; row + 4 <= q; row += 4) some_rows<W, 4>(matrix, row, x, q, T, out);
  for (; row < q; ++row) some_rows<W, 1>(matrix, row, x, q, T, out);
}

// out = x y.
template <int W> void multiply(const double* x, const double* y, std::size_t size, double* out) {
  for (std::size_t k = 0; k < size; k += W) simd::store(out + k, simd::load<W>(x + k) * simd::load<W>(y + k));
}

// The posterior law of a node with D and L, for any number of states.
template <int W> void posterior(const double* D, const double* L, std::size_t q, std::size_t T, double* law) {
  for (std::size_t s = 0; s < T; s += W) {
    Doubles<W> z{};
    for (std::size_t at = s; at < q * T; at += T) {
      const Doubles<W> d = simd::load<W>(D + at), l = simd::load<W>(L + at);
      z = simd::fma<W>(d, l, z);
      simd::store(law + at, d * l);
    }
    const Doubles<W> share = 1 / z;
    for (std::size_t at = s; at < q * T; at += T) simd::store(law + at, simd::load<W>(law + at) * share);
  }
}

// As down_pair, for any number of states; with room for two messages.
template <int W>
void down_pair_any(const double* D, const double* a, const double* b, const Edge& to_a, const Edge& to_b, std::size_t q,
                   std::size_t T, double* L, double* rest, double* law) {
  multiply<W>(a, b, q * T, L);
  posterior<W>(D, L, q, T, law);
  double* const for_b = L; // before what a says is overwritten
  if (to_b.D != nullptr) multiply<W>(D, a, q * T, for_b);
  if (to_a.D != nullptr) {
    multiply<W>(D, b, q * T, rest);
    all_rows<W>({to_a.channel, 1, q}, rest, q, T, to_a.D);
  }
  if (to_b.D != nullptr) all_rows<W>({to_b.channel, 1, q}, for_b, q, T, to_b.D);
}

// out = the row of a table for each code; rows are `pitch` entries apart, a multiple of the widest vector.
template <int W>
void rows_of(const double* table, std::size_t pitch, const std::uint16_t* codes, std::size_t q, std::size_t T,
             double* out) {
  for (std::size_t s = 0; s < T; s += W)
    for (std::size_t i = 0; i < q; i += W) {
      Doubles<W> x[W];
#pragma GCC unroll 8
      for (std::size_t k = 0; k < W; ++k) x[k] = simd::load<W>(table + codes[s + k] * pitch + i);
      simd::transpose<W>(x);
      for (std::size_t k = 0; k < std::min<std::size_t>(W, q - i); ++k) simd::store(out + (i + k) * T + s, x[k]);
    }
}

} // namespace retrodict::kernels
