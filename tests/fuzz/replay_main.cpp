// main() of a fuzz target that is built without libFuzzer: gives it every file of its corpus once.
// With a number of seconds it then gives it changed ones for so long: no coverage guides that, but
// it needs no other compiler, and what a door of the node gets wrong is seldom deep.
//   NAME_fuzz CORPUS [SECONDS [SEED]]
// An input at which the program dies is left as ./crash-NAME.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;
constexpr std::size_t kInputBytesMax = 65'536;

std::string crash_file;
const std::uint8_t* running_data = nullptr;
std::size_t running_size = 0;

// Only what a signal handler may do.
extern "C" void keep_input(int signal) {
    const int file = ::open(crash_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file >= 0) {
        if (::write(file, running_data, running_size) < 0) ::_exit(2);
        ::close(file);
    }
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void give(const Input& input) {
    running_data = input.data();
    running_size = input.size();
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

std::vector<Input> read_corpus(const char* folder) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    std::vector<Input> corpus;
    for (const auto& path : paths) {
        std::ifstream file(path, std::ios::binary);
        corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return corpus;
}

class Mutator {
  public:
    Mutator(const std::vector<Input>& corpus, std::uint64_t seed)
        : corpus_(corpus), random_(seed) {}

    Input next() {
        Input input = any();
        for (std::size_t changes = 1 + below(6); changes > 0; --changes)
            change(input);
        if (input.size() > kInputBytesMax) input.resize(kInputBytesMax);
        return input;
    }

  private:
    std::size_t below(std::size_t end) { return random_() % end; }
    const Input& any() { return corpus_[below(corpus_.size())]; }
    // A part of `from`, at most 64 bytes, or sometimes all that follows.
    Input part_of(const Input& from) {
        const auto begin = static_cast<std::ptrdiff_t>(below(from.size() + 1));
        const auto left = from.end() - (from.begin() + begin);
        const auto size = below(8) == 0 ? left : std::min<std::ptrdiff_t>(left, 1 + below(64));
        return {from.begin() + begin, from.begin() + begin + size};
    }
    void change(Input& input) {
        constexpr std::uint8_t kTelling[] = {0,   0xff, 0x7f, 0x80, '"', '[', ']', '{', '}', ',',
                                             ':', '\\', '\r', '\n', '0', '9', '-', 'e', '.'};
        const std::size_t at = below(input.size() + 1);
        const auto place = input.begin() + static_cast<std::ptrdiff_t>(at);
        switch (below(6)) {
            case 0:
                if (at < input.size()) input[at] ^= static_cast<std::uint8_t>(1u << below(8));
                return;
            case 1:
                if (at < input.size()) input[at] = kTelling[below(std::size(kTelling))];
                return;
            case 2:
                input.insert(place, kTelling[below(std::size(kTelling))]);
                return;
            case 3: {
                const auto most = static_cast<std::size_t>(input.end() - place);
                input.erase(
                    place, place + static_cast<std::ptrdiff_t>(std::min(most, 1 + below(32))));
                return;
            }
            case 4: {
                const Input part = part_of(any());
                input.insert(place, part.begin(), part.end());
                return;
            }
            default: {
                const Input part = part_of(input);
                for (std::size_t times = 1 + below(16); times > 0 && input.size() < kInputBytesMax;
                     --times)
                    input.insert(input.end(), part.begin(), part.end());
                return;
            }
        }
    }

    const std::vector<Input>& corpus_;
    std::mt19937_64 random_;
};

}  // namespace

int main(int argc, char** argv) {
    crash_file = "crash-" + std::filesystem::path(argv[0]).filename().string();
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
        std::signal(signal, keep_input);
    std::vector<Input> corpus{{}};
    if (argc > 1 && std::filesystem::is_directory(argv[1]))
        for (Input& input : read_corpus(argv[1]))
            corpus.push_back(std::move(input));
    for (const Input& input : corpus)
        give(input);
    std::size_t inputs = corpus.size();
    if (argc > 2) {
        const auto seconds = std::chrono::seconds(std::strtoull(argv[2], nullptr, 10));
        Mutator mutator(corpus, argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
        const auto until = std::chrono::steady_clock::now() + seconds;
        for (; std::chrono::steady_clock::now() < until; ++inputs)
            give(mutator.next());
    }
    std::printf("%zu inputs\n", inputs);
    return 0;
}
