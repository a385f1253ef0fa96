#include <algorithm>

#include "stack/host/stack_implementation.h"
#include "stack/ndp/neighbor_discovery.h"

namespace dualsim::host {
namespace {

template <typename Value>
void AddOnce(std::vector<Value>& values, Value value) {
  if (std::find(values.begin(), values.end(), value) != values.end()) return;
  values.push_back(std::move(value));
}

}  // namespace

Stack::NameServers Stack::Implementation::name_servers() const {
  NameServers all;
  for (const IpAddress& server : config_.name_servers) {
    AddOnce(all.servers, {.address = server, .interface = std::nullopt});
  }
  if (dhcp_ != nullptr) {
    for (const dhcp::Lease* lease : dhcp_->leases()) {
      for (const Ipv4Address& server : lease->dns_servers) {
        AddOnce(all.servers, {.address = server, .interface = std::nullopt});
      }
      // RFC 3397 §2: option 119 stands in place of the one domain of option 15.
      for (const wire::DnsName& domain : lease->search) AddOnce(all.search, domain.ToString());
      if (lease->search.empty() && !lease->domain.empty()) AddOnce(all.search, lease->domain);
    }
  }
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    const ndp::DnsConfiguration& dns = interfaces_[i]->discovery().dns();
    for (const auto& server : dns.servers()) {
      NameServer learnt{.address = server.value, .interface = std::nullopt};
      if (server.value.is_link_local()) learnt.interface = static_cast<InterfaceId>(i);
      AddOnce(all.servers, learnt);
    }
    for (const auto& domain : dns.search_domains()) AddOnce(all.search, domain.value);
  }
  return all;
}

void Stack::Implementation::TellNameServers(Time now) {
  uint32_t version = 0;
  for (const auto& interface : interfaces_) version += interface->discovery().dns().version();
  if (dhcp_ != nullptr) version += dhcp_->version();
  if (version == name_servers_version_) return;
  name_servers_version_ = version;
  environment_.observer.OnNameServers(now);
}

}  // namespace dualsim::host
