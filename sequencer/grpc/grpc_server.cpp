#include "sequencer/grpc/grpc_server.hpp"

#include "sequencer/grpc/admin_service.hpp"
#include "sequencer/grpc/edge_context.hpp"
#include "sequencer/grpc/query_service.hpp"
#include "sequencer/grpc/submit_service.hpp"
#include "sequencer/grpc/watch_service.hpp"

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include <fstream>
#include <mutex>
#include <sstream>

namespace troupe::node {

namespace {

// gRPC takes a plain function: its state is the process's.
std::function<void(std::string_view)>& log_sink() {
    static std::function<void(std::string_view)> sink;
    return sink;
}

constexpr const char* kPublicServices[] = {
    "troupe.v1.SubmitService", "troupe.v1.QueryService", "troupe.v1.WatchService"};
constexpr const char* kAdminService = "troupe.v1.AdminService";

bool read_file(const std::string& path, std::string& out, std::string& failure) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file.good() || text.str().empty()) {
        failure = "can't read " + path;
        return false;
    }
    out = text.str();
    return true;
}

std::shared_ptr<grpc::ServerCredentials> credentials(const TlsFiles& tls, std::string& failure) {
    if (!tls.enabled()) return grpc::InsecureServerCredentials();
    grpc::SslServerCredentialsOptions options(
        tls.client_ca_file.empty() ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                   : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    grpc::SslServerCredentialsOptions::PemKeyCertPair pair;
    if (!read_file(tls.key_file, pair.private_key, failure) ||
        !read_file(tls.certificate_file, pair.cert_chain, failure))
        return nullptr;
    options.pem_key_cert_pairs.push_back(std::move(pair));
    if (!tls.client_ca_file.empty() &&
        !read_file(tls.client_ca_file, options.pem_root_certs, failure))
        return nullptr;
    return grpc::SslServerCredentials(options);
}

void apply_limits(grpc::ServerBuilder& builder, const GrpcConfig& config) {
    const auto ms = [](std::uint32_t seconds) { return static_cast<int>(seconds) * 1'000; };
    builder.SetMaxReceiveMessageSize(static_cast<int>(config.message_bytes_max));
    builder.AddChannelArgument(
        GRPC_ARG_MAX_CONCURRENT_STREAMS, static_cast<int>(config.connection_streams_max));
    builder.AddChannelArgument(
        GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(config.keepalive_time_ms));
    builder.AddChannelArgument(
        GRPC_ARG_KEEPALIVE_TIMEOUT_MS, static_cast<int>(config.keepalive_timeout_ms));
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(
        GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
        10'000);  // clients may ping so often
    if (config.connection_age_max_s != 0) {
        builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, ms(config.connection_age_max_s));
        builder.AddChannelArgument(
            GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, ms(config.connection_age_grace_s));
    }
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a second node must not share a port
    grpc::ResourceQuota quota("troupe");
    quota.Resize(config.memory_bytes_max);
    builder.SetResourceQuota(quota);
}

}  // namespace

void route_grpc_log(std::function<void(std::string_view message)> sink) {
    log_sink() = std::move(sink);
    gpr_set_log_function([](gpr_log_func_args* args) { log_sink()(args->message); });
}

struct GrpcServer::Impl {
    Impl(
        const GrpcConfig& config, const ChainDescription& chain, ChainReader& reader, EventHub& hub,
        RpcStats& stats, SetLogLevel set_log_level)
        : edge(config, chain, reader, hub, stats, std::move(set_log_level)),
          submit(edge),
          query(edge),
          watch(edge),
          admin(edge) {}

    bool listen(std::string& failure);
    void set_health(bool serving);

    EdgeContext edge;
    SubmitServiceImpl submit;
    QueryServiceImpl query;
    WatchServiceImpl watch;
    AdminServiceImpl admin;
    int port = 0;
    int admin_port = 0;
    std::unique_ptr<grpc::Server> server;
    std::unique_ptr<grpc::Server> admin_server;
};

bool GrpcServer::Impl::listen(std::string& failure) {
    // Once per process; the plugin is static state of gRPC's.
    static std::once_flag once;
    std::call_once(once, [] { grpc::EnableDefaultHealthCheckService(true); });
    if (edge.config.reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();

    const auto open = [&](const std::string& address, const TlsFiles& tls, int& bound,
                          auto add_services) -> std::unique_ptr<grpc::Server> {
        auto security = credentials(tls, failure);
        if (!security) return nullptr;
        grpc::ServerBuilder builder;
        apply_limits(builder, edge.config);
        builder.AddListeningPort(address, std::move(security), &bound);
        add_services(builder);
        auto made = builder.BuildAndStart();
        if (!made || bound == 0) {
            failure = "can't listen on " + address +
                      ": the address is in use or not of this machine, or the certificate and key "
                      "don't fit";
            return nullptr;
        }
        return made;
    };
    server = open(edge.config.listen, edge.config.tls, port, [this](grpc::ServerBuilder& builder) {
        builder.RegisterService(&submit);
        builder.RegisterService(&query);
        builder.RegisterService(&watch);
    });
    if (!server) return false;
    set_health(false);  // at once: gRPC itself says that a server which listens serves
    if (!edge.config.admin_listen.empty()) {
        admin_server = open(
            edge.config.admin_listen, edge.config.admin_tls, admin_port,
            [this](grpc::ServerBuilder& builder) { builder.RegisterService(&admin); });
        if (!admin_server) return false;
        admin_server->GetHealthCheckService()->SetServingStatus(kAdminService, true);
    }
    return true;
}

void GrpcServer::Impl::set_health(bool serving) {
    auto* health = server->GetHealthCheckService();
    for (const char* name : kPublicServices)
        health->SetServingStatus(name, serving);
    health->SetServingStatus("", serving);
}

GrpcServer::GrpcServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

GrpcServer::~GrpcServer() {
    shut_down(std::chrono::seconds(1));
}

std::unique_ptr<GrpcServer> GrpcServer::start(
    const GrpcConfig& config, const ChainDescription& chain, ChainReader& reader, EventHub& hub,
    RpcStats& stats, SetLogLevel set_log_level, std::string& failure) {
    if (const auto broken = config.validate(); !broken.empty()) {
        failure = "gRPC configuration: " + broken.front();
        return nullptr;
    }
    auto impl = std::make_unique<Impl>(config, chain, reader, hub, stats, std::move(set_log_level));
    const bool listening = impl->listen(failure);
    std::unique_ptr<GrpcServer> server(new GrpcServer(std::move(impl)));
    if (!listening) return nullptr;
    return server;
}

void GrpcServer::serve(NodeBackend& backend) {
    impl_->edge.backend.store(&backend, std::memory_order_release);
    impl_->set_health(true);
}

void GrpcServer::set_submit_healthy(bool healthy) {
    impl_->server->GetHealthCheckService()->SetServingStatus(kPublicServices[0], healthy);
}

int GrpcServer::port() const noexcept {
    return impl_->port;
}
int GrpcServer::admin_port() const noexcept {
    return impl_->admin_port;
}

void GrpcServer::drain() {
    if (impl_->server) impl_->set_health(false);
    // Streams see it at their next tick.
    impl_->edge.draining.store(true, std::memory_order_release);
}

void GrpcServer::shut_down(std::chrono::milliseconds deadline) {
    if (!impl_->server && !impl_->admin_server) return;
    drain();
    const auto until = std::chrono::system_clock::now() + deadline;
    // Both first, then both waits: one deadline for the two.
    if (impl_->server) impl_->server->Shutdown(until);
    if (impl_->admin_server) impl_->admin_server->Shutdown(until);
    if (impl_->server) impl_->server->Wait();
    if (impl_->admin_server) impl_->admin_server->Wait();
    impl_->server = nullptr;
    impl_->admin_server = nullptr;
    impl_->edge.call_pool.stop();
    impl_->edge.pool.stop();
}

}  // namespace troupe::node
