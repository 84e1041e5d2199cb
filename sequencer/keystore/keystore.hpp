#pragma once

#include "chain/crypto/secp256k1.hpp"

#include <optional>
#include <string>
#include <variant>

/// Private keys in Web3 Secret Storage files, version 3: what geth, ethers and MetaMask read and
/// write. The one doorway to OpenSSL's key derivation and AES.
/// @spec Web3 Secret Storage Definition, version 3; RFC 7914 (scrypt)
namespace troupe::node {

/// How much work a password guess costs.
enum class KeystoreStrength {
    kStandard,  // scrypt N = 2^18, r = 8, p = 1: 256 MiB and about a second, as geth
    kLight,     // scrypt N = 2^12, r = 8, p = 6: for tests and small machines, as geth --lightkdf
};

/// What could not be read or done, in words for a person. Never contains key or password.
struct KeystoreError {
    std::string message;
};

/// A key of which no copy stays in memory once this is destroyed.
class UnlockedKey {
  public:
    explicit UnlockedKey(const chain::crypto::PrivateKey& key) noexcept;
    UnlockedKey(UnlockedKey&& other) noexcept;
    UnlockedKey& operator=(UnlockedKey&& other) noexcept;
    UnlockedKey(const UnlockedKey&) = delete;
    UnlockedKey& operator=(const UnlockedKey&) = delete;
    ~UnlockedKey();

    [[nodiscard]] const chain::crypto::PrivateKey& key() const noexcept { return key_; }
    [[nodiscard]] const chain::Address& address() const noexcept { return address_; }

  private:
    chain::crypto::PrivateKey key_;
    chain::Address address_;
};

/// A key from the system's random source.
[[nodiscard]] UnlockedKey random_key();

/// The file's text for `key`, encrypted with `password`; fresh salt, IV and id each time.
[[nodiscard]] std::string encrypt_keystore(
    const UnlockedKey& key, const std::string& password, KeystoreStrength strength);

/// Reads scrypt and pbkdf2 files of any cost up to 1 GiB of memory, in 32-byte keys under
/// aes-128-ctr. Checks the MAC, and the address where the file names one.
[[nodiscard]] std::variant<UnlockedKey, KeystoreError> decrypt_keystore(
    const std::string& json, const std::string& password);

/// The address a file names, without its password; empty where it names none.
[[nodiscard]] std::optional<chain::Address> keystore_address(const std::string& json);

/// Reads the file and decrypts it; errors name the path.
[[nodiscard]] std::variant<UnlockedKey, KeystoreError> load_keystore(
    const std::string& path, const std::string& password);

/// Writes a new file, readable by its owner only; never replaces one.
[[nodiscard]] std::optional<KeystoreError> save_keystore(
    const std::string& path, const std::string& json);

/// "UTC--2026-11-21T02-30-00Z--<address>": geth's naming.
[[nodiscard]] std::string keystore_file_name(const chain::Address& address, std::int64_t unix_time);

}  // namespace troupe::node
