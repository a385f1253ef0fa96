#include "stack/ndp/dns_configuration.h"

#include <utility>

namespace dualsim::ndp {
namespace {

// Makes room for one more that ends at `until`. False: all end then, as what one
// advertisement lists does; of that the first stay.
template <typename Entries>
bool MakeRoom(Entries& entries, size_t limit, Time until) {
  if (entries.size() < limit) return true;
  const auto first =
      std::min_element(entries.begin(), entries.end(),
                       [](const auto& a, const auto& b) { return a.until() < b.until(); });
  if (first->until() == until) return false;
  entries.erase(first);
  return true;
}

// Adds the entry, or refreshes the one that has its value. True: it is new.
template <typename Entry>
bool Update(Time now, std::vector<Entry>& entries, size_t limit, Entry entry) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& other) { return other.value == entry.value; });
  const bool withdrawn = entry.option_until <= now;  // By whichever router, §6.2.
  if (found == entries.end()) {
    if (entry.until() <= now || !MakeRoom(entries, limit, entry.until())) return false;
    entries.push_back(std::move(entry));
    return true;
  }
  if (withdrawn || found->router == entry.router || found->until() <= entry.until()) {
    *found = std::move(entry);
  }
  return false;
}

template <typename Entry>
void SetRouterLifetime(std::vector<Entry>& entries, const Ipv6Address& router, Time until) {
  for (Entry& entry : entries) {
    if (entry.router == router) entry.router_until = until;
  }
}

template <typename Entry>
Time FirstEnd(const std::vector<Entry>& entries) {
  Time next = Time::Never();
  for (const Entry& entry : entries) next = std::min(next, entry.until());
  return next;
}

bool IsUnicast(const Ipv6Address& address) {
  return !address.is_multicast() && !address.is_unspecified() && !address.is_loopback();
}

}  // namespace

void DnsConfiguration::OnAdvertisement(Time now, const Ipv6Address& router,
                                       const wire::RouterAdvertisement& message) {
  const Time router_until = now + message.router_lifetime;
  SetRouterLifetime(servers_, router, router_until);
  SetRouterLifetime(search_domains_, router, router_until);
  for (const wire::RecursiveDnsServers& option : message.options.dns_servers) {
    for (const Ipv6Address& address : option.addresses) {
      if (!IsUnicast(address)) continue;
      if (Update(now, servers_, kMaxServers,
                 {address, router, now + option.lifetime, router_until})) {
        ++version_;
      }
    }
  }
  for (const wire::DnsSearchList& option : message.options.dns_search_lists) {
    for (const std::string& name : option.names) {
      if (Update(now, search_domains_, kMaxSearchDomains,
                 {name, router, now + option.lifetime, router_until})) {
        ++version_;
      }
    }
  }
  Advance(now);  // What this one ended.
}

void DnsConfiguration::RemoveRouter(const Ipv6Address& router) {
  const auto is_its = [&](const auto& entry) { return entry.router == router; };
  const size_t gone = std::erase_if(servers_, is_its) + std::erase_if(search_domains_, is_its);
  if (gone > 0) ++version_;
}

void DnsConfiguration::Clear() {
  if (!servers_.empty() || !search_domains_.empty()) ++version_;
  servers_.clear();
  search_domains_.clear();
}

Time DnsConfiguration::deadline() const {
  return std::min(FirstEnd(servers_), FirstEnd(search_domains_));
}

void DnsConfiguration::Advance(Time now) {
  const auto is_over = [now](const auto& entry) { return entry.until() <= now; };
  const size_t gone = std::erase_if(servers_, is_over) + std::erase_if(search_domains_, is_over);
  if (gone > 0) ++version_;
}

}  // namespace dualsim::ndp
