// How it works, and why the result is exact.
//
// Threshold functions. Two of them, given by weights and thresholds in general position, are joined by a path along
// which the value at one point changes at a time: the segment between the two settings meets the hyperplanes w . x = t,
// one for each point x, one after the other. So all are reached from a constant by changing one value at a time, never
// leaving the threshold functions. Whether a function is one is decided with a witness either way: weights that the
// perceptron finds, or two points where it is 1 and two where it is 0 with equal sums, which no weights allow. (That
// one of the two is there is a fact about few inputs; were it not so, the search would say so.) Permuting and
// complementing inputs and complementing the value carry threshold functions to threshold functions, so classes will
// do.
//
// Costs. A gate's complement is a gate, and its inputs may be complemented; so costs belong to classes, and constants,
// inputs and their complements cost nothing. Cost 1: the threshold functions. Cost at most 2: f(x) = F(x, g(x)) with
// threshold functions g of the inputs and F of one input more; by symmetry g may be a canonical form. All these are
// visited, so what is left costs 3 or more. In the third round only chains are tried whose last gate reads the inputs
// and one gate, of cost 2; they make everything that is left, which therefore costs 3.

#include "circuits/threshold_gates.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "core/require.hpp"

namespace retrodict {

namespace {

// Whether integer weights give f; the perceptron, whose steps are bounded well above what few inputs take.
bool has_weights(Function f, unsigned n_inputs) {
  std::array<int, 6> weights{}; // the last is minus the threshold
  for (int rounds = 0; rounds < 1000; ++rounds) {
    bool changed = false;
    for (unsigned x = 0; x < 1u << n_inputs; ++x) {
      int sum = weights[n_inputs];
      for (unsigned i = 0; i < n_inputs; ++i) sum += x >> i & 1 ? weights[i] : 0;
      const bool value = f >> x & 1;
      if (value ? sum > 0 : sum < 0) continue;
      const int step = value ? 1 : -1;
      weights[n_inputs] += step;
      for (unsigned i = 0; i < n_inputs; ++i) weights[i] += x >> i & 1 ? step : 0;
      changed = true;
    }
    if (!changed) return true;
  }
  return false;
}

// Whether f is 1 at two points (or twice at one) and 0 at two points with the same sum of vectors.
bool is_summable(Function f, unsigned n_inputs) {
  const unsigned points = 1u << n_inputs;
  // Equal sums: the same inputs are 1 in both points, and the same in one.
  std::set<std::pair<unsigned, unsigned>> sums;
  for (unsigned a = 0; a < points; ++a)
    for (unsigned b = 0; b <= a; ++b)
      if (f >> a & f >> b & 1) sums.emplace(a & b, a ^ b);
  for (unsigned a = 0; a < points; ++a)
    for (unsigned b = 0; b <= a; ++b)
      if (!((f >> a | f >> b) & 1) && sums.count({a & b, a ^ b})) return true;
  return false;
}

std::set<Function> threshold_classes(const Symmetries& symmetries) {
  std::set<Function> found{0}, refused;
  std::vector<Function> waiting{0};
  while (!waiting.empty()) {
    const Function f = waiting.back();
    waiting.pop_back();
    for (unsigned x = 0; x < 1u << symmetries.n_inputs(); ++x) {
      const Function g = symmetries.canonical(f ^ Function{1} << x);
      if (found.count(g) || refused.count(g)) continue;
      if (is_summable(g, symmetries.n_inputs())) {
        refused.insert(g);
        continue;
      }
      if (!has_weights(g, symmetries.n_inputs())) throw std::logic_error("neither weights nor points that refute them");
      found.insert(g);
      waiting.push_back(g);
    }
  }
  return found;
}

// Everything in the classes, ascending.
std::vector<Function> members(const Symmetries& symmetries, const std::set<Function>& classes) {
  std::vector<Function> all;
  for (const Function f : classes)
    symmetries.for_each_image(f, [&](Function g) {
      all.push_back(g);
      all.push_back(g ^ symmetries.all());
    });
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

} // namespace

std::vector<Function> threshold_functions(std::size_t n_inputs) {
  require(n_inputs <= 5, "n_inputs = ", n_inputs, ": threshold functions go to 5");
  const Symmetries symmetries(static_cast<unsigned>(n_inputs));
  return members(symmetries, threshold_classes(symmetries));
}

std::vector<std::uint8_t> threshold_cost_table(std::size_t n_inputs) {
  require(n_inputs <= 4, "n_inputs = ", n_inputs, ": the table goes to 4 inputs");
  const auto n = static_cast<unsigned>(n_inputs);
  const Symmetries symmetries(n);
  const unsigned points = 1u << n;
  constexpr std::uint8_t unknown = 255;
  std::vector<std::uint8_t> cost(std::size_t{symmetries.all()} + 1, unknown);
  std::set<Function> previous; // the classes of the last round
  const auto mark = [&](Function f, std::uint8_t round, std::set<Function>& marked) {
    if (cost[f] != unknown) return;
    marked.insert(symmetries.canonical(f));
    symmetries.for_each_image(f, [&](Function g) { cost[g] = cost[g ^ symmetries.all()] = round; });
  };
  mark(0, 0, previous);
  for (unsigned i = 0; i < n; ++i) mark(symmetries.input(i), 0, previous);
  previous.clear();
  for (const Function f : threshold_functions(n)) mark(f, 1, previous);
  const std::vector<Function> gates = threshold_functions(n + 1);
  for (std::uint8_t round = 2; !previous.empty(); ++round) {
    std::set<Function> marked;
    for (const Function g : previous)
      for (const Function F : gates) {
        const Function at_zero = F & symmetries.all(), at_one = static_cast<Function>(std::uint64_t{F} >> points);
        mark((at_one & g) | (at_zero & ~g), round, marked);
      }
    // The third round is complete only if nothing is left for a fourth.
    if (round > 3 && !marked.empty()) throw std::logic_error("three threshold gates are not enough");
    previous = std::move(marked);
  }
  if (std::find(cost.begin(), cost.end(), unknown) != cost.end()) throw std::logic_error("a function has no cost");
  return cost;
}

} // namespace retrodict
