#include "sequencer/runtime/service_notify.hpp"

#include <systemd/sd-daemon.h>

namespace troupe::node {

// A negative answer means that systemd could not be told: nothing depends on it.
void notify_ready() {
    (void)sd_notify(0, "READY=1");
}
void notify_reloading() {
    (void)sd_notify(0, "RELOADING=1");
}
void notify_stopping() {
    (void)sd_notify(0, "STOPPING=1");
}
void notify_status(const std::string& line) {
    (void)sd_notify(0, ("STATUS=" + line).c_str());
}

}  // namespace troupe::node
