#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/trie/trie.hpp"
#include "tests/vectors/vectors.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace troupe::chain::trie {
namespace {

using Json = nlohmann::json;

struct Step {
    Bytes key;
    Bytes value;  // empty: erase
};

/// 0x… is hexadecimal, null is nothing, everything else stands for its characters.
Bytes bytes_of(const Json& text) {
    if (text.is_null()) return {};
    const auto& characters = text.get_ref<const std::string&>();
    if (!characters.starts_with("0x")) return Bytes(characters.begin(), characters.end());
    const auto bytes = from_hex(characters);
    BOOST_REQUIRE(bytes.ok());
    return *bytes;
}

std::vector<Step> steps_of(const Json& input, bool secure) {
    std::vector<Step> steps;
    const auto add = [&](const Json& key, const Json& value) {
        Step step{bytes_of(key), bytes_of(value)};
        if (secure) {
            const Hash32 hash = crypto::keccak256(step.key);
            step.key.assign(hash.begin(), hash.end());
        }
        steps.push_back(std::move(step));
    };
    if (input.is_array()) {
        for (const Json& pair : input)
            add(pair[0], pair[1]);
    } else {
        for (const auto& [key, value] : input.items())
            add(key, value);
    }
    return steps;
}

/// The root after the steps in this order; every key's proof is checked on the way.
std::string root_after(const std::vector<Step>& steps) {
    Trie trie;
    for (const Step& step : steps)
        trie.put(step.key, step.value);
    const Hash32 root = trie.root();
    for (const Step& step : steps) {
        const auto found = verify_proof(root, step.key, trie.prove(step.key));
        BOOST_REQUIRE(found.ok());
        BOOST_TEST(equal(*found, trie.get(step.key)));
    }
    return to_hex(root);
}

void check_orders(std::vector<Step> steps, bool any_order, const std::string& expected) {
    constexpr int kOrdersMax = 5'040;  // 7!: every order of the vectors there are
    const auto by_key = [](const Step& a, const Step& b) { return a.key < b.key; };
    if (any_order) std::sort(steps.begin(), steps.end(), by_key);
    for (int order = 0; order < kOrdersMax; ++order) {
        BOOST_REQUIRE(root_after(steps) == expected);
        if (!any_order || !std::next_permutation(steps.begin(), steps.end(), by_key)) return;
    }
}

std::optional<Bytes> key_or_none(const Json& text) {
    Bytes key = bytes_of(text);
    return key.empty() ? std::nullopt : std::optional(std::move(key));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trie_vectors)

BOOST_AUTO_TEST_CASE(every_vector_has_its_root) {
    int checked = 0;
    for (const auto& file : vectors::files("trie")) {
        const std::string name = file.filename().string();
        if (name == "trietestnextprev.json") continue;
        const bool secure = name.find("secure") != std::string::npos;
        const Json document = vectors::load(file);
        for (const auto& [title, vector] : document.items()) {
            BOOST_TEST_CONTEXT(name << " " << title) {
                const bool any_order = vector["in"].is_object();
                check_orders(
                    steps_of(vector["in"], secure), any_order, vector["root"].get<std::string>());
                ++checked;
            }
        }
    }
    BOOST_TEST_MESSAGE(checked << " trie vectors");
}

BOOST_AUTO_TEST_CASE(every_vector_has_its_neighbours) {
    int checked = 0;
    for (const auto& file : vectors::files("trie")) {
        if (file.filename() != "trietestnextprev.json") continue;
        const Json document = vectors::load(file);
        for (const auto& [title, vector] : document.items()) {
            Trie trie;
            for (const Json& key : vector["in"])
                trie.put(bytes_of(key), Bytes{1});
            for (const Json& test : vector["tests"]) {
                BOOST_TEST_CONTEXT(title << " " << test[0]) {
                    const Bytes key = bytes_of(test[0]);
                    BOOST_TEST((trie.previous_key(key) == key_or_none(test[1])));
                    BOOST_TEST((trie.next_key(key) == key_or_none(test[2])));
                    ++checked;
                }
            }
        }
    }
    BOOST_TEST_MESSAGE(checked << " neighbour vectors");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::trie
