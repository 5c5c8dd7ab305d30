// The way up the tree and down again for a tile of samples: posterior laws of all nodes, in the notation and with the
// rounding of one_sample.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bp/kernels.hpp"
#include "bp/leaves.hpp"
#include "bp/schedule.hpp"
#include "graphs/channels.hpp"
#include "graphs/tree.hpp"

namespace retrodict {

class NodeTile {
 public:
  NodeTile(const Tree& tree, const Channels& channels, const Schedule& schedule, const Leaves& leaves, std::size_t T,
           SimdLevel level);

  // Samples begin, ..., end - 1; at most T of them. Then the others speak of sample begin + s.
  void run(std::size_t begin, std::size_t end);
  // Whether the sample's numbers differ too much in size for a tile, and nothing is known of it.
  bool wide(std::size_t s) const { return wide_[s] != 0; }
  double root(std::size_t s, std::size_t i) const { return L_.entries[i * T_ + s]; }
  std::int64_t exponent(std::size_t s) const { return exponent_[s]; }
  // Posterior probability of state i at node v, which is not a leaf.
  double posterior(std::size_t v, std::size_t s, std::size_t i) const { return D_.entries[(v * q_ + i) * T_ + s]; }

 private:
  // A message for each node, with the exponent of a bound on its least entry that is not 0.
  struct Messages {
    std::vector<double> entries;
    std::vector<int> least;
  };
  // One of them. Products are taken of messages with bounds from safe_exponent on.
  struct Message {
    double* at;
    int* least;
  };
  Message of(Messages& messages, std::size_t v) const {
    return {messages.entries.data() + v * q_ * T_, &messages.least[v]};
  }

  template <int W> void up(std::size_t begin, std::size_t end);
  template <int W> void down();
  template <int W> void copy(const Message& from, const Message& to) const;
  template <int W> void multiply(const Message& into, const Message& by, const kernels::Samples& samples) const;
  template <int W>
  void through(const kernels::Matrix& matrix, int least, const Message& from, const Message& to,
               const kernels::Samples& samples) const;
  template <int W> void normalise(const Message& message, const kernels::Samples& samples) const;

  const Tree& tree_;
  const Channels& channels_;
  const Schedule& schedule_;
  const Leaves& leaves_;
  std::size_t q_, T_;
  SimdLevel level_;
  std::vector<int> least_; // of each channel, and at the root of the prior
  Messages L_, M_, D_, pair_;
  std::vector<std::int64_t> exponent_, wide_, ignored_;
};

} // namespace retrodict
