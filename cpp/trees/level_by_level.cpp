#include "trees/level_by_level.hpp"

#include <cmath>
#include <limits>
#include <numeric>

#include "core/parallel.hpp"
#include "core/require.hpp"
#include "core/transpose.hpp"
#include "trees/alignment.hpp"
#include "trees/bit_planes.hpp"
#include "trees/closeness.hpp"
#include "trees/parent_states.hpp"
#include "trees/sibling_groups.hpp"

namespace retrodict {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

template <class State> class LevelSearch {
 public:
  LevelSearch(const Features<State>& features, const LevelByLevelOptions& options, std::size_t threads)
      : options_(options), threads_(threads), n_(features.count()), q_(features.q), count_(features.n_leaves),
        states_(features.leaves.size()), quality_(options.quality.value_or(unknown)) {
    transpose_states(features.leaves.data(), n_, count_, states_.data());
    shown_ = static_cast<std::size_t>(std::ranges::count_if(states_, [](State x) { return x != unobserved<State>; }));
  }

  LevelByLevel<State> search() {
    std::vector<std::vector<std::int32_t>> members;
    std::vector<std::vector<State>> states;
    LevelByLevel<State> found;
    while (count_ > 1) {
      members.push_back(step(found.levels));
      states.push_back(states_);
    }
    found.quality = quality_;
    found.root_reliability = reliability(unknown);
    number(members, states, found);
    return found;
  }

 private:
  // Joins the roots to parents, which take their place; returns them in groups.
  std::vector<std::int32_t> step(std::vector<LevelReport>& levels) {
    SiblingGroups groups;
    {
      std::vector<State> rows(states_.size());
      transpose_states(states_.data(), count_, n_, rows.data());
      const std::vector<double> close = closeness(Features<State>{rows, count_, q_}, options_.renamed, threads_);
      groups = sibling_groups(close, count_, options_.arity, threads_);
    }
    const double correlation = align(groups);
    if (std::isnan(quality_)) {
      const double root = std::sqrt(correlation > 0 ? correlation : 0.0);
      quality_ = std::clamp(root, 1.0 / 1024, 1023.0 / 1024);
    }
    const double reliable = reliability(correlation), square = reliable * reliable;
    const auto of_true_states = [&](double close) {
      return (options_.renamed ? std::sqrt(std::max(close, 0.0)) : close) / square;
    };
    levels.push_back({count_, static_cast<std::size_t>(std::ranges::count(groups.cliques, 1)),
                      static_cast<double>(shown_) / static_cast<double>(states_.size()), correlation, reliable,
                      std::sqrt(std::max(correlation, 0.0)) / reliable, of_true_states(groups.within),
                      count_ == options_.arity ? unknown : of_true_states(groups.across)});
    make_parents(groups);
    return std::move(groups.members);
  }

  // out[j, i] = in[i, j].
  void transpose_states(const State* in, std::size_t rows, std::size_t columns, State* out) const {
    std::vector<std::int32_t> all(rows);
    std::iota(all.begin(), all.end(), 0);
    transpose(in, columns, all, columns, out);
  }

  // Renames the states of siblings to those of the first one where names are unknown; the correlation of siblings.
  double align(const SiblingGroups& groups) {
    const std::size_t arity = options_.arity, n_groups = count_ / arity;
    names_.resize(count_ * q_);
    for (std::size_t u = 0; u < count_; ++u)
      std::iota(names_.begin() + static_cast<std::ptrdiff_t>(u * q_),
                names_.begin() + static_cast<std::ptrdiff_t>((u + 1) * q_), 0);
    std::vector<std::int64_t> agreements(n_groups), observed(n_groups);
    for_blocks(n_groups, 4, threads_, [&](std::size_t begin, std::size_t end, std::size_t) {
      for (std::size_t g = begin; g < end; ++g) {
        const auto member = [&](std::size_t i) { return static_cast<std::size_t>(groups.members[g * arity + i]); };
        if (options_.renamed)
          for (std::size_t i = 1; i < arity; ++i) rename(member(0), member(i));
        for (std::size_t i = 0; i < arity; ++i)
          for (std::size_t j = 0; j < i; ++j) {
            const State *const a = states_.data() + member(i) * n_, *const b = states_.data() + member(j) * n_;
            std::int32_t equal = 0, both = 0;
            for (std::size_t f = 0; f < n_; ++f) {
              const bool seen = (a[f] != unobserved<State>)&(b[f] != unobserved<State>);
              both += seen;
              equal += seen & (a[f] == b[f]);
            }
            agreements[g] += equal;
            observed[g] += both;
          }
      }
    });
    const std::int64_t agree = std::reduce(agreements.begin(), agreements.end());
    const std::int64_t n = std::reduce(observed.begin(), observed.end());
    const auto q = static_cast<std::int64_t>(q_);
    return n == 0 ? unknown : static_cast<double>(q * agree - n) / static_cast<double>((q - 1) * n);
  }

  void rename(std::size_t first, std::size_t other) {
    const State* const a = states_.data() + first * n_;
    State* const b = states_.data() + other * n_;
    std::vector<std::int64_t> counts(q_ * q_);
    for (std::size_t f = 0; f < n_; ++f)
      if (a[f] != unobserved<State> && b[f] != unobserved<State>) ++counts[a[f] * q_ + b[f]];
    const std::vector<std::int32_t> names = best_permutation(counts, q_);
    std::ranges::copy(names, names_.begin() + static_cast<std::ptrdiff_t>(other * q_));
    std::vector<State> back(q_);
    for (std::size_t x = 0; x < q_; ++x) back[static_cast<std::size_t>(names[x])] = static_cast<State>(x);
    for (std::size_t f = 0; f < n_; ++f)
      if (b[f] != unobserved<State>) b[f] = back[b[f]];
  }

  void make_parents(const SiblingGroups& groups) {
    const std::size_t arity = options_.arity, n_groups = count_ / arity;
    const bool soft = options_.rule == ParentRule::bp;
    std::vector<State> states(n_groups * n_);
    std::vector<double> laws(soft ? n_groups * q_ * n_ : 0);
    std::vector<Shown> shown(n_groups);
    for_blocks(n_groups, 4, threads_, [&](std::size_t begin, std::size_t end, std::size_t) {
      std::vector<Child<State>> children(arity);
      for (std::size_t g = begin; g < end; ++g) {
        for (std::size_t i = 0; i < arity; ++i) {
          const auto u = static_cast<std::size_t>(groups.members[g * arity + i]);
          children[i] = {states_.data() + u * n_, laws_.empty() ? nullptr : laws_.data() + u * q_ * n_,
                         names_.data() + u * q_};
        }
        const std::span<const Child<State>> all = children;
        State* const out = states.data() + g * n_;
        if (soft) {
          shown[g] = propagate(all, q_, quality_, n_, laws.data() + g * q_ * n_, out);
        } else if (options_.rule == ParentRule::plurality) {
          shown[g] = vote(all, q_, n_, out);
        } else {
          std::copy_n(children[0].states, n_, out);
          shown[g].count =
              static_cast<std::size_t>(std::count_if(out, out + n_, [](State x) { return x != unobserved<State>; }));
        }
      }
    });
    count_ = n_groups;
    ++height_;
    states_ = std::move(states);
    laws_ = std::move(laws);
    shown_ = 0;
    probability_ = 0;
    for (const Shown& one : shown) {
      shown_ += one.count;
      probability_ += one.probability;
    }
  }

  // Of the roots' states.
  double reliability(double correlation) const {
    if (height_ == 0) return 1;
    if (options_.rule == ParentRule::first_child) return std::pow(quality_, static_cast<double>(height_));
    if (options_.rule == ParentRule::plurality) return std::sqrt(std::max(correlation, 0.0)) / quality_;
    const auto q = static_cast<double>(q_);
    return (q * probability_ / static_cast<double>(shown_) - 1) / (q - 1);
  }

  // Nodes level by level from the root, and in a level by their least leaves, as the roots stood.
  void number(const std::vector<std::vector<std::int32_t>>& members, const std::vector<std::vector<State>>& states,
              LevelByLevel<State>& found) const {
    const std::size_t arity = options_.arity;
    std::size_t n_inner = 0, first = 0;
    for (const auto& level : members) n_inner += level.size() / arity;
    found.parent.resize(n_inner + members.front().size(), -1);
    found.states.resize(n_inner * n_);
    for (std::size_t h = members.size(); h-- > 0;) {
      const std::size_t size = members[h].size() / arity;
      for (std::size_t i = 0; i < members[h].size(); ++i)
        found.parent[first + size + static_cast<std::size_t>(members[h][i])] =
            static_cast<std::int32_t>(first + i / arity);
      for (std::size_t g = 0; g < size; ++g)
        for (std::size_t f = 0; f < n_; ++f) found.states[f * n_inner + first + g] = states[h][g * n_ + f];
      first += size;
    }
  }

  LevelByLevelOptions options_;
  std::size_t threads_, n_, q_, count_, height_ = 0, shown_ = 0;
  std::vector<State> states_;       // a row of features for each root
  std::vector<double> laws_;        // a row of features for each root and state; none of leaves
  std::vector<std::int32_t> names_; // names_[u * q + x]: what root u calls the first sibling's state x
  double quality_, probability_ = 0;
};

} // namespace

