#include "sequencer/client/call_error.hpp"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace troupe::node::client {

CallError to_error(const grpc::Status& status) {
    CallError error;
    error.code = status.error_code();
    error.message = status.error_message();
    google::rpc::Status details;
    if (!details.ParseFromString(status.error_details())) return error;
    for (const auto& detail : details.details()) {
        google::rpc::ErrorInfo info;
        google::rpc::RetryInfo retry;
        troupe::v1::ResumePoint resume;
        if (detail.UnpackTo(&info)) error.reason = info.reason();
        if (detail.UnpackTo(&retry)) {
            error.retry_after_ms = static_cast<std::uint32_t>(
                retry.retry_delay().seconds() * 1'000 + retry.retry_delay().nanos() / 1'000'000);
        }
        if (detail.UnpackTo(&resume)) error.resume_cursor = resume.cursor();
    }
    return error;
}

CallError to_error(const troupe::v1::Refusal& refusal) {
    CallError error;
    error.code = refusal.code();
    error.reason = troupe::v1::Reason_Name(refusal.reason());
    constexpr std::string_view kPrefix = "REASON_";
    if (error.reason.starts_with(kPrefix)) error.reason.erase(0, kPrefix.size());
    error.message = refusal.message();
    error.retry_after_ms = refusal.retry_after_ms();
    return error;
}

}  // namespace troupe::node::client
