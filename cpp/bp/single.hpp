// Evidence in single precision: the way up of one_sample.hpp for a tile of samples that show states, in float32, each
// sample scaled by powers of two where products might become too small. What happens to a sample depends on that sample
// alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bp/leaves.hpp"
#include "bp/schedule.hpp"
#include "core/aligned.hpp"
#include "core/simd.hpp"
#include "graphs/channels.hpp"
#include "graphs/tree.hpp"

namespace retrodict {

class SingleTile {
 public:
  // Whether nothing can underflow: channels have entries of 0 or at least 2^least_channel.
  static bool possible(const Tree& tree, const Channels& channels);
  static std::size_t samples(const Tree& tree, std::size_t q);

  SingleTile(const Tree& tree, const Channels& channels, const Schedule& schedule, const Leaves& leaves, std::size_t T,
             SimdLevel level);

  // Samples begin, ..., end - 1; at most T of them. Then the others speak of sample begin + s.
  void upward(std::size_t begin, std::size_t end);
  // Whether entries of a message came to differ by more than a factor 2^-least_message, and nothing is known of it.
  bool wide(std::size_t s) const { return wide_[s] != 0; }
  // The message of the root, less 2^exponent.
  float root(std::size_t s, std::size_t i) const { return slots_[steps_.back().out * q_ * T_ + i * T_ + s]; }
  std::int64_t exponent(std::size_t s) const { return exponent_[s]; }

 private:
  // A factor of a node's likelihood: what a leaf shows, or a slot that an earlier step wrote.
  struct Factor {
    bool leaf;
    std::size_t index;
  };
  struct Step {
    std::vector<Factor> factors;
    std::size_t node, out;
  };

  template <class State> void read(std::span<const State> data, std::size_t begin, std::size_t end);
  static int bound(const Factor& factor);
  template <int W> void walk();
  template <int W, bool Times> void multiply(const Factor& factor, std::size_t s);
  template <int W> void normalise(std::size_t s);
  template <int W, int R> void through(const float* channel, std::size_t first, float* out) const;

  const Leaves& leaves_;
  std::size_t q_, T_, pitch_;
  SimdLevel level_;
  bool turned_;           // whether what a leaf says is stored by states, each in registers, not by what it shows
  std::size_t leaf_size_; // entries that are stored of a leaf
  std::vector<Step> steps_;
  std::vector<float> channels_;
  Aligned<float> rows_; // of leaf k, what it says if it shows r, from k * leaf_size + r * pitch on; or see turned
  Aligned<float> slots_, piece_;      // messages: state i of sample s at [i * T + s]; and one of a few samples
  std::vector<std::uint16_t> digits_; // leaf k of sample s at [k * T + s], q for "unobserved"
  std::vector<std::int32_t> exponent_, wide_;
};

} // namespace retrodict
