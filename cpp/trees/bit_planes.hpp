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
  const auto wrong = [q](State x) { return (x >= q) & (x != unobserved<State>); };
  bool fine = true;
  for (const State x : features.leaves) fine &= !wrong(x);
  if (fine) return;
  const auto at = static_cast<std::size_t>(std::ranges::find_if(features.leaves, wrong) - features.leaves.begin());
  reject("leaves[", at / features.n_leaves, ", ", at % features.n_leaves, "] = ", +features.leaves[at],
         ": a state is at most q - 1 = ", q - 1, ", or ", +unobserved<State>, " for unobserved");
}

template <class State, class Bit>
BitPlanes::BitPlanes(const Features<State>& features, std::size_t n_planes, std::size_t threads, const Bit& bit)
    : n_planes_(n_planes), words_((features.count() + 63) / 64), bits_(features.n_leaves * (n_planes + 1) * words_) {
  constexpr std::size_t width = 256; // leaves at a time
  const std::size_t n = features.count(), n_leaves = features.n_leaves;
  std::vector<std::uint8_t> gaps(worker_count(words_, 1, threads));
  for_blocks(words_, 1, threads, [&](std::size_t w, std::size_t, std::size_t worker) {
    std::vector<std::array<std::uint64_t, width>> rows(n_planes_ + 1);
    for (std::size_t left = 0; left < n_leaves; left += width) {
      const std::size_t columns = std::min(width, n_leaves - left);
      for (auto& row : rows) row.fill(0);
      for (std::size_t f = 64 * w; f < std::min(n, 64 * w + 64); ++f) {
        const State* const states = features.leaves.data() + f * n_leaves + left;
        for (std::size_t p = 0; p < n_planes_; ++p)
          for (std::size_t c = 0; c < columns; ++c)
            rows[p][c] |= static_cast<std::uint64_t>(bit(states[c], p)) << (f % 64);
        for (std::size_t c = 0; c < columns; ++c)
          rows[n_planes_][c] |= static_cast<std::uint64_t>(states[c] != unobserved<State>) << (f % 64);
      }
      const std::uint64_t all = n - 64 * w >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (n - 64 * w)) - 1;
      for (std::size_t c = 0; c < columns; ++c) {
        gaps[worker] |= rows[n_planes_][c] != all;
        for (std::size_t p = 0; p <= n_planes_; ++p)
          bits_[((left + c) * (n_planes_ + 1) + p) * words_ + w] = rows[p][c] & rows[n_planes_][c];
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