template <class State>
LevelByLevel<State> level_by_level(const Features<State>& features, const LevelByLevelOptions& options,
                                   std::size_t threads) {
  const std::size_t arity = options.arity, n_leaves = features.n_leaves, most_states = 64;
  constexpr std::size_t most_features = (1 << 26) - 1; // shares of counts below 2^26 differ as doubles if they differ
  require_features(features);
  require(arity >= 2, "arity = ", arity, ": it must be at least 2");
  require(n_leaves >= arity, "leaves has ", n_leaves, " columns: there must be at least arity = ", arity);
  std::size_t power = arity;
  while (power < n_leaves && n_leaves % power == 0) power *= arity;
  require(power == n_leaves, "leaves has ", n_leaves, " columns: it must be a power of arity = ", arity);
  require(features.count() > 0, "leaves has no rows: there must be at least one feature");
  require(features.count() <= most_features, "leaves has ", features.count(), " rows: there must be at most ",
          most_features);
  require(!options.renamed || features.q <= most_states, "q = ", features.q, ": renamed states are for 2 ... ",
          most_states);
  if (options.quality)
    require(*options.quality > 0 && *options.quality < 1, "quality = ", shortest(*options.quality),
            ": it must lie strictly between 0 and 1");
  return LevelSearch<State>(features, options, threads).search();
}

template LevelByLevel<std::uint8_t> level_by_level(const Features<std::uint8_t>&, const LevelByLevelOptions&,
                                                   std::size_t);
template LevelByLevel<std::uint16_t> level_by_level(const Features<std::uint16_t>&, const LevelByLevelOptions&,
                                                    std::size_t);

} // namespace retrodict
