#include "sequencer/grpc/testing/edge_fixture.hpp"

#include "troupe/v1/query.pb.h"
#include "troupe/v1/submit.pb.h"
#include "troupe/v1/watch.pb.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <random>

namespace troupe::node::testing {

namespace pb = troupe::v1;

namespace {

const char* const kMethods[] = {
    "SubmitService/SubmitTransaction",
    "SubmitService/SubmitTransactions",
    "SubmitService/SubmitStream",
    "QueryService/GetAccount",
    "QueryService/GetTransaction",
    "QueryService/GetReceipt",
    "QueryService/GetBlock",
    "QueryService/GetChainInfo",
    "QueryService/Call",
    "QueryService/EstimateGas",
    "QueryService/GetCode",
    "QueryService/GetStorage",
    "QueryService/GetLogs",
    "WatchService/WatchBlocks",
    "WatchService/WatchAccount",
    "WatchService/WatchTransaction",
};

using Random = std::mt19937_64;

std::string random_bytes(Random& random, std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

// A message that parses, with nonsense in its fields.
std::string nonsense(Random& random, const std::string& method) {
    const auto fill = [&random](auto& message) {
        const auto* type = message.GetDescriptor();
        const auto* reflection = message.GetReflection();
        for (int i = 0; i < type->field_count(); ++i) {
            const auto* field = type->field(i);
            using Type = google::protobuf::FieldDescriptor;
            const std::string bytes = random_bytes(random, random() % 3 == 0 ? 32 : random() % 70);
            if (random() % 3 == 0) continue;
            if (field->is_repeated()) {
                if (field->cpp_type() == Type::CPPTYPE_STRING)
                    reflection->AddString(&message, field, bytes);
                continue;
            }
            switch (field->cpp_type()) {
                case Type::CPPTYPE_STRING:
                    reflection->SetString(&message, field, bytes);
                    break;
                case Type::CPPTYPE_UINT32:
                    reflection->SetUInt32(
                        &message, field, static_cast<std::uint32_t>(random() >> (random() % 64)));
                    break;
                case Type::CPPTYPE_UINT64:
                    reflection->SetUInt64(&message, field, random() >> (random() % 64));
                    break;
                case Type::CPPTYPE_BOOL:
                    reflection->SetBool(&message, field, true);
                    break;
                case Type::CPPTYPE_ENUM:
                    reflection->SetEnumValue(&message, field, static_cast<int>(random() % 12) - 2);
                    break;
                default:
                    break;
            }
        }
        return message.SerializeAsString();
    };
    if (method.ends_with("SubmitTransaction"))
        return fill(*std::make_unique<pb::SubmitTransactionRequest>());
    if (method.ends_with("SubmitTransactions"))
        return fill(*std::make_unique<pb::SubmitTransactionsRequest>());
    if (method.ends_with("SubmitStream")) return fill(*std::make_unique<pb::SubmitStreamRequest>());
    if (method.ends_with("GetAccount")) return fill(*std::make_unique<pb::GetAccountRequest>());
    if (method.ends_with("GetBlock")) return fill(*std::make_unique<pb::GetBlockRequest>());
    if (method.ends_with("WatchBlocks")) return fill(*std::make_unique<pb::WatchBlocksRequest>());
    if (method.ends_with("WatchAccount")) return fill(*std::make_unique<pb::WatchAccountRequest>());
    if (method.ends_with("WatchTransaction"))
        return fill(*std::make_unique<pb::WatchTransactionRequest>());
    return fill(*std::make_unique<pb::GetReceiptRequest>());
}

// Sends one message and gives the call 20 ms; what it is answered does not matter.
void send(grpc::GenericStub& stub, const std::string& method, const std::string& message) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(20));
    grpc::CompletionQueue queue;
    const auto call = stub.PrepareCall(&context, "/troupe.v1." + method, &queue);
    void* tag = nullptr;
    bool ok = false;
    call->StartCall(nullptr);
    queue.Next(&tag, &ok);
    const grpc::Slice slice(message);
    call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
    queue.Next(&tag, &ok);
    grpc::Status status;
    call->Finish(&status, nullptr);
    queue.Next(&tag, &ok);
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) {
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(garbage)

BOOST_AUTO_TEST_CASE(no_message_brings_the_server_down) {
    Edge edge;
    edge.node.run(10);
    const auto channel = grpc::CreateChannel(
        "127.0.0.1:" + std::to_string(edge.server->port()), grpc::InsecureChannelCredentials());
    grpc::GenericStub stub(channel);
    Random random(20261121);
    for (int round = 0; round < 12; ++round) {
        for (const std::string method : kMethods) {
            std::string message = nonsense(random, method);
            if (round % 3 == 1) message = random_bytes(random, random() % 200);
            if (round % 3 == 2 && !message.empty())
                message[random() % message.size()] = static_cast<char>(random());
            send(stub, method, message);
        }
    }
    const auto result = edge.client->submit(fake_transaction(1), Stage::kSealed, 5'000);
    BOOST_TEST(result.ok());
    // Nothing of it stays open.
    BOOST_TEST(eventually([&] {
        std::uint64_t open = 0;
        for (const auto& method : edge.stats.snapshot().methods)
            open += method.open_gauge;
        return open == 0;
    }));
}

BOOST_AUTO_TEST_CASE(a_message_beyond_the_limit_is_refused_and_the_connection_lives) {
    Edge edge;
    edge.node.run(10);
    std::vector<chain::Bytes> huge(40, chain::Bytes(131'072, 1));  // 5 MiB, 4 are allowed
    const auto refused = edge.client->submit_batch(huge);
    BOOST_REQUIRE(!refused.ok());
    BOOST_TEST(refused.error().code == 8);
    BOOST_TEST(edge.client->submit(fake_transaction(1)).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node::testing
