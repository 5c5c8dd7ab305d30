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
//   |C - E| = 1:  t = x * c                      with c in M + E or an input, * for a gate;
//   |C - E| = 2:  t = (x * c) * c'               c and c' different and like c before, or
//                 t = x * y                      y made by M + E too;
// as (2) says, all of U is among the arguments of the gates, and x is noted as reading what the others leave of it.
// There is nothing else: if t = x * y and y = x * c, t is a gate of x and c, a smaller increment. "v = x * c on the
// points m" says of x, up to complement (of a function that need not be normal): it is v ^ c on m (exclusive or); or v
// is constant on m & c and x is v on m & ~c; or the same with c and ~c exchanged (AND type). Going back along a form
// thus ends with what x is on some points; if these are all points x is looked up by its hash, else the list is
// searched. Of t = x * y with U not empty, one of x and y reads the last member of E, which is in U; it is called x.
// What is looked up is tried like any child, so too many candidates do no harm.
//
// Ends. Let several targets be missing and let C, with |C - E| <= 2, leave nothing free. Then after a first target s a
// second one, t, comes from one gate without further free functions: of inputs and M + C, or of s and one of these. In
// the first case t needs the last member of C, called y here, by (1), as what is without it makes no target:
//   s = y * c, t = y * c'       c and c' in M + E or inputs; y = x * c'', or C - E is y alone; or
//   s = x * y, t = x * y        with two gates, x and y both made by M + E.
// In the second case t is, where not one of these again, since a gate of s and of an argument of s is one of the
// arguments of s,
//   t = s * c                   c in M + E or an input, or
//   t = s * x                   x made by M + E, y = x * c'' and s = y * c.
// Let no target be constant where another one is 0, or where it is 1 ("related"). Then two targets are not gates of the
// same two arguments: one of the gates would be of AND type and have one of its values at only one of the four pairs of
// arguments, where the other gate is constant. So the second line is impossible, c and c' in the first differ, and in
// the last two * is exclusive or. If it is so in the first line too, s ^ t is c ^ c', c or x, and in each case listed
// or an input. Else one of them, t say, is y * c' of AND type: y is what t is where c' leaves it open, and agrees with
// s ^ c or with what s leaves open. may_end_together() asks for this, and if it is false only |C - E| = 1 of 2 is
// looked up.
//
// With d = 3 the same is asked of the children before they are entered. If may_end_together() holds at the node, all
// are entered; else those of which it will hold, for |C - E| = 3, and the candidates for |C - E| = 1 and 2. It comes to
// hold when x joins if s ^ t = x * c; if for y of a target s = y * c of AND type, t ^ x agrees with it; or if x is such
// a c itself, and then y agrees with what another target says of it by a member other than x, as c and c' differ.
//
// Work is split at the nodes with `task_depth` free functions left, in the order of the visit; of the tasks that find a
// circuit the first counts, so that the result does not depend on the threads.

#include "circuits/search.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <mutex>
#include <utility>

#include "circuits/chain_search.hpp"
#include "core/parallel.hpp"

namespace retrodict {

namespace {

constexpr unsigned task_depth = 4; // milliseconds of work
constexpr std::size_t tasks_at_once = 4096;
constexpr double a_century = 3e9; // in seconds, and no more than a clock counts

using Clock = std::chrono::steady_clock;

// Searches by numbers of free functions: the chain that each finds first, or none.
template <class Word> class Rounds {
 public:
  Rounds(const OutputTables& map, const SearchLimits& limits) : map_(map), limits_(limits) {
    if (limits.seconds && *limits.seconds < a_century)
      deadline_ =
          Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(*limits.seconds));
  }

  std::optional<std::vector<ChainStep>> run(unsigned d) {
    ChainSearch<Word> search(map_, limits_.with_xor);
    Path tasks;
    if (d <= task_depth) {
      const bool found = search.visit(d, 0, nullptr, [] { return false; });
      return found ? std::optional(search.steps()) : std::nullopt;
    }
    const std::size_t length = d - task_depth;
    const auto enough = [&] { return tasks.size() >= tasks_at_once * length && work_off(tasks, length); };
    const bool stopped = search.visit(d, task_depth, &tasks, enough);
    if (!stopped) work_off(tasks, length);
    if (steps_ || interrupted_ || !stopped) return steps_;
    return search.steps(); // found on the way to the tasks
  }

  bool interrupted() const { return interrupted_; }

 private:
  // Whether it is over: a chain is found, or time is.
  bool work_off(Path& tasks, std::size_t length) {
    const std::size_t n = tasks.size() / length;
    while (searches_.size() < worker_count(n, 1, limits_.threads)) searches_.emplace_back(map_, limits_.with_xor);
    std::atomic<std::size_t> first = n; // of the tasks that found a chain
    std::mutex first_mutex;
    for_blocks(n, 1, limits_.threads, [&](std::size_t i, std::size_t, std::size_t worker) {
      if (i > first || interrupted_) return;
      if (deadline_ && Clock::now() >= *deadline_) {
        interrupted_ = true;
        return;
      }
      if (!searches_[worker].visit_from({tasks.data() + i * length, length}, task_depth)) return;
      const std::lock_guard lock(first_mutex);
      if (i < first) {
        first = i;
        steps_ = searches_[worker].steps();
      }
      searches_[worker] = ChainSearch<Word>(map_, limits_.with_xor);
    });
    tasks.clear();
    return steps_ || interrupted_;
  }

  const OutputTables& map_;
  const SearchLimits& limits_;
  std::optional<Clock::time_point> deadline_;
  std::vector<ChainSearch<Word>> searches_; // one a worker
  std::optional<std::vector<ChainStep>> steps_;
  std::atomic<bool> interrupted_ = false;
};

FoundCircuit circuit_of(const std::vector<ChainStep>& steps, const OutputTables& map) {
  const unsigned n = map.n_essential();
  std::vector<std::uint64_t> functions{0};
  std::vector<unsigned> variables{0}; // of the circuit
  for (unsigned i = 0; i < n; ++i) {
    functions.push_back(input_word(i, n));
    variables.push_back(1 + map.inputs()[i]);
  }
  FoundCircuit circuit;
  for (const ChainStep& step : steps) {
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
  Rounds<Word> rounds(map, limits);
  const auto least = static_cast<unsigned>(map.targets().size());
  for (unsigned r = least; r <= limits.max_gates; ++r) {
    if (const auto steps = rounds.run(r - least)) return {r, false, circuit_of(*steps, map)};
    if (rounds.interrupted()) return {r, true, std::nullopt};
  }
  return {std::max(least, limits.max_gates + 1), false, std::nullopt};
}

} // namespace

SearchResult minimum_circuit(const OutputTables& map, const SearchLimits& limits) {
  if (map.n_essential() <= 4) return search_upwards<std::uint16_t>(map, limits);
  if (map.n_essential() == 5) return search_upwards<std::uint32_t>(map, limits);
  return search_upwards<std::uint64_t>(map, limits);
}

} // namespace retrodict
