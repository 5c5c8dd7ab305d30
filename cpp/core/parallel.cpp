#include "core/parallel.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace retrodict {

namespace {

thread_local Poll current_poll;
// Of the calling thread, across calls: a kernel of many short for_blocks is polled too.
thread_local std::chrono::steady_clock::time_point polled;

constexpr auto poll_interval = std::chrono::milliseconds(50);

} // namespace

PollScope::PollScope(Poll poll) : previous_(std::exchange(current_poll, std::move(poll))) {
  polled = std::chrono::steady_clock::now();
}

PollScope::~PollScope() { current_poll = std::move(previous_); }

std::size_t available_threads() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<std::size_t>(CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

std::size_t worker_count(std::size_t n, std::size_t block, std::size_t threads) {
  const std::size_t blocks = (n + block - 1) / block;
  return std::max<std::size_t>(1, std::min(blocks, threads == 0 ? available_threads() : threads));
}

void for_blocks(std::size_t n, std::size_t block, std::size_t threads,
                const std::function<void(std::size_t, std::size_t, std::size_t)>& body) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::exception_ptr failure;
  std::mutex failure_mutex;

  const auto work = [&](std::size_t worker, const Poll* poll) {
    try {
      while (!stop) {
        const std::size_t begin = next.fetch_add(block);
        if (begin >= n) break;
        body(begin, std::min(n, begin + block), worker);
        if (poll == nullptr || !*poll) continue;
        const auto now = std::chrono::steady_clock::now();
        if (now - polled >= poll_interval) {
          polled = now;
          (*poll)(static_cast<double>(std::min(n, next.load())) / static_cast<double>(n));
        }
      }
    } catch (...) {
      const std::lock_guard lock(failure_mutex);
      if (!failure) failure = std::current_exception();
      stop = true;
    }
  };

  std::vector<std::jthread> others;
  for (std::size_t worker = 1; worker < worker_count(n, block, threads); ++worker)
    others.emplace_back(work, worker, nullptr);
  work(0, &current_poll);
  others.clear(); // joins
  if (failure) std::rethrow_exception(failure);
}

} // namespace retrodict
