// How it works, and why the result is exact. (Chains, valid sets and their enumeration: see enumeration.cpp.)
//
// Outputs are free if they are constants, inputs or complements of what is computed, so the cost of a class of
// permutations is the least r for which n normal functions that represent it lie in a valid set of r gates and the
// inputs. n functions are the outputs of a permutation if and only if the sum of every nonempty subset is balanced
// (all Fourier coefficients of the distribution of the outputs but the constant one vanish).
//
// Round r visits every valid set E of r - 1 gates and every g that the enumeration adds to it, and looks for classes
// among n-subsets O of the inputs, E and g that contain g. No class of cost r is missed: let O be one, and S a valid
// set of r gates that has it; S is visited, with some g as its last addition. S - g is valid, so without g in O the
// cost would be less than r. What is found and is not among the cheaper classes has cost r.
//
// Loose ends. Each function comes to the list with two members that make it. In the order of their additions these
// pairs make S a chain; if no member of S reads h by them, S - h is still a chain, so by the same argument h is in O.
// Only subsets that contain all of these are tested.
//
// Balanced subsets. For every s < n the search keeps the s-subsets of E and the inputs whose nonempty subsets have
// balanced sums, each with its 2^s sums; g extends one of them if it stays balanced when any of the sums is added.
//
// Symmetry. Permuting and complementing inputs carries chains to chains (after taking normal forms) and permutations to
// permutations, so what is found is spread over its whole orbit, and of the orbit any member may be found. S has a
// member made from two inputs. If there is one of AND type, a symmetry carries it to x0 & x1: the search visits the
// sets that begin with that. Else a symmetry carries the first member to x0 ^ x1: the search visits the sets that begin
// with that, with the functions of AND type of two inputs rejected.

#include <algorithm>
#include <bit>
#include <iterator>
#include <span>
#include <utility>

#include "circuits/joint.hpp"
#include "core/parallel.hpp"

namespace retrodict {

namespace {

using Function = ChainSet::Function;
using Outputs = std::array<Function, max_joint_inputs>;
using Made = ChainSet::Made;
using Path = std::vector<std::size_t>; // places in the list, one for each addition

// Outputs beyond n are 0 and come first.
ClassKey key_of(Outputs outputs) {
  std::sort(outputs.begin(), outputs.end());
  ClassKey key = 0;
  for (const Function f : outputs) key = key << 16 | f;
  return key;
}

// A subset with balanced sums: sums[2^i] is its member number i, and gates are those among its members, as bits.
struct Balanced {
  std::array<Function, 1u << (max_joint_inputs - 1)> sums;
  std::uint64_t gates;
};

class Search {
 public:
  Search(unsigned n_inputs, std::size_t gates)
      : n_(n_inputs), gates_(gates), set_(n_inputs), is_balanced_(std::size_t{set_.all()} + 1), read_{0} {
    for (unsigned f = 0; f <= set_.all(); ++f) is_balanced_[f] = 2 * std::popcount(f) == 1 << n_;
    subsets_[0].push_back({{}, 0});
    for (unsigned i = 0; i < n_; ++i) extend_subsets(set_.input(i), 0);
  }

  // The valid sets of `additions` gates, as paths to them.
  std::vector<Path> paths(std::size_t additions) {
    std::vector<Path> found;
    each_set(0, additions, [&](std::size_t) { found.push_back(path_); });
    return found;
  }

  // Visits all sets of which `path` is the beginning.
  void run(const Path& path) {
    const auto first = static_cast<std::ptrdiff_t>(found_.size());
    for (const std::size_t i : path) enter(i);
    each_set(path.empty() ? 0 : path.back() + 1, gates_ - 1 - path.size(), [&](std::size_t next) { finish(next); });
    for (std::size_t i = path.size(); i > 0; --i) leave();
    std::sort(found_.begin() + first, found_.end()); // a run finds a class many times
    found_.erase(std::unique(found_.begin() + first, found_.end()), found_.end());
  }

  const std::vector<ClassKey>& found() const { return found_; }

 private:
  bool skips(std::size_t i) const { return path_.empty() && i != 0 && i != set_.first_xor(); }

