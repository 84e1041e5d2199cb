#pragma once

#include "sequencer/client/client_types.hpp"

#include "troupe/v1/errors.pb.h"

#include <grpcpp/support/status.h>

namespace troupe::node::client {

/// Reads the google.rpc details back. @param status  not OK
[[nodiscard]] CallError to_error(const grpc::Status& status);
[[nodiscard]] CallError to_error(const troupe::v1::Refusal& refusal);

}  // namespace troupe::node::client
