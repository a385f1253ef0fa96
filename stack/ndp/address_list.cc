#include "stack/ndp/address_list.h"

#include <algorithm>
#include <utility>

namespace dualsim::ndp {

Time InterfaceAddress::deadline() const {
  Time next = valid_until;
  if (temporary != nullptr) next = std::min(next, temporary->regenerate_at);
  if (state == AddressState::kPreferred) next = std::min(next, preferred_until);
  if (dad != nullptr) next = std::min(next, dad->deadline());
  return next;
}

InterfaceAddress* AddressList::Find(const Ipv6Address& address) {
  for (InterfaceAddress& entry : entries_) {
    if (entry.address == address) return &entry;
  }
  return nullptr;
}

InterfaceAddress* AddressList::FindAutoconfigured(const Ipv6Prefix& prefix) {
  InterfaceAddress* found = nullptr;
  for (InterfaceAddress& entry : entries_) {
    if (entry.origin == AddressOrigin::kAutoconfigured && entry.prefix_length == prefix.length() &&
        prefix.Contains(entry.address)) {
      found = &entry;
    }
  }
  return found;
}

int AddressList::Count(AddressOrigin origin) const {
  return static_cast<int>(
      std::count_if(entries_.begin(), entries_.end(),
                    [&](const InterfaceAddress& entry) { return entry.origin == origin; }));
}

InterfaceAddress& AddressList::Add(InterfaceAddress address) {
  return entries_.emplace_back(std::move(address));
}

void AddressList::Remove(Ipv6Address address) {
  std::erase_if(entries_, [&](const InterfaceAddress& entry) { return entry.address == address; });
}

const InterfaceAddress* AddressList::link_local() const {
  const InterfaceAddress* found = nullptr;
  for (const InterfaceAddress& entry : entries_) {
    if (!entry.address.is_link_local()) continue;
    if (entry.verified()) return &entry;
    if (found == nullptr && entry.state != AddressState::kDuplicate) found = &entry;
  }
  return found;
}

Time AddressList::deadline() const {
  Time next = Time::Never();
  for (const InterfaceAddress& entry : entries_) next = std::min(next, entry.deadline());
  return next;
}

}  // namespace dualsim::ndp
