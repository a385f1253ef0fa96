#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stack/base/time.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/ndp.h"

namespace dualsim::ndp {

// What the routers of one interface advertise for the resolver, RFC 8106: the DNS
// Server List and the DNS Search List of its §6.1, in the order in which the
// entries came.
//
// An entry may be used only as long as neither its own lifetime nor that of the
// router that advertised it has ended (§5.3.1). Where several routers advertise
// it, it is that router's which lets it live longest. Where a list is full, the
// entry that ends first makes room for a newcomer (§6.2), even if that ends before it.
class DnsConfiguration {
 public:
  static constexpr size_t kMaxServers = 8;  // §5.3.1 asks for three at least.
  static constexpr size_t kMaxSearchDomains = 8;

  template <typename Value>
  struct Entry {
    Value value;
    Ipv6Address router;
    Time option_until = Time::Never();
    Time router_until = Time::Never();

    Time until() const { return std::min(option_until, router_until); }
  };
  using Server = Entry<Ipv6Address>;
  using SearchDomain = Entry<std::string>;  // Names as in wire::DnsSearchList.

  // A valid advertisement. A lifetime of 0 ends an entry at once. Addresses that
  // are no unicast addresses are passed over.
  void OnAdvertisement(Time now, const Ipv6Address& router,
                       const wire::RouterAdvertisement& message);
  // It ceased to be a router.
  void RemoveRouter(const Ipv6Address& router);

  const std::vector<Server>& servers() const { return servers_; }
  const std::vector<SearchDomain>& search_domains() const { return search_domains_; }
  void Clear();
  // Another number after each change of what servers() and search_domains() name.
  uint32_t version() const { return version_; }

  // The next time at which an entry ends, and what takes those out that did.
  Time deadline() const;
  void Advance(Time now);

 private:
  std::vector<Server> servers_;
  std::vector<SearchDomain> search_domains_;
  uint32_t version_ = 0;
};

}  // namespace dualsim::ndp
