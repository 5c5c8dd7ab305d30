// Instruction sets, chosen when a function is called: the one place that names them.
#pragma once

// Before a function's definition: it is compiled once for each of these, and the loader picks the best that runs here.
// The loops inside are plain C++ for the compiler to vectorise; the results are the same bits in each version as long
// as nothing in them is a sum of floats. Sanitizers run before the loader's choice can be made, so they get one
// version.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define RETRODICT_MULTIVERSION __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define RETRODICT_MULTIVERSION
#endif
