// Leaf data as bits: what is known of one leaf in all features is a few rows of words, so that one instruction compares
// two leaves in 64 features or more.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "core/parallel.hpp"
#include "core/require.hpp"
#include "core/simd.hpp"
#include "trees/distances.hpp"
#include "trees/estimators.hpp"

namespace retrodict {

// Planes 0 ... n_planes - 1 of each leaf, and a last one that says where the leaf is observed. Bits beyond the last
// feature are 0.
class BitPlanes {
 public:
  // Bit f of plane p of leaf v is bit(state of v in feature f, p).
  template <class State, class Bit>
  BitPlanes(const Features<State>& features, std::size_t n_planes, std::size_t threads, const Bit& bit);

  std::size_t n_planes() const { return n_planes_; }
  // Of a plane: a multiple of 8, so that no loop over them has an end that is done word by word.
  std::size_t words() const { return words_; }
  bool all_observed() const { return all_observed_; }
  const std::uint64_t* plane(std::size_t leaf, std::size_t p) const {
    return bits_.data() + (leaf * (n_planes_ + 1) + p) * words_;
  }
  const std::uint64_t* observed(std::size_t leaf) const { return plane(leaf, n_planes_); }

 private:
  std::size_t n_planes_, words_;
  bool all_observed_ = true;
  std::vector<std::uint64_t> bits_;
};

template <class State> void require_features(const Features<State>& features) {
  const std::size_t q = features.q;
  require(2 <= q && q <= unobserved<State>, "q = ", q, ": it must lie in 2 ... ", +unobserved<State>,
          " for leaves of this type");
  const auto wrong = [last = static_cast<State>(q - 1)](State x) { return (x > last) & (x != unobserved<State>); };
  State any = 0;
  for (const State x : features.leaves) any |= static_cast<State>(wrong(x));
  if (any == 0) return;
  const auto at = static_cast<std::size_t>(std::ranges::find_if(features.leaves, wrong) - features.leaves.begin());
  reject("leaves[", at / features.n_leaves, ", ", at % features.n_leaves, "] = ", +features.leaves[at],
         ": a state is at most q - 1 = ", q - 1, ", or ", +unobserved<State>, " for unobserved");
}

template <class State, class Bit>
BitPlanes::BitPlanes(const Features<State>& features, std::size_t n_planes, std::size_t threads, const Bit& bit)
    : n_planes_(n_planes), words_((features.count() + 511) / 512 * 8),
      bits_(features.n_leaves * (n_planes + 1) * words_) {
  constexpr std::size_t width = 256; // leaves at a time
  const std::size_t n = features.count(), n_leaves = features.n_leaves, used = (n + 63) / 64;
  std::vector<std::uint8_t> gaps(worker_count(used, 1, threads));
  for_blocks(used, 1, threads, [&](std::size_t w, std::size_t, std::size_t worker) {
    // Of each plane 8 features in a byte first: so 8 times as many leaves fit into one instruction.
    std::vector<std::array<std::array<std::uint8_t, width>, 8>> bytes(n_planes_ + 1);
    for (std::size_t left = 0; left < n_leaves; left += width) {
      const std::size_t columns = std::min(width, n_leaves - left);
      for (auto& plane : bytes)
        for (auto& row : plane) row.fill(0);
      for (std::size_t f = 64 * w; f < std::min(n, 64 * w + 64); ++f) {
        const State* const states = features.leaves.data() + f * n_leaves + left;
        const std::size_t k = f % 64 / 8, shift = f % 8;
        const auto add = [&](std::size_t p, const auto& shown) {
          std::uint8_t* const row = bytes[p][k].data();
          for (std::size_t c = 0; c < columns; ++c)
            row[c] |= static_cast<std::uint8_t>(static_cast<std::uint8_t>(shown(states[c])) << shift);
        };
        for (std::size_t p = 0; p < n_planes_; ++p) add(p, [&bit, p](State x) { return bit(x, p); });
        add(n_planes_, [](State x) { return x != unobserved<State>; });
      }
      const auto word = [&](std::size_t p, std::size_t c) {
        std::uint64_t x = 0;
        for (std::size_t k = 0; k < 8; ++k) x |= static_cast<std::uint64_t>(bytes[p][k][c]) << (8 * k);
        return x;
      };
      const std::uint64_t all = n - 64 * w >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (n - 64 * w)) - 1;
      for (std::size_t c = 0; c < columns; ++c) {
        const std::uint64_t seen = word(n_planes_, c);
        gaps[worker] |= seen != all;
        for (std::size_t p = 0; p < n_planes_; ++p)
          bits_[((left + c) * (n_planes_ + 1) + p) * words_ + w] = word(p, c) & seen;
        bits_[((left + c) * (n_planes_ + 1) + n_planes_) * words_ + w] = seen;
      }
    }
  });
  all_observed_ = std::ranges::find(gaps, 1) == gaps.end();
}

// In how many features two leaves show each pair of states. Only indicators of the states but the last are counted: the
// last plane, which says where a leaf is observed, stands for it, and what is missing follows from the margins.
class JointCounts {
 public:
  template <class State>
  JointCounts(const Features<State>& features, std::size_t threads)
      : q_(features.q), planes_(features, features.q - 1, threads, [](State x, std::size_t p) { return x == p; }) {}

  // counts[s * q + t]: leaf u shows s and leaf v shows t.
  template <class Count> void count(std::size_t u, std::size_t v, std::span<Count> counts) const {
    with_popcount([&] {
      for (std::size_t s = 0; s < q_; ++s)
        for (std::size_t t = 0; t < q_; ++t) {
          const std::uint64_t *const a = planes_.plane(u, s), *const b = planes_.plane(v, t);
          std::uint64_t count = 0;
          for (std::size_t w = 0; w < planes_.words(); ++w)
            count += static_cast<std::uint64_t>(std::popcount(a[w] & b[w]));
          counts[s * q_ + t] = static_cast<Count>(count);
        }
    });
    for (std::size_t s = 0; s < q_; ++s)
      for (std::size_t t = 0; t + 1 < q_; ++t) counts[s * q_ + q_ - 1] -= counts[s * q_ + t];
    for (std::size_t t = 0; t < q_; ++t)
      for (std::size_t s = 0; s + 1 < q_; ++s) counts[(q_ - 1) * q_ + t] -= counts[s * q_ + t];
  }

 private:
  std::size_t q_;
  BitPlanes planes_;
};

} // namespace retrodict
