#pragma once

#include "actors/engine.hpp"
#include "chain/base/endian.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/evm/delegation.hpp"
#include "tests/support/fake_outside.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <set>

namespace troupe::actors::test {

/// Accounts and slots on disk, as far behind the blocks as the test says. Locked, as all that is
/// outside.
class FakeAccounts final : public AccountStore, public SlotStore {
  public:
    void put(const chain::Address& address, const chain::Account& account) {
        const std::scoped_lock lock{mutex_};
        const chain::Hash32 key = chain::crypto::keccak256(address);
        if (account.is_empty()) {
            accounts_.erase(key);
        } else {
            accounts_[key] = account;
        }
    }
    void put_slot(
        const chain::Address& address, const chain::Hash32& slot, const chain::Uint256& value) {
        const std::scoped_lock lock{mutex_};
        const StoredKey key{address, chain::crypto::keccak256(slot)};
        if (value.is_zero())
            slots_.erase(key);
        else
            slots_[key] = value;
    }
    void put_code(const chain::Bytes& code) {
        const std::scoped_lock lock{mutex_};
        if (chain::evm::delegate_of(code)) delegations_.insert(chain::crypto::keccak256(code));
    }
    void load(const EngineStart& start) {
        start.load_accounts(
            [this](const auto& address, const auto& account) { put(address, account); });
        if (start.load_slots)
            start.load_slots([this](const auto& address, const auto& slot, const auto& value) {
                put_slot(address, slot, value);
            });
        if (start.load_codes) start.load_codes([this](const auto& code) { put_code(code); });
    }
    /// Takes stored blocks up to `number`.
    void catch_up(FakeStore& store, std::uint64_t number) {
        std::vector<SealedBlockPtr> blocks;
        {
            const std::lock_guard lock{store.mutex};
            blocks = store.blocks;
        }
        for (const SealedBlockPtr& block : blocks) {
            if (block->block.header.number <= written || block->block.header.number > number)
                continue;
            for (const auto& change : block->changes) {
                put(change.address, change.after);
                for (const auto& slot : change.slots)
                    put_slot(change.address, slot.slot, slot.after);
            }
            for (const auto& code : block->codes)
                put_code(code.code);
            written = block->block.header.number;
        }
    }

    [[nodiscard]] std::uint64_t written_block() const noexcept override { return written; }
    [[nodiscard]] StoredAccount read(const chain::Hash32& key) const noexcept override {
        const std::scoped_lock lock{mutex_};
        const auto found = accounts_.find(key);
        if (found == accounts_.end()) return {};
        return {found->second, delegations_.contains(found->second.code_hash)};
    }
    void read_all(std::span<const chain::Hash32> keys, std::span<StoredAccount> accounts)
        const noexcept override {
        for (std::size_t i = 0; i < keys.size(); ++i)
            accounts[i] = read(keys[i]);
    }
    void read_buckets(
        std::span<const chain::trie::Bucket> buckets, std::size_t depth,
        std::vector<chain::trie::BucketLeaves>& leaves) const noexcept override {
        const std::scoped_lock lock{mutex_};
        leaves.clear();
        for (const chain::trie::Bucket bucket : buckets) {
            leaves.push_back({bucket, {}});
            scan_locked(
                bucket, depth, [&](const chain::Hash32& key, const chain::Account& account) {
                    leaves.back().leaves.push_back({key, chain::encode_account(account)});
                });
        }
    }
    void scan(
        chain::trie::Bucket first, std::size_t depth, const Visit& visit) const noexcept override {
        const std::scoped_lock lock{mutex_};
        scan_locked(first, depth, visit);
    }
    [[nodiscard]] chain::Uint256 read_slot(
        const chain::Address& address, const chain::Hash32& slot) const noexcept override {
        const std::scoped_lock lock{mutex_};
        const auto found = slots_.find({address, chain::crypto::keccak256(slot)});
        return found != slots_.end() ? found->second : chain::Uint256{};
    }
    void read_slots(
        std::span<const SlotKey> slots, std::span<chain::Uint256> values) const noexcept override {
        for (std::size_t i = 0; i < slots.size(); ++i)
            values[i] = read_slot(slots[i].address, slots[i].slot);
    }
    void read_slot_buckets(
        std::span<const SlotBucket> buckets,
        std::vector<chain::trie::BucketLeaves>& leaves) const noexcept override {
        leaves.clear();
        for (const SlotBucket& from : buckets) {
            leaves.push_back({from.bucket, {}});
            const auto in_bucket = [&from](const chain::Hash32& key) {
                return from.depth == 0 || chain::trie::bucket_of(key, from.depth) == from.bucket;
            };
            scan_slots(
                from.address, from.bucket,
                [&](const chain::Address& address, const chain::Hash32& key, chain::ByteView leaf) {
                    const bool here = address == from.address && in_bucket(key);
                    if (here)
                        leaves.back().leaves.push_back(
                            {key, chain::Bytes(leaf.begin(), leaf.end())});
                    return here;
                });
        }
    }
    void scan_slots(
        const chain::Address& address, chain::trie::Bucket first,
        const SlotVisit& visit) const noexcept override {
        const std::scoped_lock lock{mutex_};
        chain::Hash32 from;
        chain::store_be(from.data(), first);
        for (auto at = slots_.lower_bound({address, from}); at != slots_.end(); ++at)
            if (!visit(at->first.first, at->first.second, chain::encode_slot(at->second))) return;
    }
    [[noreturn]] void damaged(const std::string&) const noexcept override { std::abort(); }

    std::atomic<std::uint64_t> written = 0;

  private:
    void scan_locked(chain::trie::Bucket first, std::size_t depth, const Visit& visit) const {
        chain::Hash32 from;
        chain::store_be(from.data(), first);
        for (auto at = accounts_.lower_bound(from);
             at != accounts_.end() && chain::trie::bucket_of(at->first, depth) == first; ++at)
            visit(at->first, at->second);
    }

    mutable std::recursive_mutex mutex_;  // who scans may read
    std::map<chain::Hash32, chain::Account> accounts_;
    std::set<chain::Hash32> delegations_;
    using StoredKey = std::pair<chain::Address, chain::Hash32>;  // and the hash of the slot
    std::map<StoredKey, chain::Uint256> slots_;
};

}  // namespace troupe::actors::test
