// Distances between leaves, estimated from features: independent broadcasts on one tree. Leaf data is
// (n_features, n_leaves), one row a feature; the largest value of State says "unobserved", and a pair of leaves is
// compared on the features that show both. Results are (n_leaves, n_leaves) and symmetric; the diagonal is that of
// equal leaves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace retrodict {

// Of one array of leaf data: its features show states below q of the leaves.
template <class State> struct Features {
  std::span<const State> leaves;
  std::size_t n_leaves, q;

  std::size_t count() const { return n_leaves == 0 ? 0 : leaves.size() / n_leaves; }
};

// Where the estimate is not finite or larger than the cap, the cap; and whether it is so, 0 or 1.
struct DistanceTable {
  std::span<double> values;
  std::span<std::uint8_t> capped;
};

// (q a - k) / ((q - 1) k) for a agreements among k features: the correlation of two leaves under symmetric channels.
// On the diagonal 1; nan where no feature shows both leaves. Rounded once.
template <class State> void correlations(const Features<State>& features, std::size_t threads, std::span<double> out);

// -log of the correlation.
template <class State>
void correlation_distances(const Features<State>& features, double cap, std::size_t threads, DistanceTable out);

// -log |det F| + log(product of the marginals of F) / 2, F the joint law of the two leaves' states, estimated.
template <class State>
void log_det_distances(const Features<State>& features, double cap, std::size_t threads, DistanceTable out);

} // namespace retrodict
