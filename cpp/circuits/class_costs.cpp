// How it works, and why the result is exact.
//
// Chains are those of enumeration.cpp: complements are free, functions are normal, and the cost of f is the least r for
// which there are normal g_1, ..., g_r = f, each made by one gate from two of the inputs and the earlier ones.
// Permuting and complementing inputs carries chains to chains. So costs belong to classes, and finding one member of a
// class is finding all. Round r finds the classes of cost r; all of smaller cost are known by then.
//
// Let f depend on all n inputs (else it is a function of n - 1, for which the same was done before), and take any chain
// of cost(f) = r gates for it. Fix for each gate the two members that it reads. Every gate but the last is read by
// another, and every input by some gate, else the chain could do without, or f would not depend on it.
//
// Joining. Suppose no gate is needed for both members that the last gate reads. Each of the other r - 1 gates is then
// needed for just one of them, so these cost a and b with a + b = r - 1 (if less, so would f). Conversely, joining
// functions of costs a and b costs at most a + b + 1. The round joins the representatives of cost b with all functions
// of cost a <= b; by symmetry that meets all classes.
//
// Widening. Suppose some gate reads inputs i and j and input i is read by no other. Put a new input in the place of
// that gate: what is left is a chain of r - 1 gates for some F, and f is F with input i replaced by the gate of inputs
// i and j. So cost(F) = r - 1 (if less, so would be f), and conversely. The round does that to the representatives of
// cost r - 1, with all i, j and gates and their complements; complementing input j of F is complementing input j of f,
// which changes the gate.
//
// A chain of r gates for f of cost r is *special* if neither applies. If f is not found so far in its round, all its
// chains are special, whichever members its gates are taken to read. In a special chain
//   (1) every gate but the last is read, every input is read, and an input that is read together with another input is
//       read twice or more;
//   (2) the last gate reads two gates;
//   (3) some gate is read twice, else no gate were needed for both members that the last one reads.
// Say that some gates are placed, s of them, that make a chain and are closed under what they read, and that r - s are
// left, the last included. These have 2 (r - s) readings to make. Different ones are: the first reading of every placed
// gate and every input not yet read, the second of every input that was read once and together with another input, the
// first reading of each of the r - s - 1 that are left without the last, and if no gate is read twice yet, a second
// reading of some gate. So the number of the former, `asked`, is at most 2 (r - s) - (r - s - 1) = r - s + 1; and by
// (2) the inputs among them are at most 2 (r - s - 1). SpecialChains drops what breaks these rules: they leave little.
// (After the first gate 1 + (n - 2) + 2 + 1 <= r, so special chains begin at r = n + 2.)
//
// SpecialChains visits the sets S of the r - 1 gates before f as enumeration.cpp does, each once for its orbit under
// the symmetries. A function in the list counts as reading the two members that first made it; that is one way for S to
// be a chain, so the rules hold for it. What remains to be shown is that orbits lose nothing. A node of the search has
// a valid set E, the group that fixes each of its members, and the list of what is made from inputs and E and is not
// rejected; the list and what is rejected are unions of orbits of the group. Take a wanted set S that contains E and
// nothing rejected, and the first orbit of the list that S meets. A symmetry of the group carries S to a set with the
// orbit's first member, still containing E and still without anything in earlier orbits; it is visited where that
// member is added and the earlier orbits are rejected, and the list there is invariant under the smaller group. An
// orbit whose first member leaves too few readings meets no wanted set. If a set S was visited, so was every f that a
// gate makes of two of its members with all of S read, and the class of f is found.
//
// With two gates left before the last one the member to come is not looked up in the list: it is made in every way that
// the rules allow, which includes the one in the list, unless it is rejected.
//
// Rounds that are not exhausted leave out special chains. What they find has a chain of r gates, so the bound is an
// upper one, and lies above all exhausted rounds.

#include "circuits/class_costs.hpp"

#include <limits>
#include <span>

#include "circuits/special_chains.hpp"
#include "core/parallel.hpp"
#include "core/require.hpp"

namespace retrodict {

namespace {

constexpr unsigned max_class_inputs = 5;

class Rounds {
 public:
  Rounds(unsigned n_inputs, bool with_xor, unsigned max_cost)
      : symmetries_(n_inputs), with_xor_(with_xor), max_cost_(max_cost),
        missing_(std::size_t{1} << ((1u << n_inputs) - 1)), known_((missing_ + 63) / 64) {}

  ClassCosts run(const ClassCosts& fewer_inputs, unsigned exhausted) {
    const unsigned n = symmetries_.n_inputs();
    for (Derivation derivation : fewer_inputs.derivations) {
      derivation.function = lifted(derivation.function);
      for (Function& f : derivation.after) f = lifted(f);
      derivations_.push_back(std::move(derivation));
    }
    for (round_ = 0; round_ <= max_cost_ && missing_ > 0; ++round_) {
      classes_.emplace_back();
      functions_.emplace_back();
      if (n == 0) find(0);
      for (std::size_t i = 0; i < fewer_inputs.costs.size(); ++i)
        if (fewer_inputs.costs[i] == round_) find(lifted(fewer_inputs.representatives[i]));
      if (round_ == 0) {
        if (n > 0) find(symmetries_.input(n - 1));
        continue;
      }
      join_inputs();
      widen();
      join_circuits();
      if (round_ <= exhausted && round_ >= n + 2)
        SpecialChains(
            symmetries_, with_xor_, round_,
            [this](Function f, std::span<const Function> chain) {
              if (find(f)) derivations_.push_back({f, {chain.begin(), chain.end()}});
            },
            [this] { return missing_ == 0; })
            .run();
    }
    return sorted(std::min(exhausted, missing_ == 0 ? exhausted : max_cost_));
  }

