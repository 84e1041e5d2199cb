#include "sequencer/grpc/status.hpp"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include <boost/test/unit_test.hpp>

#include <set>

namespace troupe::node {

namespace pb = troupe::v1;

BOOST_AUTO_TEST_SUITE(status)

BOOST_AUTO_TEST_CASE(every_reason_has_a_code_that_the_proto_file_names) {
    // The code each comment in errors.proto begins with.
    const std::map<pb::Reason, grpc::StatusCode> documented{
        {pb::REASON_UNSPECIFIED, grpc::StatusCode::OK},
        {pb::REASON_MALFORMED, grpc::StatusCode::INVALID_ARGUMENT},
        {pb::REASON_WRONG_CHAIN, grpc::StatusCode::INVALID_ARGUMENT},
        {pb::REASON_BAD_SIGNATURE, grpc::StatusCode::INVALID_ARGUMENT},
        {pb::REASON_NONCE_TOO_LOW, grpc::StatusCode::FAILED_PRECONDITION},
        {pb::REASON_NONCE_TOO_HIGH, grpc::StatusCode::FAILED_PRECONDITION},
        {pb::REASON_INSUFFICIENT_FUNDS, grpc::StatusCode::FAILED_PRECONDITION},
        {pb::REASON_INTRINSIC_GAS, grpc::StatusCode::INVALID_ARGUMENT},
        {pb::REASON_FEE_TOO_LOW, grpc::StatusCode::FAILED_PRECONDITION},
        {pb::REASON_GAS_LIMIT_OVER_BLOCK, grpc::StatusCode::INVALID_ARGUMENT},
        {pb::REASON_UNSUPPORTED_TYPE, grpc::StatusCode::INVALID_ARGUMENT},
        {pb::REASON_UNSUPPORTED, grpc::StatusCode::INVALID_ARGUMENT},
        {pb::REASON_ALREADY_KNOWN, grpc::StatusCode::ALREADY_EXISTS},
        {pb::REASON_OVER_CAPACITY, grpc::StatusCode::RESOURCE_EXHAUSTED},
        {pb::REASON_SHUTTING_DOWN, grpc::StatusCode::UNAVAILABLE},
        {pb::REASON_STORAGE_FAILURE, grpc::StatusCode::UNAVAILABLE},
        {pb::REASON_INVALID_FIELD, grpc::StatusCode::INVALID_ARGUMENT},
        {pb::REASON_NOT_FOUND, grpc::StatusCode::NOT_FOUND},
        {pb::REASON_PRUNED, grpc::StatusCode::OUT_OF_RANGE},
        {pb::REASON_CURSOR_INVALID, grpc::StatusCode::INVALID_ARGUMENT},
        {pb::REASON_SLOW_READER, grpc::StatusCode::ABORTED},
        {pb::REASON_LIMIT_REACHED, grpc::StatusCode::RESOURCE_EXHAUSTED},
        {pb::REASON_NOT_READY, grpc::StatusCode::UNAVAILABLE},
        {pb::REASON_STREAM_ENDED, grpc::StatusCode::UNAVAILABLE},
    };
    const auto* reasons = pb::Reason_descriptor();
    BOOST_REQUIRE(documented.size() == static_cast<std::size_t>(reasons->value_count()));
    for (const auto& [reason, code] : documented)
        BOOST_TEST(code_of(reason) == code, pb::Reason_Name(reason));
}

BOOST_AUTO_TEST_CASE(the_reasons_of_actors_have_the_same_numbers_and_names) {
    // Names of actors/reason.hpp in its order, upper case.
    const char* names[] = {"UNSPECIFIED",          "MALFORMED",        "WRONG_CHAIN",
                           "BAD_SIGNATURE",        "NONCE_TOO_LOW",    "NONCE_TOO_HIGH",
                           "INSUFFICIENT_FUNDS",   "INTRINSIC_GAS",    "FEE_TOO_LOW",
                           "GAS_LIMIT_OVER_BLOCK", "UNSUPPORTED_TYPE", "UNSUPPORTED",
                           "ALREADY_KNOWN",        "OVER_CAPACITY",    "SHUTTING_DOWN",
                           "STORAGE_FAILURE"};
    BOOST_REQUIRE(std::size(names) == actors::kReasons);
    for (std::size_t i = 0; i < actors::kReasons; ++i)
        BOOST_TEST(reason_name(to_proto(static_cast<actors::Reason>(i))) == names[i]);
}

BOOST_AUTO_TEST_CASE(the_details_are_a_google_rpc_status_with_the_same_code_and_message) {
    pb::ResumePoint resume;
    resume.set_cursor("here");
    const grpc::Status status = make_status(
        pb::REASON_OVER_CAPACITY, "the queue is full",
        {.retry_after_ms = 1'250, .field = "raw", .resume = resume});
    google::rpc::Status details;
    BOOST_REQUIRE(details.ParseFromString(status.error_details()));
    BOOST_TEST(details.code() == 8);
    BOOST_TEST(details.message() == "the queue is full");
    BOOST_REQUIRE(details.details_size() == 4);
    google::rpc::ErrorInfo info;
    BOOST_REQUIRE(details.details(0).UnpackTo(&info));
    BOOST_TEST(info.reason() == "OVER_CAPACITY");
    BOOST_TEST(info.domain() == "troupe");
    google::rpc::RetryInfo retry;
    BOOST_REQUIRE(details.details(1).UnpackTo(&retry));
    BOOST_TEST(retry.retry_delay().seconds() == 1);
    BOOST_TEST(retry.retry_delay().nanos() == 250'000'000);
    google::rpc::BadRequest request;
    BOOST_REQUIRE(details.details(2).UnpackTo(&request));
    BOOST_TEST(request.field_violations(0).field() == "raw");
    pb::ResumePoint told;
    BOOST_REQUIRE(details.details(3).UnpackTo(&told));
    BOOST_TEST(told.cursor() == "here");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
