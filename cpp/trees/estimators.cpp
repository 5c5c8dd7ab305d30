#include "trees/estimators.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/parallel.hpp"
#include "core/rng.hpp"
#include "core/simd.hpp"
#include "core/tuning.hpp"

namespace retrodict {

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

// Samples that are voted on together: what the widest vectors take of one-byte states.
constexpr std::size_t tile = 64;

// Value of a node in each sample of a tile, from rows of its children's values: the one with the most votes, each
// child's counted by comparing it with all. `tied` is 0 where there is only one such value, or none.
template <int W, class State> void vote(const std::vector<const State*>& children, State* value, State* tied) {
  using Vector = typename simd::VectorOf<State, 8 * W>::type;
  constexpr std::size_t lanes = sizeof(Vector) / sizeof(State);
  const auto load = [](const State* at) {
    Vector x;
    std::memcpy(&x, at, sizeof x);
    return x;
  };
  const auto mask = [](auto comparison) { return reinterpret_cast<Vector>(comparison); };
  for (std::size_t at = 0; at < tile; at += lanes) {
    const Vector none = ~Vector{};
    Vector most{}, winner = none, tie{};
    for (const State* const child : children) {
      const Vector x = load(child + at);
      Vector votes{};
      for (const State* const other : children) votes -= mask(load(other + at) == x);
      votes &= mask(x != none);
      const Vector better = mask(votes > most), equal = mask(votes == most) & mask(x != winner);
      tie = (tie | equal) & ~better;
      winner = (x & better) | (winner & ~better);
      most = (votes & better) | (most & ~better);
    }
    simd::store(value + at, winner | tie);
    simd::store(tied + at, tie);
  }
}

// Leaf data of a tile, one row a leaf. Where fewer samples are left, the last one stands for those that are missing.
template <class State>
void turn(std::span<const State> leaves, std::size_t n_leaves, std::vector<State>& padded, State* rows) {
  const State* from = leaves.data();
  const std::size_t n = leaves.size() / n_leaves;
  if (n < tile) {
    padded.assign(leaves.begin(), leaves.end());
    for (std::size_t i = n; i < tile; ++i)
      padded.insert(padded.end(), leaves.end() - static_cast<std::ptrdiff_t>(n_leaves), leaves.end());
    from = padded.data();
  }
  vectorised(simd_level(), [&]<int W> {
    for (std::size_t i = 0; i < tile; i += 16 / sizeof(State))
      simd::transpose<W>(from + i * n_leaves, n_leaves, n_leaves, rows + i, tile);
  });
}

} // namespace

template <class State>
std::vector<State> recursive_majority(const Tree& tree, std::span<const State> leaves,
                                      std::optional<std::uint64_t> seed, std::uint64_t first, std::size_t threads) {
  const std::size_t n_leaves = tree.n_leaves(), n_nodes = tree.n_nodes(), n = leaves.size() / n_leaves;
  std::vector<State> root(n);
  std::vector<std::vector<State>> scratch(worker_count(n, tile, threads));
  for_blocks(n, tile, threads, [&](std::size_t begin, std::size_t end, std::size_t worker) {
    scratch[worker].resize((n_nodes + n_leaves) * tile);
    State* const values = scratch[worker].data();
    State* const rows = values + n_nodes * tile;
    std::vector<State> padded, shown;
    turn(leaves.subspan(begin * n_leaves, (end - begin) * n_leaves), n_leaves, padded, rows);
    const auto row_of = [&](std::size_t v) {
      const auto leaf = tree.leaf_index(v);
      return leaf >= 0 ? rows + static_cast<std::size_t>(leaf) * tile : values + v * tile;
    };
    Ballot<State> ballot;
    std::vector<Stream> streams;
    for (std::size_t i = begin; seed && i < end; ++i) streams.emplace_back(*seed, first + i);
    std::vector<const State*> children;
    std::array<State, tile> tied;
    for (std::size_t v = n_nodes; v-- > 0;) {
      if (tree.leaf_index(v) >= 0) continue;
      children.clear();
      for (const std::int32_t child : tree.children(v)) children.push_back(row_of(static_cast<std::size_t>(child)));
      State* const value = values + v * tile;
      const bool compared = children.size() <= tuning::compared_children;
      if (compared) vectorised(simd_level(), [&]<int W> { vote<W>(children, value, tied.data()); });
      if (compared && !seed) continue;
      for (std::size_t i = 0; i < end - begin; ++i) {
        if (compared && tied[i] == 0) continue;
        shown.clear();
        for (const State* const child : children) shown.push_back(child[i]);
        const auto winners = ballot.winners(shown);
        if (winners.size() == 1)
          value[i] = winners[0];
        else if (winners.empty() || !seed)
          value[i] = unobserved<State>;
        else
          value[i] = winners[static_cast<std::size_t>(streams[i].next_double() * static_cast<double>(winners.size()))];
      }
    }
    std::copy_n(row_of(0), end - begin, root.begin() + static_cast<std::ptrdiff_t>(begin));
  });
  return root;
}

template std::vector<std::uint8_t> recursive_majority(const Tree&, std::span<const std::uint8_t>,
                                                      std::optional<std::uint64_t>, std::uint64_t, std::size_t);
template std::vector<std::uint16_t> recursive_majority(const Tree&, std::span<const std::uint16_t>,
                                                       std::optional<std::uint64_t>, std::uint64_t, std::size_t);

} // namespace retrodict
