#include "stack/dns/authority.h"

#include <algorithm>
#include <utility>

#include "stack/dns/cache.h"

namespace dualsim::dns {
namespace {

using wire::DnsMessage;
using wire::DnsName;
using wire::DnsRecord;
using wire::DnsResponseCode;
using wire::DnsType;

constexpr uint8_t kQuery = 0;

// Where a record leads to whose addresses whoever asked will want next.
const DnsName* TargetOf(const DnsRecord& record) {
  if (record.type == DnsType::kNs) return std::get_if<DnsName>(&record.data);
  if (const auto* mx = std::get_if<wire::DnsMx>(&record.data)) return &mx->exchange;
  if (const auto* srv = std::get_if<wire::DnsSrv>(&record.data)) return &srv->target;
  return nullptr;
}

}  // namespace

const Zone* Authority::ZoneOf(const DnsName& name) const {
  const Zone* nearest = nullptr;
  for (const Zone& zone : zones_) {
    if (!name.IsWithin(zone.origin())) continue;
    if (nearest == nullptr || zone.origin().size() > nearest->origin().size()) nearest = &zone;
  }
  return nearest;
}

DnsMessage Authority::Begin(const DnsMessage& query) {
  DnsMessage response{.id = query.id,
                      .response = true,
                      .opcode = query.opcode,
                      .recursion_desired = query.recursion_desired,
                      .questions = query.questions};
  if (query.edns) response.edns = wire::DnsEdns{.udp_size = kMaximumUdpResponse};
  return response;
}

std::optional<DnsMessage> Authority::Refuse(const DnsMessage& query) {
  DnsMessage response = Begin(query);
  if (query.edns && query.edns->version != 0) {
    response.code = DnsResponseCode::kBadVersion;
  } else if (query.opcode != kQuery) {
    response.code = DnsResponseCode::kNotImplemented;
  } else if (query.questions.size() != 1) {
    response.code = DnsResponseCode::kFormatError;
    response.questions.clear();
  } else if (query.questions[0].record_class != wire::kDnsClassInternet) {
    response.code = DnsResponseCode::kRefused;
  } else {
    return std::nullopt;
  }
  return response;
}

DnsMessage Authority::Answer(const DnsMessage& query) const {
  DnsMessage response = Begin(query);
  const wire::DnsQuestion& question = query.questions[0];
  DnsName name = question.name;
  for (int aliases = 0; aliases <= kMaximumAliases; ++aliases) {
    const Zone* zone = ZoneOf(name);
    if (zone == nullptr) break;  // Whoever asked goes on elsewhere.
    Zone::Found found = zone->Find(name, question.type);
    if (found.delegated) {
      // A referral; what was found before it is still ours.
      response.authorities = std::move(found.records);
      break;
    }
    response.authoritative = true;
    if (found.records.empty()) {
      if (!found.exists) response.code = DnsResponseCode::kNameError;
      response.authorities.push_back(zone->Soa());
      break;
    }
    const DnsRecord& first = found.records[0];
    const bool alias = first.type == DnsType::kCname && question.type != DnsType::kCname &&
                       question.type != DnsType::kAny;
    if (alias) name = std::get<DnsName>(first.data);
    response.answers.insert(response.answers.end(), found.records.begin(), found.records.end());
    if (!alias) break;
  }
  AddAddresses(response);
  return response;
}

void Authority::AddAddresses(DnsMessage& response) const {
  const auto add = [&](const std::vector<DnsRecord>& records) {
    for (const DnsRecord& record : records) {
      const DnsName* target = TargetOf(record);
      const Zone* zone = target == nullptr ? nullptr : ZoneOf(*target);
      if (zone == nullptr) continue;
      for (DnsRecord& address : zone->AddressesOf(*target)) {
        if (std::find(response.additionals.begin(), response.additionals.end(), address) ==
            response.additionals.end()) {
          response.additionals.push_back(std::move(address));
        }
      }
    }
  };
  add(response.answers);
  add(response.authorities);
}

size_t UdpLimitOf(const DnsMessage& query) {
  if (!query.edns) return DnsMessage::kMaximumUdpSize;
  return std::clamp<size_t>(query.edns->udp_size, DnsMessage::kMaximumUdpSize, kMaximumUdpResponse);
}

}  // namespace dualsim::dns
