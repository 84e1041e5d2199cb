#include "sequencer/keystore/keystore.hpp"

#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

namespace troupe::node {
namespace {

using chain::Bytes;
using chain::ByteView;
using Json = nlohmann::ordered_json;

constexpr std::size_t kDerivedBytes = 32;
constexpr std::uint64_t kScryptMemoryMax = 1ull << 30;
constexpr std::uint64_t kPbkdf2RoundsMax = 10'000'000;

/// Hexadecimal as these files have it: without 0x.
std::string plain_hex(ByteView bytes) {
    return chain::to_hex(bytes).substr(2);
}

Bytes random_bytes(std::size_t count) {
    Bytes bytes(count);
    TROUPE_ASSERT(RAND_bytes(bytes.data(), static_cast<int>(count)) == 1);
    return bytes;
}

struct ScryptCost {
    std::uint64_t n;
    std::uint64_t r;
    std::uint64_t p;
};

ScryptCost cost_of(KeystoreStrength strength) {
    return strength == KeystoreStrength::kLight ? ScryptCost{1u << 12, 8, 6}
                                                : ScryptCost{1u << 18, 8, 1};
}

/// Empty where the parameters are refused. OpenSSL keeps RFC 7914's bound N < 2^(16 r), which files
/// with r = 1 exceed, the definition's own example among them; libsodium takes those.
Bytes scrypt(const std::string& password, ByteView salt, const ScryptCost& cost) {
    Bytes derived(kDerivedBytes);
    if (cost.r < 4 && cost.n >= 1ull << (16 * cost.r)) {
        const int failed = crypto_pwhash_scryptsalsa208sha256_ll(
            reinterpret_cast<const std::uint8_t*>(password.data()), password.size(), salt.data(),
            salt.size(), cost.n, static_cast<std::uint32_t>(cost.r),
            static_cast<std::uint32_t>(cost.p), derived.data(), derived.size());
        return failed == 0 ? derived : Bytes{};
    }
    const int ok = EVP_PBE_scrypt(
        password.data(), password.size(), salt.data(), salt.size(), cost.n, cost.r, cost.p,
        kScryptMemoryMax + (1u << 20), derived.data(), derived.size());
    return ok == 1 ? derived : Bytes{};
}

Bytes pbkdf2(const std::string& password, ByteView salt, std::uint64_t rounds) {
    Bytes derived(kDerivedBytes);
    const int ok = PKCS5_PBKDF2_HMAC(
        password.data(), static_cast<int>(password.size()), salt.data(),
        static_cast<int>(salt.size()), static_cast<int>(rounds), EVP_sha256(),
        static_cast<int>(derived.size()), derived.data());
    return ok == 1 ? derived : Bytes{};
}

/// AES-128 in counter mode: the same call encrypts and decrypts.
Bytes aes_128_ctr(ByteView input, ByteView key, ByteView iv) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
        EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    Bytes output(input.size());
    int written = 0;
    TROUPE_ASSERT(
        EVP_EncryptInit_ex(context.get(), EVP_aes_128_ctr(), nullptr, key.data(), iv.data()) == 1);
    TROUPE_ASSERT(
        EVP_EncryptUpdate(
            context.get(), output.data(), &written, input.data(), static_cast<int>(input.size())) ==
        1);
    return output;
}

/// keccak256(second half of the derived key ‖ ciphertext).
chain::Hash32 mac_of(ByteView derived, ByteView ciphertext) {
    Bytes preimage(derived.begin() + 16, derived.end());
    chain::append(preimage, ciphertext);
    return chain::crypto::keccak256(preimage);
}

/// A random (version 4) UUID.
std::string random_uuid() {
    Bytes bytes = random_bytes(16);
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
    const std::string hex = plain_hex(bytes);
    return fmt::format(
        "{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
        hex.substr(20));
}

KeystoreError bad(std::string message) {
    return {std::move(message)};
}

/// A file's fields, checked for form and bounds.
struct Sealed {
    Bytes iv;
    Bytes ciphertext;
    Bytes salt;
    chain::Hash32 mac;
    bool is_scrypt = true;
    ScryptCost cost{};
    std::uint64_t rounds = 0;
    std::optional<chain::Address> address;
};

std::optional<KeystoreError> read_kdf(const Json& crypto, Sealed& sealed) {
    const auto& parameters = crypto.at("kdfparams");
    const std::string kdf = crypto.at("kdf");
    if (parameters.at("dklen") != kDerivedBytes) return bad("kdfparams.dklen is not 32");
    const auto salt = chain::from_hex(parameters.at("salt").get<std::string>());
    if (!salt) return bad("kdfparams.salt is not hexadecimal");
    sealed.salt = *salt;
    if (kdf == "scrypt") {
        sealed.cost = {parameters.at("n"), parameters.at("r"), parameters.at("p")};
        const auto& [n, r, p] = sealed.cost;
        if (n < 2 || r == 0 || p == 0 || n > kScryptMemoryMax || r > kScryptMemoryMax ||
            p > 1'024 || n * r > kScryptMemoryMax / 128) {
            return bad("scrypt parameters are invalid or need more than 1 GiB");
        }
        return std::nullopt;
    }
    if (kdf != "pbkdf2") return bad("kdf is neither scrypt nor pbkdf2: " + kdf);
    sealed.is_scrypt = false;
    sealed.rounds = parameters.at("c");
    if (parameters.at("prf") != "hmac-sha256") return bad("kdfparams.prf is not hmac-sha256");
    if (sealed.rounds == 0 || sealed.rounds > kPbkdf2RoundsMax) {
        return bad("kdfparams.c is not between 1 and 10,000,000");
    }
    return std::nullopt;
}

/// nlohmann reports a missing or mistyped field by exception; it ends in decrypt_keystore.
std::variant<Sealed, KeystoreError> read_fields(const std::string& text) {
    const Json json = Json::parse(text);
    if (json.at("version") != 3) return bad("version is not 3");
    const auto& crypto = json.contains("crypto") ? json.at("crypto") : json.at("Crypto");
    if (crypto.at("cipher") != "aes-128-ctr") return bad("cipher is not aes-128-ctr");
    Sealed sealed;
    const auto iv = chain::from_hex(crypto.at("cipherparams").at("iv").get<std::string>());
    const auto ciphertext = chain::from_hex(crypto.at("ciphertext").get<std::string>());
    const auto mac = chain::fixed_from_hex<chain::Hash32>(crypto.at("mac").get<std::string>());
    if (!iv || iv->size() != 16) return bad("cipherparams.iv is not 16 bytes of hexadecimal");
    if (!ciphertext || ciphertext->size() != 32) {
        return bad("ciphertext is not 32 bytes of hexadecimal");
    }
    if (!mac) return bad("mac is not 32 bytes of hexadecimal");
    sealed.iv = *iv;
    sealed.ciphertext = *ciphertext;
    sealed.mac = *mac;
    sealed.address = keystore_address(text);
    if (auto error = read_kdf(crypto, sealed)) return *error;
    return sealed;
}

std::variant<UnlockedKey, KeystoreError> open(const Sealed& sealed, const std::string& password) {
    Bytes derived = sealed.is_scrypt ? scrypt(password, sealed.salt, sealed.cost)
                                     : pbkdf2(password, sealed.salt, sealed.rounds);
    if (derived.empty()) return bad("the key derivation refuses its parameters");
    if (mac_of(derived, sealed.ciphertext) != sealed.mac) return bad("wrong password");
    Bytes secret = aes_128_ctr(sealed.ciphertext, ByteView(derived).first(16), sealed.iv);
    auto key = chain::crypto::PrivateKey::from(secret);
    OPENSSL_cleanse(derived.data(), derived.size());
    OPENSSL_cleanse(secret.data(), secret.size());
    if (!chain::crypto::is_valid(key)) return bad("the file holds no valid secp256k1 key");
    UnlockedKey unlocked(key);
    OPENSSL_cleanse(key.data(), key.size());
    if (sealed.address && *sealed.address != unlocked.address()) {
        return bad("the key's address is not the one the file names");
    }
    return unlocked;
}

}  // namespace

