#include "encoders/network.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/require.hpp"

namespace retrodict {

namespace {

DenseMatrix transposed(const DenseMatrix& m) {
  DenseMatrix t{m.columns, m.rows, std::vector<double>(m.entries.size())};
  for (std::size_t i = 0; i < m.rows; ++i)
    for (std::size_t j = 0; j < m.columns; ++j) t.entries[j * m.rows + i] = m.entries[i * m.columns + j];
  return t;
}

bool is_identity(const DenseMatrix& m) {
  if (m.empty() || m.rows != m.columns) return false;
  for (std::size_t i = 0; i < m.rows; ++i)
    for (std::size_t j = 0; j < m.columns; ++j)
      if (m.entries[i * m.columns + j] != (i == j ? 1.0 : 0.0)) return false;
  return true;
}

void require_matrix(const DenseMatrix& m, const std::string& name) {
  require(m.entries.size() == m.rows * m.columns, name, " has ", m.entries.size(), " entries: its shape is (", m.rows,
          ", ", m.columns, ")");
  require(m.empty() || m.columns > 0, name, " has no columns: it must have one");
  for (std::size_t i = 0; i < m.rows; ++i)
    for (std::size_t j = 0; j < m.columns; ++j)
      require(std::isfinite(m.entries[i * m.columns + j]), name, "[", i, ", ", j,
              "] = ", shortest(m.entries[i * m.columns + j]), ": entries must be finite");
}

void require_vector(const std::vector<double>& v, std::size_t size, const std::string& name) {
  require(v.size() == size, name, " has ", v.size(), " entries: it must have ", size);
  for (std::size_t i = 0; i < size; ++i)
    require(std::isfinite(v[i]), name, "[", i, "] = ", shortest(v[i]), ": entries must be finite");
}

NetworkBlock checked(BlockParts parts, const std::string& name) {
  const DenseMatrix &A = parts.skip, &B = parts.out, &C = parts.inner;
  require_matrix(A, name + ".skip");
  require_matrix(B, name + ".out");
  require_matrix(C, name + ".inner");
  require(B.empty() == C.empty(), name, ": a block has both out and inner, or neither");
  require(!A.empty() || !B.empty(), name, ": a block has skip, or out and inner");
  require(B.columns == C.rows, name, ".out has ", B.columns, " columns: inner has ", C.rows, " rows");
  if (!A.empty() && !B.empty())
    require(A.rows == B.rows && A.columns == C.columns, name, ".skip has shape (", A.rows, ", ", A.columns,
            "): out and inner need (", B.rows, ", ", C.columns, ")");
  require(parts.activations.size() == C.rows, name, ".activations has ", parts.activations.size(),
          " entries: it must have ", C.rows);
  const std::size_t inputs = A.empty() ? C.columns : A.columns, outputs = A.empty() ? B.rows : A.rows;
  require_vector(parts.shift, C.rows, name + ".shift");
  require_vector(parts.offset, outputs, name + ".offset");
  std::vector<UnitRun> runs;
  for (std::size_t i = 0; i < C.rows; ++i) {
    if (runs.empty() || runs.back().activation != parts.activations[i]) runs.push_back({parts.activations[i], i, i});
    runs.back().last = i + 1;
  }
  NetworkBlock block{{}, transposed(A), transposed(B), transposed(C), is_identity(A), runs, inputs, outputs, C.rows};
  block.parts = std::move(parts);
  return block;
}

} // namespace

Network::Network(std::vector<BlockParts> blocks) {
  require(!blocks.empty(), "blocks is empty: must have a block");
  for (std::size_t i = 0; i < blocks.size(); ++i)
    blocks_.push_back(checked(std::move(blocks[i]), "blocks[" + std::to_string(i) + "]"));
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const std::size_t after = (i + 1) % blocks_.size();
    require(blocks_[i].outputs == blocks_[after].inputs, "blocks[", i, "] gives ", blocks_[i].outputs,
            " numbers, blocks[", after, "] takes ", blocks_[after].inputs);
    units_ += blocks_[i].width;
    most_rows_ = std::max({most_rows_, blocks_[i].inputs, blocks_[i].width});
    const BlockParts& parts = blocks_[i].parts;
    products_ += parts.skip.entries.size() + parts.out.entries.size() + parts.inner.entries.size();
  }
}

} // namespace retrodict
