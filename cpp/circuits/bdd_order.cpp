// Dynamic programming over the sets of inputs that lie below, after Friedman and Supowit, "Finding the optimal variable
// ordering for binary decision diagrams" (IEEE Trans. Computers 39, 1990), with branch and bound.
//
// The nodes labelled k, where J is what lies at k or below, are the members of F(J) (see subfunctions.hpp) that depend
// on k: their number D(J, k) depends neither on the order within J - {k} nor on that outside J. So the least number of
// nodes at or below J is
//     cost(J) = min over k in J of cost(J - {k}) + D(J, k),                                                       (1)
// and cost of the set of all inputs is the answer.
//
// Bound. Where J lies below, there are at least
//     above(J) = max(|F(J)| - 1, number of inputs outside J on which f depends)
// nodes above. The second: each such input labels a node. The first: the t nodes above form a graph with one root,
// whose 2t edges reach the t - 1 others and every member of F(J), so 2t >= t - 1 + |F(J)| (for t = 0, |F(J)| = 1). So
// if cost(J) + above(J) exceeds the size U of a known order, no order of least size has J below, and J is dropped.
// Nothing is lost: let J_0, J_1, ..., J_n be the sets that lie below in an order of least size. None of them is
// dropped, since cost(J_i) + above(J_i) is at most the least size, by induction on i: J_i is visited since J_(i-1) is
// kept, and (1), whose minimum over the kept J - {k} is never too small, has for J_i its true value. The same holds for
// ties, so the order that is returned, the first of all that have the least size, is that of the complete recursion.
//
// D(J, k) is not counted where it cannot matter. With m = |F(J - {k})| and M = |F(J)|, of M members M - D(J, k) are one
// member of F(J - {k}) and D(J, k) are two, which are all of these, so m <= M + D(J, k). Those that do not depend on k
// are different members of F(J - {k}), so M - D(J, k) <= m. Hence D(J, k) >= |M - m|.
//
// Each table is made once, from the table of one J - {k}: that is at most 3^n pairs in all. Only tables of two
// successive sizes |J| are kept. A member of F(J) is one of min(2^(n - |J|), 2^(2^|J|)), so a number fits 16 bits up to
// n = 20, where the two largest sizes take 2.5 GB if nothing is dropped.

#include "circuits/bdd_order.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "circuits/subfunctions.hpp"
#include "core/require.hpp"

namespace retrodict {

namespace {

using Number = std::uint16_t;

constexpr std::size_t block_entries = std::size_t{1} << 14;

// The inputs on which the function depends.
Set essential_inputs(const TruthTable& table) {
  const auto values = table.values();
  Set inputs = 0;
  for (unsigned k = 0; k < table.n_inputs(); ++k)
    for (std::size_t rest = 0; rest < values.size() / 2; ++rest) {
      const Branch branch(~Set{0}, k);
      if (values[branch.low(rest)] != values[branch.high(rest)]) {
        inputs |= Set{1} << k;
        break;
      }
    }
  return inputs;
}

// Of all tables of one size; memory that is never written costs nothing.
std::size_t most_entries(unsigned n) {
  std::size_t sets = 1, most = std::size_t{1} << n;
  for (unsigned size = 1; size <= n; ++size) {
    sets = sets * (n - size + 1) / size;
    most = std::max(most, sets << (n - size));
  }
  return most;
}

class Search {
 public:
  Search(const TruthTable& table, std::size_t bound, std::size_t threads)
      : n_(table.n_inputs()), all_((Set{1} << n_) - 1), essential_(essential_inputs(table)), bound_(bound),
        threads_(threads), scratch_(worker_count(all_, 1, threads), Scratch(table.values().size() / 2)),
        cost_(all_ + 1u), members_(all_ + 1u), place_(all_ + 1u), top_(all_ + 1u),
        below_(std::make_unique_for_overwrite<Number[]>(most_entries(n_))),
        here_(std::make_unique_for_overwrite<Number[]>(most_entries(n_))) {
    members_[0] = static_cast<std::uint32_t>(number_values(table.values(), below_.get()));
  }

  ObddOrder run(const Poll& progress) {
    const double total = std::pow(3, n_);
    double done = std::ldexp(1, static_cast<int>(n_)), sets = 1;
    for (unsigned size = 1; size <= n_; ++size) {
      visit_sets_of(size);
      sets *= static_cast<double>(n_ - size + 1) / size;
      done += std::ldexp(sets, static_cast<int>(n_ - size));
      if (progress) progress(done / total);
    }
    ObddOrder best{cost_[all_], {}};
    for (Set set = all_; best.order.size() < n_; set = without(set, top_[set])) best.order.push_back(top_[set]);
    return best;
  }