  template <class Use> void each_set(std::size_t next, std::size_t additions, const Use& use) {
    if (additions == 0) return use(next);
    for (std::size_t i = next; i < set_.list().size(); ++i) {
      if (skips(i)) continue;
      enter(i);
      each_set(i + 1, additions - 1, use);
      leave();
    }
  }

  void enter(std::size_t i) {
    const Made made = set_.list()[i];
    ends_.push_back({});
    for (unsigned size = 1; size < n_; ++size) ends_.back()[size] = subsets_[size].size();
    extend_subsets(made.function, ChainSet::gate_bit(set_.gates()));
    read_.push_back(read_.back() | made.reads);
    set_.add(made.function);
    path_.push_back(i);
  }

  void leave() {
    path_.pop_back();
    set_.remove();
    read_.pop_back();
    for (unsigned size = 1; size < n_; ++size) subsets_[size].resize(ends_.back()[size]);
    ends_.pop_back();
  }

  bool extends(const Balanced& subset, unsigned size, Function g) const {
    for (unsigned i = 0; i < 1u << size; ++i)
      if (!is_balanced_[subset.sums[i] ^ g]) return false;
    return true;
  }

  void extend_subsets(Function g, std::uint64_t gate) {
    if (!is_balanced_[g]) return;
    for (unsigned size = n_ - 1; size-- > 0;)
      for (const Balanced& subset : subsets_[size]) {
        if (!extends(subset, size, g)) continue;
        Balanced larger = subset;
        for (unsigned i = 0; i < 1u << size; ++i) larger.sums[i | 1u << size] = subset.sums[i] ^ g;
        larger.gates |= gate;
        subsets_[size + 1].push_back(larger);
      }
  }

  // Adds, as the last gate, each function at or after `next`.
  void finish(std::size_t next) {
    for (std::size_t i = next; i < set_.list().size(); ++i)
      if (!skips(i)) complete(set_.list()[i]);
  }

  void complete(Made last) {
    if (!is_balanced_[last.function]) return;
    const std::uint64_t present = (std::uint64_t{1} << set_.gates()) - 1,
                        loose = present & ~(read_.back() | last.reads);
    for (const Balanced& subset : subsets_[n_ - 1]) {
      if ((subset.gates & loose) != loose || !extends(subset, n_ - 1, last.function)) continue;
      Outputs outputs{last.function};
      for (unsigned i = 0; i + 1 < n_; ++i) outputs[i + 1] = subset.sums[std::size_t{1} << i];
      found_.push_back(key_of(outputs));
    }
  }

