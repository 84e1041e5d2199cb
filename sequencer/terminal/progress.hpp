#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace troupe::node {

/// Shows how far something is: a bar that redraws itself on a terminal, and at most one JSON line a
/// second elsewhere: {"event":"progress","what":"submit","done":512,"total":20000}. Writes to
/// standard error, so that standard output stays the result.
class Progress {
  public:
    /// @param what   one word for the line's beginning
    /// @param total  0 where it is not known; the bar then only counts
    Progress(std::string what, std::uint64_t total, std::FILE* out = stderr);
    /// Finishes the line if finish() was not called: nothing is drawn over the next output.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void update(std::uint64_t done, const std::string& note = {});
    void set_total(std::uint64_t total) noexcept { total_ = total; }
    /// Draws the last state, whatever the time since the one before.
    void finish(const std::string& note = {});

  private:
    void draw(bool final_line);

    std::string what_;
    std::string note_;
    std::uint64_t total_;
    std::uint64_t done_ = 0;
    std::FILE* out_;
    bool terminal_;
    bool finished_ = false;
    bool drawn_ = false;
    std::chrono::steady_clock::time_point last_draw_{};
};

/// Whether `out` is a terminal that wants colour: honours NO_COLOR and TERM=dumb.
[[nodiscard]] bool wants_colour(std::FILE* out);
/// Columns of the terminal, or of COLUMNS, or 80.
[[nodiscard]] int terminal_columns();

}  // namespace troupe::node
