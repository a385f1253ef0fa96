#include "stack/wire/dns_writer.h"

#include <type_traits>

namespace dualsim::wire {
namespace {

constexpr size_t kFarthestPointer = 0x3fff;

}  // namespace

void DnsWriter::Put16(uint16_t value) {
  bytes_.resize(bytes_.size() + 2);
  StoreBig16(bytes_.data() + bytes_.size() - 2, value);
}

void DnsWriter::Put32(uint32_t value) {
  bytes_.resize(bytes_.size() + 4);
  StoreBig32(bytes_.data() + bytes_.size() - 4, value);
}

void DnsWriter::PutName(DnsName name) {
  for (; !name.is_root(); name = name.Parent()) {
    if (const auto known = names_.find(name); known != names_.end()) {
      return Put16(static_cast<uint16_t>(0xc000 | known->second));
    }
    if (bytes_.size() <= kFarthestPointer) {
      names_.emplace(name, static_cast<uint16_t>(bytes_.size()));
    }
    const std::string_view label = name.FirstLabel();
    bytes_.insert(bytes_.end(), label.begin(), label.end());
  }
  bytes_.push_back(0);
}

void DnsWriter::PutQuestion(const DnsQuestion& question) {
  PutName(question.name);
  Put16(static_cast<uint16_t>(question.type));
  Put16(question.record_class);
}

bool DnsWriter::PutRecord(const DnsRecord& record) {
  const size_t begin = bytes_.size();
  PutName(record.name);
  Put16(static_cast<uint16_t>(record.type));
  Put16(record.record_class);
  Put32(record.ttl);
  Put16(0);
  const size_t data = bytes_.size();
  PutData(record);
  const size_t size = bytes_.size() - data;
  if (bytes_.size() + reserved_ > limit_ || size > 0xffff) {
    bytes_.resize(begin);
    std::erase_if(names_, [begin](const auto& entry) { return entry.second >= begin; });
    return false;
  }
  Set16(data - 2, static_cast<uint16_t>(size));
  return true;
}

void DnsWriter::PutData(const DnsRecord& record) {
  std::visit(
      [this](const auto& data) {
        using Data = std::decay_t<decltype(data)>;
        if constexpr (std::is_same_v<Data, DnsOpaque>) {
          PutBytes(data.bytes);
        } else if constexpr (std::is_same_v<Data, DnsName>) {
          PutName(data);
        } else if constexpr (std::is_same_v<Data, DnsSoa>) {
          PutName(data.primary);
          PutName(data.mailbox);
          for (const uint32_t value :
               {data.serial, data.refresh, data.retry, data.expire, data.minimum}) {
            Put32(value);
          }
        } else if constexpr (std::is_same_v<Data, DnsMx>) {
          Put16(data.preference);
          PutName(data.exchange);
        } else if constexpr (std::is_same_v<Data, DnsSrv>) {
          Put16(data.priority);
          Put16(data.weight);
          Put16(data.port);
          // RFC 2782: this name is not compressed.
          bytes_.resize(bytes_.size() + data.target.size());
          data.target.Store(bytes_.data() + bytes_.size() - data.target.size());
        } else if constexpr (std::is_same_v<Data, DnsTexts>) {
          for (const std::string& text : data.texts) {
            bytes_.push_back(static_cast<uint8_t>(text.size()));
            bytes_.insert(bytes_.end(), text.begin(), text.end());
          }
        } else {
          PutBytes(data.bytes());
        }
      },
      record.data);
}

}  // namespace dualsim::wire
