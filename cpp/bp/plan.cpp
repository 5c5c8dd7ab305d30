#include "bp/plan.hpp"

#include <algorithm>
#include <array>

#include "bp/kernels.hpp"
#include "core/exponent.hpp"
#include "core/tuning.hpp"

namespace retrodict {

namespace {

std::size_t whole_vectors(std::size_t n) { return (n + 15) / 16 * 16; }

// Which subtrees become tables, and their messages.
class Tables {
 public:
  Tables(const Tree& tree, const Channels& channels, const Schedule& schedule, const Leaves& leaves)
      : tree_(tree), channels_(channels), schedule_(schedule), leaves_(leaves), q_(channels.n_states()),
        rows_(tree.n_nodes()), least_(tree.n_nodes()) {}

  // Tables have at most `most_rows`, except those of single leaves. Returns the entries that they have together.
  std::size_t choose(std::size_t most_rows) {
    std::size_t entries = 0;
    for (std::size_t v = tree_.n_nodes(); v-- > 0;) {
      least_[v] = v == 0 ? 0 : least_exponent(channels_.above(v));
      if (leaf(v)) {
        rows_[v] = radix(v);
        continue;
      }
      rows_[v] = v == 0 ? 0 : 1; // 0: no table
      for (const auto child : schedule_.children(v)) {
        const auto c = static_cast<std::size_t>(child);
        rows_[v] *= rows_[c] > most_rows ? 0 : rows_[c];
        least_[v] = std::max(least_[v] + least_[c], 2 * safe_exponent);
        if (rows_[v] > most_rows || least_[v] < safe_exponent) rows_[v] = 0;
      }
      entries += rows_[v] * q_;
    }
    return entries;
  }

  std::size_t rows(std::size_t v) const { return rows_[v]; }
  bool leaf(std::size_t v) const { return tree_.leaf_index(v) >= 0; }
  std::size_t radix(std::size_t v) const {
    return q_ + (leaves_.missing(static_cast<std::size_t>(tree_.leaf_index(v))) ? 1 : 0);
  }

  // The message of v for every row, entry i of row r at [i * whole_vectors(rows) + r].
  void fill(SimdLevel level) {
    messages_.resize(tree_.n_nodes());
    for (std::size_t v = tree_.n_nodes(); v-- > 0;)
      if (rows_[v] > 0) messages_[v] = leaf(v) ? leaf_message(v) : inner_message(v, level);
  }
  const std::vector<double>& message(std::size_t v) const { return messages_[v]; }

 private:
  std::vector<double> leaf_message(std::size_t v) const {
    const std::size_t pitch = whole_vectors(rows_[v]);
    std::vector<double> message(q_ * pitch);
    for (std::size_t i = 0; i < q_; ++i) {
      if (v == 0) {
        message[i * pitch + i] = 1;
      } else {
        std::copy_n(channels_.above(v).data() + i * q_, q_, message.data() + i * pitch);
      }
      if (rows_[v] > q_) {
        double sum = message[i * pitch];
        for (std::size_t j = 1; j < q_; ++j) sum += message[i * pitch + j];
        message[i * pitch + q_] = sum;
      }
    }
    return message;
  }

  std::vector<double> inner_message(std::size_t v, SimdLevel level) {
    std::size_t rows = 1, pitch = 1;
    std::vector<double> product(q_, 1.0);
    for (const auto child : schedule_.children(v)) {
      const auto c = static_cast<std::size_t>(child);
      const std::size_t more = rows * rows_[c], wide = whole_vectors(more), from = whole_vectors(rows_[c]);
      std::vector<double> next(q_ * wide);
      for (std::size_t i = 0; i < q_; ++i)
        for (std::size_t r = 0; r < rows; ++r)
          for (std::size_t k = 0; k < rows_[c]; ++k)
            next[i * wide + r * rows_[c] + k] = product[i * pitch + r] * messages_[c][i * from + k];
      messages_[c] = {};
      product = std::move(next);
      rows = more;
      pitch = wide;
    }
    std::vector<double> message(product.size());
    vectorised(level, [&]<int W>() {
      kernels::through_any<W>({channels_.above(v).data(), q_, 1}, product.data(), q_, pitch, message.data());
    });
    return message;
  }

  const Tree& tree_;
  const Channels& channels_;
  const Schedule& schedule_;
  const Leaves& leaves_;
  std::size_t q_;
  std::vector<std::size_t> rows_;
  std::vector<int> least_; // exponents, of a bound on what is not 0 in the message
  std::vector<std::vector<double>> messages_;
};

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
  for (std::size_t v = 1; v < tree.n_nodes(); ++v) least = std::min(least, least_exponent(channels.above(v)));
  return least >= safe_exponent;
}

Plan::Plan(const Tree& tree, const Channels& channels, const Schedule& schedule, const Leaves& leaf_data,
           SimdLevel level) {
  const std::size_t q = channels.n_states();
  const bool coded = !std::holds_alternative<std::span<const double>>(leaf_data.entries());
  Tables chosen(tree, channels, schedule, leaf_data);
  std::size_t most_rows = tuning::table_rows(q, leaf_data.n_samples());
  while (chosen.choose(most_rows) * sizeof(double) > tuning::all_tables_bytes) most_rows /= 2;
  if (coded) chosen.fill(level);

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
    std::size_t at = rows.size();
    std::size_t* known = channels.shared() && chosen.leaf(v) ? &shared_rows[chosen.radix(v) - q] : nullptr;
    if (known != nullptr && *known != SIZE_MAX) {
      at = *known;
    } else {
      if (known != nullptr) *known = at;
      const std::size_t n = chosen.rows(v), pitch = whole_vectors(n);
      rows.resize(at + n * q);
      for (std::size_t r = 0; r < n; ++r)
        for (std::size_t i = 0; i < q; ++i) rows[at + r * q + i] = chosen.message(v)[i * pitch + r];
    }
    const int least = least_exponent({rows.data() + at, chosen.rows(v) * q});
    tables.push_back({first, leaves.size() - first, at, least});
    return {Operand::Kind::table, static_cast<std::uint32_t>(tables.size() - 1)};
  };

  Slots slots;
  const auto emit = [&](Operand left, Operand right, std::size_t v) -> Operand {
    const double* channel = v == 0 ? nullptr : channels.above(v).data();
    const int least = v == 0 ? 0 : least_exponent(channels.above(v));
    steps.push_back({left, right, channel, least, slots.take()});
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
