// Work in blocks on several threads, with a way to stop it.
#pragma once

#include <cstddef>
#include <functional>

namespace retrodict {

// What the caller of a kernel wants to be asked while it runs: `fraction` of the work is done; throw to stop. Called
// on the calling thread only, a few times a second. The Python layer sets it to look for Ctrl-C.
using Poll = std::function<void(double fraction)>;

// Sets the calling thread's poll for the life of the object.
class PollScope {
 public:
  explicit PollScope(Poll poll);
  ~PollScope();
  PollScope(const PollScope&) = delete;
  PollScope& operator=(const PollScope&) = delete;

 private:
  Poll previous_;
};

// The number of processors that this process may run on (its affinity, not the machine's size).
std::size_t available_threads();

// Calls body(begin, end, worker) for consecutive blocks that cover [0, n); blocks are handed out in order to `threads`
// workers (0: available_threads()), of which the calling thread is worker 0. The first exception stops the rest and is
// rethrown here. Which worker gets which block is not determined, so a body must not let it matter.
void for_blocks(std::size_t n, std::size_t block, std::size_t threads,
                const std::function<void(std::size_t begin, std::size_t end, std::size_t worker)>& body);

// The number of workers that for_blocks uses: how much scratch a kernel allocates.
std::size_t worker_count(std::size_t n, std::size_t block, std::size_t threads);

} // namespace retrodict
