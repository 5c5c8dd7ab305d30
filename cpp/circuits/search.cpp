// How it works, and why the result is exact.
//
// Chains. As in enumeration.cpp each function stands for itself and its complement, and we keep the one that is
// *normal*, f(0) = 0: of the two-input gates that depend on both arguments five map (0, 0) to 0, namely x & y, x & ~y,
// ~x & y, x | y ("AND type") and x ^ y. A set of normal functions, not 0 and no inputs, is *valid* if it can be ordered
// so that a gate makes each from two of the inputs and earlier ones. The *targets* T are the normal forms of the
// outputs that are neither 0 nor inputs, each once; inputs on which no output depends are dropped, since putting 0 for
// them turns a circuit into one that is no larger. The least number of gates is the least size of a valid S that
// contains T. It is sought for r = |T|, |T| + 1, ...: such an S consists of T and d = r - |T| *free* functions.
//
// Increments. visit(d) starts from a *base*, a valid set M that contains each target that a gate makes from inputs and
// M. It finds a valid S that contains M and T and has at most d free functions outside M, if there is any. Let S be
// one, F = S - M - T, and let a target be missing from M. Order S into a chain: since M contains the targets that it
// makes, what stands before the first missing one is M and a part of F. So F has subsets C such that M + C is valid and
// makes a missing target. Let C, the *increment*, be one of the least size. Then:
//   (1) If E is a valid part of M + C that contains M and is not all of it, E makes no missing target.
//   (2) For each choice of gates that make the members of C, and a missing target t, from earlier ones, each member of
//       C is an argument of another one's gate or of t's: else leaving out those that t does not need leaves a smaller
//       set. In particular this holds for the gates that this program happens to note (`reads_`).
// When M + C is reached, the missing targets that it makes are *absorbed*, and those that are then made, and so on:
// they are all in S. This gives a new base, and visit(d - |C|) finds S by induction.
//
// Sets. The increments of a base are visited as sets, each once (Redelmeier, 1981; the proof is in enumeration.cpp):
// a node holds M + E and a list that has each function made by inputs and M + E once; its children add one at or after
// `first_` and reject those before. The node visits every C that contains E and nothing rejected.
//
// Prunes. Let E be the part of C that is chosen, U its functions that no noted gate reads, and let d free functions
// remain. (a) A node beyond the base that makes a target without using all of U is left by (2), and one that makes a
// target has no children other than those of the new base, by (1). (b) At most d + 1 gates of this increment remain:
// each reads two functions, and all of U and all new free functions are read, hence |U| + d <= 2 (d + 1).
//
// Look-up. With d <= 2 the next free function x is not tried but looked up, by going back from the targets. Let t be
// a missing target that M + C makes and y, if |C - E| = 2, be the other one; x is made by M + E, and
//   |C - E| = 1:  t = x * c                      with c in M + E or an input, * for a gate
//   |C - E| = 2:  t = (x * c') * c               c and c' different, or
//                 t = x * y                      y made by M + E too, and as (2) says,
// all of U is among the arguments of the gates, and x is noted as reading what c, c' and y leave. There is nothing
// else: a gate with t's arguments x and y = x * c would be a gate of x and c, a smaller increment. "v = x * c on
// the points m" says of x, up to complement (of a function that need not be normal): it is v ^ c on m (exclusive or);
// or v is constant on m & c and x is v on m & ~c; or the same with c and ~c exchanged (AND type). Going back along a
// form thus ends with what x is on some points; if it is all points x is looked up by its hash, else the list is
// searched. Of t = x * y with U not empty, one of x and y reads the last member of E, which is in U; it is called x.
// What is looked up is tried like any child, so too many candidates do no harm.
//
// Ends. Let two or more targets be missing and let C, with |C - E| <= 2, leave nothing free. Then after a first target
// s a second one, t, must come from one gate p * q without further free functions: both from inputs and M + C, or t
// from these and s. By (1), without s it needs the last member of C, called y, and what else M + C has makes no target:
//   s = y * c, t = y * c'       y looked up alone or made as x * c'', c and c' in M + E or inputs, or
//   s = x * y, t = x * y        with two gates, x and y both made by M + E;
// with s, where t = s * y or s = x * y and t = s * x is a gate of the arguments of s, as above:
//   t = s * c                   with c in M + E or an input, or
//   t = s * x                   x made by M + E and y = x * c''.
// Let no target be constant where another one is 0, or where it is 1. Then t = s * q is t = s ^ q, and the second line
// is impossible: one gate is of AND type and has one value at one only of the four pairs (x, y), where the other gate
// is constant. The exclusive ors leave s ^ t = c ^ c', c or x, which is listed, an input or a member. Else the first
// line has a gate of AND type, so y is what one target is where c does not decide it, and agrees with what the other
// says of y. may_end_together() asks for just this; without it only |C - E| = 1 of 2 is looked up.
//
// Work is split at the nodes with `task_depth` free functions left, in the order of the visit; of the tasks that find a
// circuit the first counts, so that the result does not depend on the threads.

