#include "bind/arguments.hpp"
#include "circuits/formula.hpp"
#include "circuits/terms.hpp"

namespace retrodict {

namespace {

py::list pairs(const std::vector<Cube>& cubes) {
  py::list list;
  for (const Cube& cube : cubes) list.append(py::make_tuple(cube.mask, cube.value));
  return list;
}

} // namespace

void register_circuits_restricted(py::module_& m) {
  m.def("circuits_decision_tree", [](const Array<std::int64_t>& table) {
    const TruthTable function(view(table));
    const DecisionTree least = without_gil([&] { return least_decision_trees(function); });
    return py::make_tuple(least.depth, least.leaves);
  });
  m.def("circuits_formula_table", [](const py::object& n_inputs) {
    const auto n = word(n_inputs, "n_inputs");
    auto leaves = without_gil([&] { return formula_table(n); });
    const auto entries = static_cast<py::ssize_t>(leaves.size());
    return give(std::move(leaves), {entries});
  });
  m.def("circuits_formula_by_expansion", [](const Array<std::int64_t>& table) {
    const TruthTable function(view(table));
    return without_gil([&] { return formula_by_expansion(function); });
  });
  m.def("circuits_prime_implicants", [](const Array<std::int64_t>& table) {
    const TruthTable function(view(table));
    return pairs(without_gil([&] { return prime_implicants(function); }));
  });
  m.def("circuits_largest_parity", [](const Array<std::int64_t>& table) {
    const TruthTable function(view(table));
    const Cube cube = without_gil([&] { return largest_parity(function); });
    return py::make_tuple(cube.mask, cube.value);
  });
  m.def("circuits_dnf", [](const Array<std::int64_t>& table, const py::object& nodes) {
    const TruthTable function(view(table));
    const auto most = word(nodes, "nodes", 1);
    const auto [problem, cover] = without_gil([&] {
      TermProblem built = term_problem(function);
      Cover found = smallest_cover(built.cover, most);
      return std::pair{std::move(built), std::move(found)};
    });
    std::vector<Cube> chosen;
    for (const std::uint32_t c : cover.chosen) chosen.push_back(problem.primes[c]);
    std::vector<std::int64_t> weights(function.values().size());
    for (std::size_t row = 0; row < problem.ones.size(); ++row) weights[problem.ones[row]] = cover.weights[row];
    const auto points = static_cast<py::ssize_t>(weights.size());
    return py::make_tuple(pairs(chosen), give(std::move(weights), {points}), cover.complete);
  });
  m.def("circuits_dnf_bound", [](const Array<std::int64_t>& table, const Array<std::int64_t>& weights) {
    const TruthTable function(view(table));
    const auto all = view(weights);
    require(all.size() == function.values().size(), "weights has ", all.size(), " entries: the table has ",
            function.values().size());
    return without_gil([&] {
      const TermProblem problem = term_problem(function);
      std::vector<std::int64_t> rows;
      for (const std::uint32_t x : problem.ones) rows.push_back(all[x]);
      return cover_bound(problem.cover, rows);
    });
  });
}

} // namespace retrodict
