#include "bp/population_dynamics.hpp"

#include <pybind11/stl.h>

#include "bind/arguments.hpp"

namespace retrodict {

namespace {

// (members, means): float64 (steps done, 5) in the order of PopulationMeans.
template <class Real> void register_for(py::module_& m) {
  m.def(
      "population_dynamics",
      [](const Array<Real>& members, const py::object& arity, double lambda, bool symmetrised, const py::object& seed,
         const py::object& first, const py::object& steps, double stop_below, const py::object& threads,
         const std::optional<py::function>& progress) {
        require(members.ndim() == 2, "members has shape ", shape_of(members), ": it must be (n, q)");
        const py::ssize_t n = members.shape(0), q = members.shape(1);
        const PottsUpdate update{static_cast<std::size_t>(q), word(arity, "arity", 1), lambda, symmetrised};
        const PopulationSteps course{word(seed, "seed"), word(first, "first", 1), word(steps, "steps"), stop_below,
                                     threads_of(threads)};
        std::vector<Real> population(members.data(), members.data() + members.size());
        const Poll poll = [&](double fraction) {
          const py::gil_scoped_acquire acquire;
          if (PyErr_CheckSignals() != 0) throw py::error_already_set();
          if (progress) (*progress)(fraction);
        };
        const auto found = without_gil([&] { return population_dynamics(update, course, population, poll); });
        std::vector<double> means;
        for (const PopulationMeans& step : found)
          means.insert(means.end(), {step.first, step.second, step.first_error, step.second_error, step.gap_error});
        return py::make_tuple(give(std::move(population), {n, q}),
                              give(std::move(means), {static_cast<py::ssize_t>(found.size()), 5}));
      },
      py::arg("members").noconvert(), py::arg("arity"), py::arg("lam"), py::arg("symmetrised"), py::arg("seed"),
      py::arg("first"), py::arg("steps"), py::arg("stop_below"), py::arg("threads"), py::arg("progress"));
}

} // namespace

void register_population_dynamics(py::module_& m) {
  register_for<float>(m);
  register_for<double>(m);
}

} // namespace retrodict
