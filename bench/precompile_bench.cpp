#include "bench/precompile_bench.hpp"

#include "bench/report.hpp"
#include "bench/timing.hpp"
#include "chain/base/endian.hpp"
#include "chain/base/hex.hpp"
#include "chain/crypto/bls12_381.hpp"
#include "chain/crypto/bn254.hpp"
#include "chain/crypto/secp256k1.hpp"
#include "chain/crypto/sha256.hpp"
#include "chain/evm/precompiles.hpp"
#include "sequencer/commands/command.hpp"
#include "sequencer/version.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <random>

namespace troupe::bench {
namespace {

using namespace chain;

constexpr double kNsPerGasMax = 10;  // what no precompile is to exceed
constexpr Rules kRules{Revision::kPrague, true};

struct Input {
    std::string name;
    std::uint16_t address = 0;
    Bytes bytes;
    std::uint64_t gas = 0;  ///< by the specification
};

struct Line {
    Input input;
    Timing timing;

    [[nodiscard]] double ns_per_gas() const {
        return timing.min_ns / static_cast<double>(input.gas);
    }
};

/// Inputs of which the slowest for their gas are known or suspected. Fixed seed.
class Inputs {
  public:
    std::vector<Input> all() {
        hashes();
        modexps();
        bn254();
        kzg();
        bls();
        signatures();
        return std::move(inputs_);
    }

  private:
    void add(std::string name, std::uint16_t address, Bytes bytes, std::uint64_t gas) {
        inputs_.push_back({std::move(name), address, std::move(bytes), gas});
    }
    Uint256 random_number() { return {random_(), random_(), random_(), random_()}; }
    Bytes random_bytes(std::size_t size) {
        Bytes bytes(size);
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(random_());
        return bytes;
    }

