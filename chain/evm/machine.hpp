#pragma once

#include "chain/evm/hash_record.hpp"
#include "chain/evm/tracer.hpp"
#include "chain/execution/block_env.hpp"
#include "chain/state/journal.hpp"
#include "chain/types/transaction.hpp"

#include <memory>

namespace troupe::chain::evm {

class Engine;

/// The Ethereum Virtual Machine: everything that running contracts needs and that is worth keeping
/// from one transaction to the next (stacks, memory, the journal's tables, decoded code). An
/// executor owns one. Not for two threads at once; its state never changes a result.
class Machine {
  public:
    /// @param code_bytes_max  decoded code that is kept between calls; see CodeCache
    explicit Machine(std::size_t code_bytes_max = std::size_t{64} << 20);
    ~Machine();
    Machine(Machine&&) noexcept;
    Machine& operator=(Machine&&) noexcept;

    /// Starts a transaction: an empty journal on `view`.
    /// @param blob_hashes  EIP-4844; must live as long as the transaction, as must all the others
    /// @param tracer       null: none
    state::Journal& begin(
        const state::StateView& view, const execution::BlockEnv& env, const Address& origin,
        const Uint256& gas_price, std::span<const Hash32> blob_hashes = {},
        Tracer* tracer = nullptr);
    [[nodiscard]] state::Journal& journal() noexcept;
    /// From now on writes down what is hashed, in all transactions; null: no more.
    void record_hashes(HashRecord* record) noexcept;

    struct Result {
        HaltReason reason = HaltReason::kSuccess;
        std::int64_t gas_left = 0;
        ByteView output;  ///< valid until the next call or begin()
        Address created;  ///< of a creation
    };
    /// The call of a transaction: moves `value` and runs the code of `to`. What is warm, who is
    /// nonce'd and who pays for gas is the caller's business (execution/).
    /// @pre begin(); the sender has `value`
    [[nodiscard]] Result call(
        const Address& from, const Address& to, const Uint256& value, ByteView input,
        std::int64_t gas);
    /// The creation of a transaction. @param nonce  of the sender before the transaction
    [[nodiscard]] Result create(
        const Address& from, std::uint64_t nonce, const Uint256& value, ByteView init_code,
        std::int64_t gas);

  private:
    std::unique_ptr<Engine> engine_;
};

}  // namespace troupe::chain::evm
