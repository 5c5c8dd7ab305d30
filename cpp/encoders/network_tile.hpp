// A network and its derivative on a tile of samples. A vector of the network has its entry i of sample s at
// [i * tile_samples + s]. Sums go through a matrix's columns in order, fused, so that a sample's bits do not depend on
// its neighbours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "encoders/activations.hpp"
#include "encoders/network.hpp"

namespace retrodict {

inline constexpr std::size_t tile_samples = 32;

// Doubles that begin a cache line: vectors across two lines cost two loads.
class AlignedDoubles {
 public:
  explicit AlignedDoubles(std::size_t n) : memory_(new (line) double[n]()) {}
  double* data() const { return memory_.get(); }

 private:
  static constexpr std::align_val_t line{64};
  struct Free {
    void operator()(double* p) const { operator delete[](p, line); }
  };
  std::unique_ptr<double[], Free> memory_;
};

// out[r] = base[r] + constants[r] + sum_j m[r, j] in[j] for the R rows that m begins with; base or constants may be
// null, and base may be out.
template <int W, int R>
void multiply_rows(const double* m, std::size_t columns, const double* in, const double* base, const double* constants,
                   double* out) {
  using simd::Doubles;
  constexpr std::size_t V = W == 8 ? 4 : 2, T = tile_samples; // vectors that are summed at a time
  for (std::size_t s = 0; s < T; s += V * W) {
    Doubles<W> sum[R][V];
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r)
#pragma GCC unroll 4
      for (std::size_t v = 0; v < V; ++v) {
        sum[r][v] = constants == nullptr ? Doubles<W>{} : simd::splat<W>(constants[r]);
        if (base != nullptr) sum[r][v] = simd::load<W>(base + r * T + s + v * W) + sum[r][v];
      }
    for (std::size_t j = 0; j < columns; ++j) {
      Doubles<W> x[V];
#pragma GCC unroll 4
      for (std::size_t v = 0; v < V; ++v) x[v] = simd::load<W>(in + j * T + s + v * W);
#pragma GCC unroll 4
      for (std::size_t r = 0; r < R; ++r) {
        const Doubles<W> p = simd::splat<W>(m[r * columns + j]);
#pragma GCC unroll 4
        for (std::size_t v = 0; v < V; ++v) sum[r][v] = simd::fma<W>(p, x[v], sum[r][v]);
      }
    }
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r)
#pragma GCC unroll 4
      for (std::size_t v = 0; v < V; ++v) simd::store(out + r * T + s + v * W, sum[r][v]);
  }
}

template <int W>
void multiply(const DenseMatrix& m, const double* in, const double* base, const double* constants, double* out) {
  constexpr std::size_t T = tile_samples;
  for (std::size_t r = 0; r < m.rows; r += 4) {
    const double* const rows = m.entries.data() + r * m.columns;
    const double* const above = base == nullptr ? nullptr : base + r * T;
    const double* const added = constants == nullptr ? nullptr : constants + r;
    switch (m.rows - r) {
    case 1:
      multiply_rows<W, 1>(rows, m.columns, in, above, added, out + r * T);
      break;
    case 2:
      multiply_rows<W, 2>(rows, m.columns, in, above, added, out + r * T);
      break;
    case 3:
      multiply_rows<W, 3>(rows, m.columns, in, above, added, out + r * T);
      break;
    default:
      multiply_rows<W, 4>(rows, m.columns, in, above, added, out + r * T);
    }
  }
}

class NetworkTile {
 public:
  explicit NetworkTile(const Network& network)
      : network_(network), arguments_(network.most_rows() * tile_samples), values_(network.most_rows() * tile_samples),
        slopes_(network.units() * tile_samples), left_(network.most_rows() * tile_samples),
        right_(network.most_rows() * tile_samples) {}

  // G(z), until the next call; keeps the slopes of all units for `pull_back`.
  template <int W> const double* image(const double* z) {
    double *next = left_.data(), *spare = right_.data(), *slopes = slopes_.data();
    for (const NetworkBlock& block : network_.blocks()) {
      const double* const offset = block.parts.offset.data();
      const double* base = block.identity_skip ? z : nullptr;
      if (!block.identity_skip && !block.parts.skip.empty()) {
        multiply<W>(block.parts.skip, z, nullptr, offset, next);
        base = next;
      }
      if (block.width > 0) {
        multiply<W>(block.parts.inner, z, nullptr, block.parts.shift.data(), arguments_.data());
        for (const UnitRun& run : block.runs) {
          const std::size_t from = run.first * tile_samples;
          activate<W>(run.activation, arguments_.data() + from, (run.last - run.first) * tile_samples,
                      values_.data() + from, slopes + from);
        }
        multiply<W>(block.parts.out, values_.data(), base, base == next ? nullptr : offset, next);
        slopes += block.width * tile_samples;
      } else if (block.identity_skip) {
        for (std::size_t i = 0; i < block.outputs * tile_samples; i += W)
          simd::store(next + i, simd::load<W>(z + i) + offset[i / tile_samples]);
      }
      z = next;
      std::swap(next, spare);
    }
    return z;
  }

  // J(z)^T v for the z of the last image, until the next call of either; v is not what `image` returned.
  template <int W> const double* pull_back(const double* v) {
    double *next = left_.data(), *spare = right_.data();
    const double* slopes = slopes_.data() + network_.units() * tile_samples;
    const auto blocks = network_.blocks();
    for (std::size_t b = blocks.size(); b-- > 0;) {
      const NetworkBlock& block = blocks[b];
      const double* base = block.identity_skip ? v : nullptr;
      if (!block.identity_skip && !block.parts.skip.empty()) {
        multiply<W>(block.skip_transposed, v, nullptr, nullptr, next);
        base = next;
      }
      if (block.width > 0) {
        slopes -= block.width * tile_samples;
        multiply<W>(block.out_transposed, v, nullptr, nullptr, values_.data());
        for (std::size_t i = 0; i < block.width * tile_samples; i += W)
          simd::store(values_.data() + i, simd::load<W>(values_.data() + i) * simd::load<W>(slopes + i));
        multiply<W>(block.inner_transposed, values_.data(), base, nullptr, next);
      } else if (block.identity_skip) {
        continue; // v passes
      }
      v = next;
      std::swap(next, spare);
    }
    return v;
  }

 private:
  const Network& network_;
  AlignedDoubles arguments_, values_, slopes_, left_, right_;
};

} // namespace retrodict
