#include "tests/evm_differential/program.hpp"

namespace troupe::evm_differential {

using chain::Address;
using chain::Bytes;
using chain::Uint256;

namespace {

enum Op : std::uint8_t {
    kAddMod = 0x08,
    kMulMod = 0x09,
    kIsZero = 0x15,
    kNot = 0x19,
    kSub = 0x03,
    kKeccak = 0x20,
    kCalldataCopy = 0x37,
    kCodeCopy = 0x39,
    kExtCodeCopy = 0x3c,
    kReturnDataCopy = 0x3e,
    kPop = 0x50,
    kMload = 0x51,
    kMstore = 0x52,
    kMstore8 = 0x53,
    kSload = 0x54,
    kSstore = 0x55,
    kJump = 0x56,
    kJumpi = 0x57,
    kGas = 0x5a,
    kJumpdest = 0x5b,
    kTload = 0x5c,
    kTstore = 0x5d,
    kMcopy = 0x5e,
    kPush0 = 0x5f,
    kPush1 = 0x60,
    kDup1 = 0x80,
    kSwap1 = 0x90,
    kLog0 = 0xa0,
    kCreate = 0xf0,
    kCall = 0xf1,
    kCallCode = 0xf2,
    kReturn = 0xf3,
    kDelegateCall = 0xf4,
    kCreate2 = 0xf5,
    kStaticCall = 0xfa,
    kRevert = 0xfd,
    kInvalid = 0xfe,
    kSelfDestruct = 0xff,
};

template <std::size_t N>
std::uint8_t pick(Rng& rng, const std::uint8_t (&choices)[N]) {
    return choices[rng.below(N)];
}

bool one_in(Rng& rng, std::size_t n) {
    return rng.below(n) == 0;
}

/// Writes one piece after the other.
class Writer {
  public:
    explicit Writer(PieceSource& source) : source_(source) {}

    Bytes take() { return std::move(code_); }
    void piece(Rng rng);
    void ending(Rng rng, bool of_init_code);

