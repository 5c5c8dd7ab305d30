// Leaves are numbered as a depth-first walk of the first tree meets them. The leaves below a node are then an interval,
// and so are those not below it if number 0 is below it: of each split the side without number 0 is an interval. In the
// second tree the least and the greatest number on that side, and how many there are, tell whether it is one.

#include "trees/splits.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "core/require.hpp"

namespace retrodict {

namespace {

// A set of numbers.
struct Side {
  std::int32_t least = INT32_MAX, greatest = -1, size = 0;

  void add(const Side& other) {
    least = std::min(least, other.least);
    greatest = std::max(greatest, other.greatest);
    size += other.size;
  }
  bool is_interval() const { return greatest - least + 1 == size; }
};

using Interval = std::pair<std::int32_t, std::int32_t>;

// Of each column its number in a depth-first walk.
std::vector<std::int32_t> walk(const Tree& tree) {
  std::vector<std::int32_t> number(tree.n_leaves()), waiting{0};
  std::int32_t next = 0;
  while (!waiting.empty()) {
    const auto v = static_cast<std::size_t>(waiting.back());
    waiting.pop_back();
    if (tree.leaf_index(v) >= 0) number[static_cast<std::size_t>(tree.leaf_index(v))] = next++;
    for (const std::int32_t child : tree.children(v)) waiting.push_back(child);
  }
  return number;
}

// The different splits: how many, and the intervals among them, ascending. `number` is that of each column.
std::pair<std::size_t, std::vector<Interval>> splits_of(const Tree& tree, std::span<const std::int32_t> number) {
  const std::size_t n_nodes = tree.n_nodes();
  const auto n_leaves = static_cast<std::int32_t>(tree.n_leaves());
  std::vector<Side> below(n_nodes), outside(n_nodes);
  for (std::size_t v = n_nodes; v-- > 0;) {
    if (const std::int32_t column = tree.leaf_index(v); column >= 0) {
      const std::int32_t x = number[static_cast<std::size_t>(column)];
      below[v] = {x, x, 1};
    }
    if (v > 0) below[static_cast<std::size_t>(tree.parent()[v])].add(below[v]);
  }
  // Where the leaves outside are those below one sibling, at a root with two children, the sibling's edge says it all.
  std::vector<bool> repeats(n_nodes);
  std::size_t count = 0;
  std::vector<Interval> intervals;
  for (std::size_t v = 1; v < n_nodes; ++v) {
    const auto parent = static_cast<std::size_t>(tree.parent()[v]);
    const auto siblings = tree.children(parent);
    const bool outward = below[v].least == 0; // number 0 is below: what counts is outside
    if (outward) {
      outside[v] = outside[parent];
      for (const std::int32_t sibling : siblings)
        if (sibling != static_cast<std::int32_t>(v)) outside[v].add(below[static_cast<std::size_t>(sibling)]);
      repeats[v] = siblings.size() == 1 ? repeats[parent] : siblings.size() == 2 && outside[parent].size == 0;
    }
    const Side& side = outward ? outside[v] : below[v];
    // The edge above a node with one child says what the edge below it says.
    if (tree.children(v).size() == 1 || repeats[v] || side.size < 2 || side.size > n_leaves - 2) continue;
    ++count;
    if (side.is_interval()) intervals.emplace_back(side.least, side.greatest);
  }
  std::ranges::sort(intervals);
  return {count, std::move(intervals)};
}

} // namespace

SplitCounts count_splits(const Tree& first, const Tree& second, std::span<const std::int32_t> columns) {
  const std::size_t n = first.n_leaves();
  require(second.n_leaves() == n, "the trees have ", n, " and ", second.n_leaves(), " leaves: they must be the same");
  require(columns.size() == n, "columns has ", columns.size(), " entries: the trees have ", n, " leaves");
  const std::vector<std::int32_t> number = walk(first);
  std::vector<std::int32_t> there(n, -1);
  for (std::size_t c = 0; c < n; ++c) {
    const std::int32_t column = columns[c];
    require(column >= 0 && static_cast<std::size_t>(column) < n && there[static_cast<std::size_t>(column)] < 0,
            "columns[", c, "] = ", column, ": columns are a permutation of 0 ... ", n - 1);
    there[static_cast<std::size_t>(column)] = number[c];
  }
  const auto [in_first, intervals] = splits_of(first, number);
  const auto [in_second, others] = splits_of(second, there);
  std::vector<Interval> both;
  std::ranges::set_intersection(intervals, others, std::back_inserter(both));
  return {in_first, in_second, both.size()};
}

} // namespace retrodict
