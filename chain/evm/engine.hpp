#pragma once

#include "chain/evm/code_cache.hpp"
#include "chain/evm/delegation.hpp"
#include "chain/evm/hash_cache.hpp"
#include "chain/evm/hash_record.hpp"
#include "chain/evm/linear_words.hpp"
#include "chain/evm/memory.hpp"
#include "chain/evm/precompiles.hpp"
#include "chain/evm/tracer.hpp"
#include "chain/execution/block_env.hpp"
#include "chain/state/journal.hpp"

/// The inside of Machine: what the interpreter and the calls work on.
namespace troupe::chain::evm {

/// A call that is under way. While the interpreter runs it, ip, sp and gas are in registers.
struct Frame {
    const Instruction* ip = nullptr;
    Uint256* sp = nullptr;     ///< first free word; sp[-1] is the top
    Uint256* stack = nullptr;  ///< first word
    std::int64_t gas = 0;
    std::size_t memory_base = 0;
    std::size_t memory_size = 0;  ///< a multiple of 32
    const std::uint8_t* input = nullptr;
    std::size_t input_size = 0;
    Code* code = nullptr;
    std::unique_ptr<Code> own_code;  ///< init code, and code that is traced
    state::Journal::AccountId self = 0;
    Address address;  ///< whose storage it works on
    Address caller;
    Uint256 value;
    state::Journal::Checkpoint checkpoint;
    std::size_t output_offset = 0;  ///< in the caller's memory
    std::size_t output_size = 0;
    CallKind kind = CallKind::kCall;
    bool is_static = false;

    [[nodiscard]] bool is_create() const noexcept {
        return kind == CallKind::kCreate || kind == CallKind::kCreate2;
    }
};

/// A call or creation before it has a frame.
struct CallPlan {
    CallKind kind = CallKind::kCall;
    bool is_static = false;
    std::int64_t gas = 0;
    state::Journal::AccountId from = 0;  ///< who pays `value`
    state::Journal::AccountId self = 0;  ///< whose storage the code works on
    state::Journal::AccountId code = 0;  ///< whose code runs (EIP-7702: not yet resolved)
    Address caller;
    Uint256 value;
    bool moves_value = false;
    ByteView input;
    std::size_t output_offset = 0;
    std::size_t output_size = 0;
};

/// What an instruction that calls wants next.
enum class Next : std::uint8_t {
    kContinue,  ///< the caller goes on: the call is over, or never began
    kEnter,     ///< there is a new frame
    kHalt,      ///< the caller itself fails, with Engine::halt
};

class Engine {
  public:
    explicit Engine(std::size_t cache_bytes_max);

    /// Runs a call or a creation of the transaction itself.
    void run(const CallPlan& plan, ByteView init_code);

    // Instructions; the frame's sp and gas are up to date before and after.
    Next call(CallKind kind);
    Next create(CallKind kind);
    void self_destruct_to(state::Journal::AccountId beneficiary);

    /// Ends the innermost call. @return whether a caller goes on
    bool leave(HaltReason reason, std::size_t output_offset, std::size_t output_size);

    /// EIP-2929: makes an account warm, precompiles always are. @return whether it was cold
    bool warm(state::Journal::AccountId id) {
        return journal.warm_account(id) && !is_precompile(journal.record(id).address, env->rules);
    }

    /// Grows the innermost memory to `end` bytes or more. @return the gas left; negative: not
    /// enough
    std::int64_t expand(Frame& frame, std::uint64_t end, std::int64_t gas_left);

    [[nodiscard]] Frame& frame() noexcept { return frames[depth - 1]; }
    [[nodiscard]] bool delegations() const noexcept {
        return env->rules.revision >= Revision::kPrague;
    }

    // The transaction
    const execution::BlockEnv* env = nullptr;
    Uint256 origin;
    Uint256 gas_price;
    std::span<const Hash32> blob_hashes;
    Tracer* tracer = nullptr;
    HashRecord* hashes = nullptr;  ///< written if given
    state::Journal journal;

    // The calls
    std::vector<Frame> frames;
    std::uint32_t depth = 0;  ///< frames in use
    MemoryArena memory;
    StackPool stacks;
    LinearWords linear;  ///< of the innermost call
    OperationIndex operations;
    CodeCache cache;
    HashCache hash_cache;
    Bytes return_data;  ///< of the last call that the innermost call made
    HaltReason halt = HaltReason::kSuccess;

    // Of the outermost call, once it is over
    HaltReason result = HaltReason::kSuccess;
    std::int64_t gas_left = 0;

  private:
    Next begin(const CallPlan& plan);
    Next begin_code(const CallPlan& plan, ByteView init_code);
    void finish_immediately(const CallPlan& plan, HaltReason reason, std::int64_t gas_left_over);
    Next push_result(bool success);
    Next refuse(const CallPlan& plan, ByteView input);
    void deploy(Frame& frame, HaltReason& reason, ByteView code);
};

/// Runs the innermost frame and all that it calls, until the outermost call is over.
/// With no engine: only gives the handlers.
HandlerTable interpret(Engine* engine);

/// The handlers of the interpreter, for decoding.
[[nodiscard]] inline HandlerTable handlers() {
    return interpret(nullptr);
}

inline Engine::Engine(std::size_t cache_bytes_max)
    : operations(handlers()), cache(cache_bytes_max) {}

/// Account at the address in the low 20 bytes of a word.
[[nodiscard]] inline Address to_address(const Uint256& word) noexcept {
    const Hash32 bytes = to_be32(word);
    return Address::from(ByteView{bytes.data() + 12, 20});
}

/// Address of a contract that CREATE or a transaction creates. Yellow Paper, "Contract Creation".
[[nodiscard]] Address created_address(const Address& from, std::uint64_t nonce);

}  // namespace troupe::chain::evm
