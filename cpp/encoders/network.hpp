// Networks of blocks z -> A z + B phi(C z + c) + b, as python/retrodict/maps/continuous/blocks.py defines them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace retrodict {

enum class Activation { sine, softplus, softplus_plain, sigmoid, tanh, square, relu, sign };
inline constexpr int n_activations = 8;

// rows x columns numbers, row after row; none where rows = 0.
struct DenseMatrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> entries;

  bool empty() const { return rows == 0; }
};

// What a block is made from: A, B, C (A may be empty, or B and C together), phi of each unit, c and b.
struct BlockParts {
  DenseMatrix skip, out, inner;
  std::vector<Activation> activations;
  std::vector<double> shift, offset;
};

// Units first, ..., last - 1 have the same activation.
struct UnitRun {
  Activation activation;
  std::size_t first, last;
};

struct NetworkBlock {
  BlockParts parts;
  DenseMatrix skip_transposed, out_transposed, inner_transposed;
  bool identity_skip;
  std::vector<UnitRun> runs;
  std::size_t inputs, outputs, width;
};

// Blocks that fit together, the first one applied first, from R^d to R^d.
class Network {
 public:
  // Throws std::invalid_argument that names the block, the part and the entry that is wrong.
  explicit Network(std::vector<BlockParts> blocks);

  std::span<const NetworkBlock> blocks() const { return blocks_; }
  std::size_t dimension() const { return blocks_.front().inputs; }
  std::size_t units() const { return units_; }              // of all blocks together
  std::size_t most_rows() const { return most_rows_; }      // the longest vector between or inside blocks
  std::size_t multiplications() const { return products_; } // of all matrices

 private:
  std::vector<NetworkBlock> blocks_;
  std::size_t units_ = 0, most_rows_ = 0, products_ = 0;
};

} // namespace retrodict
