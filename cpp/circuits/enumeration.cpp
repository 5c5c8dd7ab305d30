// How it works, and why the result is exact.
//
// Chains. Constants, inputs and complements are free, so each function stands for itself and its complement, and we
// keep the one that is *normal*, f(0) = 0. If both arguments of a two-input gate are replaced by their normal forms and
// so is its value, the gate becomes another gate, and one that maps (0, 0) to 0: x & y, x & ~y, ~x & y, x | y, x ^ y,
// unless it ignores an argument or is constant, and then a shortest computation does not contain it. So the cost of f
// is the least r for which there are normal functions g_1, ..., g_r = f, each made by one gate from two of the inputs
// and the earlier ones (Knuth, TAOCP 4A, 7.1.2, calls this a normal chain). In a shortest chain the g_i are distinct,
// not 0 and no inputs; as a set, call {g_1, ..., g_k} *valid* if it can be ordered into a chain.
//
// Every valid set is visited once (the enumeration of polyominoes by Redelmeier, 1981, with "makes" for "touches").
// A node of the search holds a valid set E and a list L that has, each once, all functions that a gate makes from
// inputs and E; those before position p and not in E are rejected. The node visits every valid S that contains E and
// nothing rejected. Proof, by induction on |S - E|: if S is not E, order S into a chain; the first member outside E is
// made from inputs and E, so it is in L, and not rejected. Let L[i] be the first member of S - E at or after p: S
// belongs to the child that adds L[i], rejects L[p..i-1] and appends to L what L[i] newly makes, and to no other child.
//
// Marks. Round r = 1, 2, ... visits the valid sets of r - 1 gates and marks what their last addition g makes with an
// input or another member. All marks have cost at most r. Every f of cost exactly r is marked: let S be its chain
// without f. If f were made by two members other than g, both are in the parent node's valid set of r - 2 gates, whence
// cost(f) < r. Hence, by induction over the rounds, a function first marked in round r has cost r. Rounds go on until
// every function is marked. Nothing is assumed of the costs: the last round needs no exhaustion, since what it marks
// has a chain of r gates in hand and had none of r - 1.
//
// NOT as a gate. Where complements cost a gate each, functions stand for themselves alone, g makes ~g too, and all of
// the above holds word for word.
//
// Symmetry. If complements are free and the basis contains all or none of the AND type, permuting and complementing
// inputs carries chains to chains (after taking normal forms), so a mark is spread over its whole class, and of f's
// class any member may be found. Let S, not empty, be the chain of f without f; its first member is made from two
// inputs. If some member is made from two inputs by a gate of AND type, a symmetry carries it to x0 & x1: the search
// visits the sets that begin with that. Else a symmetry carries the first member to x0 ^ x1: the search visits the sets
// that begin with that, with the functions of AND type of two inputs rejected.

#include "circuits/enumeration.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "core/parallel.hpp"
#include "core/require.hpp"

namespace retrodict {

namespace {

using Function = std::uint32_t;

constexpr std::uint8_t unknown = more_gates;
constexpr unsigned and_type = AND | AND_NOT | OR;
constexpr unsigned every_gate = and_type | XOR;
constexpr std::array<Function, max_cost_inputs> input_pattern{0xAAAA, 0xCCCC, 0xF0F0, 0xFF00};

class Search {
 public:
  Search(unsigned n_inputs, unsigned basis)
      : n_inputs_(n_inputs), basis_(basis), free_complements_((basis & NOT) == 0),
        symmetric_(free_complements_ && ((basis & and_type) == and_type || (basis & and_type) == 0)),
        all_((Function{1} << (1u << n_inputs)) - 1), cost_(std::size_t{all_} + 1, unknown), listed_(all_ + 1),
        missing_(all_ + 1) {
    for (const Function constant : {Function{0}, all_}) {
      listed_[constant] = true;
      spread(constant, 0);
    }
    for (unsigned i = 0; i < n_inputs_; ++i) {
      members_.push_back(input(i));
      listed_[input(i)] = true;
      spread(input(i), 0);
    }
  }

  std::vector<std::uint8_t> run(unsigned max_cost) {
    for (unsigned i = 0; i < n_inputs_; ++i)
      for (unsigned j = 0; j < i; ++j) made_by(input(j), input(i), basis_ & and_type, [&](Function f) { list(f); });
    for (unsigned i = 0; i < n_inputs_; ++i) complement(input(i), [&](Function f) { list(f); });
    const std::size_t first_xor = list_.size();
    for (unsigned i = 0; i < n_inputs_; ++i)
      for (unsigned j = 0; j < i; ++j) made_by(input(j), input(i), basis_ & XOR, [&](Function f) { list(f); });

    for (round_ = 1; missing_ > 0 && round_ <= max_cost; ++round_)
      for_blocks(list_.size(), 1, 1, [&](std::size_t i, std::size_t, std::size_t) {
        if (!symmetric_ || i == 0 || i == first_xor) add(i, 1);
      });
    return std::move(cost_);
  }

