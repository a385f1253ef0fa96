#include "stack/dns/zone.h"

#include <algorithm>
#include <utility>

namespace dualsim::dns {
namespace {

using wire::DnsName;
using wire::DnsRecord;
using wire::DnsType;

constexpr uint32_t kOwnTtl = 3600;

DnsRecord OwnSoa(const DnsName& origin) {
  const auto below = [&origin](const char* label) {
    return DnsName::Parse(label)->Append(origin).value_or(origin);
  };
  return {.name = origin,
          .type = DnsType::kSoa,
          .ttl = kOwnTtl,
          .data = wire::DnsSoa{.primary = below("ns"),
                               .mailbox = below("hostmaster"),
                               .serial = 1,
                               .refresh = 86'400,
                               .retry = 7200,
                               .expire = 3'600'000,
                               .minimum = 60}};
}

bool HasType(const std::vector<DnsRecord>& records, DnsType type) {
  return std::any_of(records.begin(), records.end(),
                     [type](const DnsRecord& record) { return record.type == type; });
}

}  // namespace

Zone::Zone(DnsName origin) : origin_(std::move(origin)), soa_(OwnSoa(origin_)) {
  names_[origin_] = {soa_};
}

std::string Zone::Add(DnsRecord record) {
  const DnsName& name = record.name;
  if (!name.IsWithin(origin_)) {
    return "'" + name.ToString() + "' is not in the zone '" + origin_.ToString() + "'";
  }
  if (size_ == kMaximumRecords) {
    return "a zone has at most " + std::to_string(kMaximumRecords) + " records";
  }
  if (record.type == DnsType::kSoa) {
    if (name != origin_) return "an SOA record is for the zone's own name";
    if (!own_soa_) return "the zone has an SOA record already";
    own_soa_ = false;
    Records& apex = names_[origin_];
    std::erase_if(apex, [](const DnsRecord& other) { return other.type == DnsType::kSoa; });
    soa_ = record;
    apex.insert(apex.begin(), std::move(record));
    ++size_;
    return "";
  }
  Records& records = names_[name];
  const bool alias = record.type == DnsType::kCname;
  if ((alias && !records.empty()) || HasType(records, DnsType::kCname)) {
    return "'" + name.ToString() + "' has a CNAME, and then nothing else";
  }
  for (const DnsRecord& other : records) {
    if (other.type == record.type && other.data == record.data) return "it is there already";
  }
  for (DnsName above = name; above != origin_;) {
    above = above.Parent();
    names_[above];
  }
  records.push_back(std::move(record));
  ++size_;
  return "";
}

const Zone::Records* Zone::RecordsOf(const DnsName& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : &found->second;
}

Zone::Found Zone::Find(const DnsName& name, DnsType type) const {
  // From the origin down: a cut hides what is below it.
  std::vector<DnsName> path;
  for (DnsName above = name; above != origin_; above = above.Parent()) path.push_back(above);
  for (auto below = path.rbegin(); below != path.rend(); ++below) {
    const Records* records = RecordsOf(*below);
    if (records == nullptr) break;
    if (!HasType(*records, DnsType::kNs)) continue;
    Found found{.delegated = true, .exists = true};
    for (const DnsRecord& record : *records) {
      if (record.type == DnsType::kNs) found.records.push_back(record);
    }
    return found;
  }
  const Records* records = RecordsOf(name);
  if (records == nullptr) {
    // RFC 4592 §3.3.1: the wildcard of the closest name that is there.
    DnsName encloser = name;
    while (!names_.contains(encloser)) encloser = encloser.Parent();
    const auto wildcard = DnsName::Parse("*")->Append(encloser);
    records = wildcard ? RecordsOf(*wildcard) : nullptr;
    if (records == nullptr) return {};
  }
  Found found{.exists = true};
  for (const DnsRecord& record : *records) {
    const bool alias = record.type == DnsType::kCname;
    if (record.type != type && type != DnsType::kAny && !alias) continue;
    found.records.push_back(record);
    found.records.back().name = name;  // Of a wildcard.
  }
  return found;
}

std::vector<DnsRecord> Zone::AddressesOf(const DnsName& name) const {
  std::vector<DnsRecord> addresses;
  const Records* records = name.IsWithin(origin_) ? RecordsOf(name) : nullptr;
  if (records == nullptr) return addresses;
  for (const DnsRecord& record : *records) {
    const bool address = record.type == DnsType::kA || record.type == DnsType::kAaaa;
    if (address) addresses.push_back(record);
  }
  return addresses;
}

DnsRecord Zone::Soa() const {
  DnsRecord soa = soa_;
  soa.ttl = std::min(soa.ttl, std::get<wire::DnsSoa>(soa.data).minimum);
  return soa;
}

}  // namespace dualsim::dns