  private:
    void op(std::uint8_t opcode) { code_.push_back(opcode); }
    void push(const Uint256& value) {
        const unsigned size = value.byte_count();
        op(static_cast<std::uint8_t>(kPush0 + size));
        const chain::Hash32 bytes = chain::to_be32(value);
        code_.insert(code_.end(), bytes.end() - size, bytes.end());
    }
    void push_address(Rng& rng) {
        const auto& addresses = source_.addresses();
        if (one_in(rng, 12)) return push(edge_word(rng));
        push(chain::uint256_from_be(addresses[rng.below(addresses.size())]));
    }
    void push_offset(Rng& rng) {
        if (one_in(rng, 200)) return push(edge_word(rng));
        push(rng.below(one_in(rng, 8) ? 5'000 : 130));
    }
    void push_size(Rng& rng) {
        if (one_in(rng, 200)) return push(edge_word(rng));
        push(rng.below(one_in(rng, 10) ? 3'000 : 100));
    }
    void push_range(Rng& rng) {  // size below, offset on top
        push_size(rng);
        push_offset(rng);
    }
    void push_slot(Rng& rng) { push(one_in(rng, 15) ? edge_word(rng) : Uint256(rng.below(4))); }

    void sink(Rng& rng);
    void arithmetic(Rng& rng);
    void memory(Rng& rng);
    void environment(Rng& rng);
    void storage(Rng& rng);
    void call(Rng& rng);
    void creation(Rng& rng);
    void control(Rng& rng);
    void stack(Rng& rng);
    void write_memory(const Bytes& bytes);

    PieceSource& source_;
    Bytes code_;
};

/// What becomes of a result: it is dropped, kept on the stack, or made visible in the state.
void Writer::sink(Rng& rng) {
    switch (rng.below(5)) {
        case 0:
            op(kPop);
            break;
        case 1:
            push_slot(rng);
            op(kSstore);
            break;
        case 2:
            push_offset(rng);
            op(kMstore);
            break;
        default:
            break;
    }
}

void Writer::arithmetic(Rng& rng) {
    static constexpr std::uint8_t kOps[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09,
                                            0x0a, 0x0b, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16,
                                            0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d};
    const std::uint8_t opcode = pick(rng, kOps);
    std::size_t operands = 2;
    if (opcode == kAddMod || opcode == kMulMod) operands = 3;
    if (opcode == kIsZero || opcode == kNot) operands = 1;
    for (std::size_t i = 0; i < operands; ++i)
        push(edge_word(rng));
    op(opcode);
    sink(rng);
}

void Writer::memory(Rng& rng) {
    switch (rng.below(7)) {
        case 0:
            push_range(rng);
            op(kKeccak);
            return sink(rng);
        case 1:
            push_offset(rng);
            op(kMload);
            return sink(rng);
        case 2:
            push(edge_word(rng));
            push_offset(rng);
            return op(one_in(rng, 3) ? kMstore8 : kMstore);
        case 3:
            push_size(rng);
            push_offset(rng);
            push_offset(rng);
            return op(kMcopy);
        case 4:
            push_size(rng);
            push_offset(rng);
            push_offset(rng);
            push_address(rng);
            return op(kExtCodeCopy);
        default: {
            static constexpr std::uint8_t kCopies[] = {kCalldataCopy, kCodeCopy, kReturnDataCopy};
            const std::uint8_t copy = pick(rng, kCopies);
            push(copy == kReturnDataCopy ? rng.below(4) * 16 : rng.below(100));
            push_offset(rng);
            push_offset(rng);
            return op(copy);
        }
    }
}

void Writer::environment(Rng& rng) {
    static constexpr std::uint8_t kPlain[] = {0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a,
                                              0x3d, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46,
                                              0x47, 0x48, 0x4a, 0x58, 0x59, kGas, kGas};
    static constexpr std::uint8_t kOfAddress[] = {0x31, 0x3b, 0x3f};  // BALANCE, EXTCODE...
    static constexpr std::uint8_t kOfNumber[] = {0x35, 0x40, 0x49};   // CALLDATALOAD, hashes
    switch (rng.below(3)) {
        case 0:
            op(pick(rng, kPlain));
            break;
        case 1:
            push_address(rng);
            op(pick(rng, kOfAddress));
            break;
        default:
            push(one_in(rng, 6) ? edge_word(rng) : Uint256(rng.below(300)));
            op(pick(rng, kOfNumber));
    }
    sink(rng);
}

void Writer::storage(Rng& rng) {
    const bool transient = one_in(rng, 3);
    if (one_in(rng, 2)) {
        push_slot(rng);
        op(transient ? kTload : kSload);
        return sink(rng);
    }
    push(one_in(rng, 8) ? edge_word(rng) : Uint256(rng.below(3)));
    push_slot(rng);
    op(transient ? kTstore : kSstore);
}

void Writer::call(Rng& rng) {
    static constexpr std::uint8_t kKinds[] = {kCall, kCall, kCallCode, kDelegateCall, kStaticCall};
    const std::uint8_t kind = pick(rng, kKinds);
    push_range(rng);  // of the output
    push_range(rng);  // of the input
    if (kind == kCall || kind == kCallCode)
        push(
            one_in(rng, 3) ? (one_in(rng, 5) ? edge_word(rng) : Uint256(rng.below(3))) : Uint256());
    if (one_in(rng, 4)) {
        push(1 + rng.below(0x11));                      // a precompile
        if (code_.back() == 0x0a) code_.back() = 0x04;  // no KZG on the other side
    } else {
        push_address(rng);
    }
    switch (rng.below(4)) {
        case 0:
            push(rng.below(60'000));
            break;
        case 1:
            push(one_in(rng, 3) ? edge_word(rng) : Uint256(2'300));
            break;
        default:
            op(kGas);
    }
    op(kind);
    sink(rng);
}

/// Writes bytes to memory from 0 on.
void Writer::write_memory(const Bytes& bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += 32) {
        chain::Hash32 word;
        std::copy_n(
            bytes.begin() + static_cast<std::ptrdiff_t>(at),
            std::min<std::size_t>(32, bytes.size() - at), word.bytes.begin());
        push(chain::uint256_from_be(word));
        push(at);
        op(kMstore);
    }
}

void Writer::creation(Rng& rng) {
    Writer init(source_);
    for (std::size_t i = rng.below(3); i > 0; --i)
        init.piece(Rng(rng.next()));
    init.ending(Rng(rng.next()), true);
    const Bytes code = init.take();
    write_memory(code);
    const bool salted = one_in(rng, 2);
    if (salted) push(rng.below(2));
    push(one_in(rng, 12) ? edge_word(rng) : Uint256(code.size()));
    push(0);
    push(one_in(rng, 4) ? rng.below(3) : 0);
    op(salted ? kCreate2 : kCreate);
    if (one_in(rng, 2)) {  // call what was made
        op(kDup1);
        for (int i = 0; i < 5; ++i)
            op(kPush0);
        op(kDup1 + 5);
        op(kGas);
        op(kCall);
        op(kPop);
    }
    sink(rng);
}

void Writer::control(Rng& rng) {
    if (one_in(rng, 20)) {  // wherever that leads
        push(one_in(rng, 3) ? edge_word(rng) : Uint256(rng.below(code_.size() + 40)));
        return op(kJump);
    }
    if (one_in(rng, 2)) {  // skip what must not be run: data that looks like code
        const Bytes data = rng.bytes(rng.below(6));
        push(rng.below(3));
        const std::size_t target = code_.size() + 4 + data.size();
        op(kPush1 + 1);
        op(static_cast<std::uint8_t>(target >> 8));
        op(static_cast<std::uint8_t>(target));
        op(one_in(rng, 2) ? kJump : kJumpi);
        chain::append(code_, data);
        return op(kJumpdest);
    }
    push(1 + rng.below(one_in(rng, 10) ? 2'000 : 6));  // a loop
    const std::size_t begin = code_.size();
    op(kJumpdest);
    if (one_in(rng, 2)) arithmetic(rng);
    if (one_in(rng, 4)) storage(rng);
    push(1);
    op(kSwap1);
    op(kSub);
    op(kDup1);
    op(kPush1 + 1);
    op(static_cast<std::uint8_t>(begin >> 8));
    op(static_cast<std::uint8_t>(begin));
    op(kJumpi);
}

void Writer::stack(Rng& rng) {
    if (one_in(rng, 3)) {
        const std::size_t topics = rng.below(5);
        for (std::size_t i = 0; i < topics; ++i)
            push(edge_word(rng));
        push_range(rng);
        return op(static_cast<std::uint8_t>(kLog0 + topics));
    }
    const std::size_t depth = rng.below(one_in(rng, 4) ? 16 : 3);
    for (std::size_t i = 0; i <= depth + 1; ++i)
        push(rng.below(300));
    op(static_cast<std::uint8_t>((one_in(rng, 2) ? kDup1 : kSwap1) + depth));
}

void Writer::piece(Rng rng) {
    switch (rng.below(22)) {
        case 0:
        case 1:
        case 2:
        case 3:
            return arithmetic(rng);
        case 4:
        case 5:
        case 6:
            return memory(rng);
        case 7:
        case 8:
        case 9:
            return environment(rng);
        case 10:
        case 11:
        case 12:
            return storage(rng);
        case 13:
        case 14:
        case 15:
            return call(rng);
        case 16:
        case 17:
            return creation(rng);
        case 18:
        case 19:
            return control(rng);
        case 20:
            return stack(rng);
        default:
            if (one_in(rng, 3)) return ending(rng, false);
            if (one_in(rng, 12)) return chain::append(code_, rng.bytes(1 + rng.below(8)));
            return arithmetic(rng);
    }
}

void Writer::ending(Rng rng, bool of_init_code) {
    if (of_init_code && !one_in(rng, 4)) {
        if (one_in(rng, 8)) {  // a size near the limit of EIP-170, or one that EIP-3541 refuses
            push(one_in(rng, 2) ? 24'576 + rng.below(2) : 1);
            push(0);
            if (one_in(rng, 2)) {
                push(0xef);
                push(0);
                op(kMstore8);
            }
            return op(kReturn);
        }
        Writer deployed(source_);
        if (!one_in(rng, 3)) deployed.piece(Rng(rng.next()));
        if (one_in(rng, 2)) deployed.ending(Rng(rng.next()), false);
        const Bytes code = deployed.take();
        write_memory(code);
        push(code.size());
        push(0);
        return op(kReturn);
    }
    switch (rng.below(6)) {
        case 0:
        case 1:
            push_range(rng);
            return op(kReturn);
        case 2:
            push_range(rng);
            return op(kRevert);
        case 3:
            return op(one_in(rng, 2) ? 0x00 : kInvalid);
        case 4:
            push_address(rng);
            return op(kSelfDestruct);
        default:
            return chain::append(code_, Bytes{kPush1 + 31, 0x01});  // ends inside its operand
    }
}

Bytes program(PieceSource& source, std::size_t pieces, bool of_init_code) {
    Writer writer(source);
    for (std::size_t i = 0; i < pieces; ++i)
        if (auto rng = source.next()) writer.piece(*rng);
    if (auto rng = source.next(); rng && (of_init_code || one_in(*rng, 2)))
        writer.ending(*rng, of_init_code);
    return writer.take();
}

}  // namespace

std::optional<Rng> PieceSource::next() {
    const std::size_t number = count_++;
    if (without_.contains(number)) return std::nullopt;
    return Rng(seed_ ^ (number + 1) * 0x9e3779b97f4a7c15);
}

Uint256 edge_word(Rng& rng) {
    Uint256 word;
    switch (rng.below(8)) {
        case 0:
        case 1:
        case 2:
            return rng.below(36);
        case 3:  // a power of two, or a neighbour
            word.limbs[rng.below(4)] = std::uint64_t{1} << rng.below(64);
            return word + rng.below(3) - 1;
        case 4:
            return Uint256() - rng.below(4);
        case 5:
            return Uint256(std::uint64_t{1} << 63, 0, 0, 0) + rng.below(3) - 1;
        case 6:
            return rng.below(70'000);
        default:
            for (auto& limb : word.limbs)
                limb = rng.next();
            return word;
    }
}

Bytes random_program(PieceSource& source, std::size_t pieces) {
    return program(source, pieces, false);
}

Bytes random_init_code(PieceSource& source, std::size_t pieces) {
    return program(source, pieces, true);
}

}  // namespace troupe::evm_differential
