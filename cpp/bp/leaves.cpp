#include "bp/leaves.hpp"

#include <algorithm>
#include <type_traits>

#include "core/require.hpp"

namespace retrodict {

namespace {

void validate(std::span<const double> entries, std::size_t n_leaves, std::size_t q) {
  for (std::size_t at = 0; at < entries.size(); ++at)
    require(entries[at] >= 0 && entries[at] <= std::numeric_limits<double>::max(), "leaves[", at / q / n_leaves, ", ",
            at / q % n_leaves, ", ", at % q, "] = ", shortest(entries[at]), ": a likelihood is finite and at least 0");
}

template <class State> void validate(std::span<const State> entries, std::size_t n_leaves, std::size_t q) {
  for (std::size_t at = 0; at < entries.size(); ++at)
    require(entries[at] < q || entries[at] == Leaves::unobserved<State>, "leaves[", at / n_leaves, ", ", at % n_leaves,
            "] = ", +entries[at], ": a state is below ", q, ", or ", +Leaves::unobserved<State>, " for unobserved");
}

} // namespace

Leaves::Leaves(Entries entries, std::size_t n_samples, std::size_t n_leaves, std::size_t q, std::size_t)
    : entries_(entries), n_samples_(n_samples), n_leaves_(n_leaves), missing_(n_leaves, 1) {
  std::visit([&](auto data) { validate(data, n_leaves, q); }, entries);
}

void Leaves::likelihoods(std::size_t s, std::size_t k, std::span<double> law) const {
  const std::size_t at = s * n_leaves_ + k;
  std::visit(
      [&]<class T>(std::span<const T> data) {
        if constexpr (std::is_same_v<T, double>)
          std::ranges::copy(data.subspan(at * law.size(), law.size()), law.begin());
        else {
          const bool seen = data[at] != unobserved<T>;
          std::ranges::fill(law, seen ? 0.0 : 1.0);
          if (seen) law[data[at]] = 1;
        }
      },
      entries_);
}

} // namespace retrodict