#include "circuits/search.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <chrono>
#include <mutex>
#include <utility>

#include "core/parallel.hpp"

namespace retrodict {

namespace {

constexpr unsigned task_depth = 3;
constexpr std::size_t tasks_at_once = 4096;

constexpr double a_century = 3e9; // in seconds, and no more than a clock counts

using Clock = std::chrono::steady_clock;
using Position = std::uint16_t; // in the list, which is shorter than 5 (64 choose 2)
using Path = std::vector<Position>;
using Members = std::uint64_t; // a bit for each input, then for each function of the chain in its order

// A function of the chain and the two that its gate reads.
struct Step {
  std::uint64_t function;
  Members reads;
};

template <class Word> class Search {
 public:
  Search(const OutputTables& map, bool with_xor)
      : n_inputs_(static_cast<unsigned>(map.inputs().size())), with_xor_(with_xor),
        all_(static_cast<Word>(all_points(n_inputs_))), targets_(map.targets().begin(), map.targets().end()),
        missing_((std::uint64_t{1} << targets_.size()) - 1) {
    heads_.fill(none);
    list(0, 0);
    for (unsigned i = 0; i < n_inputs_; ++i) list(static_cast<Word>(input_word(i, n_inputs_)), 0);
    for (Position i = 1; i <= n_inputs_; ++i) join(i);
    for (std::size_t t = 0; t < targets_.size(); ++t)
      for (std::size_t s = 0; s < t; ++s)
        for (const auto& [f, g] : {std::pair(targets_[s], targets_[t]), std::pair(targets_[t], targets_[s])})
          solve_and({f, all_}, g, [&](Partial) { with_related_targets_ = true; });
    begin_increment();
  }

  // Whether it finds a chain with at most d more free functions. If `tasks` is given, the nodes with task_depth left
  // are not visited but the ways to them appended: enough_tasks(), called now and then, says whether that found one.
  template <class Enough> bool visit(unsigned d, Path* tasks, Enough&& enough_tasks) {
    if (missing_ == 0) return true;
    if (d == 0) return false;
    if (tasks != nullptr && d == task_depth) {
      tasks->insert(tasks->end(), path_.begin(), path_.end());
      return enough_tasks();
    }
    if (d <= candidates_.size()) {
      find_candidates(d);
      for (const Position i : candidates_[d - 1])
        if (child(i, d, tasks, enough_tasks)) return true;
      return false;
    }
    for (std::size_t i = first_; i < list_.size(); ++i)
      if (child(i, d, tasks, enough_tasks)) return true;
    return false;
  }

  // The same from the node that a path of an equal search leads to; leaves this search where it was.
  bool visit_from(std::span<const Position> path) {
    const State root = state();
    unsigned d = static_cast<unsigned>(path.size()) + task_depth;
    for (const Position i : path) enter(i, d--);
    const bool found = visit(d, nullptr, [] { return false; });
    if (!found) restore(root);
    return found;
  }

  std::vector<Step> chain() const {
    std::vector<Step> steps;
    for (std::size_t k = n_inputs_; k < members_.size(); ++k) steps.push_back({members_[k], reads_[find(members_[k])]});
    return steps;
  }

 private:
  static constexpr Position none = 0xFFFF;

  struct State {
    std::size_t members, list, path, first, fresh;
    std::uint64_t missing;
    Members unused;
  };

  // What x is, up to complement, on some points.
  struct Partial {
    Word value, points;
  };

  // What x is if the target is x * c with a gate of AND type, c the member.
  struct Half {
    std::size_t target, member;
    Partial rest;
  };

  State state() const { return {members_.size(), list_.size(), path_.size(), first_, fresh_, missing_, unused_}; }

  void restore(const State& s) {
    while (members_.size() > s.members) {
      taken_[find(members_.back())] = false;
      members_.pop_back();
    }
    while (list_.size() > s.list) {
      heads_[slot(list_.back())] = next_.back();
      list_.pop_back(), next_.pop_back(), reads_.pop_back(), taken_.pop_back();
    }
    path_.resize(s.path);
    first_ = s.first, fresh_ = s.fresh, missing_ = s.missing, unused_ = s.unused;
  }

  static std::size_t slot(Word f) { return f * std::uint64_t{0x9E3779B97F4A7C15} >> 52; }

  Position find(Word f) const {
    Position i = heads_[slot(f)];
    while (i != none && list_[i] != f) i = next_[i];
    return i;
  }

  void list(Word f, Members reads) {
    if (find(f) != none) return;
    next_.push_back(std::exchange(heads_[slot(f)], static_cast<Position>(list_.size())));
    list_.push_back(f), reads_.push_back(reads), taken_.push_back(false);
  }

  // Makes a listed function a member and lists what it newly makes.
  void join(std::size_t i) {
    const Word g = list_[i];
    const Members self = Members{1} << members_.size();
    for (std::size_t k = 0; k < members_.size(); ++k) {
      const Word c = members_[k];
      const Members reads = self | Members{1} << k;
      list(c & g, reads);
      list(c & ~g, reads);
      list(g & ~c, reads);
      list(c | g, reads);
      if (with_xor_) list(c ^ g, reads);
    }
    taken_[i] = true;
    members_.push_back(g);
  }

  // Turns the present set into a base.
  void begin_increment() {
    for (bool more = true; more;) {
      more = false;
      for_missing([&](std::size_t t, Word f) {
        const Position i = find(f);
        if (i == none) return;
        missing_ &= ~(std::uint64_t{1} << t);
        join(i);
        more = true;
      });
    }
    unused_ = 0;
    first_ = fresh_ = 1 + n_inputs_;
  }

  template <class Use> void for_missing(Use&& use) const {
    for (std::uint64_t rest = missing_; rest != 0; rest &= rest - 1) {
      const auto t = static_cast<std::size_t>(std::countr_zero(rest));
      use(t, targets_[t]);
    }
  }

  template <class Enough> bool child(std::size_t i, unsigned d, Path* tasks, Enough&& enough_tasks) {
    const State parent = state();
    if (enter(i, d) && visit(d - 1, tasks, enough_tasks)) return true;
    restore(parent);
    return false;
  }

  // Goes to the child that adds list_[i] to a node with d free functions left; false if it is pruned.
  bool enter(std::size_t i, unsigned d) {
    if (taken_[i]) return false;
    const Members unused = (unused_ & ~reads_[i]) | Members{1} << members_.size();
    if (static_cast<unsigned>(std::popcount(unused)) > d + 1) return false;
    path_.push_back(static_cast<Position>(i));
    unused_ = unused;
    first_ = i + 1;
    fresh_ = list_.size();
    join(i);
    bool made = false, all_used = true;
    for_missing([&](std::size_t, Word f) {
      const Position t = find(f);
      if (t == none) return;
      made = true;
      all_used = all_used && (unused_ & ~reads_[t]) == 0;
    });
    if (made && all_used) begin_increment();
    return all_used;
  }

  static bool at_most_two(Members m) {
    m &= m - 1;
    return (m & (m - 1)) == 0;
  }

  // Whether one function, up to complement, is both.
  static bool agree(Partial p, Partial q) {
    const Word points = p.points & q.points, differs = (p.value ^ q.value) & points;
    return differs == 0 || differs == points;
  }

  // Calls use(partial) for all that "p.value = x * c on p.points" says of x.
  template <class Use> void solve_and(Partial p, Word c, Use&& use) const {
    for (const Word side : {c, static_cast<Word>(~c)}) {
      const Word constant = p.points & side, value = p.value & constant;
      if (value == 0 || value == constant) use(Partial{p.value, static_cast<Word>(p.points & ~side)});
    }
  }
  template <class Use> void solve(Partial p, Word c, Use&& use) const {
    if (with_xor_) use(Partial{static_cast<Word>(p.value ^ c), p.points});
    solve_and(p, c, use);
  }

  // Calls use(position) for the listed functions that satisfy p and read all of `open`, which are at most two.
  template <class Use> void look_up(Partial p, Members open, Use&& use) const {
    const auto check = [&](std::size_t i) {
      if ((open & ~reads_[i]) == 0 && !taken_[i]) use(static_cast<Position>(i));
    };
    if (p.points == all_) {
      const Position i = find(p.value);
      if (i != none && i > n_inputs_) check(i);
      return;
    }
    // What reads the last member was listed after it.
    const bool reads_last = open != 0 && std::bit_floor(open) == std::bit_floor(unused_);
    const std::size_t from = reads_last ? fresh_ : 1 + n_inputs_;
    const auto satisfies = [p](Word f) {
      const Word differs = (f ^ p.value) & p.points;
      return (differs == 0) | (differs == p.points);
    };
    Word any = 0; // as wide as the functions, so that the loop is vectorized
    for (std::size_t i = from; i < list_.size(); ++i) any |= satisfies(list_[i]) ? Word(~Word{0}) : Word{0};
    if (!any) return;
    for (std::size_t i = from; i < list_.size(); ++i)
      if (satisfies(list_[i])) check(i);
  }

  void find_candidates(unsigned d) {
    std::vector<Position>& found = candidates_[d - 1];
    found.clear();
    halves_.clear();
    for_missing([&](std::size_t t, Word f) {
      for (std::size_t k = 0; k < members_.size(); ++k)
        solve_and({f, all_}, members_[k], [&](Partial p) { halves_.push_back({t, k, p}); });
    });
    const bool may_be_last = (missing_ & (missing_ - 1)) == 0 || may_end_together();
    if (d == 1 && !may_be_last) return;

    const auto keep = [&](Position i) { found.push_back(i); };
    const auto last_gate = [&](Partial p, std::size_t k) {
      const Members open = unused_ & ~(Members{1} << k);
      if (at_most_two(open)) look_up(p, open, keep);
      if (d == 2 && may_be_last) chains(p, k, open, keep);
    };
    for (const Half& half : halves_) last_gate(half.rest, half.member);
    for_missing([&](std::size_t, Word f) {
      for (std::size_t k = 0; with_xor_ && k < members_.size(); ++k)
        last_gate({static_cast<Word>(f ^ members_[k]), all_}, k);
      if (d == 2 && may_be_last) pairs(f, keep);
    });
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
  }

  // Of an increment after which nothing is free but targets are missing: a necessary condition.
  bool may_end_together() const {
    if (with_related_targets_) return true;
    bool found = false;
    for_missing([&](std::size_t s, Word f) {
      for_missing([&](std::size_t t, Word g) { found = found || (with_xor_ && s < t && find(f ^ g) != none); });
    });
    for (const Half& half : halves_) {
      if (found) return true;
      for_missing([&](std::size_t t, Word f) {
        if (t == half.target || !with_xor_) return;
        for (const Word c : members_) found = found || agree({static_cast<Word>(f ^ c), all_}, half.rest);
      });
      for (const Half& other : halves_) found = found || (other.target != half.target && agree(other.rest, half.rest));
    }
    return found;
  }

  // The x with p = x * c', c' not member k.
  template <class Use> void chains(Partial p, std::size_t k, Members open, Use&& use) const {
    for (std::size_t j = 0; j < members_.size(); ++j) {
      const Members rest = open & ~(Members{1} << j);
      if (j == k || !at_most_two(rest)) continue;
      const auto look = [&](Partial q) { look_up(q, rest, use); };
      // (x ^ c') ^ c is the same with c and c' exchanged.
      if (p.points == all_ && j < k)
        solve_and(p, members_[j], look);
      else
        solve(p, members_[j], look);
    }
  }

  // The x with t = x * y, y listed too.
  template <class Use> void pairs(Word t, Use&& use) const {
    for (std::size_t i = fresh_; i < list_.size(); ++i) {
      const Members open = unused_ & ~reads_[i];
      if (taken_[i] || !at_most_two(open)) continue;
      bool found = false;
      solve({t, all_}, list_[i], [&](Partial y) {
        if (!found) look_up(y, open, [&](Position) { found = true; });
      });
      if (found) use(static_cast<Position>(i));
    }
  }

  unsigned n_inputs_;
  bool with_xor_;
  Word all_;
  std::vector<Word> targets_;
  bool with_related_targets_ = false;
  std::uint64_t missing_;           // a bit for each target
  Members unused_ = 0;              // U
  std::size_t first_ = 0;           // in the list: those before are rejected
  std::size_t fresh_ = 0;           // in the list: those from here on read the last member
  std::vector<Word> members_;       // inputs, then the chain
  std::vector<Word> list_;          // 0, inputs, then what they and members make
  std::vector<Members> reads_;      // of each listed function, one way to make it
  std::vector<std::uint8_t> taken_; // whether it is a member
  std::vector<Position> next_;      // with the same slot
  std::array<Position, 4096> heads_;
  std::array<std::vector<Position>, 2> candidates_;
  std::vector<Half> halves_;
  Path path_;
};

// Searches with d free functions: the chain that it finds first, or none.
template <class Word> class Round {
 public:
  Round(const OutputTables& map, const SearchLimits& limits, std::optional<Clock::time_point> deadline)
      : map_(map), limits_(limits), deadline_(deadline) {}

  std::optional<std::vector<Step>> run(unsigned d) {
    Search<Word> search(map_, limits_.with_xor);
    Path tasks;
    const std::size_t stride = d > task_depth ? d - task_depth : 1;
    const bool stopped = search.visit(d, d > task_depth ? &tasks : nullptr, [&] {
      return tasks.size() >= tasks_at_once * stride && work_off(tasks, stride);
    });
    if (!stopped) work_off(tasks, stride);
    if (chain_ || interrupted_ || !stopped) return chain_;
    return search.chain(); // found on the way to the tasks
  }

  bool interrupted() const { return interrupted_; }

 private:
  // Whether it is over: a chain is found, or time is.
  bool work_off(Path& tasks, std::size_t stride) {
    const std::size_t n = tasks.size() / stride;
    const std::size_t workers = worker_count(n, 1, limits_.threads);
    while (searches_.size() < workers) searches_.emplace_back(map_, limits_.with_xor);
    std::atomic<std::size_t> best = n;
    std::mutex best_mutex;
    for_blocks(n, 1, limits_.threads, [&](std::size_t i, std::size_t, std::size_t worker) {
      if (i > best || interrupted_) return;
      if (deadline_ && Clock::now() >= *deadline_) {
        interrupted_ = true;
        return;
      }
      if (!searches_[worker].visit_from({tasks.data() + i * stride, stride})) return;
      const std::lock_guard lock(best_mutex);
      if (i < best) {
        best = i;
        chain_ = searches_[worker].chain();
      }
      searches_[worker] = Search<Word>(map_, limits_.with_xor);
    });
    tasks.clear();
    return chain_ || interrupted_;
  }

  const OutputTables& map_;
  const SearchLimits& limits_;
  std::optional<Clock::time_point> deadline_;
  std::vector<Search<Word>> searches_;
  std::optional<std::vector<Step>> chain_;
  std::atomic<bool> interrupted_ = false;
};

FoundCircuit circuit_of(const std::vector<Step>& chain, const OutputTables& map) {
  const auto n = static_cast<unsigned>(map.inputs().size());
  std::vector<std::uint64_t> functions{0};
  std::vector<unsigned> variables{0}; // of the circuit
  for (unsigned i = 0; i < n; ++i) {
    functions.push_back(input_word(i, n));
    variables.push_back(1 + map.inputs()[i]);
  }
  FoundCircuit circuit;
  for (const Step& step : chain) {
    const auto a = static_cast<unsigned>(std::countr_zero(step.reads)) + 1;
    const auto b = static_cast<unsigned>(std::bit_width(step.reads));
    const std::uint64_t f = functions[a], g = functions[b];
    // Where f and g never are 1 and 0 together several of these agree: AND type first.
    const std::array<std::pair<unsigned, std::uint64_t>, 5> gates{
        {{0b1000, f & g}, {0b0100, f & ~g}, {0b0010, g & ~f}, {0b1110, f | g}, {0b0110, f ^ g}}};
    const auto gate = std::ranges::find(gates, step.function, &std::pair<unsigned, std::uint64_t>::second);
    circuit.gates.push_back({gate->first, variables[a], variables[b]});
    functions.push_back(step.function);
    variables.push_back(static_cast<unsigned>(map.n_inputs() + circuit.gates.size()));
  }
  for (std::size_t i = 0; i < map.outputs().size(); ++i) {
    const auto at = std::ranges::find(functions, map.outputs()[i]) - functions.begin();
    circuit.outputs.push_back(2 * variables[static_cast<std::size_t>(at)] + map.complemented()[i]);
  }
  return circuit;
}

template <class Word> SearchResult search_upwards(const OutputTables& map, const SearchLimits& limits) {
  std::optional<Clock::time_point> deadline;
  if (limits.seconds && *limits.seconds < a_century)
    deadline =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(*limits.seconds));
  Round<Word> round(map, limits, deadline);
  const auto least = static_cast<unsigned>(map.targets().size());
  for (unsigned r = least; r <= limits.max_gates; ++r) {
    if (const auto chain = round.run(r - least)) return {r, false, circuit_of(*chain, map)};
    if (round.interrupted()) return {r, true, std::nullopt};
  }
  return {std::max(least, limits.max_gates + 1), false, std::nullopt};
}

} // namespace

SearchResult minimum_circuit(const OutputTables& map, const SearchLimits& limits) {
  if (map.inputs().size() <= 4) return search_upwards<std::uint16_t>(map, limits);
  if (map.inputs().size() == 5) return search_upwards<std::uint32_t>(map, limits);
  return search_upwards<std::uint64_t>(map, limits);
}

} // namespace retrodict
