// The transfers of tokens that are in use, unmodified: their balances come out as Guards and
// Deltas.
#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "sequencer/evm_tools/world.hpp"
#include "sequencer/workload/contract_session.hpp"
#include "sequencer/workload/published_code.hpp"

#include "tests/tokens/stablecoin_like.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <random>

namespace troupe::node {
namespace {

using namespace chain;
using execution::Outcome;
using state::Effect;
using state::EffectKind;
using state::Field;

constexpr Address kOwner{{0xaa, 0x01}};
constexpr Address kPayer{{0xaa, 0x02}};
constexpr Address kPaid{{0xaa, 0x03}};
constexpr std::uint64_t kPayersBalance = 1'000;
constexpr std::uint64_t kPaidsBalance = 77;
constexpr std::uint64_t kAmount = 5;
const Uint256 kMax = ~Uint256{};

/// Every slot may be wanted by others.
struct ContendedWorld final : World {
    bool all = true;
    bool is_contended(const Address& /*address*/, const Hash32& /*slot*/) const noexcept override {
        return all;
    }
};

struct Token {
    std::string name;
    Address address;
    std::uint64_t balances = 0;    ///< the number of the mapping's slot
    std::uint64_t allowances = 1;  ///< likewise
};

struct SlotUse {
    bool linear = true;
    Uint256 least;
    Uint256 most = kMax;
    Uint256 delta;  ///< modulo 2^256
};

class Tokens {
  public:
    Tokens() {
        for (const Address& who : {kOwner, kPayer, kPaid})
            world_.put(who, 0, Uint256{1} << 80, {}, {});
        env_.number = 1;
        env_.gas_limit = 100'000'000;
        env_.chain_id = 1;
        env_.base_fee_per_gas = 1;
        env_.coinbase = Address{{0xfe}};
    }

    Address deploy(Bytes init_code) {
        const Outcome outcome = run(kOwner, std::nullopt, std::move(init_code));
        BOOST_TEST_REQUIRE(outcome.success);
        world_.apply(written(outcome));
        return *outcome.created;
    }
    Outcome run(
        const Address& from, const std::optional<Address>& to, Bytes data,
        const Uint256& value = {}) {
        Transaction tx;
        tx.type = TxType::kDynamicFee;
        tx.chain_id = 1;
        tx.nonce = world_.account(from)->nonce;
        tx.max_fee_per_gas = 1;
        tx.gas_limit = 5'000'000;
        tx.to = to;
        tx.value = value;
        tx.data = std::move(data);
        auto outcome = execution::execute_transaction(machine_, world_, env_, tx, from);
        BOOST_TEST_REQUIRE(outcome.ok());
        return std::move(*outcome);
    }
    void set(const Token& token, const Hash32& slot, const Uint256& value) {
        Outcome outcome;
        Effect& effect = outcome.effects.emplace_back();
        effect.kind = EffectKind::kWrite;
        effect.field = Field::kStorage;
        effect.address = token.address;
        effect.slot = slot;
        effect.value = value;
        world_.apply(outcome);
    }
    void check(
        const Token& token, const Address& from, const Bytes& data, const Uint256& value,
        const std::vector<std::pair<Address, Uint256>>& deltas);

  private:
    /// World takes writes only.
    Outcome written(const Outcome& outcome) const {
        Outcome result = outcome;
        for (Effect& effect : result.effects) {
            if (effect.field != Field::kStorage || effect.kind != EffectKind::kDelta) continue;
            effect.value = value_after(effect, world_.storage(effect.address, effect.slot));
            effect.kind = EffectKind::kWrite;
        }
        return result;
    }

