// The search for a chain that contains the targets. Terms, and the proof that it misses nothing: search.cpp.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "circuits/chain.hpp"
#include "circuits/search.hpp"

namespace retrodict {

using Path = std::vector<Position>;

template <class Word> class ChainSearch {
 public:
  ChainSearch(const OutputTables& map, bool with_xor)
      : with_xor_(with_xor), all_(static_cast<Word>(all_points(map.n_essential()))),
        targets_(map.targets().begin(), map.targets().end()), missing_((std::uint64_t{1} << targets_.size()) - 1),
        chain_(map.n_essential(), with_xor) {
    for (const Word f : targets_)
      for (const Word g : targets_)
        if (f != g) undo_and_type({f, all_}, g, [&](Partial) { related_targets_ = true; });
    begin_increment();
  }

  // Whether it finds a chain with at most d more free functions. If `tasks` is given, the nodes with task_depth left
  // are not visited: the ways to them are appended to it, and enough(), asked after each, says whether to stop.
  template <class Enough> bool visit(unsigned d, unsigned task_depth, Path* tasks, Enough&& enough) {
    if (missing_ == 0) return true;
    if (d == 0) return false;
    if (tasks != nullptr && d == task_depth) {
      tasks->insert(tasks->end(), path_.begin(), path_.end());
      return enough();
    }
    const auto child = [&](std::size_t i) {
      const State parent = state();
      if (enter(i, d) && visit(d - 1, task_depth, tasks, enough)) return true;
      restore(parent);
      return false;
    };
    if (find_candidates(d)) return std::ranges::any_of(candidates_[d - 1], child);
    for (std::size_t i = first_; i < chain_.listed().size(); ++i)
      if (child(i)) return true;
    return false;
  }

  // The same from the node to which the path of another such search leads. Unless it finds one it comes back.
  bool visit_from(std::span<const Position> path, unsigned d) {
    const State root = state();
    for (std::size_t i = 0; i < path.size(); ++i) enter(path[i], d + static_cast<unsigned>(path.size() - i));
    if (visit(d, 0, nullptr, [] { return false; })) return true;
    restore(root);
    return false;
  }

  std::vector<ChainStep> steps() const { return chain_.steps(); }

 private:
  struct State {
    typename Chain<Word>::Mark chain;
    std::size_t path, first, fresh;
    std::uint64_t missing;
    Members unused;
  };

  // What a function is on some points, up to complement.
  struct Partial {
    Word value, points;
  };

  // What x is if the target is x * c with a gate of AND type, c the member.
  struct Half {
    std::size_t target, member;
    Partial rest;
  };

  State state() const { return {chain_.mark(), path_.size(), first_, fresh_, missing_, unused_}; }

  void restore(const State& s) {
    chain_.shrink(s.chain);
    path_.resize(s.path);
    first_ = s.first, fresh_ = s.fresh, missing_ = s.missing, unused_ = s.unused;
  }

  template <class Use> void for_missing(Use&& use) const {
    for (std::uint64_t rest = missing_; rest != 0; rest &= rest - 1) {
      const auto t = static_cast<std::size_t>(std::countr_zero(rest));
      use(t, targets_[t]);
    }
  }

  // Turns the present set into a base.
  void begin_increment() {
    for (bool more = true; more;) {
      more = false;
      for_missing([&](std::size_t t, Word f) {
        const Position i = chain_.find(f);
        if (i == chain_.none) return;
        missing_ &= ~(std::uint64_t{1} << t);
        chain_.join(i);
        more = true;
      });
    }
    unused_ = 0;
    first_ = fresh_ = chain_.first_made();
  }

  // Goes to the child that adds the listed function i to a node with d free functions left; false if it is pruned.
  bool enter(std::size_t i, unsigned d) {
    if (chain_.is_member(i)) return false;
    const Members unused = (unused_ & ~chain_.reads(i)) | Members{1} << chain_.members().size();
    if (static_cast<unsigned>(std::popcount(unused)) > d + 1) return false;
    path_.push_back(static_cast<Position>(i));
    unused_ = unused;
    first_ = i + 1;
    fresh_ = chain_.listed().size();
    chain_.join(i);
    bool made = false, all_used = true;
    for_missing([&](std::size_t, Word f) {
      const Position t = chain_.find(f);
      if (t == chain_.none) return;
      made = true;
      all_used = all_used && (unused_ & ~chain_.reads(t)) == 0;
    });
    if (made && all_used) begin_increment();
    return all_used;
  }

  // Calls use(partial) for all that "p.value = x * c on p.points" says of x.
  template <class Use> static void undo_and_type(Partial p, Word c, Use&& use) {
    for (const Word side : {c, static_cast<Word>(~c)}) {
      const Word constant = p.points & side, value = p.value & constant;
      if (value == 0 || value == constant) use(Partial{p.value, static_cast<Word>(p.points & ~side)});
    }
  }
  template <class Use> void undo_gate(Partial p, Word c, Use&& use) const {
    if (with_xor_) use(Partial{static_cast<Word>(p.value ^ c), p.points});
    undo_and_type(p, c, use);
  }

  // Whether one function can be both.
  static bool agree(Partial p, Partial q) {
    const Word points = p.points & q.points, differs = (p.value ^ q.value) & points;
    return differs == 0 || differs == points;
  }

  // Whether y = t ^ c, with c a member, can be p too.
  bool agrees_by_xor(Word t, Partial p) const {
    return with_xor_ && std::ranges::any_of(chain_.members(), [&](Word c) { return agree({Word(t ^ c), all_}, p); });
  }

  // Calls use(position) for the listed functions that are p and read all of `open`, which are at most two.
  template <class Use> void look_up(Partial p, Members open, Use&& use) const {
    const auto check = [&](std::size_t i) {
      if ((open & ~chain_.reads(i)) == 0 && !chain_.is_member(i)) use(static_cast<Position>(i));
    };
    if (p.points == all_) {
      const Position i = chain_.find(p.value);
      if (i != chain_.none && i >= chain_.first_made()) check(i);
      return;
    }
    // What reads the last member was listed after it.
    const bool reads_last = open != 0 && std::bit_floor(open) == std::bit_floor(unused_);
    const std::span<const Word> listed = chain_.listed();
    const std::size_t from = reads_last ? fresh_ : chain_.first_made();
    const auto is_p = [p](Word f) {
      const Word differs = (f ^ p.value) & p.points;
      return (differs == 0) | (differs == p.points);
    };
    Word any = 0; // as wide as the functions, so that the loop becomes vectors
    for (const Word f : listed.subspan(from)) any |= is_p(f) ? static_cast<Word>(~Word{0}) : Word{0};
    if (!any) return;
    for (std::size_t i = from; i < listed.size(); ++i)
      if (is_p(listed[i])) check(i);
  }

  // Collects the functions that may come next in candidates_[d - 1]; false if all that are not rejected may.
  bool find_candidates(unsigned d) {
    const bool several = !std::has_single_bit(missing_);
    if (d > 3 || (d == 3 && (!several || related_targets_))) return false;
    halves_.clear();
    for_missing([&](std::size_t t, Word f) {
      for (std::size_t k = 0; k < chain_.members().size(); ++k)
        undo_and_type({f, all_}, chain_.members()[k], [&](Partial p) { halves_.push_back({t, k, p}); });
    });
    const bool may_end = !several || may_end_together();
    if (d == 3 && may_end) return false;

    std::vector<Position>& found = candidates_[d - 1];
    found.clear();
    if (d == 1 && !may_end) return true;
    const bool two = d == 3 || (d == 2 && may_end); // whether the increment may take two more functions
    const auto keep = [&](Position i) { found.push_back(i); };
    const auto undo_last = [&](Partial p, std::size_t k) {
      const Members open = unused_ & ~(Members{1} << k);
      if (at_most_two(open)) look_up(p, open, keep);
      if (two) look_up_chains(p, k, open, keep);
    };
    for (const Half& half : halves_) undo_last(half.rest, half.member);
    for_missing([&](std::size_t, Word f) {
      for (std::size_t k = 0; with_xor_ && k < chain_.members().size(); ++k)
        undo_last({static_cast<Word>(f ^ chain_.members()[k]), all_}, k);
      if (two) look_up_pairs(f, keep);
    });
    if (d == 3) look_up_ends(keep);
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return true;
  }

  // The x with p = x * c, c a member other than k.
  template <class Use> void look_up_chains(Partial p, std::size_t k, Members open, Use&& use) const {
    for (std::size_t j = 0; j < chain_.members().size(); ++j) {
      const Members rest = open & ~(Members{1} << j);
      if (j == k || !at_most_two(rest)) continue;
      const auto look = [&](Partial q) { look_up(q, rest, use); };
      // (x ^ c) ^ c' is the same with c and c' exchanged.
      if (p.points == all_ && j < k)
        undo_and_type(p, chain_.members()[j], look);
      else
        undo_gate(p, chain_.members()[j], look);
    }
  }

  // The x with f = x * y, y listed too.
  template <class Use> void look_up_pairs(Word f, Use&& use) const {
    for (std::size_t i = fresh_; i < chain_.listed().size(); ++i) {
      const Members open = unused_ & ~chain_.reads(i);
      if (chain_.is_member(i) || !at_most_two(open)) continue;
      bool found = false;
      undo_gate({f, all_}, chain_.listed()[i], [&](Partial y) {
        if (!found) look_up(y, open, [&](Position) { found = true; });
      });
      if (found) use(static_cast<Position>(i));
    }
  }

  // Whether two missing targets may be made at the end with nothing free.
  bool may_end_together() const {
    if (related_targets_) return true;
    bool found = false;
    for_missing([&](std::size_t s, Word f) {
      for_missing(
          [&](std::size_t t, Word g) { found = found || (with_xor_ && s < t && chain_.find(f ^ g) != chain_.none); });
    });
    if (found) return true;
    return std::ranges::any_of(halves_, [&](const Half& half) { return ends(half.target, half.rest); });
  }

  // Whether target t = y * c with a gate of AND type, where y is p, and another target y * c'.
  bool ends(std::size_t t, Partial p) const {
    bool found = std::ranges::any_of(halves_, [&](const Half& h) { return h.target != t && agree(h.rest, p); });
    for_missing([&](std::size_t s, Word f) { found = found || (s != t && agrees_by_xor(f, p)); });
    return found;
  }

  // The x that make may_end_together() true when they join.
  template <class Use> void look_up_ends(Use&& use) const {
    for_missing([&](std::size_t s, Word f) {
      if (with_xor_) {
        for_missing([&](std::size_t t, Word g) {
          if (s < t)
            for (const Word c : chain_.members())
              undo_gate({static_cast<Word>(f ^ g), all_}, c, [&](Partial p) { look_up(p, 0, use); });
        });
        for (const Half& half : halves_)
          if (half.target != s) look_up({static_cast<Word>(half.rest.value ^ f), half.rest.points}, 0, use);
      }
      for (std::size_t i = first_; i < chain_.listed().size(); ++i)
        undo_and_type({f, all_}, chain_.listed()[i], [&](Partial p) {
          if (!chain_.is_member(i) && ends(s, p)) use(static_cast<Position>(i));
        });
    });
  }

  bool with_xor_;
  Word all_;
  std::vector<Word> targets_;
  bool related_targets_ = false; // whether one is constant where another one is 0, or where it is 1
  std::uint64_t missing_;        // a bit for each target
  Chain<Word> chain_;
  Members unused_ = 0;    // U
  std::size_t first_ = 0; // in the list: those before are rejected
  std::size_t fresh_ = 0; // in the list: those from here on read the last member
  Path path_;
  std::array<std::vector<Position>, 3> candidates_;
  std::vector<Half> halves_;
};

} // namespace retrodict