UnlockedKey::UnlockedKey(const chain::crypto::PrivateKey& key) noexcept
    : key_(key), address_(chain::crypto::address_of(*chain::crypto::public_key_of(key))) {}

UnlockedKey::UnlockedKey(UnlockedKey&& other) noexcept
    : key_(other.key_), address_(other.address_) {
    OPENSSL_cleanse(other.key_.data(), other.key_.size());
}

UnlockedKey& UnlockedKey::operator=(UnlockedKey&& other) noexcept {
    if (this == &other) return *this;
    key_ = other.key_;
    address_ = other.address_;
    OPENSSL_cleanse(other.key_.data(), other.key_.size());
    return *this;
}

UnlockedKey::~UnlockedKey() {
    OPENSSL_cleanse(key_.data(), key_.size());
}

UnlockedKey random_key() {
    for (;;) {
        const auto key = chain::crypto::PrivateKey::from(random_bytes(32));
        if (chain::crypto::is_valid(key)) return UnlockedKey(key);  // fails with probability 2^-128
    }
}

std::string encrypt_keystore(
    const UnlockedKey& key, const std::string& password, KeystoreStrength strength) {
    const ScryptCost cost = cost_of(strength);
    const Bytes salt = random_bytes(32);
    const Bytes iv = random_bytes(16);
    Bytes derived = scrypt(password, salt, cost);
    TROUPE_ASSERT(!derived.empty());
    const Bytes ciphertext = aes_128_ctr(key.key(), ByteView(derived).first(16), iv);
    Json json;
    json["version"] = 3;
    json["id"] = random_uuid();
    json["address"] = plain_hex(key.address());
    auto& crypto = json["crypto"];
    crypto["cipher"] = "aes-128-ctr";
    crypto["cipherparams"]["iv"] = plain_hex(iv);
    crypto["ciphertext"] = plain_hex(ciphertext);
    crypto["kdf"] = "scrypt";
    crypto["kdfparams"] = {
        {"dklen", kDerivedBytes},
        {"n", cost.n},
        {"p", cost.p},
        {"r", cost.r},
        {"salt", plain_hex(salt)}};
    crypto["mac"] = plain_hex(mac_of(derived, ciphertext));
    OPENSSL_cleanse(derived.data(), derived.size());
    return json.dump(2) + "\n";
}

