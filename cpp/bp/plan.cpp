#include "bp/plan.hpp"

#include <algorithm>
#include <array>

#include "bp/kernels.hpp"
#include "bp/tables.hpp"
#include "core/exponent.hpp"
#include "core/tuning.hpp"

namespace retrodict {

namespace {

// Slots in use; the next one is the one freed last, which is in the cache.
class Slots {
 public:
  std::uint32_t take() {
    if (free_.empty()) free_.push_back(n_++);
    const auto slot = free_.back();
    free_.pop_back();
    return slot;
  }
  void release(const Operand& operand) {
    if (operand.kind == Operand::Kind::slot) free_.push_back(operand.index);
  }
  std::uint32_t count() const { return n_; }

 private:
  std::vector<std::uint32_t> free_;
  std::uint32_t n_ = 0;
};

} // namespace

bool Plan::possible(const Tree& tree, const Channels& channels) {
  int least = least_exponent(channels.prior());
  for (std::size_t v = tree.n_nodes(); v-- > 1;) least = std::min(least, least_exponent(channels.above(v)));
  return least >= safe_exponent;
}

Plan::Plan(const Tree& tree, const Channels& channels, const Schedule& schedule, const Leaves& leaf_data,
           SimdLevel level) {
  const std::size_t q = channels.n_states();
  row_pitch = q == 2 || q == 4 ? q : kernels::row_pitch(q);
  const bool coded = !std::holds_alternative<std::span<const double>>(leaf_data.entries());
  Tables chosen(tree, channels, schedule, leaf_data, level);

  // Nodes above the tables, children first: a walk from the root, backwards.
  std::vector<std::size_t> order, open{0};
  while (!open.empty()) {
    const std::size_t v = open.back();
    open.pop_back();
    order.push_back(v);
    if (coded && chosen.rows(v) > 0) continue;
    for (const auto child : schedule.children(v)) open.push_back(static_cast<std::size_t>(child));
  }
  std::ranges::reverse(order);

  std::array<std::size_t, 2> shared_rows{SIZE_MAX, SIZE_MAX}; // of leaves: one table does for all
  const auto table = [&](std::size_t v) -> Operand {
    const std::size_t first = leaves.size();
    open.assign(1, v);
    while (!open.empty()) {
      const std::size_t u = open.back();
      open.pop_back();
      const auto children = schedule.children(u);
      for (std::size_t k = children.size(); k-- > 0;) open.push_back(static_cast<std::size_t>(children[k]));
      if (!chosen.leaf(u)) continue;
      leaves.push_back(static_cast<std::uint32_t>(tree.leaf_index(u)));
      radices.push_back(static_cast<std::uint32_t>(chosen.radix(u)));
    }
    const std::size_t n = chosen.rows(v);
    const bool turned = q != 2 && q != 4 && level == SimdLevel::v4 && n <= simd::entries_in_registers;
    const std::size_t size = turned ? q * simd::entries_in_registers : n * row_pitch;
    std::size_t at = rows.size();
    std::size_t* known = channels.shared() && chosen.leaf(v) ? &shared_rows[chosen.radix(v) == q ? 0 : 1] : nullptr;
    if (known != nullptr && *known != SIZE_MAX) {
      at = *known;
    } else {
      if (known != nullptr) *known = at;
      const std::size_t pitch = simd::padded(n);
      const auto message = chosen.message(v);
      rows.resize(at + size);
      for (std::size_t r = 0; r < n; ++r)
        for (std::size_t i = 0; i < q; ++i)
          rows[at + (turned ? i * simd::entries_in_registers + r : r * row_pitch + i)] = message[i * pitch + r];
    }
    const int least = least_exponent({rows.data() + at, size});
    tables.push_back({first, leaves.size() - first, at, least, turned});
    return {Operand::Kind::table, static_cast<std::uint32_t>(tables.size() - 1)};
  };

  Slots slots;
  const auto emit = [&](Operand left, Operand right, std::size_t v) -> Operand {
    const auto channel = v == 0 ? std::span<const double>() : channels.above(v);
    steps.push_back({left, right, channel.data(), least_exponent(channel), slots.take()});
    slots.release(left);
    slots.release(right);
    return {Operand::Kind::slot, steps.back().out};
  };

  struct Partial {
    Operand product, last;
    std::size_t done = 0;
  };
  std::vector<Partial> partial(tree.n_nodes());
  for (const std::size_t v : order) {
    Partial& here = partial[v];
    Operand message;
    if (coded && chosen.rows(v) > 0)
      message = table(v);
    else if (chosen.leaf(v))
      message = emit({Operand::Kind::likelihood, static_cast<std::uint32_t>(tree.leaf_index(v))}, {}, v);
    else
      message = emit(here.product, here.last, v);
    if (v == 0) {
      if (message.kind == Operand::Kind::table) message = emit(message, {}, 0);
      root = message.index;
      break;
    }
    const auto parent = static_cast<std::size_t>(tree.parent()[v]);
    Partial& above = partial[parent];
    ++above.done;
    if (above.done == 1)
      above.product = message;
    else if (above.done == schedule.children(parent).size())
      above.last = message;
    else
      above.product = emit(above.product, message, 0);
  }
  n_slots = slots.count();
}

} // namespace retrodict
