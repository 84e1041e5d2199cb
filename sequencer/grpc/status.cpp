#include "sequencer/grpc/status.hpp"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace troupe::node {

namespace pb = troupe::v1;

grpc::StatusCode code_of(pb::Reason reason) noexcept {
    switch (reason) {
        case pb::REASON_UNSPECIFIED:
            return grpc::StatusCode::OK;
        case pb::REASON_MALFORMED:
        case pb::REASON_WRONG_CHAIN:
        case pb::REASON_BAD_SIGNATURE:
        case pb::REASON_INTRINSIC_GAS:
        case pb::REASON_GAS_LIMIT_OVER_BLOCK:
        case pb::REASON_UNSUPPORTED_TYPE:
        case pb::REASON_UNSUPPORTED:
        case pb::REASON_INVALID_FIELD:
        case pb::REASON_CURSOR_INVALID:
            return grpc::StatusCode::INVALID_ARGUMENT;
        case pb::REASON_NONCE_TOO_LOW:
        case pb::REASON_NONCE_TOO_HIGH:
        case pb::REASON_INSUFFICIENT_FUNDS:
        case pb::REASON_FEE_TOO_LOW:
            return grpc::StatusCode::FAILED_PRECONDITION;
        case pb::REASON_ALREADY_KNOWN:
            return grpc::StatusCode::ALREADY_EXISTS;
        case pb::REASON_OVER_CAPACITY:
        case pb::REASON_LIMIT_REACHED:
            return grpc::StatusCode::RESOURCE_EXHAUSTED;
        case pb::REASON_SHUTTING_DOWN:
        case pb::REASON_STORAGE_FAILURE:
        case pb::REASON_NOT_READY:
        case pb::REASON_STREAM_ENDED:
            return grpc::StatusCode::UNAVAILABLE;
        case pb::REASON_NOT_FOUND:
            return grpc::StatusCode::NOT_FOUND;
        case pb::REASON_PRUNED:
            return grpc::StatusCode::OUT_OF_RANGE;
        case pb::REASON_SLOW_READER:
            return grpc::StatusCode::ABORTED;
        case pb::Reason_INT_MIN_SENTINEL_DO_NOT_USE_:
        case pb::Reason_INT_MAX_SENTINEL_DO_NOT_USE_:
            break;
    }
    return grpc::StatusCode::INTERNAL;
}

pb::Reason to_proto(actors::Reason reason) noexcept {
    static_assert(int{pb::REASON_STORAGE_FAILURE} + 1 == int{actors::kReasons});
    return static_cast<pb::Reason>(reason);  // the numbers are the same
}

std::string reason_name(pb::Reason reason) {
    constexpr std::string_view kPrefix = "REASON_";
    const std::string& name = pb::Reason_Name(reason);  // empty for a number without a name
    return name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : "UNSPECIFIED";
}

grpc::Status make_status(pb::Reason reason, const std::string& message, const ErrorExtras& extras) {
    const grpc::StatusCode code = code_of(reason);
    google::rpc::Status status;
    status.set_code(code);
    status.set_message(message);
    google::rpc::ErrorInfo info;
    info.set_reason(reason_name(reason));
    info.set_domain(std::string(kErrorDomain));
    status.add_details()->PackFrom(info);
    if (extras.retry_after_ms != 0) {
        google::rpc::RetryInfo retry;
        retry.mutable_retry_delay()->set_seconds(extras.retry_after_ms / 1'000);
        retry.mutable_retry_delay()->set_nanos(
            static_cast<std::int32_t>(extras.retry_after_ms % 1'000) * 1'000'000);
        status.add_details()->PackFrom(retry);
    }
    if (!extras.field.empty()) {
        google::rpc::BadRequest request;
        auto* violation = request.add_field_violations();
        violation->set_field(extras.field);
        violation->set_description(message);
        status.add_details()->PackFrom(request);
    }
    if (extras.resume) status.add_details()->PackFrom(*extras.resume);
    return {code, message, status.SerializeAsString()};
}

grpc::Status invalid_field(const std::string& field, const std::string& what) {
    return make_status(pb::REASON_INVALID_FIELD, field + ": " + what, {.field = field});
}

grpc::Status to_status(const actors::SubmitOutcome& outcome) {
    return make_status(
        to_proto(outcome.reason), outcome.message, {.retry_after_ms = outcome.retry_after_ms});
}

void fill_refusal(const actors::SubmitOutcome& outcome, pb::Refusal& refusal) {
    const pb::Reason reason = to_proto(outcome.reason);
    refusal.set_reason(reason);
    refusal.set_code(code_of(reason));
    refusal.set_message(outcome.message);
    refusal.set_retry_after_ms(outcome.retry_after_ms);
}

}  // namespace troupe::node
