#include "sequencer/terminal/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace troupe::node {
namespace {

constexpr std::chrono::milliseconds kRedraw{100};
constexpr std::chrono::milliseconds kJsonLine{1'000};
constexpr int kBarMax = 40;

}  // namespace

bool wants_colour(std::FILE* out) {
    const char* term = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): read only
    return isatty(fileno(out)) != 0 &&
           std::getenv("NO_COLOR") == nullptr &&  // NOLINT(concurrency-mt-unsafe): read only
           (term == nullptr || std::string_view(term) != "dumb");
}

int terminal_columns() {
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    const char* columns = std::getenv("COLUMNS");  // NOLINT(concurrency-mt-unsafe): read only
    const int value =
        columns == nullptr ? 0 : std::atoi(columns);  // NOLINT(cert-err34-c): 0 is fine
    return value > 0 ? value : 80;
}

Progress::Progress(std::string what, std::uint64_t total, std::FILE* out)
    : what_(std::move(what)), total_(total), out_(out), terminal_(isatty(fileno(out)) != 0) {}

Progress::~Progress() {
    if (!finished_ && drawn_) finish(note_);
}

void Progress::update(std::uint64_t done, const std::string& note) {
    done_ = done;
    note_ = note;
    const auto now = std::chrono::steady_clock::now();
    if (now - last_draw_ < (terminal_ ? kRedraw : kJsonLine)) return;
    last_draw_ = now;
    draw(false);
}

void Progress::finish(const std::string& note) {
    if (finished_) return;
    finished_ = true;
    if (!note.empty()) note_ = note;
    draw(true);
}

void Progress::draw(bool final_line) {
    drawn_ = true;
    if (!terminal_) {
        fmt::print(
            out_, "{{\"event\":\"progress\",\"what\":\"{}\",\"done\":{},\"total\":{}}}\n", what_,
            done_, total_);
        std::fflush(out_);
        return;
    }
    std::string line = fmt::format("{:<10} ", what_);
    if (total_ > 0) {
        const int width = std::clamp(terminal_columns() - 50, 8, kBarMax);
        const auto filled =
            static_cast<int>(std::min(done_, total_) * static_cast<std::uint64_t>(width) / total_);
        for (int i = 0; i < width; ++i)
            line += i < filled ? "█" : "░";
        line += fmt::format(" {}/{}", done_, total_);
    } else {
        line += fmt::format("{}", done_);
    }
    fmt::print(out_, "\r\033[K{} {}{}", line, note_, final_line ? "\n" : "");
    std::fflush(out_);
}

}  // namespace troupe::node