    ContendedWorld world_;
    execution::BlockEnv env_;
    evm::Machine machine_;
};

Hash32 in_mapping(const Hash32& key, const Hash32& mapping) {
    Bytes preimage(key.begin(), key.end());
    append(preimage, mapping);
    return crypto::keccak256(preimage);
}
Hash32 word(const Address& address) {
    return to_be32(uint256_from_be(address));
}
Hash32 balance_slot(const Token& token, const Address& who) {
    return in_mapping(word(who), to_be32(Uint256{token.balances}));
}
Hash32 allowance_slot(const Token& token, const Address& owner, const Address& spender) {
    return in_mapping(word(spender), in_mapping(word(owner), to_be32(Uint256{token.allowances})));
}

Bytes call_data(std::string_view selector, std::initializer_list<Hash32> words) {
    Bytes data = from_hex(selector).value();
    for (const Hash32& one : words)
        append(data, one);
    return data;
}
Bytes transfer(std::uint64_t amount) {
    return call_data("a9059cbb", {word(kPaid), to_be32(Uint256{amount})});
}
Bytes transfer_from(std::uint64_t amount) {
    return call_data("23b872dd", {word(kPayer), word(kPaid), to_be32(Uint256{amount})});
}

std::map<Hash32, SlotUse> uses_of(const Outcome& outcome, const Address& contract) {
    std::map<Hash32, SlotUse> uses;
    for (const Effect& effect : outcome.effects) {
        if (effect.field != Field::kStorage || effect.address != contract) continue;
        SlotUse& use = uses[effect.slot];
        if (effect.kind == EffectKind::kRead) use.linear = false;
        if (effect.kind == EffectKind::kGuard)
            (effect.at_most ? use.most : use.least) = effect.value;
        if (effect.kind == EffectKind::kDelta) use.delta = value_after(effect, 0);
    }
    return uses;
}

/// The call succeeds, changes these balances by these amounts, commuting; and with other balances
/// in the ranges that came out everything else is the same.
void Tokens::check(
    const Token& token, const Address& from, const Bytes& data, const Uint256& value,
    const std::vector<std::pair<Address, Uint256>>& deltas) {
    BOOST_TEST_CONTEXT(token.name) {
        const Outcome outcome = run(from, token.address, data, value);
        BOOST_TEST_REQUIRE(outcome.success);
        std::map<Hash32, SlotUse> uses = uses_of(outcome, token.address);
        for (const auto& [who, delta] : deltas) {
            const SlotUse& use = uses[balance_slot(token, who)];
            BOOST_TEST(use.linear);
            BOOST_TEST((use.delta == delta));
            BOOST_TEST((use.most - use.least > Uint256{1} << 200));  // of use to others, too
        }
        const World before = world_;
        std::mt19937_64 random{1};
        for (int times = 0; times < 20; ++times) {
            for (const auto& [who, delta] : deltas) {
                const SlotUse& use = uses[balance_slot(token, who)];
                const Uint256 offsets[] = {0, use.most - use.least, random() % 5'000};
                set(token, balance_slot(token, who), use.least + offsets[random() % 3]);
            }
            world_.all = false;
            const World other = world_;
            const Outcome again = run(from, token.address, data, value);
            world_.all = true;
            BOOST_TEST(again.gas_used == outcome.gas_used);
            BOOST_TEST(again.success);
            BOOST_TEST((again.logs == outcome.logs));
            BOOST_TEST((again.output == outcome.output));
            for (const auto& [who, delta] : deltas) {
                const Hash32 slot = balance_slot(token, who);
                for (const Effect& effect : again.effects)
                    if (effect.kind == EffectKind::kWrite && effect.field == Field::kStorage &&
                        effect.slot == slot)
                        BOOST_TEST((effect.value == other.storage(token.address, slot) + delta));
            }
        }
        static_cast<World&>(world_) = before;
    }
}

/// Tokens whose packages are installed, with balances and allowances.
std::vector<Token> deploy_all(Tokens& tokens) {
    std::vector<Token> all;
    all.push_back({"OpenZeppelin 5", tokens.deploy(contracts::token_init_code())});
    const auto published = [&](const char* name, const char* artifact, const char* arguments,
                               std::uint64_t balances) {
        auto code = published_code(artifact);
        if (!code) {
            BOOST_TEST_MESSAGE("not installed: " << artifact);
            return;
        }
        append(*code, from_hex(arguments).value());
        all.push_back({name, tokens.deploy(std::move(*code)), balances, balances + 1});
    };
    // Constructor arguments: two empty strings.
    const std::string empty_names =
        "00000000000000000000000000000000000000000000000000000000000000"
        "40000000000000000000000000000000000000000000000000000000000000"
        "0060" +
        std::string(128, '0');
    published(
        "OpenZeppelin 4",
        "@tokenysolutions/t-rex/artifacts/@openzeppelin/contracts/token/ERC20/ERC20.sol/"
        "ERC20.json",
        empty_names.c_str(), 0);
    published(
        "OpenZeppelin 3",
        "@safe-global/safe-smart-account/build/artifacts/@openzeppelin/contracts/token/ERC20/"
        "ERC20.sol/ERC20.json",
        empty_names.c_str(), 0);
    published(
        "WETH9", "@aave/core-v3/artifacts/contracts/dependencies/weth/WETH9.sol/WETH9.json", "", 3);
    const Address logic = tokens.deploy(from_hex(kStablecoinLike).value());
    Bytes proxy = from_hex(kProxy).value();
    append(proxy, word(logic));
    all.push_back({"dollar behind a proxy", tokens.deploy(std::move(proxy)), 1, 2});
    for (const Token& token : all) {
        tokens.set(token, balance_slot(token, kPayer), kPayersBalance);
        tokens.set(token, balance_slot(token, kPaid), kPaidsBalance);
        tokens.set(token, allowance_slot(token, kPayer, kOwner), 500);
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(published_tokens)

BOOST_AUTO_TEST_CASE(transfers_commute) {
    Tokens tokens;
    const std::vector<std::pair<Address, Uint256>> deltas{
        {kPayer, Uint256{} - kAmount}, {kPaid, kAmount}};
    for (const Token& token : deploy_all(tokens)) {
        tokens.check(token, kPayer, transfer(kAmount), 0, deltas);
        tokens.check(token, kOwner, transfer_from(kAmount), 0, deltas);
    }
}

BOOST_AUTO_TEST_CASE(a_payer_needs_what_it_pays_and_one_more) {
    Tokens tokens;
    for (const Token& token : deploy_all(tokens)) {
        BOOST_TEST_CONTEXT(token.name) {
            auto uses =
                uses_of(tokens.run(kPayer, token.address, transfer(kAmount)), token.address);
            // A balance that becomes zero is another price of SSTORE, and so is one that was.
            BOOST_TEST((uses[balance_slot(token, kPayer)].least == Uint256{kAmount + 1}));
            BOOST_TEST((uses[balance_slot(token, kPaid)].least == Uint256{1}));
            // All of it: for this balance only.
            uses =
                uses_of(tokens.run(kPayer, token.address, transfer(kPayersBalance)), token.address);
            BOOST_TEST((uses[balance_slot(token, kPayer)].least == Uint256{kPayersBalance}));
            BOOST_TEST((uses[balance_slot(token, kPayer)].most == Uint256{kPayersBalance}));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_payment_to_oneself_and_one_of_nothing_commute) {
    Tokens tokens;
    for (const Token& token : deploy_all(tokens)) {
        tokens.check(token, kPayer, transfer(0), 0, {{kPayer, 0}, {kPaid, 0}});
        const Bytes to_self = call_data("a9059cbb", {word(kPayer), to_be32(Uint256{kAmount})});
        tokens.check(token, kPayer, to_self, 0, {{kPayer, 0}});
    }
}

BOOST_AUTO_TEST_CASE(wrapped_ether_commutes_in_and_out) {
    Tokens tokens;
    for (const Token& token : deploy_all(tokens)) {
        if (token.name != "WETH9") continue;
        tokens.check(token, kPayer, call_data("d0e30db0", {}), 9, {{kPayer, 9}});
        tokens.run(kPayer, token.address, call_data("d0e30db0", {}), 1'000);
    }
}

BOOST_AUTO_TEST_CASE(asking_for_a_balance_reads_it) {
    Tokens tokens;
    for (const Token& token : deploy_all(tokens)) {
        BOOST_TEST_CONTEXT(token.name) {
            const Outcome outcome =
                tokens.run(kOwner, token.address, call_data("70a08231", {word(kPaid)}));
            BOOST_TEST((contracts::word_of(outcome.output, 0) == Uint256{kPaidsBalance}));
            auto uses = uses_of(outcome, token.address);
            BOOST_TEST(!uses[balance_slot(token, kPaid)].linear);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
