#include "sequencer/load/load_door.hpp"

namespace troupe::node {
namespace {

class GrpcDoor final : public LoadDoor {
  public:
    explicit GrpcDoor(std::unique_ptr<client::SubmitStream> stream) : stream_(std::move(stream)) {}

    client::SubmitStream::Sent send(std::span<const chain::ByteView> transactions) override {
        return stream_->send(transactions);
    }
    client::CallResult<void> finish() override { return stream_->finish(); }

  private:
    std::unique_ptr<client::SubmitStream> stream_;
};

}  // namespace

OpenDoor through_grpc(client::Client& client) {
    return [&client](client::StreamHandlers handlers) {
        return std::make_unique<GrpcDoor>(client.open_stream(true, std::move(handlers)));
    };
}

}  // namespace troupe::node
