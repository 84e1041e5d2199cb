#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/result.hpp"

#include <cstdint>
#include <string>

/// Talking to an L1: what may go wrong is a value with words an operator can act on.
namespace troupe::l1 {

enum class ErrorKind : std::uint8_t {
    kUnreachable = 1,    // no connection, or it broke
    kTimeout,            // no answer in time
    kHttp,               // answered with an HTTP status that is not 200; `code` is the status
    kMalformed,          // answered with something that is not what was asked for
    kRpc,                // JSON-RPC error; `code` is its code
    kReverted,           // the contract refused; `data` is what it returned
    kCancelled,          // cancel() was called
    kBadUrl,             // not http:// or https://
    kWrongChain,         // another chain id, or another block where the rollup starts
    kContractMissing,    // no code, or other code, where a contract should be
    kInsufficientFunds,  // the account cannot pay
    kInvalidKey,         // not a private key
    kReorganised,        // the L1 changed while it was read: ask again
};

struct Error {
    ErrorKind kind{};
    std::int64_t code = 0;
    std::string text;
    chain::Bytes data;  ///< revert data, where there is any

    /// Asking again later may help: nothing is known to be wrong with the question.
    [[nodiscard]] bool is_transient() const noexcept {
        return kind == ErrorKind::kUnreachable || kind == ErrorKind::kTimeout ||
               kind == ErrorKind::kReorganised ||
               (kind == ErrorKind::kHttp && (code == 429 || code >= 500)) ||
               (kind == ErrorKind::kRpc && code == -32005);  // EIP-1474: limit exceeded
    }
};

template <class T>
using Result = chain::Result<T, Error>;
using Status = chain::Result<void, Error>;

}  // namespace troupe::l1
