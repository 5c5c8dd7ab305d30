#include "trees/estimators.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <numeric>

#include "core/parallel.hpp"
#include "core/require.hpp"
#include "core/simd.hpp"
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

// The first `n` entries from `at` on, then a value that no census compares with. Nothing is read from `end` on.
template <class Vector, class State> Vector load_part(const State* at, std::size_t n, const State* end) {
  constexpr std::size_t lanes = sizeof(Vector) / sizeof(State);
  constexpr State other = unobserved<State> - 1;
  std::array<State, lanes> places, others;
  std::iota(places.begin(), places.end(), State{0});
  others.fill(other);
  Vector x, place, rest;
  std::memcpy(&rest, others.data(), sizeof rest);
  if (static_cast<std::size_t>(end - at) < lanes) {
    std::copy_n(at, n, others.begin());
    std::memcpy(&x, others.data(), sizeof x);
    return x;
  }
  std::memcpy(&x, at, sizeof x);
  std::memcpy(&place, places.data(), sizeof place);
  return place < static_cast<State>(n) ? x : rest;
}

// How many of the n entries of a row equal each of `Values` values. A vector is compared with all of them while it is
// in a register, and counted lane by lane, as often as a byte allows. Nothing is read from `end` on.
template <int W, int Values, class State>
void count_values(const State* row, std::size_t n, const State* end, const State* values, std::int32_t* counts) {
  using Vector = typename simd::VectorOf<State, 8 * W>::type;
  constexpr std::size_t lanes = sizeof(Vector) / sizeof(State), most = 254; // and a last one that is not whole
  std::array<Vector, Values> wanted{};
  for (int v = 0; v < Values; ++v) {
    std::array<State, lanes> same;
    same.fill(values[v]);
    std::memcpy(&wanted[v], same.data(), sizeof same);
    counts[v] = 0;
  }
  std::size_t j = 0;
  do {
    std::array<Vector, Values> seen{};
    const auto add = [&](const Vector& x) {
      for (int v = 0; v < Values; ++v) seen[v] -= reinterpret_cast<Vector>(x == wanted[v]);
    };
    for (const std::size_t stop = j + std::min((n - j) / lanes, most) * lanes; j < stop; j += lanes) {
      Vector x;
      std::memcpy(&x, row + j, sizeof x);
      add(x);
    }
    if (n - j < lanes && j < n) {
      add(load_part<Vector>(row + j, n - j, end));
      j = n;
    }
    for (int v = 0; v < Values; ++v) counts[v] += static_cast<std::int32_t>(simd::sum<W>(seen[v]));
  } while (j < n);
}

// The same for any number of values, five at a time: as many as have room in the registers with their counts.
template <int W, class State>
void count_all(const State* row, std::size_t n, const State* end, std::span<const State> values, std::int32_t* counts) {
  const auto count = [&]<int Values>() {
    count_values<W, Values>(row, n, end, values.data(), counts);
    values = values.subspan(Values);
    counts += Values;
  };
  while (values.size() >= 5) count.template operator()<5>();
  if (values.size() == 4) count.template operator()<4>();
  if (values.size() == 3) count.template operator()<3>();
  if (values.size() == 2) count.template operator()<2>();
  if (values.size() == 1) count.template operator()<1>();
}

// Five states at a time, and a row stays in the first cache. Leaves that are no state are missing from the sum.
template <class State>
void census_by_comparison(std::span<const State> leaves, std::size_t n, std::size_t q, std::size_t threads,
                          std::span<std::int32_t> counts) {
  const std::size_t n_leaves = n == 0 ? 0 : leaves.size() / n;
  std::vector<State> values(q + 1);
  std::iota(values.begin(), values.end(), State{0});
  values[q] = unobserved<State>;
  const State* const end_of_leaves = leaves.data() + leaves.size();
  std::atomic<bool> fine{true};
  for_blocks(n, tuning::samples_per_block, threads, [&](std::size_t begin, std::size_t end, std::size_t) {
    vectorised(simd_level(), [&]<int W> {
      std::array<std::int32_t, tuning::compared_states + 1> seen{};
      for (std::size_t i = begin; i < end; ++i) {
        count_all<W>(leaves.data() + i * n_leaves, n_leaves, end_of_leaves, std::span<const State>(values),
                     seen.data());
        if (std::accumulate(seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(q) + 1, 0) !=
            static_cast<std::int32_t>(n_leaves))
          fine = false;
        std::copy_n(seen.begin(), q, counts.begin() + static_cast<std::ptrdiff_t>(i * q));
      }
    });
  });
  if (!fine) require_states(leaves, n_leaves, q);
}

template <class State>
void census_by_counters(std::span<const State> leaves, std::size_t n, std::size_t q, std::size_t threads,
                        std::span<std::int32_t> counts) {
  const std::size_t n_leaves = n == 0 ? 0 : leaves.size() / n;
  require_states(leaves, n_leaves, q);
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
}

} // namespace

template <class State>
std::vector<std::int32_t> census(std::span<const State> leaves, std::size_t n, std::size_t q, std::size_t threads) {
  require(1 <= q && q <= unobserved<State>, "q = ", q, ": leaves of this type show 1 to ", +unobserved<State>,
          " states");
  std::vector<std::int32_t> counts(n * q);
  const auto kernel = q <= tuning::compared_states ? census_by_comparison<State> : census_by_counters<State>;
  kernel(leaves, n, q, threads, counts);
  return counts;
}

template std::vector<std::int32_t> census(std::span<const std::uint8_t>, std::size_t, std::size_t, std::size_t);
template std::vector<std::int32_t> census(std::span<const std::uint16_t>, std::size_t, std::size_t, std::size_t);

} // namespace retrodict
