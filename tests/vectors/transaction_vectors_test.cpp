#include "chain/base/hex.hpp"
#include "chain/execution/transaction.hpp"
#include "chain/types/transaction.hpp"
#include "tests/vectors/vectors.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::chain {
namespace {

using Json = nlohmann::json;

/// What the vectors state of an accepted transaction.
struct Accepted {
    Hash32 hash;
    Address sender;
    std::uint64_t intrinsic_gas = 0;
};

/// The vectors were made for Ethereum's mainnet.
constexpr std::uint64_t kChainId = 1;

/// All rules that need no state, as a node applies them one after the other.
Result<Accepted> judge(ByteView raw, bool prague) {
    TROUPE_TRY(tx, decode_transaction(raw));
    if (tx.chain_id.value_or(kChainId) != kChainId) return Error::kTxChainIdWrong;
    TROUPE_TRY(sender, recover_sender(tx));
    const std::uint64_t intrinsic_gas = execution::intrinsic_gas(tx);
    if (tx.gas_limit < intrinsic_gas) return Error::kIntrinsicGasTooLow;
    if (prague && tx.gas_limit < execution::floor_gas(tx)) return Error::kFloorGasTooLow;
    // What was read is written again to the same bytes.
    if (!equal(encode_transaction(tx), raw)) return Error::kRlpNonCanonical;
    return Accepted{transaction_hash(raw), sender, intrinsic_gas};
}

/// The newest fork that a vector states. Some are so malformed that they end with an old one.
std::string newest_fork(const Json& result) {
    for (const char* fork :
         {"Prague", "Cancun", "Shanghai", "Paris", "London", "Berlin", "Istanbul"}) {
        if (result.contains(fork)) return fork;
    }
    BOOST_FAIL("no known fork: " << result.dump());
    return {};
}

void check(const Json& vector) {
    const std::string fork = newest_fork(vector["result"]);
    const Json& expected = vector["result"][fork];
    // Some vectors are not even whole bytes of hexadecimal: refused before anything reads them.
    const auto raw = from_hex(vector["txbytes"].get<std::string>());
    const auto judged = raw.ok() ? judge(*raw, fork == "Prague") : raw.error();
    if (expected.contains("exception")) {
        BOOST_TEST(!judged.ok(), "accepted, but expected " << expected["exception"]);
        return;
    }
    if (!judged.ok()) {
        BOOST_ERROR("refused: " << to_string(judged.error()));
        return;
    }
    BOOST_TEST(to_hex(judged->hash) == expected["hash"].get<std::string>());
    BOOST_TEST(to_hex(judged->sender) == expected["sender"].get<std::string>());
    BOOST_TEST(
        judged->intrinsic_gas == *u64_from_text(expected["intrinsicGas"].get<std::string>()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transaction_vectors)

BOOST_AUTO_TEST_CASE(every_vector_is_accepted_or_refused_as_ethereum_does) {
    int checked = 0;
    for (const auto& file : vectors::files("transaction")) {
        const Json document = vectors::load(file);
        for (const auto& [name, vector] : document.items()) {
            BOOST_TEST_CONTEXT(name << " in " << file.parent_path().filename()) {
                check(vector);
            }
            ++checked;
        }
    }
    BOOST_TEST_MESSAGE(checked << " transaction vectors");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain
