#include "trees/estimators.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "core/parallel.hpp"
#include "core/require.hpp"
#include "core/rng.hpp"
#include "core/tuning.hpp"

namespace retrodict {

namespace {

template <class State> void require_states(std::span<const State> leaves, std::size_t n_leaves, std::size_t q) {
  bool fine = true;
  for (const State x : leaves) fine &= (x < q) | (x == unobserved<State>);
  if (fine) return;
  const auto wrong = [q](State x) { return x >= q && x != unobserved<State>; };
  const auto j = static_cast<std::size_t>(std::ranges::find_if(leaves, wrong) - leaves.begin());
  reject("leaves[", j / n_leaves, ", ", j % n_leaves, "] = ", +leaves[j], ": a state is at most q - 1 = ", q - 1,
         ", or ", +unobserved<State>, " for unobserved");
}

} // namespace

template <class State>
std::vector<std::int32_t> census(std::span<const State> leaves, std::size_t n, std::size_t q, std::size_t threads) {
  require(1 <= q && q <= unobserved<State>, "q = ", q, ": leaves of this type show 1 to ", +unobserved<State>,
          " states");
  const std::size_t n_leaves = n == 0 ? 0 : leaves.size() / n;
  require_states(leaves, n_leaves, q);
  std::vector<std::int32_t> counts(n * q);
  for_blocks(n, tuning::samples_per_block, threads, [&](std::size_t begin, std::size_t end, std::size_t) {
    // Counters in turn: neighbours often agree, and the next increment of a counter waits for the last.
    std::vector<std::array<std::int32_t, tuning::counters_in_turn>> seen(q);
    for (std::size_t i = begin; i < end; ++i) {
      for (auto& turns : seen) turns.fill(0);
      for (std::size_t j = 0; j < n_leaves; ++j) {
        const State state = leaves[i * n_leaves + j];
        if (state != unobserved<State>) ++seen[state][j % tuning::counters_in_turn];
      }
      for (std::size_t state = 0; state < q; ++state)
        counts[i * q + state] = std::reduce(seen[state].begin(), seen[state].end());
    }
  });
  return counts;
}

namespace {

// Counts votes and forgets them again, without a pass over all states.
template <class State> class Ballot {
 public:
  // The states with the most votes among `values`, in the order of their first vote.
  std::span<const State> winners(std::span<const State> values) {
    std::int32_t most{};
    for (const State x : values)
      if (x != unobserved<State>) most = std::max(most, ++votes_[x]);
    winners_.clear();
    for (const State x : values) {
      if (x == unobserved<State>) continue;
      if (votes_[x] == most) winners_.push_back(x);
      votes_[x] = 0;
    }
    return winners_;
  }

 private:
  std::vector<std::int32_t> votes_ = std::vector<std::int32_t>(unobserved<State>);
  std::vector<State> winners_;
};

} // namespace

template <class State>
std::vector<State> recursive_majority(const Tree& tree, std::span<const State> leaves,
                                      std::optional<std::uint64_t> seed, std::uint64_t first, std::size_t threads) {
  const std::size_t n_leaves = tree.n_leaves(), n = leaves.size() / n_leaves;
  std::vector<State> root(n);
  for_blocks(n, tuning::samples_per_block, threads, [&](std::size_t begin, std::size_t end, std::size_t) {
    Ballot<State> ballot;
    std::vector<State> value(tree.n_nodes()), shown;
    for (std::size_t i = begin; i < end; ++i) {
      Stream stream(seed.value_or(0), first + i);
      for (std::size_t v = tree.n_nodes(); v-- > 0;) {
        if (tree.leaf_index(v) >= 0) {
          value[v] = leaves[i * n_leaves + static_cast<std::size_t>(tree.leaf_index(v))];
          continue;
        }
        shown.clear();
        for (const std::int32_t child : tree.children(v)) shown.push_back(value[static_cast<std::size_t>(child)]);
        const auto winners = ballot.winners(shown);
        if (winners.size() == 1)
          value[v] = winners[0];
        else if (winners.empty() || !seed)
          value[v] = unobserved<State>;
        else
          value[v] = winners[static_cast<std::size_t>(stream.next_double() * static_cast<double>(winners.size()))];
      }
      root[i] = value[0];
    }
  });
  return root;
}

#define RETRODICT_ESTIMATORS(State)                                                                                    \
  template std::vector<std::int32_t> census(std::span<const State>, std::size_t, std::size_t, std::size_t);            \
  template std::vector<State> recursive_majority(const Tree&, std::span<const State>, std::optional<std::uint64_t>,    \
                                                 std::uint64_t, std::size_t);
RETRODICT_ESTIMATORS(std::uint8_t)
RETRODICT_ESTIMATORS(std::uint16_t)
#undef RETRODICT_ESTIMATORS

} // namespace retrodict
