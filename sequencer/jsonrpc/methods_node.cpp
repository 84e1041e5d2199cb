#include "chain/crypto/keccak.hpp"
#include "sequencer/jsonrpc/door.hpp"
#include "sequencer/jsonrpc/json_writer.hpp"
#include "sequencer/jsonrpc/methods.hpp"

namespace troupe::node::jsonrpc::methods {

Answer<std::string> chain_id(const Call& call) {
    return json_quantity(call.door.chain.config.chain_id);
}

Answer<std::string> net_version(const Call& call) {
    return json_text(std::to_string(call.door.chain.config.chain_id));
}

Answer<std::string> net_listening(const Call&) {
    return std::string("true");
}

Answer<std::string> net_peer_count(const Call&) {
    return json_quantity(std::uint64_t{0});
}

Answer<std::string> client_version(const Call& call) {
    return json_text(call.door.chain.version);
}

Answer<std::string> sha3(const Call& call) {
    TROUPE_TRY(bytes, call.params.need(0, read_bytes));
    return json_data(chain::crypto::keccak256(bytes));
}

Answer<std::string> accounts(const Call&) {
    return std::string("[]");
}

Answer<std::string> syncing(const Call&) {
    return std::string("false");
}

Answer<std::string> modules(const Call&) {
    return modules_json();
}

Answer<std::string> discover(const Call& call) {
    return openrpc_document(call.door.chain.version);
}

}  // namespace troupe::node::jsonrpc::methods
