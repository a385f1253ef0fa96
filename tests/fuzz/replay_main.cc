// Runs a fuzz target's entry point on its seeds, on every one of them cut off and
// with single bytes changed, and on a fixed sequence of random mutations. The same
// inputs on every machine, so that a failure is one everywhere. A target with a mutator
// of its own gets the seeds as they are, and what that mutator makes of them.
//
//   NAME_test CORPUS MUTATIONS

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
// Of targets that know what their inputs consist of.
extern "C" __attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                                                size_t limit, unsigned seed);
extern "C" __attribute__((weak)) size_t LLVMFuzzerCustomCrossOver(const uint8_t* data, size_t size,
                                                                  const uint8_t* other,
                                                                  size_t other_size, uint8_t* out,
                                                                  size_t limit, unsigned seed);

namespace {

using Input = std::vector<uint8_t>;

// What the entry point is looking at, for the handler of its death.
const Input* current = nullptr;

// Writes the input as hexadecimal text, with calls alone that a signal handler may make.
void ReportDeath(int signal_number) {
  constexpr char kDigits[] = "0123456789abcdef";
  constexpr char kMessage[] = "\nthe input, for xxd -r -p:\n";
  [[maybe_unused]] ssize_t written = write(STDERR_FILENO, kMessage, sizeof(kMessage) - 1);
  for (const uint8_t byte : *current) {
    const char pair[] = {kDigits[byte >> 4], kDigits[byte & 0xf]};
    written = write(STDERR_FILENO, pair, sizeof(pair));
  }
  written = write(STDERR_FILENO, "\n", 1);
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

void Run(const Input& input) {
  current = &input;
  // Bytes of their own, so that a sanitizer sees a read past the end.
  const Input exact(input);
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

std::vector<Input> LoadSeeds(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_directory()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Input> seeds;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return seeds;
}

// Every prefix, and every byte with telling values, of the first bytes of a seed.
void RunNeighborhood(const Input& seed) {
  constexpr size_t kReach = 512;
  const size_t reach = std::min(seed.size(), kReach);
  for (size_t size = 0; size < reach; ++size) Run(Input(seed.begin(), seed.begin() + size));
  Input changed = seed;
  for (size_t at = 0; at < reach; ++at) {
    const uint8_t old = seed[at];
    for (const int value : {0x00, 0x01, 0x7f, 0x80, 0xff, old ^ 1, old + 1, old - 1}) {
      changed[at] = static_cast<uint8_t>(value);
      Run(changed);
    }
    changed[at] = old;
  }
}

class Mutator {
 public:
  explicit Mutator(const std::vector<Input>& seeds) : seeds_(seeds) {}

  Input Next() {
    Input input = seeds_[Draw(seeds_.size())];
    if (LLVMFuzzerCustomMutator != nullptr) return NextByTarget(std::move(input));
    for (size_t i = 1 + Draw(6); i > 0; --i) Mutate(input);
    return input;
  }

 private:
  static constexpr size_t kMaximumInput = 16384;

  Input NextByTarget(Input input) {
    if (LLVMFuzzerCustomCrossOver != nullptr && Draw(4) == 0) {
      const Input& other = seeds_[Draw(seeds_.size())];
      Input crossed(kMaximumInput);
      crossed.resize(LLVMFuzzerCustomCrossOver(input.data(), input.size(), other.data(),
                                               other.size(), crossed.data(), crossed.size(),
                                               static_cast<unsigned>(Draw(1u << 30))));
      input = std::move(crossed);
    }
    for (size_t i = 1 + Draw(6); i > 0; --i) {
      const size_t size = input.size();
      input.resize(std::max(kMaximumInput, size));
      input.resize(LLVMFuzzerCustomMutator(input.data(), size, input.size(),
                                           static_cast<unsigned>(Draw(1u << 30))));
    }
    return input;
  }

  // A linear congruential generator: the low bits repeat soon, the high ones serve.
  size_t Draw(size_t bound) {
    state_ = state_ * 6364136223846793005 + 1442695040888963407;
    return static_cast<size_t>((state_ >> 33) % bound);
  }

  void Mutate(Input& input) {
    if (input.empty()) {
      input.push_back(static_cast<uint8_t>(Draw(256)));
      return;
    }
    const size_t at = Draw(input.size());
    const size_t run = 1 + Draw(std::min<size_t>(16, input.size() - at));
    const auto begin = input.begin() + static_cast<ptrdiff_t>(at);
    const auto end = begin + static_cast<ptrdiff_t>(run);
    switch (Draw(7)) {
      case 0:
        *begin ^= static_cast<uint8_t>(1 << Draw(8));
        break;
      case 1:
        *begin = static_cast<uint8_t>(Draw(256));
        break;
      case 2:
        std::fill(begin, end, static_cast<uint8_t>(Draw(2) * 255));
        break;
      case 3:
        input.erase(begin, end);
        break;
      case 4: {
        const Input copy(begin, end);
        input.insert(input.begin() + static_cast<ptrdiff_t>(Draw(input.size() + 1)), copy.begin(),
                     copy.end());
        break;
      }
      case 5:
        input.resize(at);
        break;
      default: {
        // The rest of another seed behind what is here.
        const Input& other = seeds_[Draw(seeds_.size())];
        const size_t from = other.empty() ? 0 : Draw(other.size());
        input.erase(begin, input.end());
        input.insert(input.end(), other.begin() + static_cast<ptrdiff_t>(from), other.end());
      }
    }
  }

  const std::vector<Input>& seeds_;
  uint64_t state_ = 1;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s CORPUS MUTATIONS\n", argv[0]);
    return 2;
  }
  const std::vector<Input> seeds = LoadSeeds(argv[1]);
  if (seeds.empty()) {
    std::fprintf(stderr, "%s holds no seeds\n", argv[1]);
    return 2;
  }
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) signal(number, ReportDeath);
  Run({});
  for (const Input& seed : seeds) {
    Run(seed);
    if (LLVMFuzzerCustomMutator == nullptr) RunNeighborhood(seed);
  }
  Mutator mutator(seeds);
  const int mutations = std::atoi(argv[2]);
  for (int i = 0; i < mutations; ++i) Run(mutator.Next());
  std::printf("%zu seeds, %d mutations\n", seeds.size(), mutations);
  return 0;
}
