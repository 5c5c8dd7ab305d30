#include <pybind11/stl.h>

#include <optional>

#include "bind/arguments.hpp"
#include "encoders/unrolled.hpp"

namespace retrodict {

namespace {

using Vector = std::optional<Array<double>>;
// skip, out, inner, numbers of the activations, shift, offset
using Block = std::tuple<Vector, Vector, Vector, std::vector<int>, std::vector<double>, std::vector<double>>;

DenseMatrix matrix_of(const Vector& array, const char* name) {
  if (!array) return {};
  require(array->ndim() == 2, name, " has shape ", shape_of(*array), ": it must have two axes");
  const auto entries = view(*array);
  return {static_cast<std::size_t>(array->shape(0)),
          static_cast<std::size_t>(array->shape(1)),
          {entries.begin(), entries.end()}};
}

Activation activation_of(int number) {
  require(number >= 0 && number < n_activations, "activation = ", number, ": must be below ", n_activations);
  return static_cast<Activation>(number);
}

Network network_of(const std::vector<Block>& blocks) {
  std::vector<BlockParts> parts;
  for (const auto& [skip, out, inner, activations, shift, offset] : blocks) {
    std::vector<Activation> units;
    for (const int number : activations) units.push_back(activation_of(number));
    parts.push_back({matrix_of(skip, "skip"), matrix_of(out, "out"), matrix_of(inner, "inner"), units, shift, offset});
  }
  return Network(std::move(parts));
}

// None is the best that runs here; tests compare the others with it.
SimdLevel level_of(const std::optional<std::string>& name) {
  for (const SimdLevel level : {SimdLevel::baseline, SimdLevel::v3, SimdLevel::v4}) {
    if (!name && level == simd_level()) return level;
    if (name && *name == name_of(level)) {
      require(level <= simd_level(), "level = ", *name, ": this processor has ", name_of(simd_level()));
      return level;
    }
  }
  reject("level = ", name.value_or("None"), ": no such set of instructions");
}

std::span<const double> given(const Vector& array, std::vector<py::ssize_t> shape, const char* name) {
  if (!array) return {};
  std::vector<py::ssize_t> found(array->shape(), array->shape() + array->ndim());
  require(found == shape, name, " has shape ", shape_of(*array), ": it must be ",
          py::str(py::tuple(py::cast(shape))).cast<std::string>());
  return view(*array);
}

py::tuple sample(const std::vector<Block>& blocks, const py::object& descent_steps, const py::object& langevin_steps,
                 double descent_step, double root_spread, double precision, double langevin_step, double root_noise,
                 bool corrected, const Array<double>& x, const py::object& per_x, const py::object& seed,
                 const py::object& first, const Vector& noise, const Vector& uniforms, const py::object& threads,
                 const std::optional<py::function>& progress, const std::optional<std::string>& level) {
  const Network network = network_of(blocks);
  const auto d = static_cast<py::ssize_t>(network.dimension());
  require(x.ndim() == 2 && x.shape(1) == d, "x has shape ", shape_of(x), ": it must be (n, ", d, ")");
  const auto copies = static_cast<py::ssize_t>(word(per_x, "per_x", 1));
  const py::ssize_t n = x.shape(0) * copies;
  const Steps steps{word(descent_steps, "descent_steps"),
                    word(langevin_steps, "langevin_steps"),
                    descent_step,
                    root_spread,
                    precision,
                    langevin_step,
                    root_noise,
                    corrected};
  const auto moves = static_cast<py::ssize_t>(steps.langevin_steps);
  const Noise source{word(seed, "seed"), word(first, "first"), given(noise, {moves + 1, n, d}, "noise"),
                     given(uniforms, {moves, n}, "uniforms")};
  const auto workers = threads_of(threads);
  const auto instructions = level_of(level);
  py::array_t<double> z({n, d});
  std::vector<std::int64_t> accepted(corrected ? static_cast<std::size_t>(n) : 0);
  const std::span<const double> seen = view(x);
  const std::span<double> out{z.mutable_data(), static_cast<std::size_t>(z.size())};
  const Poll poll = [&](double fraction) {
    const py::gil_scoped_acquire acquire;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    if (progress) (*progress)(fraction);
  };
  without_gil([&] {
    unrolled(network, steps, source, seen, static_cast<std::size_t>(copies), workers, instructions, out, accepted,
             poll);
  });
  return py::make_tuple(z, corrected ? py::object(give(std::move(accepted), {n})) : py::none());
}

} // namespace

void register_encoders(py::module_& m) {
  m.def("encoders_sample", &sample);
  m.def("encoders_gaussians",
        [](const py::object& seed, const py::object& replica, const py::object& replicas, const py::object& first,
           const py::object& count, const std::optional<std::string>& level) {
          const auto key = word(seed, "seed"), row = word(replica, "replica"), start = word(first, "first");
          const auto n = static_cast<py::ssize_t>(word(replicas, "replicas"));
          const auto width = static_cast<py::ssize_t>(word(count, "count"));
          const auto instructions = level_of(level);
          py::array_t<double> found({n, width});
          const std::span<double> out{found.mutable_data(), static_cast<std::size_t>(found.size())};
          without_gil([&] { gaussian_rows(key, row, start, static_cast<std::size_t>(width), instructions, out); });
          return found;
        });
  m.def("encoders_activation", [](int activation, const Array<double>& t, const std::optional<std::string>& level) {
    std::vector<double> value(static_cast<std::size_t>(t.size())), slope(value.size());
    activation_values(activation_of(activation), view(t), level_of(level), value, slope);
    return py::make_tuple(give(std::move(value), {t.size()}), give(std::move(slope), {t.size()}));
  });
}

} // namespace retrodict
