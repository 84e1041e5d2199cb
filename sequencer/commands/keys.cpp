#include "sequencer/commands/keys.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

namespace troupe::node {
namespace {

// One line from the terminal, without echo.
std::optional<std::string> ask(const std::string& prompt) {
    if (!isatty(STDIN_FILENO)) return std::nullopt;
    std::fprintf(stderr, "%s: ", prompt.c_str());
    termios before{};
    if (tcgetattr(STDIN_FILENO, &before) != 0) return std::nullopt;
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) != 0) return std::nullopt;
    std::string line;
    const bool read = static_cast<bool>(std::getline(std::cin, line));
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::fputc('\n', stderr);
    if (!read) return std::nullopt;
    return line;
}

std::optional<std::string> from_file_or_environment(
    const PasswordSource& source, std::string& failure) {
    if (!source.file.empty()) {
        std::ifstream in(source.file);
        std::string line;
        if (!in || !std::getline(in, line)) {
            failure = source.file + ": cannot read a password from it";
            return std::nullopt;
        }
        if (!line.empty() && line.back() == '\r') line.pop_back();
        return line;
    }
    if (source.environment.empty()) return std::nullopt;
    const char* value = std::getenv(source.environment.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
}

std::string no_password(const PasswordSource& source) {
    return "no password: name a file with it" +
           (source.environment.empty() ? "" : ", set " + source.environment) +
           ", or run this on a terminal";
}

}  // namespace

std::optional<std::string> read_password(const PasswordSource& source, std::string& failure) {
    failure.clear();
    if (auto password = from_file_or_environment(source, failure); password || !failure.empty())
        return password;
    if (!source.prompt.empty()) {
        if (auto password = ask(source.prompt)) return password;
    }
    failure = no_password(source);
    return std::nullopt;
}

std::optional<std::string> read_new_password(const PasswordSource& source, std::string& failure) {
    failure.clear();
    if (auto password = from_file_or_environment(source, failure); password || !failure.empty())
        return password;
    auto first = ask(source.prompt);
    if (!first) {
        failure = no_password(source);
        return std::nullopt;
    }
    if (ask(source.prompt + ", again") != first) {
        failure = "the two passwords differ";
        return std::nullopt;
    }
    return first;
}

std::optional<UnlockedKey> unlock_key(
    const std::string& key_file, const PasswordSource& source, std::string& failure) {
    const auto password = read_password(source, failure);
    if (!password) {
        failure = key_file + ": " + failure;
        return std::nullopt;
    }
    forbid_core_dumps();
    auto loaded = load_keystore(key_file, *password);
    if (auto* error = std::get_if<KeystoreError>(&loaded)) {
        failure = error->message;
        return std::nullopt;
    }
    return std::get<UnlockedKey>(std::move(loaded));
}

void forbid_core_dumps() noexcept {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace troupe::node
