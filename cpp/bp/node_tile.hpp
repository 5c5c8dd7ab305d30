// The way up the tree and down again for a tile of samples: posterior laws of all internal nodes, in the notation and
// with the rounding of one_sample.hpp. Of each node there is one message in store: M on the way up, D on the way down.
// What leaves say is looked up, and what can be multiplied anew is not stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bp/kernels.hpp"
#include "bp/leaves.hpp"
#include "bp/node_kernels.hpp"
#include "bp/node_rows.hpp"
#include "bp/schedule.hpp"
#include "core/aligned.hpp"
#include "graphs/channels.hpp"
#include "graphs/tree.hpp"

namespace retrodict {

class NodeTile {
 public:
  NodeTile(const Tree& tree, const Channels& channels, const Schedule& schedule, const Leaves& leaves, std::size_t T,
           SimdLevel level, bool past_caches);

  // Samples begin, ..., end - 1; at most T of them. Their laws go to `laws`, (end - begin, n_internal, q); then the
  // others speak of sample begin + s.
  void run(std::size_t begin, std::size_t end, std::span<double> laws);
  // Whether the sample's numbers differ too much in size for a tile, and nothing is known of it.
  bool wide(std::size_t s) const { return wide_[s] != 0; }
  double root(std::size_t s, std::size_t i) const { return store_.data()[i * T_ + s]; }
  std::int64_t exponent(std::size_t s) const { return exponent_[s]; }

 private:
  // q vectors of T samples, and the exponent of a bound on the least entry that is not 0. Products are taken of
  // messages with bounds from safe_exponent on. None grows: M and L are at most 1, and the sum over D, a joint
  // probability, never rises on the way down. Brought to [1/2, 1) it is at most q.
  struct Message {
    double* at;
    int* least;
  };
  enum Scratch : std::size_t { prior, product, before, rest, expanded, expanded_too, after };

  bool leaf(std::size_t v) const { return tree_.leaf_index(v) >= 0; }
  bool shown(std::size_t v) const { return leaf(v) && !codes_.empty(); }
  Message stored(std::size_t v) { return {store_.data() + place_[v] * q_ * T_, &store_least_[place_[v]]}; }
  Message scratch(std::size_t k) { return {scratch_.data() + k * q_ * T_, &scratch_least_[k]}; }
  // The bound of what node v says of its parent's state.
  int least_said(std::size_t v) const { return shown(v) ? edges_[v] : store_least_[place_[v]]; }
  void read_tables();
  void fetch_shown(std::size_t v) const;
  void fetch_for_up(std::size_t v) const;
  void fetch_for_down(std::size_t v);
  template <int W> void read_codes(std::size_t begin, std::size_t end);
  template <int W, int Q> kernels::Shown<W, Q> look_up(std::size_t v) const;
  template <int W> Message message(std::size_t v, Scratch place);
  template <int W, int Q, class Body> void with_operand(std::size_t v, const Body& body);

  template <int W, int Q> void up(std::size_t begin, std::size_t end);
  template <int W, int Q> bool up_pair(std::size_t v, const kernels::Samples& samples);
  template <int W, int Q> void down();
  template <int W, int Q> bool down_pair(std::size_t v, const Message& D, double* law, const kernels::Samples& samples);
  template <int W> void down_any(std::size_t v, const Message& D, double* law, const kernels::Samples& samples);

  void copy(const Message& from, const Message& to) const;
  template <int W> void multiply(const Message& into, const Message& by, const kernels::Samples& samples) const;
  template <int W> void normalise(const Message& message, const kernels::Samples& samples) const;
  template <int W> void settle(const Message& message, int least, const kernels::Samples& samples) const;

  const Tree& tree_;
  const Channels& channels_;
  const Schedule& schedule_;
  const Leaves& leaves_;
  std::size_t q_, T_;
  SimdLevel level_;
  std::vector<int> edges_;         // of each node that is not the root: the least exponent in the channel above it
  std::vector<std::size_t> order_; // nodes with a message in store, children first
  std::vector<std::size_t> place_; // of each node that has a message in store: the internal ones, in ascending order
  Aligned<double> store_, scratch_, tables_; // messages; the tables of the leaves
  std::vector<int> store_least_, scratch_least_;
  std::vector<std::size_t> table_, pitch_; // of each leaf
  std::vector<std::uint8_t> bytes_;        // what leaf k of sample s shows, at [k * T + s]
  std::vector<std::uint16_t> codes_;       // the same, q for "unobserved"
  NodeRows rows_;
  std::vector<std::int64_t> exponent_, wide_, ignored_;
};

} // namespace retrodict
