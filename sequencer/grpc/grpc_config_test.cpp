#include "sequencer/grpc/grpc_config.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node {

BOOST_AUTO_TEST_SUITE(grpc_config)

BOOST_AUTO_TEST_CASE(the_defaults_are_usable) {
    BOOST_TEST(GrpcConfig{}.validate().empty());
}

BOOST_AUTO_TEST_CASE(every_broken_rule_is_named) {
    GrpcConfig config;
    config.listen = "";
    config.tls.certificate_file = "cert.pem";
    config.admin_listen = "0.0.0.0:50052";
    config.heartbeat_ms = 10'001;
    config.stream_credits_max = 0;
    const auto broken = config.validate();
    const std::vector<std::string> expected{
        "listen: an address is needed, such as 127.0.0.1:50051",
        "tls: a certificate file and a key file go together",
        "admin_listen: 0.0.0.0:50052 can be reached from other machines; use 127.0.0.1 or give "
        "admin_tls a client CA",
        "stream_credits_max is 0, must be at least 1",
        "heartbeat_ms is 10001, clients are promised 10000",
    };
    BOOST_TEST(broken == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_public_admin_listener_needs_client_certificates) {
    GrpcConfig config;
    config.admin_listen = "0.0.0.0:50052";
    config.admin_tls = {"cert.pem", "key.pem", ""};
    BOOST_TEST(config.validate().size() == 1u);
    config.admin_tls.client_ca_file = "ca.pem";
    BOOST_TEST(config.validate().empty());
}

BOOST_AUTO_TEST_CASE(loopback_is_told_from_the_rest) {
    for (const char* address : {"127.0.0.1:1", "127.1.2.3:1", "[::1]:1", "localhost:1", "unix:x"})
        BOOST_TEST(is_loopback(address), address);
    for (const char* address : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "example.org:1", ""})
        BOOST_TEST(!is_loopback(address), address);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
