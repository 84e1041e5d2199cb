#include "sequencer/storage/chain_store.hpp"

#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "sequencer/storage/data_directory.hpp"
#include "sequencer/storage/sample_chain.hpp"
#include "sequencer/storage/stored_account.hpp"
#include "sequencer/storage/stored_slot.hpp"
#include "sequencer/testing/temp_directory.hpp"

#include <fstream>
#include <map>
#include <regex>
#include <sstream>

namespace troupe::node {

std::unique_ptr<ChainStore> open_store(const TempDirectory& directory) {
    std::string failure;
    auto store = ChainStore::open(directory.path(), failure);
    BOOST_REQUIRE_MESSAGE(store, failure);
    return store;
}

std::map<chain::Address, chain::Account> accounts_of(const ChainStore& store) {
    std::map<chain::Address, chain::Account> accounts;
    BOOST_TEST(!store.load_accounts(
        [&](const auto& address, const auto& account) { accounts[address] = account; }));
    return accounts;
}

BOOST_AUTO_TEST_SUITE(chain_store)

BOOST_AUTO_TEST_CASE(a_new_store_is_empty_until_the_genesis_is_written) {
    const TempDirectory directory;
    auto store = open_store(directory);
    BOOST_TEST(store->empty());
    const GenesisState genesis = sample_genesis();
    BOOST_REQUIRE(!store->initialise(genesis));
    store.reset();
    store = open_store(directory);
    BOOST_TEST(!store->empty());
    BOOST_TEST(store->chain_id() == 1337u);
    BOOST_TEST((store->genesis_hash() == genesis.block.hash));
    BOOST_TEST((store->head().hash == genesis.block.hash));
    BOOST_TEST(accounts_of(*store).size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_committed_block_reads_back_as_it_was) {
    const TempDirectory directory;
    auto store = open_store(directory);
    BOOST_REQUIRE(!store->initialise(sample_genesis()));
    const auto first = sample_block(1, 300, 0);  // two chunks: 256 + 44
    const auto second = sample_block(2, 0, 300);
    const std::vector<actors::SealedBlockPtr> blocks{first, second};
    BOOST_REQUIRE(!store->commit(blocks));
    store.reset();
    store = open_store(directory);
    BOOST_TEST(store->head().header.number == 2u);
    BOOST_TEST(store->head().last_sequence == 20u);
    for (const auto& expected : blocks) {
        const auto read = std::as_const(*store).block(expected->block.header.number);
        BOOST_REQUIRE(read.ok());
        BOOST_TEST(((*read)->block == expected->block));
        BOOST_TEST(((*read)->hash == expected->hash));
        BOOST_TEST(((*read)->transaction_hashes == expected->transaction_hashes));
        BOOST_TEST(((*read)->receipts == expected->receipts));
        BOOST_TEST(((*read)->changes == expected->changes));
        BOOST_TEST((*read)->last_sequence == expected->last_sequence);
        const auto number = store->number_of(expected->hash);
        BOOST_TEST((number.ok() && *number == expected->block.header.number));
        const auto header = store->header(expected->block.header.number);
        BOOST_REQUIRE(header.ok());
        BOOST_TEST(((*header)->block.header == expected->block.header));
        BOOST_TEST((*header)->block.transactions.size() == expected->block.transactions.size());
    }
    BOOST_TEST((std::as_const(*store).block(3).error() == ReadError::kNotFound));
}

BOOST_AUTO_TEST_CASE(a_transaction_is_found_by_hash_with_its_own_gas_and_log_index) {
    const TempDirectory directory;
    auto store = open_store(directory);
    BOOST_REQUIRE(!store->initialise(sample_genesis()));
    const auto sealed = sample_block(1, 300, 0);
    BOOST_REQUIRE(!store->commit(std::vector{sealed}));
    for (const std::size_t index : {0u, 1u, 255u, 256u, 299u}) {  // around the chunk's border
        const auto found = store->transaction(sealed->transaction_hashes[index]);
        BOOST_REQUIRE(found.ok());
        BOOST_TEST(found->index == index);
        BOOST_TEST(found->gas_used == 21'000u);
        BOOST_TEST(found->first_log_index == index);  // one log each
        BOOST_TEST((found->raw == sealed->block.transactions[index]));
        BOOST_TEST((found->receipt == sealed->receipts[index]));
        BOOST_TEST((found->effective_gas_price == chain::Uint256(9)));  // base 7 + tip 2
        BOOST_TEST((found->block_hash == sealed->hash));
    }
    chain::Hash32 almost = sealed->transaction_hashes[0];
    almost[31] ^= 1;  // shares the stored 16 bytes with a real one
    BOOST_TEST((store->transaction(almost).error() == ReadError::kNotFound));
}

BOOST_AUTO_TEST_CASE(the_state_is_that_after_the_last_block_and_empty_accounts_are_gone) {
    const TempDirectory directory;
    auto store = open_store(directory);
    BOOST_REQUIRE(!store->initialise(sample_genesis()));
    auto second = std::make_shared<actors::SealedBlock>(*sample_block(2, 1, 4));
    chain::execution::AccountChange emptied;
    emptied.address = sample_address(2);
    emptied.before.balance = 1'000'000;
    second->changes.push_back(emptied);
    BOOST_REQUIRE(
        !store->commit(std::vector<actors::SealedBlockPtr>{sample_block(1, 4, 0), second}));
    const auto accounts = accounts_of(*store);
    BOOST_TEST(accounts.size() == 2u);
    BOOST_TEST(accounts.at(sample_address(1)).nonce == 5u);
    BOOST_TEST((accounts.at(sample_address(1)).balance == chain::Uint256(999'995)));
    BOOST_TEST(!accounts.contains(sample_address(2)));
}

// state/ is behind blocks/ after a crash: here as far as it can be, empty but for the genesis.
BOOST_AUTO_TEST_CASE(a_state_database_that_missed_blocks_gets_them_again) {
    const TempDirectory directory;
    const auto first = sample_block(1, 300, 0);
    {
        auto store = open_store(directory);
        BOOST_REQUIRE(!store->initialise(sample_genesis()));
    }
    std::filesystem::copy(
        directory.path() / "state", directory.path() / "old",
        std::filesystem::copy_options::recursive);
    {
        auto store = open_store(directory);
        BOOST_REQUIRE(!store->commit(std::vector{first, sample_block(2, 3, 300)}));
    }
    std::filesystem::remove_all(directory.path() / "state");
    std::filesystem::rename(directory.path() / "old", directory.path() / "state");
    auto store = open_store(directory);
    BOOST_TEST(store->head().header.number == 2u);
    BOOST_TEST(accounts_of(*store).at(sample_address(1)).nonce == 303u);
    BOOST_TEST(store->transaction(first->transaction_hashes[299]).ok());
    BOOST_TEST(*store->number_of(first->hash) == 1u);
}

BOOST_AUTO_TEST_CASE(an_account_with_code_keeps_its_hashes) {
    chain::Account account;
    account.nonce = 1;
    account.balance = chain::Uint256(1, 2, 3, 4);
    account.code_hash[0] = 0xcc;
    account.storage_root[0] = 0xdd;
    const auto read = decode_account_value(encode_account_value(account));
    BOOST_TEST((read.ok() && *read == account));
}

BOOST_AUTO_TEST_CASE(account_history_lists_the_blocks_that_changed_it) {
    const TempDirectory directory;
    auto store = open_store(directory);
    BOOST_REQUIRE(!store->initialise(sample_genesis()));
    auto quiet = std::make_shared<actors::SealedBlock>(*sample_block(2, 0, 5));
    quiet->changes.clear();
    BOOST_REQUIRE(!store->commit(
        std::vector<actors::SealedBlockPtr>{sample_block(1, 5, 0), quiet, sample_block(3, 2, 5)}));
    const auto history = store->account_history(sample_address(1), 0, 100, 10);
    BOOST_REQUIRE(history.ok());
    BOOST_REQUIRE(history->size() == 2u);
    BOOST_TEST((*history)[0].block_number == 1u);
    BOOST_TEST((*history)[0].account.nonce == 5u);
    BOOST_TEST((*history)[1].block_number == 3u);
    BOOST_TEST((*history)[1].account.nonce == 7u);
    BOOST_TEST(store->account_history(sample_address(1), 2, 3, 10)->size() == 1u);
    BOOST_TEST(store->account_history(sample_address(1), 1, 3, 1)->size() == 1u);
    BOOST_TEST(store->account_history(sample_address(7), 0, 3, 10)->empty());
}

BOOST_AUTO_TEST_CASE(a_block_that_does_not_follow_the_head_is_refused_and_changes_nothing) {
    const TempDirectory directory;
    auto store = open_store(directory);
    BOOST_REQUIRE(!store->initialise(sample_genesis()));
    BOOST_TEST(store->commit(std::vector{sample_block(2, 1, 0)}).has_value());
    BOOST_TEST(store->heads().unsafe == 0u);
    BOOST_TEST(!store->commit(std::vector{sample_block(1, 1, 0)}));
}

BOOST_AUTO_TEST_CASE(heads_and_checkpoints_survive_a_restart_and_the_oldest_checkpoints_go) {
    const TempDirectory directory;
    auto store = open_store(directory);
    BOOST_REQUIRE(!store->initialise(sample_genesis()));
    BOOST_REQUIRE(!store->commit(std::vector{sample_block(1, 1, 0), sample_block(2, 1, 1)}));
    BOOST_REQUIRE(!store->note_heads(2, 1));
    for (std::uint64_t l1 = 1; l1 <= ChainStore::kCheckpointsMax + 5; ++l1) {
        DerivationCheckpoint checkpoint;
        checkpoint.l1.number = l1;
        checkpoint.l1_timestamp = 1000 + l1;
        checkpoint.safe.number = l1 / 2;
        BOOST_REQUIRE(!store->put_checkpoint(checkpoint));
    }
    store.reset();
    store = open_store(directory);
    BOOST_TEST((store->heads() == actors::Heads{.unsafe = 2, .safe = 2, .finalized = 1}));
    std::vector<DerivationCheckpoint> kept;
    BOOST_REQUIRE(!store->read_checkpoints(kept));
    BOOST_TEST(kept.size() == ChainStore::kCheckpointsMax);
    BOOST_TEST(kept.front().l1.number == ChainStore::kCheckpointsMax + 5);
    BOOST_TEST(kept.front().l1_timestamp == 1000 + ChainStore::kCheckpointsMax + 5);
    BOOST_REQUIRE(!store->drop_checkpoints_above(100));
    BOOST_REQUIRE(!store->read_checkpoints(kept));
    BOOST_TEST(kept.front().l1.number == 100u);
}

BOOST_AUTO_TEST_CASE(what_was_known_of_the_l1_survives_a_restart) {
    const TempDirectory directory;
    auto store = open_store(directory);
    BOOST_REQUIRE(!store->initialise(sample_genesis()));
    std::optional<chain::Hash32> genesis;
    BOOST_REQUIRE(!store->read_l1_genesis(genesis));
    BOOST_TEST(!genesis.has_value());
    const chain::Hash32 name = chain::crypto::keccak256(chain::Bytes{1});
    BOOST_REQUIRE(!store->put_l1_genesis(name));
    const auto origin = [](std::uint64_t number) {
        chain::Bytes text;
        chain::append_be(text, number);
        return L1OriginRecord{{number, chain::crypto::keccak256(text)}, 12 * number};
    };
    const std::uint64_t last = StateDatabase::kOriginsMax + 3;
    for (std::uint64_t number = 1; number <= last; ++number)
        BOOST_REQUIRE(!store->put_origin(origin(number)));
    store.reset();
    store = open_store(directory);
    BOOST_REQUIRE(!store->read_l1_genesis(genesis));
    BOOST_TEST((genesis == name));
    std::vector<L1OriginRecord> kept;
    BOOST_REQUIRE(!store->read_origins(last - 1, kept));
    BOOST_TEST((kept == std::vector{origin(last - 1), origin(last)}));
    BOOST_REQUIRE(!store->read_origins(0, kept));
    BOOST_TEST(kept.size() == StateDatabase::kOriginsMax);
    BOOST_TEST(kept.front().origin.number == 4u);
}

BOOST_AUTO_TEST_CASE(a_second_opening_of_the_data_directory_names_the_owner) {
    const TempDirectory directory;
    std::string failure;
    auto first = DataDirectory::open(directory.path(), failure);
    BOOST_REQUIRE_MESSAGE(first, failure);
    const auto second = DataDirectory::open(directory.path(), failure);
    BOOST_TEST(!second);
    BOOST_TEST(failure.find("pid " + std::to_string(getpid())) != std::string::npos);
    first.reset();
    BOOST_TEST(bool(DataDirectory::open(directory.path(), failure)));
}

// Format 2 had an account's address as the key and only the account as the value.
BOOST_AUTO_TEST_CASE(accounts_of_format_2_are_written_anew) {
    const TempDirectory directory;
    std::string failure;
    std::map<chain::Address, chain::Account> expected;
    {
        auto store = ChainStore::open(directory.path(), failure);
        BOOST_REQUIRE(store != nullptr);
        BOOST_REQUIRE(!store->initialise(sample_genesis()));
        expected = accounts_of(*store);
        BOOST_TEST_REQUIRE(expected.size() == 3u);
    }
    {
        const auto state = Database::open(directory.path() / "state", {}, failure);
        BOOST_REQUIRE(state != nullptr);
        WriteBatch batch;
        std::size_t left = 2;  // as if a crash had ended it after the first
        for (const auto& [address, account] : expected) {
            if (left-- == 0) break;
            batch.put(Key().byte('a').part(address), encode_account_value(account));
            batch.erase(account_key(chain::crypto::keccak256(address)));
        }
        BOOST_REQUIRE(!state->write(batch, Database::Sync::kYes));
    }
    auto store = ChainStore::open(directory.path(), failure);
    BOOST_REQUIRE(store != nullptr);
    BOOST_TEST((accounts_of(*store) == expected));
    store.reset();
    const auto state = Database::open(directory.path() / "state", {}, failure);
    BOOST_REQUIRE(state != nullptr);
    std::size_t old = 0;
    BOOST_REQUIRE(
        !state->scan(Key().byte('a'), Key().byte('b'), [&](auto, auto) { return ++old; }));
    BOOST_TEST(old == 0u);
}

BOOST_AUTO_TEST_CASE(accounts_are_read_one_by_one_and_by_bucket) {
    const TempDirectory directory;
    std::string failure;
    auto store = ChainStore::open(directory.path(), failure);
    BOOST_REQUIRE(store != nullptr);
    BOOST_REQUIRE(!store->initialise(sample_genesis()));
    const actors::AccountStore& accounts = store->accounts();
    BOOST_TEST(accounts.written_block() == 0u);
    for (const auto& [address, account] : accounts_of(*store)) {
        const chain::Hash32 key = chain::crypto::keccak256(address);
        BOOST_TEST((accounts.read(key).account == account));
        std::vector<chain::trie::BucketLeaves> leaves;
        const chain::trie::Bucket bucket = chain::trie::bucket_of(key, 5);
        const chain::trie::Bucket next = bucket + (1u << 12);  // a neighbour, probably empty
        accounts.read_buckets(std::vector{bucket, next}, 5, leaves);
        BOOST_TEST_REQUIRE(leaves.size() == 2u);
        BOOST_TEST_REQUIRE(leaves[0].leaves.size() == 1u);
        BOOST_TEST((leaves[0].leaves[0].key == key));
        BOOST_TEST((leaves[0].leaves[0].value == chain::encode_account(account)));
        BOOST_TEST(leaves[1].leaves.empty());
    }
    BOOST_TEST(accounts.read(chain::Hash32{}).account.is_empty());
}

namespace {

using Slots = std::map<std::pair<chain::Address, chain::Hash32>, chain::Uint256>;

/// Slots 0 to 29 of two accounts.
GenesisState genesis_with_slots() {
    GenesisState genesis = sample_genesis();
    for (std::uint64_t slot = 0; slot < 30; ++slot)
        for (std::size_t i = 0; i < 2; ++i)
            genesis.accounts[i].storage.push_back(
                {chain::to_be32(slot), chain::Uint256{1 + 100 * i + slot}});
    return genesis;
}

Slots slots_of(const ChainStore& store) {
    Slots slots;
    BOOST_TEST(!store.load_slots([&](const auto& address, const auto& slot, const auto& value) {
        slots[{address, slot}] = value;
    }));
    return slots;
}

}  // namespace

// Format 3 had a slot's number in the key and only its value as the value.
BOOST_AUTO_TEST_CASE(slots_of_format_3_are_written_anew) {
    const TempDirectory directory;
    std::string failure;
    Slots expected;
    {
        auto store = open_store(directory);
        BOOST_REQUIRE(!store->initialise(genesis_with_slots()));
        expected = slots_of(*store);
        BOOST_TEST_REQUIRE(expected.size() == 60u);
    }
    {
        const auto state = Database::open(directory.path() / "state", {}, failure);
        BOOST_REQUIRE(state != nullptr);
        WriteBatch batch;
        std::size_t left = 55;  // as if a crash had ended it after the first five
        for (auto at = expected.rbegin(); left > 0; ++at, --left) {
            const auto& [address, slot] = at->first;
            batch.put(Key().byte('s').part(address).part(slot), chain::encode_slot(at->second));
            batch.erase(slot_key(address, chain::crypto::keccak256(slot)));
        }
        BOOST_REQUIRE(!state->write(batch, Database::Sync::kYes));
    }
    BOOST_TEST((slots_of(*open_store(directory)) == expected));
    const auto state = Database::open(directory.path() / "state", {}, failure);
    BOOST_REQUIRE(state != nullptr);
    std::size_t old = 0;
    BOOST_REQUIRE(
        !state->scan(Key().byte('s'), Key().byte('t'), [&](auto, auto) { return ++old; }));
    BOOST_TEST(old == 0u);
}

BOOST_AUTO_TEST_CASE(slots_are_read_one_by_one_and_by_bucket) {
    const TempDirectory directory;
    auto store = open_store(directory);
    BOOST_REQUIRE(!store->initialise(genesis_with_slots()));
    const actors::SlotStore& slots = store->slots();
    std::map<chain::Address, std::map<chain::Hash32, chain::Bytes>> leaves;  // by key
    for (const auto& [place, value] : slots_of(*store)) {
        BOOST_TEST((slots.read_slot(place.first, place.second) == value));
        leaves[place.first][chain::crypto::keccak256(place.second)] = chain::encode_slot(value);
    }
    BOOST_TEST(slots.read_slot(sample_address(1), chain::to_be32(30)).is_zero());
    BOOST_TEST(slots.read_slot(sample_address(3), chain::to_be32(0)).is_zero());
    // All of one account, the first and the last sixteenth of the other, and one that has none.
    const chain::Address one = sample_address(1);
    const chain::Address two = sample_address(2);
    std::vector<chain::trie::BucketLeaves> read;
    slots.read_slot_buckets(
        std::vector<actors::SlotBucket>{
            {one, 0, 0}, {two, 0xf000'0000, 1}, {two, 0, 1}, {sample_address(3), 0, 0}},
        read);
    BOOST_TEST_REQUIRE(read.size() == 4u);
    const auto expect = [&](std::size_t at, const chain::Address& address, int nibble) {
        std::vector<chain::Hash32> keys;
        for (const auto& [key, leaf] : leaves[address])
            if (nibble < 0 || key[0] >> 4 == nibble) keys.push_back(key);
        BOOST_TEST_REQUIRE(read[at].leaves.size() == keys.size());
        for (std::size_t i = 0; i < keys.size(); ++i) {
            BOOST_TEST((read[at].leaves[i].key == keys[i]));
            BOOST_TEST((read[at].leaves[i].value == leaves[address][keys[i]]));
        }
    };
    expect(0, one, -1);
    expect(1, two, 0xf);
    expect(2, two, 0);
    BOOST_TEST(read[3].leaves.empty());
    chain::Hash32 half;
    half[0] = 0x80;
    // From the second half of the first account on, until somebody has enough.
    std::size_t visited = 0;
    std::size_t of_two = 0;
    slots.scan_slots(one, 0x8000'0000, [&](const auto& address, const auto& key, auto) {
        BOOST_TEST((address == two || key[0] >= 0x80));
        ++visited;
        return address != two || ++of_two < 3;
    });
    const auto upper = leaves[one].lower_bound(half);
    BOOST_TEST(visited == 3u + static_cast<std::size_t>(std::distance(upper, leaves[one].end())));
}

BOOST_AUTO_TEST_CASE(another_format_is_refused_with_what_to_do) {
    const TempDirectory directory;
    std::string failure;
    BOOST_REQUIRE(bool(DataDirectory::open(directory.path(), failure)));
    const auto write_version = [&](const std::string& text) {
        BOOST_REQUIRE(write_file_atomically(directory.path() / "VERSION", text).empty());
    };
    write_version("troupe data format 6\n");
    BOOST_TEST(!DataDirectory::open(directory.path(), failure));
    BOOST_TEST(failure.find("has format 6, written by a newer troupe") != std::string::npos);
    write_version("troupe data format 1\n");
    BOOST_TEST(DataDirectory::open(directory.path(), failure) != nullptr);
    std::string taken_over;
    std::getline(std::ifstream(directory.path() / "VERSION"), taken_over);
    BOOST_TEST(taken_over == "troupe data format 5");
    write_version("troupe data format 0\n");
    BOOST_TEST(!DataDirectory::open(directory.path(), failure));
    BOOST_TEST(failure.find("run the troupe release that wrote it") != std::string::npos);
    write_version("something else\n");
    BOOST_TEST(!DataDirectory::open(directory.path(), failure));
    BOOST_TEST(failure.find("no data directory of troupe") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(slots_and_codes_survive_a_restart) {
    const TempDirectory directory;
    std::string failure;
    const chain::Address contract = sample_address(7);
    chain::Hash32 first;
    chain::Hash32 second;
    first[31] = 1;
    second[31] = 2;
    const chain::execution::DeployedCode code{chain::crypto::keccak256(chain::Bytes{0x5f}), {0x5f}};
    const auto block_with = [&](std::uint64_t number,
                                std::vector<chain::execution::SlotChange> slots) {
        auto block = std::make_shared<actors::SealedBlock>(*sample_block(number, 1, number - 1));
        chain::execution::AccountChange change;
        change.address = contract;
        change.after.nonce = 1;
        change.after.code_hash = code.hash;
        change.after.storage_root[0] = static_cast<std::uint8_t>(number);
        change.slots = std::move(slots);
        block->changes.push_back(change);
        if (number == 1) block->codes.push_back(code);
        return actors::SealedBlockPtr(block);
    };
    const std::vector<actors::SealedBlockPtr> blocks{
        block_with(1, {{first, 0, 5}, {second, 0, 6}}), block_with(2, {{first, 5, 0}})};
    {
        const auto store = ChainStore::open(directory.path(), failure);
        BOOST_REQUIRE_MESSAGE(store, failure);
        BOOST_TEST(!store->initialise(sample_genesis()));
        BOOST_TEST(!store->commit(blocks));
    }
    const auto store = ChainStore::open(directory.path(), failure);
    BOOST_REQUIRE_MESSAGE(store, failure);
    std::size_t slots = 0;
    BOOST_TEST(!store->load_slots([&](const auto& address, const auto& slot, const auto& value) {
        ++slots;
        BOOST_TEST((address == contract && slot == second));
        BOOST_TEST((value == chain::Uint256{6}));
    }));
    BOOST_TEST(slots == 1u);
    std::vector<chain::Bytes> codes;
    BOOST_TEST(!store->load_codes([&](const chain::Bytes& bytes) { codes.push_back(bytes); }));
    BOOST_TEST((codes == std::vector<chain::Bytes>{code.code}));
    for (const auto& expected : blocks) {
        const auto read =
            static_cast<const ChainReader&>(*store).block(expected->block.header.number);
        BOOST_REQUIRE(read.ok());
        BOOST_TEST(((*read)->changes == expected->changes));
        BOOST_TEST(((*read)->codes == expected->codes));
    }
    std::vector<chain::Hash32> hashes;
    BOOST_TEST(!store->newest_hashes(2, hashes));
    BOOST_TEST((hashes == std::vector{blocks[0]->hash, blocks[1]->hash}));
}

// docs/formats/storage.md shows bytes; these are the bytes of the document.
BOOST_AUTO_TEST_CASE(the_examples_of_the_format_document_are_true) {
    std::ifstream in("docs/formats/storage.md");
    std::stringstream text;
    text << in.rdbuf();
    const std::string document = text.str();
    const auto example = [&](const std::string& name) {
        const std::regex pattern("example `" + name + "`[^`]*```\\s*([0-9a-f\\s]+)```");
        std::smatch match;
        BOOST_REQUIRE_MESSAGE(std::regex_search(document, match, pattern), "no example " + name);
        const std::string digits = std::regex_replace(match[1].str(), std::regex("\\s"), "");
        return *chain::from_hex(digits);
    };
    chain::Account account;
    account.nonce = 5;
    account.balance = 1'000'000;
    BOOST_TEST((encode_account_value(account) == example("account")));
    BOOST_TEST((encode(TransactionPlace{.block = 7, .index = 258}) == example("place")));

    actors::SealRecord seal;
    seal.sequence = 42;
    seal.env.number = 7;
    seal.env.timestamp = 1'700'000'007;
    seal.env.gas_limit = 30'000'000;
    seal.env.chain_id = 1337;
    seal.env.base_fee_per_gas = 7;
    seal.env.coinbase = sample_address(1);
    chain::L1Origin origin;
    origin.number = 107;
    origin.hash[31] = 7;
    chain::execution::set_l1_origin(seal.env, origin);
    seal.env.parent_hash[31] = 6;
    seal.block_hash[31] = 9;
    BOOST_TEST(chain::to_hex(encode(seal)) == chain::to_hex(example("seal")));
    const auto read = decode_order_record(example("seal"));
    BOOST_REQUIRE(read.ok());
    BOOST_TEST((std::get<actors::SealRecord>(*read).env == seal.env));

    const auto changes = decode_changes(example("changes"));
    BOOST_REQUIRE(changes.ok());
    BOOST_REQUIRE(changes->size() == 1u);
    BOOST_TEST((changes->front().address == sample_address(1)));
    BOOST_TEST(changes->front().before.nonce == 0u);
    BOOST_TEST(changes->front().after.nonce == 4u);
    BOOST_TEST((changes->front().after.balance == chain::Uint256(999'996)));

    auto with_slot = *changes;
    chain::Hash32 slot;
    slot[31] = 3;
    with_slot[0].slots = {{slot, 0, 500}};
    BOOST_TEST(chain::to_hex(encode_changes(with_slot)) == chain::to_hex(example("slots")));
    BOOST_TEST(chain::to_hex(encode_stored_slot(slot, 500)) == chain::to_hex(example("slot")));
    const auto stored = decode_stored_slot(
        slot_key(sample_address(1), chain::crypto::keccak256(slot)), example("slot"));
    BOOST_TEST_REQUIRE(stored.ok());
    BOOST_TEST((stored->address == sample_address(1) && stored->slot == slot));
    BOOST_TEST((stored->value == chain::Uint256{500}));
    const auto read_back = decode_changes(example("slots"));
    BOOST_REQUIRE(read_back.ok());
    BOOST_TEST((*read_back == with_slot));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
