#include "stack/tcp/listener.h"

#include <algorithm>
#include <utility>

namespace dualsim::tcp {

std::optional<ListenerId> ListenerTable::Add(const ListenOptions& options) {
  const bool taken = std::any_of(listeners_.begin(), listeners_.end(), [&](const Listener& other) {
    const ListenOptions& theirs = other.options;
    const bool families_meet =
        !theirs.family || !options.family || *theirs.family == *options.family;
    return theirs.port == options.port && theirs.address == options.address && families_meet;
  });
  if (taken) return std::nullopt;
  const ListenerId id{next_id_++};
  listeners_.push_back({.id = id, .options = options, .waiting = {}});
  return id;
}

void ListenerTable::Remove(ListenerId id) {
  std::erase_if(listeners_, [&](const Listener& listener) { return listener.id == id; });
}

Listener* ListenerTable::Find(ListenerId id) {
  return const_cast<Listener*>(std::as_const(*this).Find(id));
}

const Listener* ListenerTable::Find(ListenerId id) const {
  for (const Listener& listener : listeners_) {
    if (listener.id == id) return &listener;
  }
  return nullptr;
}

Listener* ListenerTable::Match(const IpAddress& address, Port port) {
  Listener* any = nullptr;
  for (Listener& listener : listeners_) {
    if (listener.options.port != port) continue;
    if (!listener.options.address) {
      const bool heard = !listener.options.family || *listener.options.family == address.family();
      if (heard) any = &listener;
    } else if (*listener.options.address == address) {
      return &listener;
    }
  }
  return any;
}

bool ListenerTable::HasPort(Port port) const {
  return std::any_of(listeners_.begin(), listeners_.end(),
                     [&](const Listener& listener) { return listener.options.port == port; });
}

}  // namespace dualsim::tcp
