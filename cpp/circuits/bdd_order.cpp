// Dynamic programming over the sets of inputs that lie below, after Friedman and Supowit, "Finding the optimal variable
// ordering for binary decision diagrams" (IEEE Trans. Computers 39, 1990).
//
// For a set J of inputs let F(J) be the set of functions of J that arise when the inputs outside J are fixed. The nodes
// labelled k, where J is what lies at k or below, are the members of F(J) that depend on k: that number does not depend
// on the order within J - {k} or outside J. So the least number of nodes at or below J is
//     cost(J) = min over k in J of cost(J - {k}) + #{g in F(J) : g depends on k},
// and cost of the set of all inputs is the answer.
//
// The table of J gives for each assignment to the inputs outside J (packed: their bits in ascending order) the number
// of its member of F(J), counted by first occurrence. It is made once, from the table of *one* J - {k}: a member of
// F(J) is the pair of its restrictions to x_k = 0 and 1. Then, for every k, one assignment of each member tells in the
// table of J - {k} whether its two restrictions differ. That is 3^n look-ups of pairs in all, where a table for each
// (J, k) takes n 3^(n-1); and only the tables of two successive sizes |J| are kept.
//
// |F(J)| <= 2^(n - |J|), and there are two functions of no inputs, so a number fits 16 bits up to n = 16.

#include "circuits/bdd_order.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <utility>

#include "core/parallel.hpp"

namespace retrodict {

namespace {

using Set = std::uint32_t;
using Number = std::uint16_t;

constexpr std::size_t block_entries = std::size_t{1} << 14;

// Assignments `rest` to the inputs outside a set, seen from the set without k: the one with x_k = 0, and the step to
// the one with x_k = 1.
class Branch {
 public:
  Branch(Set outside, unsigned k) : step_(Set{1} << std::popcount(outside & ((Set{1} << k) - 1))) {}
  std::size_t low(std::size_t rest) const { return rest + (rest & ~(step_ - 1)); }
  std::size_t high(std::size_t rest) const { return low(rest) + step_; }

 private:
  std::size_t step_;
};

// Numbers pairs by first occurrence. Keys carry the set for which they were entered, so that nothing is ever cleared.
class PairNumbers {
 public:
  explicit PairNumbers(std::size_t capacity)
      : shift_(64 - std::bit_width(capacity)), keys_(2 * capacity), numbers_(2 * capacity) {}

  // The number of (low, high) among the pairs of `set`, `next` if it is new.
  Number find(Set set, Number low, Number high, Number next) {
    const std::uint64_t pair = std::uint64_t{low} << 16 | high, key = std::uint64_t{set} << 32 | pair;
    std::size_t slot = pair * 0x9E3779B97F4A7C15u >> shift_;
    while (keys_[slot] >> 32 == set) {
      if (keys_[slot] == key) return numbers_[slot];
      slot = (slot + 1) & (keys_.size() - 1);
    }
    keys_[slot] = key;
    return numbers_[slot] = next;
  }