 private:
  // A function of one input less, as one that ignores the last.
  Function lifted(Function f) const { return f | f << (1u << (symmetries_.n_inputs() - 1)); }

  void join_inputs() {
    for (const Function h : classes_[round_ - 1])
      for (const Function g : functions_[0]) join(g, h, with_xor_, [this](Function f) { find(f); });
  }

  void join_circuits() {
    for (unsigned a = 1; 2 * a < round_; ++a) {
      const auto& others = classes_[round_ - 1 - a];
      for_blocks(others.size(), 16, 1, [&](std::size_t begin, std::size_t end, std::size_t) {
        for (std::size_t i = begin; i < end && missing_ > 0; ++i)
          for (const Function g : functions_[a])
            join(g, others[i], with_xor_, [&](Function f) {
              if (find(f)) derivations_.push_back({f, {g, others[i]}});
            });
      });
    }
  }

  void widen() {
    const auto& narrower = classes_[round_ - 1];
    for_blocks(narrower.size(), 256, 1, [&](std::size_t begin, std::size_t end, std::size_t) {
      for (std::size_t k = begin; k < end; ++k)
        for (unsigned i = 0; i < symmetries_.n_inputs(); ++i)
          for (unsigned j = 0; j < symmetries_.n_inputs(); ++j)
            if (i != j) widen(narrower[k], i, j);
    });
  }

  // F with input i replaced by every gate of inputs i and j, and by its complement.
  void widen(Function F, unsigned i, unsigned j) {
    const Function input = symmetries_.input(i), other = symmetries_.complement(F, i);
    const Function at_one = (F & input) | (other & ~input), at_zero = (F & ~input) | (other & input);
    join(input, symmetries_.input(j), with_xor_, [&](Function gate) {
      find(symmetries_.normal((gate & at_one) | (~gate & at_zero & symmetries_.all())));
      find(symmetries_.normal((gate & at_zero) | (~gate & at_one & symmetries_.all())));
    });
  }

  // A normal function is half of a word's worth: bit 0 is 0.
  bool known(Function f) const { return known_[f >> 7] >> (f >> 1 & 63) & 1; }

  // Whether f is new.
  bool find(Function f) {
    if (known(f)) [[likely]]
      return false;
    spread(f);
    return true;
  }

  void spread(Function f) {
    Function least = std::numeric_limits<Function>::max();
    symmetries_.for_each_image(f, [&](Function image) {
      const Function g = symmetries_.normal(image);
      least = std::min(least, g);
      if (known(g)) return;
      known_[g >> 7] |= std::uint64_t{1} << (g >> 1 & 63);
      --missing_;
      if (2 * round_ < max_cost_) functions_[round_].push_back(g); // to be joined with classes of at least this cost
    });
    classes_[round_].push_back(least);
  }

  ClassCosts sorted(unsigned exhausted) const {
    std::vector<std::pair<Function, std::uint8_t>> found;
    for (unsigned cost = 0; cost < classes_.size(); ++cost)
      for (const Function f : classes_[cost]) found.emplace_back(f, static_cast<std::uint8_t>(cost));
    std::sort(found.begin(), found.end());
    ClassCosts result{{}, {}, exhausted, derivations_};
    for (const auto& [f, cost] : found) {
      result.representatives.push_back(f);
      result.costs.push_back(cost);
    }
    return result;
  }

  Symmetries symmetries_;
  bool with_xor_;
  unsigned max_cost_, round_ = 0;
  std::size_t missing_; // normal functions that are not known
  std::vector<std::uint64_t> known_;
  std::vector<std::vector<Function>> classes_, functions_; // by cost; the functions of small cost only
  std::vector<Derivation> derivations_;
};

} // namespace

ClassCosts class_costs(std::size_t n_inputs, bool with_xor, unsigned max_cost, unsigned exhausted) {
  require(n_inputs <= max_class_inputs, "n_inputs = ", n_inputs, ": costs of classes go to ", max_class_inputs);
  const auto n = static_cast<unsigned>(n_inputs);
  ClassCosts fewer;
  if (n > 0) fewer = class_costs(n - 1, with_xor, max_cost, exhausted);
  return Rounds(n, with_xor, max_cost).run(fewer, exhausted);
}

std::size_t class_size(const Symmetries& symmetries, Function f) {
  std::size_t images = 0, fixed = 0;
  const Function normal = symmetries.normal(f);
  symmetries.for_each_image(f, [&](Function g) {
    ++images;
    fixed += symmetries.normal(g) == normal;
  });
  return 2 * images / fixed;
}

} // namespace retrodict
