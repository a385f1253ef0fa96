// How a node forms its addresses.

#include "proto/scenario.pb.h"
#include "sim/scenario/check.h"
#include "sim/scenario/units.h"

namespace dualsim::sim {
namespace {

using Node = dualsim::Node;

ndp::TemporaryAddressConfig ReadTemporaryAddresses(const dualsim::TemporaryAddresses& entry,
                                                   const host::InterfaceConfig& card,
                                                   CheckContext* context) {
  using Fields = dualsim::TemporaryAddresses;
  ndp::TemporaryAddressConfig config;
  if (const auto valid = context->ReadDuration(entry, Fields::kValidLifetimeFieldNumber)) {
    config.valid_lifetime = *valid;
  }
  if (const auto preferred = context->ReadDuration(entry, Fields::kPreferredLifetimeFieldNumber)) {
    config.preferred_lifetime = *preferred;
  }
  if (config.preferred_lifetime > config.valid_lifetime) {
    context->Error(entry, "the preferred lifetime, " + DurationText(config.preferred_lifetime) +
                              ", is longer than the valid one, " +
                              DurationText(config.valid_lifetime));
  }
  const Duration advance = ndp::RegenAdvance(card.dup_addr_detect_transmits, card.retrans_timer);
  if (config.preferred_lifetime <= advance) {
    context->Error(entry, "a preferred lifetime of " + DurationText(config.preferred_lifetime) +
                              " is not longer than REGEN_ADVANCE, " + DurationText(advance) +
                              ": there would never be an address");
  }
  return config;
}

// What only hosts do.
void CheckHostsOnly(const Node& entry, CheckContext* context) {
  if (entry.has_temporary_addresses()) {
    context->Error(entry, Node::kTemporaryAddressesFieldNumber,
                   "routers form no addresses from advertisements; make this node a 'host'");
  }
  if (entry.has_host_type()) {
    context->Error(entry, Node::kHostTypeFieldNumber,
                   "routers take nothing from advertisements; make this node a 'host'");
  }
  if (entry.optimistic_dad()) {
    context->Error(entry, Node::kOptimisticDadFieldNumber,
                   "routers have no optimistic addresses (RFC 4429 §3.3); make this node a 'host'");
  }
}

}  // namespace

void CheckAddressing(const Node& entry, bool is_router, CheckContext* context,
                     host::StackConfig* config) {
  if (is_router) CheckHostsOnly(entry, context);
  for (host::InterfaceConfig& card : config->interfaces) {
    if (entry.interface_identifiers() == Node::OPAQUE) {
      card.interface_identifiers = ndp::InterfaceIdentifiers::kOpaque;
    }
    if (entry.host_type() == Node::TYPE_A) card.host_type = ndp::HostType::kA;
    if (entry.host_type() == Node::TYPE_B) card.host_type = ndp::HostType::kB;
    card.optimistic_dad = entry.optimistic_dad();
    card.gratuitous_neighbor_discovery = entry.gratuitous_neighbor_discovery();
  }
  if (!entry.has_temporary_addresses() || config->interfaces.empty()) return;
  // Its variables are those of all interfaces.
  const ndp::TemporaryAddressConfig temporary =
      ReadTemporaryAddresses(entry.temporary_addresses(), config->interfaces[0], context);
  for (host::InterfaceConfig& card : config->interfaces) card.temporary_addresses = temporary;
}

}  // namespace dualsim::sim
