#include "bp/tree_bp.hpp"

#include <algorithm>
#include <cmath>

#include "bp/node_tile.hpp"
#include "bp/one_sample.hpp"
#include "bp/plan.hpp"
#include "bp/single.hpp"
#include "bp/tile.hpp"
#include "core/parallel.hpp"
#include "core/tuning.hpp"

namespace retrodict {

namespace {

// Calls body(messages, s) for every sample; `messages` is the worker's own.
template <class Body>
void for_samples(const Tree& tree, const Channels& channels, const Leaves& seen, std::size_t threads,
                 const Body& body) {
  const Leaves leaves = seen.checked(threads);
  const Schedule schedule(tree);
  const std::size_t n = leaves.n_samples();
  std::vector<OneSample> messages(worker_count(n, tuning::samples_per_block, threads),
                                  OneSample(tree, channels, schedule, leaves));
  for_blocks(n, tuning::samples_per_block, threads, [&](std::size_t begin, std::size_t end, std::size_t worker) {
    for (std::size_t s = begin; s < end; ++s) body(messages[worker], s);
  });
}

template <class T> std::span<T> row(std::span<T> table, std::size_t s, std::size_t width) {
  return table.subspan(s * width, width);
}

void marginals_of(const Tree& tree, const Channels& channels, const Leaves& leaves, std::size_t threads,
                  const Marginals& out, SimdLevel level) {
  const std::size_t q = channels.n_states(), n = leaves.n_samples(), n_internal = tree.n_nodes() - tree.n_leaves();
  // Calls body(node, place) for the internal nodes and the places of their laws of sample s.
  const auto for_laws = [&](std::size_t s, const auto& body) {
    auto laws = row(out.nodes, s, n_internal * q);
    for (std::size_t v = 0; v < tree.n_nodes(); ++v) {
      if (tree.leaf_index(v) >= 0) continue;
      body(v, laws.first(q));
      laws = laws.subspan(q);
    }
  };
  const auto alone = [&](OneSample& messages, std::size_t s) {
    messages.upward(s);
    out.log_evidence[s] = log(messages.evidence());
    if (!out.root.empty()) messages.root(row(out.root, s, q));
    if (out.nodes.empty()) return;
    messages.downward();
    for_laws(s, [&](std::size_t v, std::span<double> law) { messages.marginal(v, law); });
  };
  if (!Plan::possible(tree, channels)) return for_samples(tree, channels, leaves, threads, alone);

  const Schedule schedule(tree);
  // Work for each sample of a tile that has gone up the tree.
  const auto finish = [&](const auto& tile, std::size_t begin, std::size_t end) {
    for (std::size_t s = begin; s < end; ++s) {
      if (tile.wide(s - begin)) {
        OneSample messages(tree, channels, schedule, leaves);
        alone(messages, s);
        continue;
      }
      const auto root = [&](std::size_t i) { return tile.root(s - begin, i); };
      double z = channels.prior()[0] * root(0);
      for (std::size_t i = 1; i < q; ++i) z = std::fma(channels.prior()[i], root(i), z);
      out.log_evidence[s] = log(wide(z, tile.exponent(s - begin)));
      if (!out.root.empty())
        for (std::size_t i = 0; i < q; ++i) out.root[s * q + i] = channels.prior()[i] * root(i) * (1 / z);
    }
  };
  const auto in_tiles = [&](const auto& empty, std::size_t T, const auto& body) {
    std::vector tiles(worker_count(n, T, threads), empty);
    for_blocks(n, T, threads,
               [&](std::size_t begin, std::size_t end, std::size_t worker) { body(tiles[worker], begin, end); });
  };
  if (out.nodes.empty()) {
    const Plan plan(tree, channels, schedule, leaves, level);
    const std::size_t T = tuning::tile(q, Codes::bytes_per_sample(plan, leaves), Codes::unit(leaves));
    in_tiles(Tile(plan, channels, leaves, T, level), T, [&](Tile& tile, std::size_t begin, std::size_t end) {
      tile.upward(begin, end);
      finish(tile, begin, end);
    });
  } else {
    const std::size_t T = tuning::tile_of_all_nodes(q, n_internal);
    const bool past_caches = out.nodes.size_bytes() >= tuning::past_caches_bytes;
    in_tiles(NodeTile(tree, channels, schedule, leaves, T, level, past_caches), T,
             [&](NodeTile& tile, std::size_t begin, std::size_t end) {
               tile.run(begin, end, out.nodes.subspan(begin * n_internal * q, (end - begin) * n_internal * q));
               finish(tile, begin, end);
             });
  }
}

} // namespace

void marginals(const Tree& tree, const Channels& channels, const Leaves& leaves, std::size_t threads,
               const Marginals& out, SimdLevel level) {
  if (!leaves.is_unread()) return marginals_of(tree, channels, leaves, threads, out, level);
  // Tiles of packed leaves look at what they read: leaves that are all observed are read once only.
  if (leaves.bits() > 0 && out.nodes.empty() && Plan::possible(tree, channels)) try {
      return marginals_of(tree, channels, leaves, threads, out, level);
    } catch (const Leaves::Unforeseen&) {
    }
  marginals_of(tree, channels, leaves.checked(threads), threads, out, level);
}

void log_evidence_single(const Tree& tree, const Channels& channels, const Leaves& seen, std::size_t threads,
                         std::span<double> out, SimdLevel level) {
  const bool states = !std::holds_alternative<std::span<const double>>(seen.entries());
  if (!states || !SingleTile::possible(tree, channels))
    return marginals(tree, channels, seen, threads, {out, {}, {}}, level);
  const Leaves leaves = seen.checked(threads);
  const Schedule schedule(tree);
  const std::size_t q = channels.n_states(), n = leaves.n_samples(), T = SingleTile::samples(tree, q);
  std::vector tiles(worker_count(n, T, threads), SingleTile(tree, channels, schedule, leaves, T, level));
  for_blocks(n, T, threads, [&](std::size_t begin, std::size_t end, std::size_t worker) {
    SingleTile& tile = tiles[worker];
    tile.upward(begin, end);
    for (std::size_t s = begin; s < end; ++s) {
      if (tile.wide(s - begin)) {
        OneSample messages(tree, channels, schedule, leaves);
        messages.upward(s);
        out[s] = log(messages.evidence());
        continue;
      }
      double z = channels.prior()[0] * tile.root(s - begin, 0);
      for (std::size_t i = 1; i < q; ++i) z = std::fma(channels.prior()[i], tile.root(s - begin, i), z);
      out[s] = log(wide(z, tile.exponent(s - begin)));
    }
  });
}

template <class State>
void sample(const Tree& tree, const Channels& channels, const Leaves& leaves, std::uint64_t seed, std::uint64_t first,
            std::size_t threads, std::span<State> states) {
  for_samples(tree, channels, leaves, threads, [&](OneSample& messages, std::size_t s) {
    const auto here = row(states, s, tree.n_nodes());
    messages.upward(s);
    if (messages.evidence().m == 0)
      std::ranges::fill(here, Leaves::unobserved<State>);
    else
      messages.sample(Stream(seed, first + s), here);
  });
}

template <class State>
void max_product(const Tree& tree, const Channels& channels, const Leaves& leaves, std::size_t threads,
                 std::span<State> states, std::span<double> log_score) {
  for_samples(tree, channels, leaves, threads, [&](OneSample& messages, std::size_t s) {
    const auto here = row(states, s, tree.n_nodes());
    messages.upward_max(s);
    const Wide score = messages.likeliest(here);
    log_score[s] = log(score);
    if (score.m == 0) std::ranges::fill(here, Leaves::unobserved<State>);
  });
}

template void sample(const Tree&, const Channels&, const Leaves&, std::uint64_t, std::uint64_t, std::size_t,
                     std::span<std::uint8_t>);
template void sample(const Tree&, const Channels&, const Leaves&, std::uint64_t, std::uint64_t, std::size_t,
                     std::span<std::uint16_t>);
template void max_product(const Tree&, const Channels&, const Leaves&, std::size_t, std::span<std::uint8_t>,
                          std::span<double>);
template void max_product(const Tree&, const Channels&, const Leaves&, std::size_t, std::span<std::uint16_t>,
                          std::span<double>);

} // namespace retrodict
