#pragma once

#include "actors/records.hpp"

#include "troupe/v1/errors.pb.h"

#include <grpcpp/support/status.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// How refusals become gRPC statuses: one table, one way to build the details.
namespace troupe::node {

inline constexpr std::string_view kErrorDomain = "troupe";

/// The status code of a reason, as proto/troupe/v1/errors.proto promises.
[[nodiscard]] grpc::StatusCode code_of(troupe::v1::Reason reason) noexcept;
[[nodiscard]] troupe::v1::Reason to_proto(actors::Reason reason) noexcept;
/// "NONCE_TOO_LOW": as in google.rpc.ErrorInfo.
[[nodiscard]] std::string reason_name(troupe::v1::Reason reason);

/// Everything that a refused call may say beside the reason.
struct ErrorExtras {
    std::uint32_t retry_after_ms = 0;               ///< RetryInfo, unless 0
    std::string field;                              ///< BadRequest, unless empty
    std::optional<troupe::v1::ResumePoint> resume;  ///< ResumePoint
};

/// A status with google.rpc.Status details.
[[nodiscard]] grpc::Status make_status(
    troupe::v1::Reason reason, const std::string& message, const ErrorExtras& extras = {});

/// INVALID_ARGUMENT that names the field.
[[nodiscard]] grpc::Status invalid_field(const std::string& field, const std::string& what);

/// The status of a refused transaction. @param outcome  with a reason other than kNone
[[nodiscard]] grpc::Status to_status(const actors::SubmitOutcome& outcome);

/// The same facts for one item of a batch.
void fill_refusal(const actors::SubmitOutcome& outcome, troupe::v1::Refusal& refusal);

}  // namespace troupe::node
