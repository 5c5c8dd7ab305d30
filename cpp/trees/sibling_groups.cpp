#include "trees/sibling_groups.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/parallel.hpp"

namespace retrodict {

namespace {

constexpr double nothing = -std::numeric_limits<double>::infinity();

struct Closeness {
  std::span<const double> values;
  std::size_t n;

  double operator()(std::int32_t u, std::int32_t v) const {
    const double x = values[static_cast<std::size_t>(u) * n + static_cast<std::size_t>(v)];
    return x > nothing ? x : nothing; // nan too
  }
};

// Of every root: itself and its arity - 1 nearest, ascending, if they are nearer than all others, else nothing; and how
// close the nearest of the others is.
struct Neighbourhoods {
  std::vector<std::int32_t> members; // -1 where there are none
  std::vector<double> next;
};

Neighbourhoods neighbourhoods(const Closeness& close, std::size_t arity, std::size_t threads) {
  const std::size_t n = close.n;
  Neighbourhoods found{std::vector<std::int32_t>(n * arity, -1), std::vector<double>(n, nothing)};
  for_blocks(n, 16, threads, [&](std::size_t begin, std::size_t end, std::size_t) {
    std::vector<double> best(arity);
    std::vector<std::int32_t> nearest(arity);
    for (std::size_t u = begin; u < end; ++u) {
      std::ranges::fill(best, nothing);
      std::ranges::fill(nearest, -1);
      for (std::size_t v = 0; v < n; ++v) {
        const double x = close.values[u * n + v];
        if (!(x > best.back()) || v == u) continue;
        std::size_t i = arity - 1;
        for (; i > 0 && best[i - 1] < x; --i) {
          best[i] = best[i - 1];
          nearest[i] = nearest[i - 1];
        }
        best[i] = x;
        nearest[i] = static_cast<std::int32_t>(v);
      }
      found.next[u] = best.back();
      if (!(best[arity - 2] > best.back())) continue;
      nearest.back() = static_cast<std::int32_t>(u);
      std::ranges::copy(nearest, found.members.begin() + static_cast<std::ptrdiff_t>(u * arity));
      std::sort(found.members.begin() + static_cast<std::ptrdiff_t>(u * arity),
                found.members.begin() + static_cast<std::ptrdiff_t>((u + 1) * arity));
    }
  });
  return found;
}

// Appends groups of the roots that are left, which are ascending.
void join_closest(const Closeness& close, std::size_t arity, std::vector<std::int32_t> left,
                  std::vector<std::int32_t>& groups) {
  std::vector<std::int32_t> partner(close.n, -1); // the nearest of those that come later
  std::vector<std::uint8_t> gone(close.n);
  std::vector<double> least(close.n); // closeness to the group
  const auto find_partner = [&](std::size_t i) {
    const std::int32_t u = left[i];
    partner[static_cast<std::size_t>(u)] = -1;
    for (std::size_t j = i + 1; j < left.size(); ++j) {
      std::int32_t& v = partner[static_cast<std::size_t>(u)];
      if (v < 0 || close(u, left[j]) > close(u, v)) v = left[j];
    }
  };
  for (std::size_t i = 0; i < left.size(); ++i) find_partner(i);
  while (!left.empty()) {
    std::int32_t first = left.front();
    for (const std::int32_t u : left) {
      const std::int32_t v = partner[static_cast<std::size_t>(u)];
      if (v >= 0 && close(u, v) > close(first, partner[static_cast<std::size_t>(first)])) first = u;
    }
    std::vector<std::int32_t> group{first};
    std::int32_t next = partner[static_cast<std::size_t>(first)];
    for (const std::int32_t u : left) least[static_cast<std::size_t>(u)] = std::numeric_limits<double>::infinity();
    gone[static_cast<std::size_t>(first)] = 1;
    while (group.size() < arity) {
      if (group.size() > 1) {
        next = -1;
        for (const std::int32_t u : left)
          if (!gone[static_cast<std::size_t>(u)] &&
              (next < 0 || least[static_cast<std::size_t>(u)] > least[static_cast<std::size_t>(next)]))
            next = u;
      }
      if (group.size() == 1)
        for (const std::int32_t u : left) least[static_cast<std::size_t>(u)] = close(first, u);
      group.push_back(next);
      gone[static_cast<std::size_t>(next)] = 1;
      for (const std::int32_t u : left)
        least[static_cast<std::size_t>(u)] = std::min(least[static_cast<std::size_t>(u)], close(next, u));
    }
    std::ranges::sort(group);
    groups.insert(groups.end(), group.begin(), group.end());
    std::erase_if(left, [&](std::int32_t u) { return gone[static_cast<std::size_t>(u)] != 0; });
    for (std::size_t i = 0; i < left.size(); ++i) {
      const std::int32_t v = partner[static_cast<std::size_t>(left[i])];
      if (v < 0 || gone[static_cast<std::size_t>(v)]) find_partner(i);
    }
  }
}

} // namespace

SiblingGroups sibling_groups(std::span<const double> values, std::size_t n, std::size_t arity, std::size_t threads) {
  const Closeness close{values, n};
  SiblingGroups found;
  std::vector<std::uint8_t> in_clique(n, n == arity);
  std::vector<double> next(n, nothing);
  if (n == arity) {
    found.members.resize(n);
    std::iota(found.members.begin(), found.members.end(), 0);
  } else {
    const Neighbourhoods near = neighbourhoods(close, arity, threads);
    next = near.next;
    for (std::size_t u = 0; u < n; ++u) {
      const auto of = [&](std::size_t v) { return std::span(near.members).subspan(v * arity, arity); };
      if (of(u)[0] != static_cast<std::int32_t>(u)) continue;
      const bool alike = std::ranges::all_of(
          of(u), [&](std::int32_t v) { return std::ranges::equal(of(static_cast<std::size_t>(v)), of(u)); });
      if (!alike) continue;
      found.members.insert(found.members.end(), of(u).begin(), of(u).end());
      for (const std::int32_t v : of(u)) in_clique[static_cast<std::size_t>(v)] = 1;
    }
    std::vector<std::int32_t> left;
    for (std::size_t u = 0; u < n; ++u)
      if (!in_clique[u]) left.push_back(static_cast<std::int32_t>(u));
    join_closest(close, arity, std::move(left), found.members);
  }

  std::vector<std::size_t> order(n / arity);
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::size_t g) { return found.members[g * arity]; });
  std::vector<std::int32_t> members;
  std::vector<std::size_t> group_of(n);
  for (std::size_t g = 0; g < order.size(); ++g) {
    const auto group = std::span(found.members).subspan(order[g] * arity, arity);
    members.insert(members.end(), group.begin(), group.end());
    found.cliques.push_back(in_clique[static_cast<std::size_t>(group[0])]);
    for (const std::int32_t u : group) group_of[static_cast<std::size_t>(u)] = g;
  }
  found.members = std::move(members);

  found.within = std::numeric_limits<double>::infinity();
  found.across = nothing;
  for (std::size_t g = 0; g < order.size(); ++g)
    for (std::size_t i = 0; i < arity; ++i) {
      const std::int32_t u = found.members[g * arity + i];
      for (std::size_t j = 0; j < i; ++j) found.within = std::min(found.within, close(u, found.members[g * arity + j]));
      if (found.cliques[g]) {
        found.across = std::max(found.across, next[static_cast<std::size_t>(u)]);
      } else {
        for (std::size_t v = 0; v < n; ++v)
          if (group_of[v] != g) found.across = std::max(found.across, close(u, static_cast<std::int32_t>(v)));
      }
    }
  return found;
}

} // namespace retrodict