  unsigned n_;
  std::size_t gates_;
  ChainSet set_;
  std::vector<std::uint8_t> is_balanced_;
  std::array<std::vector<Balanced>, max_joint_inputs> subsets_; // by size
  std::vector<std::array<std::size_t, max_joint_inputs>> ends_; // of subsets_, before each addition
  std::vector<std::uint64_t> read_;                             // the gates that are read, likewise
  Path path_;
  std::vector<ClassKey> found_;
};

Function normal(Function f, Function all) { return f & 1 ? f ^ all : f; }

Function complement_input(Function f, unsigned i, const ChainSet& set) {
  const unsigned high = set.input(i), step = 1u << i;
  return normal(static_cast<Function>((f & high) >> step | (f << step & high)), set.all());
}

Function exchange_with_next(Function f, unsigned i, const ChainSet& set) {
  const unsigned up = set.input(i) & ~set.input(i + 1), down = set.input(i + 1) & ~set.input(i), step = 1u << i;
  return static_cast<Function>((f & ~(up | down)) | (f & up) << step | (f & down) >> step);
}

template <class Move> ClassKey image(ClassKey key, const Move& move) {
  Outputs outputs;
  for (unsigned i = 0; i < outputs.size(); ++i) outputs[i] = move(static_cast<Function>(key >> 16 * i));
  return key_of(outputs);
}

// All classes that permuting and complementing inputs makes of one, ascending.
std::vector<ClassKey> orbit_of(ClassKey key, const ChainSet& set) {
  std::vector<ClassKey> images{key};
  for (unsigned i = 0; i < set.n_inputs(); ++i)
    for (std::size_t k = 0, size = images.size(); k < size; ++k)
      images.push_back(image(images[k], [&](Function f) { return complement_input(f, i, set); }));
  // A permutation of inputs 0..last is one of 0..last - 1 and then a shift of input `last` down to some place.
  for (unsigned last = 1; last < set.n_inputs(); ++last)
    for (std::size_t block = images.size(), place = last; place-- > 0;)
      for (std::size_t k = images.size() - block, end = images.size(); k < end; ++k)
        images.push_back(image(images[k], [&](Function f) { return exchange_with_next(f, unsigned(place), set); }));
  std::sort(images.begin(), images.end());
  images.erase(std::unique(images.begin(), images.end()), images.end());
  return images;
}

// The orbits of what is found and not among `cheaper`, which is a union of orbits; ascending.
std::vector<ClassKey> spread(std::vector<ClassKey> found, std::vector<ClassKey> cheaper, const ChainSet& set) {
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::sort(cheaper.begin(), cheaper.end());
  std::vector<ClassKey> starts, classes;
  std::set_difference(found.begin(), found.end(), cheaper.begin(), cheaper.end(), std::back_inserter(starts));
  std::vector<bool> reached(starts.size());
  for (std::size_t i = 0; i < starts.size(); ++i) {
    if (reached[i]) continue;
    for (const ClassKey key : orbit_of(starts[i], set)) {
      classes.push_back(key);
      const auto place = std::lower_bound(starts.begin(), starts.end(), key);
      if (place != starts.end() && *place == key) reached[static_cast<std::size_t>(place - starts.begin())] = true;
    }
  }
  std::sort(classes.begin(), classes.end());
  return classes;
}

// (2^n)! permutations, of which n! 2^n are a class.
std::size_t class_count(unsigned n) {
  std::size_t count = 1;
  for (std::size_t k = 1; k <= std::size_t{1} << n; ++k) count *= k;
  for (std::size_t k = 1; k <= n; ++k) count /= 2 * k;
  return count;
}

// The classes of cost `gates`, at least 1; `cheaper` are all classes of lower cost.
std::vector<ClassKey> classes_of_cost(unsigned n, std::size_t gates, std::span<const ClassKey> cheaper,
                                      std::size_t threads) {
  if (cheaper.size() == class_count(n)) return {};
  // A task is a set from which three more gates are added, and the last.
  constexpr std::size_t gates_of_task = 4;
  const std::vector<Path> tasks = Search(n, gates).paths(gates > gates_of_task ? gates - gates_of_task : 0);
  std::vector<Search> searches(worker_count(tasks.size(), 1, threads), Search(n, gates));
  for_blocks(tasks.size(), 1, threads,
             [&](std::size_t begin, std::size_t, std::size_t worker) { searches[worker].run(tasks[begin]); });
  std::vector<ClassKey> found;
  for (const Search& search : searches) found.insert(found.end(), search.found().begin(), search.found().end());
  return spread(std::move(found), {cheaper.begin(), cheaper.end()}, ChainSet(n));
}

} // namespace

std::vector<std::vector<ClassKey>> joint_classes(std::size_t n_inputs, std::size_t cost, std::size_t threads) {
  require(n_inputs >= 1 && n_inputs <= max_joint_inputs, "n_inputs = ", n_inputs,
          ": classes of permutations are enumerated for 1..", max_joint_inputs, " inputs");
  require(cost < 64, "cost = ", cost, ": the search tells at most 63 gates apart");
  const auto n = static_cast<unsigned>(n_inputs);
  Outputs identity{};
  for (unsigned i = 0; i < n; ++i) identity[i] = ChainSet(n).input(i);
  std::vector<ClassKey> known{key_of(identity)};
  std::vector<std::vector<ClassKey>> levels{known};
  for (std::size_t gates = 1; gates <= cost; ++gates) {
    levels.push_back(classes_of_cost(n, gates, known, threads));
    known.insert(known.end(), levels.back().begin(), levels.back().end());
  }
  return levels;
}

} // namespace retrodict