    void hashes() {
        for (const std::size_t size : {32u, 33u, 100'000u}) {
            const std::uint64_t words = (size + 31) / 32;
            add(fmt::format("sha256 {} bytes", size), 2, Bytes(size, 1), 60 + 12 * words);
            add(fmt::format("ripemd160 {} bytes", size), 3, Bytes(size, 1), 600 + 120 * words);
            add(fmt::format("identity {} bytes", size), 4, Bytes(size, 1), 15 + 3 * words);
        }
        for (const std::uint32_t rounds : {12u, 1'000u, 1'000'000u}) {
            Bytes input = random_bytes(213);
            store_be(input.data(), rounds);
            input.back() = 1;
            add(fmt::format("blake2f {} rounds", rounds), 9, std::move(input), rounds);
        }
    }

    /// Base and modulus of `size` bytes, an exponent of ones.
    void modexp(std::size_t size, std::size_t exponent_size, bool even) {
        Bytes input;
        for (const std::size_t length : {size, exponent_size, size})
            append(input, to_be32(Uint256(length)));
        append(input, random_bytes(size));
        append(input, Bytes(exponent_size, 0xff));
        Bytes modulus = random_bytes(size);
        modulus.front() |= 0x80;
        modulus.back() =
            static_cast<std::uint8_t>(even ? modulus.back() & 0xfe : modulus.back() | 1);
        append(input, modulus);
        const std::uint64_t words = (size + 7) / 8;
        // EIP-2565: the exponent's head has 255 bits after its first, its tail 8 a byte
        const std::uint64_t iterations = 255 + 8 * (exponent_size - 32);
        add(fmt::format("modexp {} bytes ^ {} bytes{}", size, exponent_size, even ? ", even" : ""),
            5, std::move(input), std::max<std::uint64_t>(200, words * words * iterations / 3));
    }
    void modexps() {
        for (const std::size_t size : {8u, 16u, 24u, 32u, 64u, 256u, 1'024u}) {
            for (const bool even : {false, true})
                modexp(size, size < 64 ? 1'024 : 64, even);
        }
        modexp(8, 32, false);
        modexp(8, 96, false);
    }

    void bn254() {
        using namespace crypto::bn254;
        const G1 g1{Fp(Uint256(1)), Fp(Uint256(2))};
        const auto generator = from_hex(
            "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
            "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
            "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
            "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa");
        Bytes two;
        append_point(two, multiply(g1, random_number()));
        Bytes product = two;
        append_point(two, multiply(g1, random_number()));
        add("bn254 add", 6, two, 150);
        append(product, to_be32(Uint256(0) - Uint256(1)));
        add("bn254 multiply", 7, product, 6'000);
        for (const std::size_t pairs : {0u, 1u, 2u, 8u}) {
            Bytes input;
            for (std::size_t i = 0; i < pairs; ++i) {
                append_point(input, multiply(g1, random_number()));
                append(input, *generator);
            }
            add(fmt::format("bn254 pairing of {}", pairs), 8, input, 45'000 + 34'000 * pairs);
        }
    }

    void kzg() {
        // The polynomial X: its commitment is [s]G1, of the trusted setup, its value at z is z, and
        // (X - z) / (X - z) = 1 makes the proof the generator.
        const auto commitment = from_hex(
            "ad3eb50121139aa34db1d545093ac9374ab7bca2c0f3bf28e27c8dcd8fc7cb42"
            "d25926fc0c97b336e9f0fb35e5a04c81");
        const auto proof = from_hex(
            "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
            "6c55e83ff97a1aeffb3af00adb22c6bb");
        Hash32 versioned = crypto::sha256(*commitment);
        versioned[0] = 1;
        Bytes input(versioned.begin(), versioned.end());
        const Hash32 z = to_be32(random_number() / Uint256(4));  // below the order
        append(input, z);
        append(input, z);
        append(input, *commitment);
        append(input, *proof);
        add("KZG point evaluation", 0x0a, input, 50'000);
    }

    /// Points of any kind come from the maps, whose answers are in EIP-2537's encoding.
    Bytes bls_point(std::uint16_t map, std::size_t coordinates) {
        Bytes element;
        for (std::size_t i = 0; i < coordinates; ++i) {
            Bytes coordinate(64);
            const Bytes value = random_bytes(47);  // below the modulus
            std::copy(value.begin(), value.end(), coordinate.begin() + 17);
            append(element, coordinate);
        }
        Address address;
        address[19] = static_cast<std::uint8_t>(map);
        Bytes point;
        TROUPE_ASSERT(evm::run_precompile(address, element, 100'000, kRules, point).success);
        return point;
    }
    Bytes g1() { return bls_point(0x10, 1); }
    Bytes g2() { return bls_point(0x11, 2); }

    void bls() {
        Bytes two = g1();
        append(two, g1());
        add("BLS G1 add", 0x0b, two, 375);
        two = g2();
        append(two, g2());
        add("BLS G2 add", 0x0d, two, 600);
        // Prices: 12,000 and 22,500 times EIP-2537's discounts
        struct {
            std::size_t count;
            std::uint64_t g1_gas;
            std::uint64_t g2_gas;
        } const products[] = {
            {1, 12'000, 22'500},
            {2, 22'776, 45'000},
            {8, 69'888, 143'280},
            {32, 240'768, 465'120},
            {128, 797'184, 1'509'120}};
        for (const auto& [count, g1_gas, g2_gas] : products) {
            Bytes of_g1;
            Bytes of_g2;
            for (std::size_t i = 0; i < count; ++i) {
                append(of_g1, g1());
                append(of_g1, to_be32(random_number()));
                append(of_g2, g2());
                append(of_g2, to_be32(random_number()));
            }
            add(fmt::format("BLS G1 MSM of {}", count), 0x0c, of_g1, g1_gas);
            add(fmt::format("BLS G2 MSM of {}", count), 0x0e, of_g2, g2_gas);
        }
        for (const std::size_t pairs : {1u, 2u, 8u}) {
            Bytes input;
            for (std::size_t i = 0; i < pairs; ++i) {
                append(input, g1());
                append(input, g2());
            }
            add(fmt::format("BLS pairing of {}", pairs), 0x0f, input, 37'700 + 32'600 * pairs);
        }
        Bytes element(64);
        element.back() = 7;
        add("BLS map to G1", 0x10, element, 5'500);
        element.resize(128);
        add("BLS map to G2", 0x11, element, 23'800);
    }

    void signatures() {
        const auto digest = Hash32::from(random_bytes(32));
        crypto::PrivateKey key;
        key[31] = 7;
        const auto made = crypto::sign(digest, key);
        Bytes input(digest.begin(), digest.end());
        append(input, to_be32(Uint256(made->y_parity ? 28 : 27)));
        append(input, to_be32(made->r));
        append(input, to_be32(made->s));
        add("ecrecover", 1, input, 3'000);
        // RFC 6979, A.2.5, SHA-256, message "sample"
        add("P256VERIFY", 0x100,
            *from_hex("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"
                      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
                      "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                      "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"),
            3'450);
    }

    std::mt19937_64 random_{42};
    std::vector<Input> inputs_;
};

Line measure_input(Input input, double seconds) {
    Address address;
    store_be(address.data() + 18, input.address);
    Bytes output;
    constexpr std::uint64_t kGas = 1'000'000'000;
    Line line{std::move(input), {}};
    line.timing = measure(seconds, [&] {
        const auto result = evm::run_precompile(address, line.input.bytes, kGas, kRules, output);
        // Both signature precompiles answer nothing to what is no signature.
        return result.success && kGas - result.gas_left == line.input.gas && !output.empty();
    });
    return line;
}

nlohmann::json to_json(const std::vector<Line>& lines) {
    nlohmann::json json;
    json["machine"] = cpu_name();
    json["version"] = node::kVersion;
    json["precompiles"] = nlohmann::json::array();
    for (const Line& line : lines) {
        json["precompiles"].push_back(
            {{"input", line.input.name},
             {"address", line.input.address},
             {"gas", line.input.gas},
             {"min_ns", line.timing.min_ns},
             {"median_ns", line.timing.median_ns},
             {"samples", line.timing.samples},
             {"ns_per_gas", line.ns_per_gas()}});
    }
    return json;
}

}  // namespace

int run_precompile_bench(const PrecompileBenchOptions& options) {
    fmt::print("{}\n", cpu_name());
    fmt::print(
        "{:<32} {:>8} {:>10} {:>14} {:>14} {:>10}\n", "input", "address", "gas", "min ns",
        "median ns", "ns/gas");
    std::vector<Line> lines;
    for (Input& input : Inputs().all()) {
        Line line = measure_input(std::move(input), options.seconds);
        if (line.timing.wrong) return node::report(line.input.name + ": another result or price");
        fmt::print(
            "{:<32} {:>8} {:>10} {:>14.0f} {:>14.0f} {:>10.2f}{}\n", line.input.name,
            fmt::format("{:#x}", line.input.address), line.input.gas, line.timing.min_ns,
            line.timing.median_ns, line.ns_per_gas(),
            line.ns_per_gas() > kNsPerGasMax ? "  above 10" : "");
        std::fflush(stdout);
        lines.push_back(std::move(line));
    }
    if (!options.json_file.empty()) {
        std::ofstream out(options.json_file);
        out << to_json(lines).dump(1) << '\n';
        if (!out.flush()) return node::report(options.json_file + " cannot be written");
    }
    return node::kExitOk;
}

}  // namespace troupe::bench
