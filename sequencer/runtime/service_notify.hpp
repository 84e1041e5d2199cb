#pragma once

#include <string>

/// Tells systemd (Type=notify) how the service is doing; does nothing elsewhere. The one doorway to
/// libsystemd.
namespace troupe::node {

void notify_ready();
void notify_reloading();
void notify_stopping();
/// One line that `systemctl status` shows.
void notify_status(const std::string& line);

}  // namespace troupe::node
