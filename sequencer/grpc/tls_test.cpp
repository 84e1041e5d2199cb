#include "sequencer/grpc/testing/edge_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>

namespace troupe::node::testing {

namespace {

// A certificate authority, a server certificate and a client certificate for each test run, made by
// openssl(1) in a folder that goes with the object.
class Certificates {
  public:
    Certificates() {
        std::string name = (std::filesystem::temp_directory_path() / "troupe-tls-XXXXXX").string();
        BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
        folder_ = name;
        authority("ca");
        authority("other-ca");
        certificate("server", "ca", "subjectAltName=DNS:localhost,IP:127.0.0.1");
        certificate("client", "ca", "subjectAltName=DNS:client");
        certificate("stranger", "other-ca", "subjectAltName=DNS:stranger");
    }
    ~Certificates() { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string path(const std::string& name) const {
        return (folder_ / name).string();
    }

  private:
    void run(const std::string& command) {
        const std::string line =
            "cd '" + folder_.string() + "' && openssl " + command + " >>openssl.log 2>&1";
        BOOST_REQUIRE_MESSAGE(std::system(line.c_str()) == 0, line);
    }
    void authority(const std::string& name) {
        run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=" +
            name + " -keyout " + name + ".key -out " + name + ".pem");
    }
    void certificate(
        const std::string& name, const std::string& issuer, const std::string& extension) {
        run("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name +
            " -addext " + extension + " -keyout " + name + ".key -out " + name + ".csr");
        run("x509 -req -days 1 -copy_extensions copy -CAcreateserial -in " + name + ".csr -CA " +
            issuer + ".pem -CAkey " + issuer + ".key -out " + name + ".pem");
    }

    std::filesystem::path folder_;
};

GrpcConfig with_tls(const Certificates& certificates, bool mutual) {
    GrpcConfig config;
    config.tls.certificate_file = certificates.path("server.pem");
    config.tls.key_file = certificates.path("server.key");
    if (mutual) config.tls.client_ca_file = certificates.path("ca.pem");
    return config;
}

std::unique_ptr<client::Client> connect(
    const Edge& edge, const Certificates& certificates, const std::string& authority,
    const std::string& name) {
    client::ClientConfig config;
    config.target = "127.0.0.1:" + std::to_string(edge.server->port());
    config.call_timeout_ms = 3'000;
    if (!authority.empty()) config.ca_file = certificates.path(authority + ".pem");
    if (!name.empty()) {
        config.certificate_file = certificates.path(name + ".pem");
        config.key_file = certificates.path(name + ".key");
    }
    std::string failure;
    auto made = client::Client::create(config, failure);
    BOOST_REQUIRE_MESSAGE(made != nullptr, failure);
    return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tls)

BOOST_AUTO_TEST_CASE(with_tls_only_those_who_trust_the_server_get_through) {
    const Certificates certificates;
    Edge edge(with_tls(certificates, false));
    BOOST_REQUIRE_MESSAGE(edge.server != nullptr, edge.failure);
    BOOST_TEST(connect(edge, certificates, "ca", "")->chain_info().ok());
    BOOST_TEST(!connect(edge, certificates, "other-ca", "")->chain_info().ok());
    BOOST_TEST(!connect(edge, certificates, "", "")->chain_info().ok());  // plain text
}

BOOST_AUTO_TEST_CASE(with_mtls_only_certified_clients_get_through) {
    const Certificates certificates;
    Edge edge(with_tls(certificates, true));
    BOOST_REQUIRE_MESSAGE(edge.server != nullptr, edge.failure);
    BOOST_TEST(connect(edge, certificates, "ca", "client")->chain_info().ok());
    BOOST_TEST(!connect(edge, certificates, "ca", "")->chain_info().ok());
    BOOST_TEST(!connect(edge, certificates, "ca", "stranger")->chain_info().ok());
}

BOOST_AUTO_TEST_CASE(a_missing_certificate_file_is_named) {
    const Certificates certificates;
    GrpcConfig config = with_tls(certificates, false);
    config.tls.key_file = certificates.path("nothing.key");
    const Edge edge(config);
    BOOST_TEST(edge.server == nullptr);
    BOOST_TEST(edge.failure == "can't read " + certificates.path("nothing.key"));
}

BOOST_AUTO_TEST_CASE(a_key_that_does_not_fit_the_certificate_is_refused_at_start) {
    const Certificates certificates;
    GrpcConfig config = with_tls(certificates, false);
    config.tls.key_file = certificates.path("client.key");
    const Edge edge(config);
    BOOST_TEST(edge.server == nullptr);
    BOOST_TEST(edge.failure.find("don't fit") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node::testing
