// The way up the tree for a tile of samples at once: messages of all samples of the tile walk the tree together and
// stay in the cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bp/codes.hpp"
#include "bp/kernels.hpp"
#include "bp/leaves.hpp"
#include "bp/plan.hpp"
#include "core/aligned.hpp"
#include "core/simd.hpp"
#include "graphs/channels.hpp"

namespace retrodict {

class Tile {
 public:
  Tile(const Plan& plan, const Channels& channels, const Leaves& leaves, std::size_t T, SimdLevel level);

  // Samples begin, ..., end - 1; at most T of them. Then the others speak of sample begin + s.
  void upward(std::size_t begin, std::size_t end);
  // Whether the sample's numbers differ too much in size for a tile, and nothing is known of it.
  bool wide(std::size_t s) const { return wide_[s] != 0; }
  // The message of the root, less 2^exponent.
  double root(std::size_t s, std::size_t i) const { return slot(plan_.root)[i * T_ + s]; }
  std::int64_t exponent(std::size_t s) const { return exponent_[s]; }

 private:
  const double* slot(std::uint32_t k) const { return slots_.data() + k * pitch_; }
  double* slot(std::uint32_t k) { return slots_.data() + k * pitch_; }

  template <int W, int Q> void walk();
  template <int W, int Q> void combine(const Operand& left, const Operand& right, const double* channel, double* out);
  template <int W, int Q, class Product> void finish(const Product& product, const double* channel, double* out);
  template <int W, bool Times>
  void factor(const Operand& operand, std::size_t s, const kernels::Entries<double>& product);
  int least(const Operand& operand) const;

  const Plan& plan_;
  const Channels& channels_;
  const Leaves& leaves_;
  std::size_t q_, T_, pitch_;
  SimdLevel level_;
  Aligned<double> slots_, scratch_, piece_;
  std::vector<int> least_;          // of each slot: exponent of a bound on what is not 0
  std::size_t begin_ = 0, end_ = 0; // the samples
  Codes codes_;
  std::vector<std::int64_t> exponent_, wide_;
};

} // namespace retrodict
