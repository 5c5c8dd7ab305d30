// The chains that neither joining two circuits nor widening an input of one gives: see class_costs.cpp, whose search of
// them this is. There also stand the definitions and the proof that nothing is missed.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "circuits/symmetries.hpp"
#include "core/parallel.hpp"

namespace retrodict {

// The functions that are listed, each with whether it is rejected. Those entered last leave first.
class Listed {
 public:
  // False if f is there already, or constant.
  bool insert(Function f) {
    Entry& entry = find(f);
    if (f == 0 || entry.function == f) return false;
    entry = {f, false};
    return true;
  }
  void erase(Function f) { find(f) = {0, false}; }
  void reject(Function f, bool rejected) { find(f).rejected = rejected; }
  bool rejected(Function f) { return find(f).rejected; }

 private:
  struct Entry {
    Function function;
    bool rejected;
  };
  static constexpr unsigned log_size = 12; // at most 5 pairs of 16 members are listed, 600 functions

  Entry& find(Function f) {
    std::size_t slot = f * 0x9E3779B1u >> (32 - log_size);
    while (entries_[slot].function != f && entries_[slot].function != 0) slot = (slot + 1) % entries_.size();
    return entries_[slot];
  }

  std::vector<Entry> entries_ = std::vector<Entry>(std::size_t{1} << log_size, Entry{0, false});
};

// Calls mark(f, the gates before f) for special chains of `gates` gates, at least one for each f that has one, up to
// symmetry; until done() says that it is enough.
template <class Mark, class Done> class SpecialChains {
 public:
  SpecialChains(const Symmetries& symmetries, bool with_xor, unsigned gates, Mark mark, Done done)
      : symmetries_(symmetries), with_xor_(with_xor), n_inputs_(symmetries.n_inputs()), gates_(gates),
        inputs_((1u << n_inputs_) - 1), mark_(mark), done_(done) {}

  void run() {
    std::vector<Made> list;
    for (unsigned i = 0; i < n_inputs_; ++i) {
      members_[size_++] = symmetries_.input(i);
      listed_.insert(symmetries_.input(i));
      listed_.reject(symmetries_.input(i), true);
    }
    for (unsigned i = 0; i < n_inputs_; ++i)
      for (unsigned j = 0; j < i; ++j) list_what(j, i, list);
    extend(whole_group(), std::move(list), {});
  }

 private:
  using Bits = std::uint32_t; // a set of members: the inputs, then the gates in the order of their addition

  struct Made {
    Function function;
    Bits reads; // the two members of which it was made when it was listed
  };

  struct Readings {
    Bits unread = 0;               // gates that no gate reads
    Bits read = 0, read_twice = 0; // inputs
    Bits paired = 0;               // inputs that are read together with another one
    bool gate_read_twice = false;
  };

  // A permutation of the points, and so of the functions.
  struct Symmetry {
    std::array<std::uint8_t, 32> point;
  };

  std::vector<Symmetry> whole_group() const {
    std::vector<Symmetry> group;
    std::vector<unsigned> order(n_inputs_);
    std::iota(order.begin(), order.end(), 0u);
    do
      for (unsigned flips = 0; flips <= inputs_; ++flips) {
        Symmetry symmetry{};
        for (unsigned x = 0; x <= inputs_; ++x) {
          unsigned y = flips;
          for (unsigned i = 0; i < n_inputs_; ++i) y ^= (x >> i & 1) << order[i];
          symmetry.point[x] = static_cast<std::uint8_t>(y);
        }
        group.push_back(symmetry);
      }
    while (std::next_permutation(order.begin(), order.end()));
    return group;
  }

  Function image(const Symmetry& symmetry, Function f) const {
    Function g = 0;
    for (unsigned x = 0; x <= inputs_; ++x) g |= (f >> symmetry.point[x] & 1) << x;
    return symmetries_.normal(g);
  }

  unsigned gates_placed() const { return size_ - n_inputs_; }

  // After a gate, the next to be placed, that reads `reads`.
  Readings after(const Readings& before, Bits reads) const {
    const Bits inputs = reads & inputs_;
    Readings now = before;
    now.read_twice |= inputs & before.read;
    now.read |= inputs;
    if (inputs == reads) now.paired |= inputs;
    now.gate_read_twice |= (reads & ~inputs_ & ~before.unread) != 0;
    now.unread = (before.unread & ~reads) | Bits{1} << size_;
    return now;
  }

  // Whether the gates that are left after `placed` have as many readings as the rules of special chains ask for.
  bool suffice(const Readings& now, unsigned placed) const {
    const unsigned left = gates_ - placed;
    const int inputs = std::popcount((inputs_ & ~now.read) | (now.paired & ~now.read_twice));
    const int asked = std::popcount(now.unread) + inputs + (now.gate_read_twice ? 0 : 1);
    return asked <= static_cast<int>(left) + 1 && inputs <= static_cast<int>(2 * (left - 1));
  }

  void list_what(unsigned a, unsigned b, std::vector<Made>& list) {
    join(members_[a], members_[b], with_xor_, [&](Function f) {
      if (listed_.insert(f)) list.push_back({f, Bits{1} << a | Bits{1} << b});
    });
  }

  // Visits what extends the present set, whose pointwise stabilizer is `group`, by members of `list` and beyond. One
  // set of each orbit will do; so of the sets that hold a member of some orbit of the list but none of an earlier
  // orbit, those will do that hold the orbit's first member.
  void extend(const std::vector<Symmetry>& group, std::vector<Made> list, const Readings& before) {
    if (gates_placed() + 2 == gates_) return last_two(before);
    if (group.size() == 1) {
      list_ = std::move(list);
      return visit(0, before);
    }
    std::vector<std::pair<Function, std::size_t>> places;
    for (std::size_t i = 0; i < list.size(); ++i) places.emplace_back(list[i].function, i);
    std::sort(places.begin(), places.end());
    const auto place = [&](Function f) {
      return std::lower_bound(places.begin(), places.end(), std::pair<Function, std::size_t>{f, 0})->second;
    };
    std::vector<bool> passed(list.size());
    for_blocks(list.size(), 1, 1, [&](std::size_t i, std::size_t, std::size_t) {
      if (passed[i] || done_()) return;
      std::vector<Symmetry> stabilizer;
      std::vector<std::size_t> orbit;
      for (const Symmetry& symmetry : group) {
        orbit.push_back(place(image(symmetry, list[i].function)));
        if (orbit.back() == i) stabilizer.push_back(symmetry);
      }
      const Readings now = after(before, list[i].reads);
      listed_.reject(list[i].function, true);
      if (suffice(now, gates_placed() + 1)) {
        std::vector<Made> rest;
        for (std::size_t j = 0; j < list.size(); ++j)
          if (!passed[j] && j != i) rest.push_back(list[j]);
        const std::size_t others = rest.size();
        members_[size_] = list[i].function;
        for (unsigned member = 0; member < size_; ++member) list_what(member, size_, rest);
        const std::vector<Made> added(rest.begin() + static_cast<std::ptrdiff_t>(others), rest.end());
        ++size_;
        extend(stabilizer, std::move(rest), now);
        --size_;
        std::for_each(added.rbegin(), added.rend(), [&](const Made& made) { listed_.erase(made.function); });
      }
      for (const std::size_t j : orbit) {
        passed[j] = true;
        listed_.reject(list[j].function, true);
      }
    });
    for (const Made& made : list) listed_.reject(made.function, false);
  }

  // The same where no symmetry is left: every member of the list is an orbit.
  void visit(std::size_t first, const Readings& before) {
    const std::size_t end = list_.size();
    for (std::size_t i = first; i < end && !done_(); ++i) {
      const Function g = list_[i].function;
      const Readings now = after(before, list_[i].reads);
      if (!suffice(now, gates_placed() + 1)) continue;
      listed_.reject(g, true);
      members_[size_] = g;
      if (gates_placed() + 3 == gates_) {
        ++size_;
        last_two(now);
        --size_;
        continue;
      }
      for (unsigned member = 0; member < size_; ++member) list_what(member, size_, list_);
      ++size_;
      visit(i + 1, now);
      --size_;
      for (; list_.size() > end; list_.pop_back()) listed_.erase(list_.back().function);
    }
    for (std::size_t i = first; i < end; ++i) listed_.reject(list_[i].function, false);
  }

  // One more member, made in any way, and then the last gate.
  void last_two(const Readings& before) {
    for (unsigned b = 1; b < size_; ++b)
      for (unsigned a = 0; a < b; ++a) {
        const Readings now = after(before, Bits{1} << a | Bits{1} << b);
        if (!suffice(now, gates_ - 1)) continue;
        join(members_[a], members_[b], with_xor_, [&](Function g) {
          if (!listed_.rejected(g)) last(g, now.unread & ~(Bits{1} << size_));
        });
      }
  }

  // The last gate reads g, and with it the other unread gate, or else any gate.
  void last(Function g, Bits unread) {
    members_[size_] = g;
    const auto mark = [&](Function f) { mark_(f, std::span(members_).subspan(n_inputs_, gates_ - 1)); };
    if (unread != 0) return join(members_[static_cast<unsigned>(std::countr_zero(unread))], g, with_xor_, mark);
    for (unsigned b = n_inputs_; b < size_; ++b) join(members_[b], g, with_xor_, mark);
  }

  const Symmetries& symmetries_;
  bool with_xor_;
  unsigned n_inputs_, gates_;
  Bits inputs_;
  Mark mark_;
  Done done_;
  unsigned size_ = 0;
  std::array<Function, 32> members_{};
  std::vector<Made> list_;
  Listed listed_;
};

} // namespace retrodict
