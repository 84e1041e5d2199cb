// Any bytes as a batch of signatures: recover_batch says of each what libsecp256k1 says.
#include "chain/base/assert.hpp"
#include "chain/base/hex.hpp"
#include "chain/crypto/recover_batch.hpp"
#include "chain/crypto/recovery/path.hpp"

#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace troupe::chain;

constexpr std::size_t kRecord = 97;  // digest, r, s, and a byte of which the lowest bit is parity

crypto::RecoveryInput read(const std::uint8_t* record) {
    crypto::RecoveryInput input;
    input.digest = Hash32::from(ByteView(record, 32));
    input.signature.r = uint256_from_be(ByteView(record + 32, 32));
    input.signature.s = uint256_from_be(ByteView(record + 64, 32));
    input.signature.y_parity = (record[96] & 1) != 0;
    return input;
}

void report(
    const crypto::RecoveryInput& input, std::size_t index, crypto::recovery::Path path,
    const crypto::RecoveryResult& ours, const crypto::RecoveryResult& expected) {
    const auto text = [](const crypto::RecoveryResult& result) {
        return result ? to_hex(*result) : std::string("nobody");
    };
    std::fprintf(
        stderr,
        "recover_batch differs from libsecp256k1 on path %d, signature %zu of the batch:\n"
        "digest %s\nr      %s\ns      %s\nparity %d\nours   %s\ntheirs %s\n",
        static_cast<int>(path), index, to_hex(input.digest).c_str(),
        to_hex(to_be32(input.signature.r)).c_str(), to_hex(to_be32(input.signature.s)).c_str(),
        input.signature.y_parity ? 1 : 0, text(ours).c_str(), text(expected).c_str());
}

void compare(const std::vector<crypto::RecoveryInput>& inputs, crypto::recovery::Path path) {
    const auto kernel = crypto::recovery::kernel_of(path);
    std::vector<crypto::RecoveryResult> results(
        inputs.size(), crypto::RecoveryResult(Error::kRlpNonCanonical));
    crypto::recovery::recover_batch_with(kernel, inputs, results, false);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const auto key = crypto::recover_public_key(inputs[i].digest, inputs[i].signature, false);
        const auto expected = key ? crypto::RecoveryResult(crypto::address_of(*key))
                                  : crypto::RecoveryResult(key.error());
        const bool same =
            results[i].ok() == expected.ok() &&
            (results[i].ok() ? *results[i] == *expected : results[i].error() == expected.error());
        if (same) continue;
        report(inputs[i], i, path, results[i], expected);
        TROUPE_ASSERT(same);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<crypto::RecoveryInput> inputs;
    for (std::size_t at = 0; at + kRecord <= size && inputs.size() < 300; at += kRecord)
        inputs.push_back(read(data + at));
    // Each signature also with digests and scalars that the fuzzer would hardly find: the next
    // record's s as its r, and its own r as its s.
    const std::size_t given = inputs.size();
    for (std::size_t i = 0; i < given; ++i) {
        auto mixed = inputs[i];
        mixed.signature.s = mixed.signature.r;
        mixed.signature.r = inputs[(i + 1) % given].signature.s;
        inputs.push_back(mixed);
    }
    compare(inputs, crypto::recovery::Path::kAvx512);
    compare(inputs, crypto::recovery::Path::kAvx2);
    return 0;
}
