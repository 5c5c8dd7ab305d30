#include "bp/density_evolution.hpp"

#include "bind/arguments.hpp"

namespace retrodict {

void register_density_evolution(py::module_& m) {
  // (E m, E m^2, places, masses)
  m.def("density_evolution", [](bool upgraded, const py::object& arity, double theta, double leaf,
                                const py::object& depth, const py::object& bins, const py::object& threads) {
    const auto children = word(arity, "arity", 1), levels = word(depth, "depth"), size = word(bins, "bins", 2),
               workers = threads_of(threads);
    auto found = without_gil([&] {
      return density_evolution(upgraded ? Side::upgraded : Side::degraded, children, theta, leaf, levels, size,
                               workers);
    });
    const auto values = static_cast<py::ssize_t>(found.first.size());
    const auto atoms = static_cast<py::ssize_t>(found.law.mass.size());
    return py::make_tuple(give(std::move(found.first), {values}), give(std::move(found.second), {values}),
                          give(std::move(found.law.place), {atoms}), give(std::move(found.law.mass), {atoms}));
  });
}

} // namespace retrodict
