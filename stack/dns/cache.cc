#include "stack/dns/cache.h"

#include <algorithm>

namespace dualsim::dns {
namespace {

using wire::DnsMessage;
using wire::DnsName;
using wire::DnsQuestion;
using wire::DnsRecord;
using wire::DnsType;

// RFC 2308 §3: the SOA record of the zone that has, or would have, the name.
const DnsRecord* FindSoa(const DnsMessage& response, const DnsName& name) {
  for (const DnsRecord& record : response.authorities) {
    if (std::holds_alternative<wire::DnsSoa>(record.data) && name.IsWithin(record.name)) {
      return &record;
    }
  }
  return nullptr;
}

}  // namespace

bool Answer::has(DnsType type) const {
  return std::any_of(records.begin(), records.end(),
                     [type](const DnsRecord& record) { return record.type == type; });
}

bool IsAnswerTo(const DnsMessage& query, const DnsMessage& response) {
  if (!response.response || response.id != query.id || response.opcode != query.opcode) {
    return false;
  }
  if (response.questions == query.questions) return true;
  return response.questions.empty() && response.code == wire::DnsResponseCode::kFormatError;
}

Answer ReadAnswer(const DnsQuestion& question, const DnsMessage& response) {
  Answer answer{.code = response.code};
  if (!answer.conclusive()) return answer;
  DnsName name = question.name;
  uint32_t ttl = ~uint32_t{0};
  const auto take = [&](const DnsRecord& record) {
    ttl = std::min(ttl, record.ttl);
    answer.records.push_back(record);
  };
  for (int aliases = 0; aliases <= kMaximumAliases; ++aliases) {
    const DnsRecord* alias = nullptr;
    bool found = false;
    for (const DnsRecord& record : response.answers) {
      if (record.name != name || record.record_class != question.record_class) continue;
      if (record.type == question.type || question.type == DnsType::kAny) {
        take(record);
        found = true;
      } else if (record.type == DnsType::kCname) {
        alias = &record;
      }
    }
    if (found) {
      answer.code = wire::DnsResponseCode::kNoError;
      answer.ttl = Seconds(ttl);
      return answer;
    }
    if (alias == nullptr) break;
    take(*alias);
    name = std::get<DnsName>(alias->data);
  }
  if (const DnsRecord* soa = FindSoa(response, name)) {
    answer.soa = *soa;
    answer.ttl = Seconds(std::min(soa->ttl, std::get<wire::DnsSoa>(soa->data).minimum));
  }
  if (!answer.records.empty()) answer.ttl = std::min(answer.ttl, Seconds(ttl));
  return answer;
}

void Cache::Put(Time now, const DnsQuestion& question, const Answer& answer) {
  if (!answer.conclusive() || answer.ttl <= Duration() || limit_ == 0) return;
  const Key key{question.name, question.type, question.record_class};
  const Duration longest = answer.has(question.type) ? kLongest : kLongestNegative;
  if (entries_.size() >= limit_ && !entries_.contains(key)) {
    entries_.erase(std::min_element(
        entries_.begin(), entries_.end(),
        [](const auto& a, const auto& b) { return a.second.until < b.second.until; }));
  }
  entries_.insert_or_assign(key, Entry{answer, now, now + std::min(answer.ttl, longest)});
}

std::optional<Answer> Cache::Find(Time now, const DnsQuestion& question) const {
  const auto found = entries_.find({question.name, question.type, question.record_class});
  if (found == entries_.end() || found->second.until <= now) return std::nullopt;
  Answer answer = found->second.answer;
  answer.ttl = found->second.until - now;
  if (answer.soa) {
    answer.soa->ttl = static_cast<uint32_t>(answer.ttl.nanoseconds() / Seconds(1).nanoseconds());
  }
  const int64_t age = (now - found->second.since).nanoseconds() / Seconds(1).nanoseconds();
  for (DnsRecord& record : answer.records) {
    record.ttl -= static_cast<uint32_t>(std::min<int64_t>(age, record.ttl));
  }
  return answer;
}

}  // namespace dualsim::dns
