// Sifting, after Rudell, "Dynamic variable ordering for ordered binary decision diagrams" (ICCAD 1993): each input in
// turn is moved to its best place among the others, whose order is kept.
//
// All places of an input x are tried in the time of two: let A(i) be the last i of the other inputs. If x comes just
// above A(i), the levels below x are those of the chain A(1), ..., A(i), the level of x has the members of
// F(A(i) + {x}) that depend on x, and the levels above x are those of the chain A(i+1) + {x}, A(i+2) + {x}, ...; so the
// tables of the two chains tell the size for every i.

#include "circuits/sifting.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "circuits/subfunctions.hpp"
#include "core/parallel.hpp"

namespace retrodict {

namespace {

using Number = std::uint32_t;

// A set of inputs, and the table of its subfunctions.
struct Level {
  explicit Level(const TruthTable& function)
      : Level(static_cast<Set>(function.values().size() - 1), function.values().size()) {
    members = number_values(function.values(), table.data());
  }
  Level(Set outside, std::size_t entries) : outside(outside), table(entries) {}
  Numbered<Number> numbered() const { return {table.data(), members}; }

  Set outside;
  std::size_t members = 0;
  std::vector<Number> table;
};

Level add(const Level& below, unsigned k, Subfunctions& subfunctions) {
  Level level(without(below.outside, k), below.table.size() / 2);
  level.members = subfunctions.number(below.numbered(), Branch(level.outside, k), std::span(level.table));
  return level;
}

// The nodes labelled k if what lies below them is `below`; `level`, with k, is the last that was made.
std::size_t labelled(const Level& level, const Level& below, unsigned k, const Subfunctions& subfunctions) {
  return subfunctions.dependent(below.numbered(), Branch(level.outside, k), level.table.size());
}

// The nodes of each level, from the last input of the order up; `upwards` is the order from there.
Sizes level_sizes(const TruthTable& table, const Order& upwards, Subfunctions& subfunctions) {
  Sizes sizes;
  Level below(table);
  for (const std::int32_t input : upwards) {
    const auto k = static_cast<unsigned>(input);
    Level level = add(below, k, subfunctions);
    sizes.push_back(labelled(level, below, k, subfunctions));
    below = std::move(level);
  }
  return sizes;
}

// The size with x just above the first i of the other inputs, for each i.
Sizes size_by_place(const TruthTable& table, const Order& others, unsigned x, Subfunctions& subfunctions) {
  Level chain(table), with_x = add(chain, x, subfunctions);
  Sizes size{labelled(with_x, chain, x, subfunctions)}, if_x_is_below{0};
  std::size_t below = 0;
  for (const std::int32_t input : others) {
    const auto k = static_cast<unsigned>(input);
    Level next = add(chain, k, subfunctions);
    below += labelled(next, chain, k, subfunctions);
    chain = std::move(next);
    next = add(chain, x, subfunctions);
    size.push_back(below + labelled(next, chain, x, subfunctions));
    if_x_is_below.push_back(labelled(next, with_x, k, subfunctions));
    with_x = std::move(next);
  }
  std::size_t above = 0;
  for (std::size_t i = size.size(); i-- > 0; above += if_x_is_below[i]) size[i] += above;
  return size;
}

} // namespace

Order upwards_of(std::span<const std::int64_t> order, unsigned n) {
  std::vector<bool> placed(n);
  for (std::size_t i = 0; i < n; ++i) {
    require(order[i] >= 0 && order[i] < n, "order[", i, "] = ", order[i], ": an input is one of 0..", n - 1);
    require(!placed[static_cast<std::size_t>(order[i])], "order[", i, "] = ", order[i], ": each input comes once");
    placed[static_cast<std::size_t>(order[i])] = true;
  }
  return {order.rbegin(), order.rend()};
}

std::size_t sum(const Sizes& sizes) { return std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}); }

std::size_t obdd_size(const TruthTable& table, std::span<const std::int64_t> order) {
  const unsigned n = table.n_inputs();
  require(order.size() == n, "order has ", order.size(), " entries: the table has ", n, " inputs");
  Subfunctions subfunctions(table.values().size() / 2);
  return sum(level_sizes(table, upwards_of(order, n), subfunctions));
}

ObddOrder sift(const TruthTable& table) {
  const unsigned n = table.n_inputs();
  require(n <= max_sift_inputs, "table has ", n, " inputs: sifting goes to ", max_sift_inputs);
  Subfunctions subfunctions(table.values().size() / 2);
  return sift(
      n, [&](const Order& upwards) { return level_sizes(table, upwards, subfunctions); },
      [&](const Order& others, unsigned x) { return size_by_place(table, others, x, subfunctions); });
}

ObddOrder sift(unsigned n, const std::function<Sizes(const Order& upwards)>& level_sizes,
               const std::function<Sizes(const Order& others, unsigned x)>& size_by_place) {
  Order upwards(n);
  std::iota(upwards.rbegin(), upwards.rend(), 0);
  Sizes sizes = level_sizes(upwards);
  std::size_t nodes = sum(sizes), before = nodes + 1;
  while (nodes < before) {
    before = nodes;
    std::vector<std::pair<std::size_t, std::int32_t>> largest_first;
    for (unsigned i = 0; i < n; ++i) largest_first.emplace_back(sizes[i], upwards[i]);
    std::sort(largest_first.rbegin(), largest_first.rend());
    for_blocks(n, 1, 1, [&](std::size_t i, std::size_t, std::size_t) {
      const std::int32_t x = largest_first[i].second;
      Order others = upwards;
      std::erase(others, x);
      const Sizes size = size_by_place(others, static_cast<unsigned>(x));
      const auto best = std::min_element(size.begin(), size.end());
      if (*best == nodes) return;
      nodes = *best;
      upwards = others;
      upwards.insert(upwards.begin() + (best - size.begin()), x);
    });
    sizes = level_sizes(upwards);
  }
  return {nodes, {upwards.rbegin(), upwards.rend()}};
}

} // namespace retrodict
