#include "sequencer/commands/man_page.hpp"

#include <fmt/format.h>

#include <sstream>

namespace troupe::node {
namespace {

// Text as roff takes it: man(7), "Special characters"; a line must not begin with . or '
std::string escaped(std::string_view text) {
    std::string out;
    bool at_line_start = true;
    for (const char c : text) {
        if (at_line_start && (c == '.' || c == '\'')) out += "\\&";
        at_line_start = c == '\n';
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
    }
    return out;
}

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

std::string option_text(const CommandOption& option) {
    std::string names;
    for (const std::string& name : option.names)
        names += (names.empty() ? "" : ", ") + ("\\fB" + escaped(name) + "\\fR");
    if (!option.value.empty() && !option.positional)
        names += " \\fI" + escaped(option.value) + "\\fR";
    std::string help = escaped(option.help);
    if (option.required) help += " (required)";
    if (!option.fallback.empty() && option.help.find("[default:") == option.help.npos)
        help += " [default: " + escaped(option.fallback) + "]";
    return ".TP\n" + names + "\n" + help + "\n";
}

// The footer's lines stand as they are: examples are aligned by hand.
std::string literal(const std::string& text) {
    return ".nf\n" + escaped(text) + "\n.fi\n";
}

void add_command(std::string& out, const CommandNode& node) {
    out += ".SS " + escaped(node.path) + "\n" + escaped(node.help) + ".\n";
    std::string group;
    for (const CommandOption& option : node.options) {
        if (option.names.back() == "--help") continue;  // every command has it
        if (option.group != group && option.group != "Options") {
            group = option.group;
            out += ".PP\n\\fI" + escaped(group) + "\\fR\n";
        }
        out += option_text(option);
    }
    if (!node.footer.empty()) out += ".PP\n" + literal(node.footer);
}

}  // namespace

std::string man_page(const CommandNode& root, const std::string& version) {
    std::string out = fmt::format(
        ".\\\" Written by `{0} man`.\n.TH {1} 1 \"\" \"{0} {2}\" \"User Commands\"\n"
        ".SH NAME\n{0} \\- an Ethereum rollup sequencer made of actors\n"
        ".SH SYNOPSIS\n.B {0}\n.I command\n.RI [ option ...]\n"
        ".SH DESCRIPTION\n"
        "Troupe takes signed Ethereum transactions over gRPC and JSON\\-RPC, orders and executes "
        "them in parallel with the result of serial execution, seals blocks, and posts them to an "
        "L1 from which anyone can derive the chain again.\n"
        ".PP\nEvery command has\n.BR \\-\\-help ,\nwith examples. Options of\n.B {0} node\nand\n"
        ".B {0} devnet\nare also keys of a TOML file and environment variables; a flag beats the "
        "environment, which beats the file.\n.SH COMMANDS\n",
        root.name, upper(root.name), version);
    for (const CommandNode* node : all_commands(root))
        if (node != &root) add_command(out, *node);
    return out +
           ".SH EXIT STATUS\n.TP\n0\ndone\n.TP\n1\nfailed, or what was asked for is not "
           "so\n.TP\n2\n"
           "wrong usage or configuration\n"
           ".SH ENVIRONMENT\n.TP\n.B TROUPE_CONFIG\nthe TOML file, where\n.B \\-\\-config\nnames "
           "none\n.TP\n.B TROUPE_*\nany option of\n.BR \"troupe node\" ;\nits help says the name\n"
           ".TP\n.B NO_COLOR\nno colours and no redrawn lines\n"
           ".SH FILES\n.TP\n.I rollup.json\nwhat a reader of a chain must know, as\n.B troupe "
           "deploy\nwrites it\n";
}

}  // namespace troupe::node
