#include "stack/router/divide_advertisement.h"

#include <string>
#include <utility>

namespace dualsim::router {
namespace {

class Divider {
 public:
  Divider(const wire::RouterAdvertisement& whole, size_t room) : room_(room), head_(whole) {
    head_.options = {};
    head_.options.source_link_layer_address = whole.options.source_link_layer_address;
    part_ = head_;
  }

  // `add` adds what is to stay together to the options of a part.
  template <typename Add>
  void Put(const Add& add) {
    wire::RouterAdvertisement larger = part_;
    add(larger.options);
    if (larger.size() > room_ && part_.size() > head_.size()) {
      parts_.push_back(std::exchange(part_, head_));
      larger = part_;
      add(larger.options);
    }
    part_ = std::move(larger);
  }

  std::vector<wire::RouterAdvertisement> Finish() {
    parts_.push_back(std::move(part_));
    return std::move(parts_);
  }

 private:
  const size_t room_;
  wire::RouterAdvertisement head_;
  wire::RouterAdvertisement part_;
  std::vector<wire::RouterAdvertisement> parts_;
};

void AddServer(const Ipv6Address& server, Duration lifetime, wire::NdpOptions& options) {
  auto& lists = options.dns_servers;
  const bool goes_on = !lists.empty() && lists.back().lifetime == lifetime &&
                       lists.back().addresses.size() < wire::RecursiveDnsServers::kMaximumAddresses;
  if (!goes_on) lists.push_back({.lifetime = lifetime, .addresses = {}});
  lists.back().addresses.push_back(server);
}

}  // namespace

std::vector<wire::RouterAdvertisement> Divide(const wire::RouterAdvertisement& whole, size_t room) {
  using Options = wire::NdpOptions;
  Divider divider(whole, room);
  const Options& all = whole.options;
  if (all.mtu) divider.Put([&](Options& options) { options.mtu = all.mtu; });
  for (const auto& prefix : all.prefixes) {
    divider.Put([&](Options& options) { options.prefixes.push_back(prefix); });
  }
  for (const auto& route : all.routes) {
    divider.Put([&](Options& options) { options.routes.push_back(route); });
  }
  for (const auto& list : all.dns_servers) {
    for (const Ipv6Address& server : list.addresses) {
      divider.Put([&](Options& options) { AddServer(server, list.lifetime, options); });
    }
  }
  for (const auto& list : all.dns_search_lists) {
    for (const std::string& name : list.names) {
      divider.Put([&](Options& options) {
        options.dns_search_lists.push_back({.lifetime = list.lifetime, .names = {name}});
      });
    }
  }
  for (const auto& pref64 : all.pref64s) {
    divider.Put([&](Options& options) { options.pref64s.push_back(pref64); });
  }
  return divider.Finish();
}

}  // namespace dualsim::router
