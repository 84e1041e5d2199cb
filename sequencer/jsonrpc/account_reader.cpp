#include "sequencer/jsonrpc/account_reader.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace troupe::node::jsonrpc {
namespace {

// The engine has sealed a block that storage has not announced yet: that is a matter of
// milliseconds.
constexpr std::chrono::milliseconds kSoon{5};
constexpr int kAttemptsMax = 200;

class AccountRead final : public std::enable_shared_from_this<AccountRead> {
  public:
    AccountRead(Door& door, AccountWanted wanted, AccountReply reply)
        : door_(door), wanted_(std::move(wanted)), reply_(std::move(reply)) {}

    void start() {
        if (wanted_.block.kind == BlockRef::Kind::kPending && !wanted_.with_proof) {
            return ask(false, [](AccountRead& read, actors::AccountAnswer answer) {
                read.reply_(std::move(answer));
            });
        }
        // A hash is looked up on the disk; everything else is known.
        if (wanted_.block.kind == BlockRef::Kind::kHash)
            return on_pool([](AccountRead& read) { read.resolve(); });
        resolve();
    }

  private:
    using Then = void (*)(AccountRead&, actors::AccountAnswer);

    void on_pool(void (*step)(AccountRead&)) {
        if (!door_.pool.try_post([self = shared_from_this(), step] { step(*self); }))
            reply_(too_many_requests());
    }

    void ask(bool with_proof, Then then) {
        door_.backend().query_account(
            {wanted_.address, with_proof, wanted_.with_code, wanted_.slots},
            [self = shared_from_this(), then](actors::AccountAnswer answer) {
                // An actor's thread: everything else happens on ours.
                self->door_.loop.post([self, then, answer = std::move(answer)]() mutable {
                    then(*self, std::move(answer));
                });
            });
    }

    void resolve() {
        const auto number = door_.number_of(wanted_.block);
        if (!number) return reply_(number.error());
        if (!*number)
            return reply_(
                wanted_.block.kind == BlockRef::Kind::kHash ? header_for_hash_not_found()
                                                            : header_not_found());
        number_ = **number;
        if (wanted_.with_proof) return ask(true, &AccountRead::on_proof);
        ask(false, &AccountRead::on_newest);
    }

    static void on_proof(AccountRead& read, actors::AccountAnswer answer) {
        // "latest" is the block that the engine has sealed last, whatever it is by now.
        const bool newest = read.wanted_.block.kind == BlockRef::Kind::kLatest ||
                            read.wanted_.block.kind == BlockRef::Kind::kPending;
        if (!newest && answer.block_number != read.number_)
            return read.reply_(state_pruned(read.number_));
        read.reply_(std::move(answer));
    }

    // After the last micro-block: that is the state wanted if nothing came after the block.
    static void on_newest(AccountRead& read, actors::AccountAnswer answer) {
        if (answer.block_number <= read.number_) return read.reply_(std::move(answer));
        read.newest_ = std::move(answer);
        read.on_pool([](AccountRead& self) { self.look_back(); });
    }

    void look_back() {
        const std::uint64_t head = door_.head();
        if (newest_.block_number <= head) return finish();
        // A change in a sealed block says it all where only the account is wanted.
        if (!wanted_.with_code && wanted_.slots.empty()) {
            const auto history =
                door_.reader.account_history(wanted_.address, number_ + 1, head, 1);
            if (history && !history->empty()) {
                newest_.block_number = head;
                return finish();
            }
        }
        // The open block may have changed it: the sealed state is what a proof is made of.
        ask(true, [](AccountRead& read, actors::AccountAnswer answer) {
            read.newest_ = std::move(answer);
            read.on_pool([](AccountRead& self) { self.finish_when_sealed(); });
        });
    }

    void finish_when_sealed() {
        if (newest_.block_number <= door_.head()) return finish();
        if (++attempts_ > kAttemptsMax) return reply_(internal_error());
        door_.later(std::chrono::steady_clock::now() + kSoon, [self = shared_from_this()] {
            self->finish_when_sealed();
        });
    }

    // From the state after newest_.block_number back to number_: the first change after it says
    // what was before.
    void finish() {
        if (newest_.block_number <= number_) return reply_(std::move(newest_));
        const auto history = door_.reader.account_history(
            wanted_.address, number_ + 1, newest_.block_number,
            wanted_.slots.empty() ? 1 : kChangesMax + 1);
        if (!history)
            return reply_(
                history.error() == ReadError::kPruned ? state_pruned(number_) : internal_error());
        if (history->size() > kChangesMax) return reply_(state_pruned(number_));
        std::vector<bool> found(wanted_.slots.size(), false);
        bool first = true;
        for (const AccountVersion& version : *history) {
            if (!undo(version.block_number, std::exchange(first, false), found)) return;
            if (std::find(found.begin(), found.end(), false) == found.end()) break;
        }
        newest_.block_number = number_;
        reply_(std::move(newest_));
    }

    // EIP-7702: an account can have had other code than it has now. The block that gave it has the
    // bytes: the first of those in a row after which the account has that hash.
    // @return empty where that is more than kChangesMax changes of the account back
    chain::Bytes code_before(std::uint64_t block, const chain::Hash32& hash) const {
        const auto history = door_.reader.account_history(
            wanted_.address, door_.reader.oldest_block() + 1, block - 1, kChangesMax + 1);
        if (!history || history->size() > kChangesMax) return {};
        std::uint64_t given_in = 0;
        for (auto version = history->rbegin();
             version != history->rend() && version->account.code_hash == hash; ++version)
            given_in = version->block_number;
        const auto giving = door_.block_at(given_in);
        if (!giving || *giving == nullptr) return {};
        for (const auto& code : (*giving)->codes)
            if (code.hash == hash) return code.code;
        return {};
    }

    // @return false where the question has been answered with an error
    bool undo(std::uint64_t changed_in, bool first, std::vector<bool>& found) {
        const auto block = door_.block_at(changed_in);
        if (!block || *block == nullptr) {
            reply_(block ? internal_error() : block.error());
            return false;
        }
        const auto& changes = (*block)->changes;
        const auto change = std::lower_bound(
            changes.begin(), changes.end(), wanted_.address,
            [](const auto& one, const chain::Address& address) { return one.address < address; });
        if (change == changes.end() || change->address != wanted_.address) {
            reply_(internal_error());
            return false;
        }
        if (first && wanted_.with_code && change->before.code_hash != newest_.account.code_hash) {
            newest_.code.clear();
            if (change->before.has_code()) {
                newest_.code = code_before(changed_in, change->before.code_hash);
                if (newest_.code.empty()) {
                    reply_(state_pruned(number_));
                    return false;
                }
            }
        }
        if (first) {
            newest_.account = change->before;
            newest_.pending_nonce = change->before.nonce;
        }
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (found[i]) continue;
            for (const auto& slot : change->slots) {
                if (slot.slot != wanted_.slots[i]) continue;
                newest_.slots[i].value = slot.before;
                found[i] = true;
            }
        }
        return true;
    }

    Door& door_;
    const AccountWanted wanted_;
    const AccountReply reply_;
    std::uint64_t number_ = 0;
    actors::AccountAnswer newest_;
    int attempts_ = 0;
};

}  // namespace

void read_account(Door& door, AccountWanted wanted, AccountReply reply) {
    std::make_shared<AccountRead>(door, std::move(wanted), std::move(reply))->start();
}

}  // namespace troupe::node::jsonrpc
