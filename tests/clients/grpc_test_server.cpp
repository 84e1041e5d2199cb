// The gRPC edge over a node in memory, for clients in other languages: prints "port N" and "admin
// N", makes a micro-block every millisecond and a block every 100 ms, ends when standard input
// does.
#include "sequencer/grpc/testing/edge_fixture.hpp"

#include <cstdio>

int main() {
    troupe::node::testing::Edge edge;
    if (edge.server == nullptr) {
        std::fputs(edge.failure.c_str(), stderr);
        return 1;
    }
    edge.node.run(100);
    std::printf("port %d\nadmin %d\n", edge.server->port(), edge.server->admin_port());
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    return 0;
}