 private:
  Function input(unsigned i) const { return input_pattern[i] & all_; }

  template <class Use> static void made_by(Function a, Function b, unsigned gates, Use&& use) {
    if (gates & AND) use(a & b);
    if (gates & AND_NOT) {
      use(a & ~b);
      use(b & ~a);
    }
    if (gates & OR) use(a | b);
    if (gates & XOR) use(a ^ b);
  }

  template <class Use> void complement(Function g, Use&& use) const {
    if (!free_complements_) use(g ^ all_);
  }

  void list(Function f) {
    if (listed_[f]) return;
    listed_[f] = true;
    list_.push_back(f);
  }

  // Visits the sets that add list_[i], as their member number `size`, to the present one and nothing before it.
  void add(std::size_t i, unsigned size) {
    const Function g = list_[i];
    if (size == round_) return mark(g);
    if (size + 1 == round_) {
      for (const Function member : members_) made_by(member, g, basis_, [&](Function f) { mark(f); });
      complement(g, [&](Function f) { mark(f); });
      return;
    }
    const std::size_t listed_before = list_.size();
    for (const Function member : members_) made_by(member, g, basis_, [&](Function f) { list(f); });
    complement(g, [&](Function f) { list(f); });
    members_.push_back(g);
    if (size > 2)
      for (std::size_t next = i + 1; next < list_.size() && missing_ > 0; ++next) add(next, size + 1);
    else // the same, and Ctrl-C is heard
      for_blocks(list_.size() - i - 1, 1, 1, [&](std::size_t next, std::size_t, std::size_t) {
        if (missing_ > 0) add(i + 1 + next, size + 1);
      });
    members_.pop_back();
    for (; list_.size() > listed_before; list_.pop_back()) listed_[list_.back()] = false;
  }

  void mark(Function f) {
    if (cost_[f] == unknown) [[unlikely]]
      spread(f, static_cast<std::uint8_t>(round_));
  }

  // Gives `cost` to f and all functions that symmetry makes of it.
  void spread(Function f, std::uint8_t cost) {
    if (cost_[f] != unknown) return;
    cost_[f] = cost;
    --missing_;
    if (free_complements_) spread(f ^ all_, cost);
    if (!symmetric_) return;
    for (unsigned i = 0; i < n_inputs_; ++i) {
      const Function high = input(i), step = 1u << i;
      spread((f & high) >> step | (f << step & high), cost); // complements input i
      if (i == 0) continue;
      const Function below = input(i - 1), moved = high & ~below, by = step / 2; // exchanges inputs i - 1 and i
      spread((f & ~(high ^ below)) | (f & moved) >> by | (f & below & ~high) << by, cost);
    }
  }

  unsigned n_inputs_, basis_;
  bool free_complements_, symmetric_;
  Function all_;
  std::vector<std::uint8_t> cost_, listed_;
  std::size_t missing_;
  unsigned round_ = 0;
  std::vector<Function> members_, list_;
};

} // namespace

std::vector<std::uint8_t> cost_table(std::size_t n_inputs, unsigned basis, unsigned max_cost) {
  require(n_inputs <= max_cost_inputs, "n_inputs = ", n_inputs, ": the table goes to ", max_cost_inputs, " inputs");
  const bool complete = (basis & and_type) && ((basis & (NOT | XOR)) || ((basis & AND_NOT) && (basis & OR)));
  require(complete, "basis: not every function is made of these gates: it takes xor and another, andnot and or, or not "
                    "and another but xor");
  const bool quick = (basis & XOR) && !(basis & NOT) && std::popcount(basis) > 2;
  require(quick || n_inputs < max_cost_inputs || max_cost < more_gates, "n_inputs = ", n_inputs,
          ": the whole table takes xor and two other gates; give max_cost for part of it");
  return Search(static_cast<unsigned>(n_inputs), basis).run(max_cost);
}

std::size_t table_index(const TruthTable& table) {
  require(table.n_inputs() <= max_index_inputs, "table has ", table.n_inputs(), " inputs: exact gate costs go to ",
          max_index_inputs);
  std::size_t index = 0;
  for (std::size_t x = 0; x < table.values().size(); ++x) index |= std::size_t{table.values()[x]} << x;
  return index;
}

} // namespace retrodict