 private:
  int shift_;
  std::vector<std::uint64_t> keys_;
  std::vector<Number> numbers_;
};

struct Scratch {
  explicit Scratch(std::size_t entries) : pairs(entries), first_seen(entries) {}
  PairNumbers pairs;
  std::vector<std::uint32_t> first_seen; // an assignment for each number
};

// Fills the table of `set` from that of `set` without the input on which it branches. Returns |F(set)|.
std::size_t number_members(Set set, Branch branch, const Number* without, std::span<Number> table, Scratch& scratch) {
  std::size_t members = 0;
  for (std::size_t rest = 0; rest < table.size(); ++rest) {
    const auto next = static_cast<Number>(members);
    table[rest] = scratch.pairs.find(set, without[branch.low(rest)], without[branch.high(rest)], next);
    if (table[rest] == next) scratch.first_seen[members++] = static_cast<std::uint32_t>(rest);
  }
  return members;
}

// How many members depend on the input on which the table `without` branches.
std::size_t count_dependent(Branch branch, const Number* without, std::span<const std::uint32_t> first_seen) {
  std::size_t nodes = 0;
  for (const std::uint32_t rest : first_seen) nodes += without[branch.low(rest)] != without[branch.high(rest)];
  return nodes;
}

Set remove(Set set, unsigned k) { return set & ~(Set{1} << k); }

} // namespace

ObddOrder minimum_obdd(const TruthTable& table, std::size_t threads) {
  const unsigned n = table.n_inputs();
  require(n <= max_obdd_inputs, "table has ", n, " inputs: the exact minimum over all orders goes to ", max_obdd_inputs,
          "; time and memory grow as 3^n, so ", n, " inputs would take about 3^", n - max_obdd_inputs,
          " times as much as ", max_obdd_inputs);
  const Set all = (Set{1} << n) - 1;
  std::vector<std::vector<Set>> sets(n + 1);
  std::vector<std::uint32_t> place(all + 1); // of a set among those of its size
  for (Set set = 0; set <= all; ++set) {
    auto& same_size = sets[static_cast<unsigned>(std::popcount(set))];
    place[set] = static_cast<std::uint32_t>(same_size.size());
    same_size.push_back(set);
  }

  std::vector<std::size_t> cost(all + 1, 0);
  std::vector<std::uint8_t> top(all + 1, 0);
  std::vector<Number> below(table.values().begin(), table.values().end()), here;
  for (unsigned size = 1; size <= n; ++size) {
    const std::size_t entries = std::size_t{1} << (n - size), block = std::max<std::size_t>(1, block_entries / entries);
    here.resize(sets[size].size() * entries);
    std::vector<Scratch> scratch(worker_count(sets[size].size(), block, threads), Scratch(entries));

    for_blocks(sets[size].size(), block, threads, [&](std::size_t begin, std::size_t end, std::size_t worker) {
      for (std::size_t i = begin; i < end; ++i) {
        const Set set = sets[size][i], outside = all & ~set;
        const auto without = [&](unsigned k) { return &below[place[remove(set, k)] * 2 * entries]; };
        const auto lowest = static_cast<unsigned>(std::countr_zero(set));
        const std::size_t members = number_members(set, Branch(outside, lowest), without(lowest),
                                                   std::span(here).subspan(i * entries, entries), scratch[worker]);
        const auto first_seen = std::span(scratch[worker].first_seen).first(members);
        cost[set] = std::numeric_limits<std::size_t>::max();
        for (unsigned k = lowest; k < n; ++k) {
          if (remove(set, k) == set) continue;
          const std::size_t nodes = cost[remove(set, k)] + count_dependent(Branch(outside, k), without(k), first_seen);
          if (nodes < cost[set]) {
            cost[set] = nodes;
            top[set] = static_cast<std::uint8_t>(k);
          }
        }
      }
    });
    below.swap(here);
  }

  ObddOrder best{cost[all], {}};
  for (Set set = all; set != 0; set = remove(set, static_cast<unsigned>(top[set]))) best.order.push_back(top[set]);
  return best;
}

std::size_t obdd_size(const TruthTable& table, std::span<const std::int64_t> order) {
  const unsigned n = table.n_inputs();
  require(order.size() == n, "order has ", order.size(), " entries: the table has ", n, " inputs");
  std::vector<bool> placed(n);
  for (std::size_t i = 0; i < n; ++i) {
    require(order[i] >= 0 && order[i] < n, "order[", i, "] = ", order[i], ": an input is one of 0..", n - 1);
    require(!placed[static_cast<std::size_t>(order[i])], "order[", i, "] = ", order[i], ": each input comes once");
    placed[static_cast<std::size_t>(order[i])] = true;
  }

  // The root's input becomes the highest bit, so that each level joins neighbours.
  std::vector<std::size_t> functions(table.values().size());
  for (std::size_t x = 0; x < functions.size(); ++x) {
    std::size_t moved = 0;
    for (const std::int64_t input : order) moved = moved << 1 | (x >> input & 1);
    functions[moved] = table.values()[x];
  }
  std::size_t nodes = 0;
  while (functions.size() > 1) {
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> numbers;
    std::vector<std::size_t> joined(functions.size() / 2);
    for (std::size_t i = 0; i < joined.size(); ++i) {
      const auto [entry, is_new] = numbers.try_emplace({functions[2 * i], functions[2 * i + 1]}, numbers.size());
      nodes += is_new && functions[2 * i] != functions[2 * i + 1];
      joined[i] = entry->second;
    }
    functions.swap(joined);
  }
  return nodes;
}

} // namespace retrodict
