// How it works, and why it misses nothing. (Chains and valid sets: see enumeration.cpp.)
//
// A circuit for all outputs is a valid set S that contains the targets: the distinct outputs, in normal form, that are
// not constant and no inputs. The other members are spare. A node of the search has a valid set E, its list L, a
// position p and a number `spare`; the functions of L before p that are neither in E nor targets are rejected. It finds
// a valid S that contains E and the targets, has at most `spare` members beside them and nothing rejected, if there is
// one:
// - A missing target in L is added to E. S contains it anyway, and E with it is valid, so the same S are looked for.
// - When no missing target is in L, and some target is missing, order S into a chain: its first member outside E is in
// L
//   and spare. Let L[i] be the first such member, which lies at or after p: S belongs to the child that adds L[i] and
//   goes on at i + 1 with one spare member less.
// - The last spare member must make a missing target, with some member of E: after it only targets are added, and the
//   first of them is not in L before.

#include <algorithm>
#include <bit>

#include "circuits/joint.hpp"
#include "core/parallel.hpp"

namespace retrodict {

namespace {

using Function = ChainSet::Function;

class Search {
 public:
  explicit Search(const OutputSet& outputs)
      : set_(outputs.n_inputs()), missing_(outputs.functions().begin(), outputs.functions().end()),
        is_target_(std::size_t{set_.all()} + 1) {
    for (const Function f : missing_) is_target_[f] = true;
  }

  bool run(std::size_t next, std::size_t spare) {
    const std::size_t gates_before = set_.gates();
    add_targets();
    if (missing_.empty()) return true;
    if (spare == 2) for_blocks(1, 1, 1, [](std::size_t, std::size_t, std::size_t) {}); // lets Ctrl-C in
    for (std::size_t i = next; spare > 0 && i < set_.list().size(); ++i) {
      const Function g = set_.list()[i].function;
      if (is_target_[g] || (spare == 1 && !makes_missing(g))) continue;
      set_.add(g);
      if (run(i + 1, spare - 1)) return true;
      set_.remove();
    }
    for (; set_.gates() > gates_before; set_.remove()) missing_.push_back(set_.members().back());
    return false;
  }

  std::vector<Function> chain() const { return {set_.members().begin() + set_.n_inputs(), set_.members().end()}; }

 private:
  void add_targets() {
    for (std::size_t k = 0; k < missing_.size();) {
      if (!set_.listed(missing_[k])) {
        ++k;
        continue;
      }
      set_.add(missing_[k]);
      missing_.erase(missing_.begin() + static_cast<std::ptrdiff_t>(k));
      k = 0;
    }
  }

  bool makes_missing(Function g) const {
    bool found = false;
    set_.each_made(g, [&](ChainSet::Made made) {
      for (const Function f : missing_) found |= f == made.function;
    });
    return found;
  }

  ChainSet set_;
  std::vector<Function> missing_;
  std::vector<std::uint8_t> is_target_;
};

} // namespace

OutputSet::OutputSet(std::span<const std::int64_t> table) {
  require(std::has_single_bit(table.size()), "table has ", table.size(),
          " entries: the table of a map has 2^n, one for each value of n inputs");
  n_inputs_ = static_cast<unsigned>(std::countr_zero(table.size()));
  require(n_inputs_ <= max_joint_inputs, "table has ", n_inputs_, " inputs: exact joint costs go to ", max_joint_inputs,
          "; for larger maps, bounds come from synthesis");
  std::int64_t outputs = 0;
  for (std::size_t x = 0; x < table.size(); ++x) {
    require(table[x] >= 0, "table[", x, "] = ", table[x], ": an entry must not be negative");
    outputs |= table[x];
  }
  const ChainSet inputs(n_inputs_);
  for (unsigned i = 0; outputs >> i != 0; ++i) {
    unsigned f = 0;
    for (std::size_t x = 0; x < table.size(); ++x) f |= static_cast<unsigned>(table[x] >> i & 1) << x;
    const auto normal = static_cast<Function>(f & 1 ? f ^ inputs.all() : f);
    const auto& free = inputs.members();
    const bool is_new = std::find(functions_.begin(), functions_.end(), normal) == functions_.end();
    if (normal != 0 && is_new && std::find(free.begin(), free.end(), normal) == free.end())
      functions_.push_back(normal);
  }
}

std::optional<std::vector<Function>> joint_chain(const OutputSet& outputs, std::size_t spare) {
  Search search(outputs);
  for (std::size_t round = 0; round <= spare; ++round)
    if (search.run(0, round)) return search.chain();
  return std::nullopt;
}

} // namespace retrodict