 private:
  struct Scratch {
    explicit Scratch(std::size_t entries) : subfunctions(entries), table(entries) {}
    Subfunctions subfunctions;
    std::vector<Number> table;
  };

  bool kept(Set set) const { return members_[set] != 0; }

  // Calls use(k, J - {k}) for the kept sets with one input less.
  template <class Use> void for_kept_below(Set set, Use&& use) const {
    for (Set rest = set; rest != 0; rest &= rest - 1) {
      const auto k = static_cast<unsigned>(std::countr_zero(rest));
      if (kept(without(set, k))) use(k, without(set, k));
    }
  }

  void visit_sets_of(unsigned size) {
    entries_ = std::size_t{1} << (n_ - size);
    std::vector<Set> sets;
    for (Set set = 0; set <= all_; ++set) {
      if (static_cast<unsigned>(std::popcount(set)) != size) continue;
      bool reached = false;
      for_kept_below(set, [&](unsigned, Set) { reached = true; });
      if (reached) sets.push_back(set);
    }
    std::atomic<std::uint32_t> n_kept{0};
    for_blocks(sets.size(), std::max<std::size_t>(1, block_entries / entries_), threads_,
               [&](std::size_t begin, std::size_t end, std::size_t worker) {
                 for (std::size_t i = begin; i < end; ++i)
                   if (visit(sets[i], scratch_[worker])) {
                     const std::size_t place = place_[sets[i]] = n_kept++;
                     std::copy_n(scratch_[worker].table.begin(), entries_, here_.get() + place * entries_);
                   }
               });
    below_.swap(here_);
  }

  // Makes the table of J in `scratch`, and its cost. False if J is dropped.
  bool visit(Set set, Scratch& scratch) {
    std::array<std::pair<std::size_t, unsigned>, max_obdd_inputs> lasts; // least possible cost, and k
    std::size_t n_lasts = 0, fewest = std::numeric_limits<std::size_t>::max();
    unsigned base = 0;
    for_kept_below(set, [&](unsigned k, Set below) {
      lasts[n_lasts++].second = k;
      const bool all_differ = members_[below] == 2 * entries_; // then nothing is left to do
      if (all_differ || members_[below] < fewest) {
        fewest = all_differ ? 0 : members_[below];
        base = k;
      }
    });
    const Set outside = all_ & ~set;
    const std::size_t members = scratch.subfunctions.number(numbered(without(set, base)), Branch(outside, base),
                                                            std::span(scratch.table).first(entries_));
    const std::size_t above = std::max(members - 1, static_cast<std::size_t>(std::popcount(outside & essential_)));
    if (above > bound_) return false;

    for (auto& [at_least, k] : std::span(lasts).first(n_lasts)) {
      const std::size_t m = members_[without(set, k)];
      at_least = cost_[without(set, k)] + (members > m ? members - m : m - members);
    }
    std::sort(lasts.begin(), lasts.begin() + static_cast<std::ptrdiff_t>(n_lasts));
    std::pair<std::size_t, unsigned> best{bound_ - above + 1, n_};
    for (const auto& [at_least, k] : std::span(lasts).first(n_lasts)) {
      if (at_least > best.first) break;
      const Set below = without(set, k);
      best = std::min(
          best, {cost_[below] + scratch.subfunctions.dependent(numbered(below), Branch(outside, k), entries_), k});
    }
    if (best.first > bound_ - above) return false;
    cost_[set] = static_cast<std::uint32_t>(best.first);
    top_[set] = static_cast<std::uint8_t>(best.second);
    members_[set] = static_cast<std::uint32_t>(members);
    return true;
  }

  Numbered<Number> numbered(Set below) const { return {below_.get() + place_[below] * 2 * entries_, members_[below]}; }

  unsigned n_;
  Set all_, essential_;
  std::size_t bound_, threads_, entries_ = 0;
  std::vector<Scratch> scratch_;
  std::vector<std::uint32_t> cost_, members_; // members_: 0 where the set is dropped
  std::vector<std::uint32_t> place_;          // of its table among those of its size, in the order of being made
  std::vector<std::uint8_t> top_;
  std::unique_ptr<Number[]> below_, here_; // the tables of one size, and of the next
};

} // namespace

ObddOrder minimum_obdd(const TruthTable& table, std::size_t threads, const Poll& progress) {
  const unsigned n = table.n_inputs();
  require(n <= max_obdd_inputs, "table has ", n, " inputs: the exact minimum over all orders goes to ", max_obdd_inputs,
          ", with up to 2.6 GB; time and memory grow as 3^n. Bounds of larger functions: obdd_bounds");
  return Search(table, sift(table).nodes, threads).run(progress);
}

} // namespace retrodict
