#include "sequencer/commands/command_tree.hpp"

#include "sequencer/commands/completion.hpp"
#include "sequencer/commands/man_page.hpp"

#include <CLI/CLI.hpp>
#include <boost/test/unit_test.hpp>

namespace troupe::node {
namespace {

// A program with a command of each kind.
struct SampleProgram {
    SampleProgram() {
        CLI::App* run = root.add_subcommand("run", "Runs it: [fast]");
        run->add_option("-p,--port", port, "Where it listens");
        run->add_option("--log.format", text, "How it's told")->type_name("text|json");
        run->add_option("--key-file", text, "A key")->type_name("PATH");
        run->add_flag("--quiet", quiet, "Says less");
        CLI::App* wallet = root.add_subcommand("wallet", "Keys");
        wallet->require_subcommand(1);
        wallet->add_subcommand("send", "Sends")->add_option("to", text, "Whom");
        wallet->add_subcommand("list", "Lists");
        root.require_subcommand(1);
        tree = command_tree(root);
    }
    CLI::App root{"A sample", "sample"};
    int port = 0;
    std::string text;
    bool quiet = false;
    CommandNode tree;
};

BOOST_AUTO_TEST_SUITE(command_tree_of_a_program)

BOOST_FIXTURE_TEST_CASE(the_tree_has_what_the_command_line_has, SampleProgram) {
    std::vector<std::string> paths;
    for (const CommandNode* node : all_commands(tree))
        paths.push_back(node->path);
    const std::vector<std::string> wanted{
        "sample", "sample run", "sample wallet", "sample wallet send", "sample wallet list"};
    BOOST_TEST(paths == wanted, boost::test_tools::per_element());
    const CommandNode& run = tree.children[0];
    BOOST_TEST(run.options[1].names[0] == "-p");
    BOOST_TEST(run.options[1].names[1] == "--port");
    BOOST_TEST(run.options[2].choices.size() == 2u);
    BOOST_TEST(run.options[3].file);
    BOOST_TEST(run.options[4].value == "");
    BOOST_TEST(tree.children[1].children[0].options[1].positional);
}

BOOST_FIXTURE_TEST_CASE(an_unknown_word_is_named_with_the_one_that_was_meant, SampleProgram) {
    BOOST_TEST(unknown_word(tree, {"rn"}) == "there is no command sample rn; did you mean run?");
    BOOST_TEST(
        unknown_word(tree, {"run", "--log.fromat", "text"}) ==
        "there is no option --log.fromat of sample run; did you mean --log.format?");
    BOOST_TEST(
        unknown_word(tree, {"run", "--port", "7", "--prot=8"}) ==
        "there is no option --prot of sample run; did you mean --port?");
    BOOST_TEST(
        unknown_word(tree, {"wallet", "snd"}) ==
        "there is no command sample wallet snd; did you mean send?");
    BOOST_TEST(unknown_word(tree, {"run", "-x"}) == "there is no option -x of sample run");
    BOOST_TEST(
        unknown_word(tree, {"zebra"}) == "there is no command sample zebra");  // nothing is near
}

BOOST_FIXTURE_TEST_CASE(known_words_values_and_arguments_are_not_complained_about, SampleProgram) {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {},
             {"run", "--port", "--prot"},  // the value of --port, whatever it looks like
             {"run", "-p7", "--quiet"},
             {"run", "-p", "rn", "--help"},
             {"wallet", "send", "anybody"},
             {"run", "--", "--prot"}})
        BOOST_TEST(unknown_word(tree, words) == "");
}

BOOST_FIXTURE_TEST_CASE(completions_quote_what_shells_would_read, SampleProgram) {
    BOOST_TEST((fish_completion(tree).find("-d 'How it\\'s told'") != std::string::npos));
    const std::string zsh = zsh_completion(tree);
    BOOST_TEST((zsh.find("'run:Runs it\\: \\[fast\\]'") != std::string::npos));
    BOOST_TEST((zsh.find("'--log.format[How it'\\''s told]:text|json:(text json)'") != zsh.npos));
    BOOST_TEST((zsh.find("'--key-file[A key]:PATH:_files'") != zsh.npos));
}

BOOST_FIXTURE_TEST_CASE(the_man_page_has_every_command_and_option, SampleProgram) {
    const std::string page = man_page(tree, "1.2");
    for (const char* piece :
         {".TH SAMPLE 1 \"\" \"sample 1.2\"", ".SS sample wallet send",
          "\\fB\\-p\\fR, \\fB\\-\\-port\\fR", "\\fB\\-\\-log.format\\fR \\fItext|json\\fR"})
        BOOST_TEST((page.find(piece) != page.npos), piece);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node
