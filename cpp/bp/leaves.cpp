#include "bp/leaves.hpp"

#include <algorithm>
#include <type_traits>

#include "core/parallel.hpp"
#include "core/require.hpp"
#include "core/simd.hpp"
#include "core/tuning.hpp"

namespace retrodict {

namespace {

// The largest entry of each column, and of each column the largest entry plus 1, where "unobserved" plus 1 is 0.
template <class State> struct Largest {
  std::vector<State> seen, after;
};

template <class State>
void update(const State* row, std::size_t n_leaves, State* __restrict seen, State* __restrict after) {
  for (std::size_t k = 0; k < n_leaves; ++k) {
    seen[k] = std::max(seen[k], row[k]);
    after[k] = std::max(after[k], static_cast<State>(row[k] + 1));
  }
}

template <class State>
Largest<State> largest(std::span<const State> entries, std::size_t n, std::size_t n_leaves, std::size_t threads) {
  const std::size_t rows = tuning::rows_of_bytes(n_leaves * sizeof(State));
  const Largest<State> none{std::vector<State>(n_leaves), std::vector<State>(n_leaves)};
  std::vector<Largest<State>> each(worker_count(n, rows, threads), none);
  for_blocks(n, rows, threads, [&](std::size_t begin, std::size_t end, std::size_t worker) {
    vectorised(simd_level(), [&]<int W>() {
      for (std::size_t s = begin; s < end; ++s)
        update(entries.data() + s * n_leaves, n_leaves, each[worker].seen.data(), each[worker].after.data());
    });
  });
  Largest<State> all = none;
  for (const auto& one : each)
    for (std::size_t k = 0; k < n_leaves; ++k) {
      all.seen[k] = std::max(all.seen[k], one.seen[k]);
      all.after[k] = std::max(all.after[k], one.after[k]);
    }
  return all;
}

} // namespace

Leaves::Leaves(Entries entries, std::size_t n_samples, std::size_t n_leaves, std::size_t q)
    : entries_(entries), n_samples_(n_samples), n_leaves_(n_leaves), q_(q), missing_(n_leaves) {}

Leaves Leaves::unread(Entries entries, std::size_t n_samples, std::size_t n_leaves, std::size_t q) {
  Leaves leaves(entries, n_samples, n_leaves, q);
  leaves.choose_bits();
  return leaves;
}

void Leaves::choose_bits() {
  if (std::holds_alternative<std::span<const double>>(entries_)) return;
  const std::size_t digits = q_ + (std::ranges::find(missing_, 1) != missing_.end() ? 1 : 0);
  bits_ = digits <= 2 ? 1 : digits <= 4 ? 2 : 0;
}

Leaves::Leaves(Entries entries, std::size_t n_samples, std::size_t n_leaves, std::size_t q, std::size_t threads)
    : Leaves(entries, n_samples, n_leaves, q) {
  unread_ = false;
  std::visit(
      [&]<class T>(std::span<const T> data) {
        if constexpr (std::is_same_v<T, double>) {
          const auto bad = [](double x) { return !(x >= 0 && x <= std::numeric_limits<double>::max()); };
          const auto at = static_cast<std::size_t>(std::ranges::find_if(data, bad) - data.begin());
          if (at < data.size())
            reject("leaves[", at / q / n_leaves, ", ", at / q % n_leaves, ", ", at % q, "] = ", shortest(data[at]),
                   ": a likelihood is finite and at least 0");
        } else {
          const auto [seen, after] = largest(data, n_samples, n_leaves, threads);
          std::ranges::transform(seen, missing_.begin(), [](T most) { return most == unobserved<T>; });
          choose_bits();
          if (std::ranges::all_of(after, [&](T most) { return most <= q; })) return;
          const auto bad = [&](T x) { return x >= q && x != unobserved<T>; };
          const auto at = static_cast<std::size_t>(std::ranges::find_if(data, bad) - data.begin());
          reject("leaves[", at / n_leaves, ", ", at % n_leaves, "] = ", +data[at], ": a state is below ", q, ", or ",
                 +unobserved<T>, " for unobserved");
        }
      },
      entries);
}

void Leaves::likelihoods(std::size_t begin, std::size_t end, std::size_t k, std::size_t T,
                         std::span<double> laws) const {
  const std::size_t q = laws.size() / T;
  std::visit(
      [&]<class State>(std::span<const State> data) {
        if constexpr (!std::is_same_v<State, double>) std::ranges::fill(laws, 0.0);
        for (std::size_t s = 0; s < T; ++s) {
          const std::size_t at = std::min(begin + s, end - 1) * n_leaves_ + k;
          if constexpr (std::is_same_v<State, double>)
            for (std::size_t i = 0; i < q; ++i) laws[i * T + s] = data[at * q + i];
          else if (data[at] == unobserved<State>)
            for (std::size_t i = 0; i < q; ++i) laws[i * T + s] = 1;
          else
            laws[data[at] * T + s] = 1;
        }
      },
      entries_);
}

} // namespace retrodict