std::variant<UnlockedKey, KeystoreError> decrypt_keystore(
    const std::string& json, const std::string& password) {
    try {
        auto fields = read_fields(json);
        if (auto* error = std::get_if<KeystoreError>(&fields)) return std::move(*error);
        return open(std::get<Sealed>(fields), password);
    } catch (const nlohmann::json::exception& error) {
        return bad(std::string("not a version 3 keystore: ") + error.what());
    }
}

std::optional<chain::Address> keystore_address(const std::string& json) {
    const Json parsed = Json::parse(json, nullptr, false);
    if (!parsed.is_object() || !parsed.contains("address") || !parsed["address"].is_string()) {
        return std::nullopt;
    }
    const auto address =
        chain::fixed_from_hex<chain::Address>(parsed["address"].get<std::string>());
    return address ? std::optional(*address) : std::nullopt;
}

std::variant<UnlockedKey, KeystoreError> load_keystore(
    const std::string& path, const std::string& password) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return bad(path + ": " + std::strerror(errno));  // NOLINT(concurrency-mt-unsafe)
    }
    const std::string json(std::istreambuf_iterator<char>(file), {});
    auto result = decrypt_keystore(json, password);
    if (auto* error = std::get_if<KeystoreError>(&result)) return bad(path + ": " + error->message);
    return result;
}

std::optional<KeystoreError> save_keystore(const std::string& path, const std::string& json) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = file >= 0;
    std::size_t written = 0;
    while (ok && written < json.size()) {
        const auto count = write(file, json.data() + written, json.size() - written);
        ok = count > 0;
        if (ok) written += static_cast<std::size_t>(count);
    }
    ok = ok && fsync(file) == 0;
    const int error = errno;
    if (file >= 0) close(file);
    if (ok) return std::nullopt;
    return bad(path + ": " + std::strerror(error));  // NOLINT(concurrency-mt-unsafe)
}

std::string keystore_file_name(const chain::Address& address, std::int64_t unix_time) {
    return fmt::format(
        "UTC--{:%Y-%m-%dT%H-%M-%SZ}--{}", fmt::gmtime(static_cast<std::time_t>(unix_time)),
        plain_hex(address));
}

}  // namespace troupe::node
