// Any bytes as RLP. A reader that follows the items one by one must agree with validate(), and what
// is accepted must be the one canonical encoding: writing it again gives the same bytes.
#include "chain/base/assert.hpp"
#include "chain/rlp/decode.hpp"
#include "chain/rlp/encode.hpp"

namespace {

using namespace troupe::chain;
using namespace troupe::chain::rlp;

// Reads every item of `reader` and appends its encoding. Deeper than validate() goes: false.
bool copy_items(Reader reader, std::size_t depth, Bytes& out) {
    while (!reader.at_end()) {
        const auto item = reader.next();
        if (!item) return false;
        if (item->kind == Kind::kString) {
            put_string(out, item->payload);
            continue;
        }
        if (depth == kRlpDepthMax) return false;
        Bytes inner;
        if (!copy_items(Reader(item->payload), depth + 1, inner)) return false;
        append(out, list_of(inner));
    }
    return true;
}

bool copy_single(ByteView input, Bytes& out) {
    Reader reader(input);
    return reader.next().ok() && reader.at_end() && copy_items(Reader(input), 0, out);
}

// Integers read as such are written the same way, and the two widths agree.
void try_integers(ByteView input) {
    Reader narrow(input);
    Reader wide(input);
    while (!narrow.at_end()) {
        const ByteView before = narrow.rest();
        const auto small = narrow.u64();
        const auto large = wide.u256();
        TROUPE_ASSERT(!small || (large && *large == Uint256(*small)));
        if (!large) return;
        Bytes again;
        put_integer(again, *large);
        TROUPE_ASSERT(equal(again, before.first(before.size() - wide.rest().size())));
        TROUPE_ASSERT(again.size() == integer_size(*large));
        if (!small) return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    Bytes again;
    const bool accepted = copy_single(input, again);
    TROUPE_ASSERT(accepted == validate(input).ok());
    if (accepted) TROUPE_ASSERT(equal(again, input));
    TROUPE_ASSERT(!read_single_list(input) || (size > 0 && data[0] >= 0xc0));
    try_integers(input);
    return 0;
}
