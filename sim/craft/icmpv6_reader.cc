#include "sim/craft/icmpv6_reader.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "sim/scenario/near_name.h"

namespace dualsim::craft {
namespace {

using google::protobuf::Message;
using Field = google::protobuf::FieldDescriptor;

// RFC 1035 §2.3.4: labels of 1 to 63 bytes, 253 in all.
bool IsDomain(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  while (true) {
    const size_t dot = name.find('.');
    const size_t size = std::min(dot, name.size());
    if (size == 0 || size > 63) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

class PartsReader {
 public:
  PartsReader(const FrameReader& read_frame, FieldReader* reader)
      : read_frame_(read_frame), reader_(*reader) {}

  void Read(const Message& message, Icmpv6Layer* layer) {
    std::visit([&](auto& body) { ReadBody(message, layer, body); }, layer->body);
    ReadOptions(message, layer);
    if (const Field* without = FieldReader::FindList(message, "without")) {
      for (int i = 0; i < FieldReader::SizeOf(message, without); ++i) {
        if (reader_.use() == FrameUse::kSend) {
          reader_.Error(message, without, "it is for patterns; leave the option out", i);
        }
        layer->without.push_back(static_cast<uint8_t>(FieldReader::NumberOf(message, without, i)));
      }
    }
  }

 private:
  template <typename B>
  void ReadBody(const Message& message, Icmpv6Layer* layer, B& body) {
    if constexpr (requires { body.quote; }) body.quote = ReadQuote(message);
    if constexpr (requires { body.sources; }) {
      body.sources = ReadAddresses(message, "source", &reader_);
    }
    if constexpr (requires { body.records; }) ReadRecords(message, &body.records);
    if constexpr (std::is_same_v<B, RawBody>) ReadType(message, layer);
    if constexpr (std::is_same_v<B, NeighborSolicitationBody>) {
      RequireToSend(message, "target", body.target.has_value());
    }
    if constexpr (std::is_same_v<B, RedirectBody>) {
      RequireToSend(message, "target", body.target.has_value());
      RequireToSend(message, "redirect_destination", body.redirect_destination.has_value());
    }
  }

  void RequireToSend(const Message& message, const std::string& field, bool is_set) {
    if (is_set || reader_.use() != FrameUse::kSend) return;
    if (FieldReader::FindField(message, field) != nullptr) return;  // It was reported.
    reader_.Error(message, "lacks '" + field + "'");
  }

  void ReadType(const Message& message, Icmpv6Layer* layer) {
    const Field* type = FieldReader::FindField(message, "type");
    if (type == nullptr) {
      reader_.Error(message, "lacks 'type'");
      return;
    }
    const uint64_t value = FieldReader::NumberOf(message, type);
    if (reader_.Fits(message, type, {"type", 8}, value)) layer->type = static_cast<uint8_t>(value);
  }

  std::optional<Quote> ReadQuote(const Message& message) {
    const Field* field = FieldReader::FindField(message, "quote");
    if (field == nullptr) return std::nullopt;
    const Message& text = FieldReader::MessageOf(message, field);
    Quote quote;
    int given = 0;
    if (const Field* packet = FieldReader::FindField(text, "packet")) {
      ++given;
      quote.packet = FieldReader::Text(text, packet);
      reader_.CheckPacketName(text, packet, quote.packet);
    }
    if (const Field* frame = FieldReader::FindField(text, "frame")) {
      ++given;
      quote.frame = read_frame_(FieldReader::MessageOf(text, frame));
    }
    if (const Field* hex = FieldReader::FindField(text, "hex")) {
      ++given;
      reader_.Read(text, hex, {"hex"}, &quote.hex);
    }
    if (const Field* size = FieldReader::FindField(text, "size")) {
      reader_.Read(text, size, {"size", 16}, &quote.size);
    }
    if (given > 1) reader_.Error(text, "give one of 'packet', 'frame' and 'hex'");
    if (given == 0 && !quote.size) reader_.Error(text, "lacks 'packet', 'frame' or 'hex'");
    return quote;
  }

  void ReadRecords(const Message& message, std::vector<ListenerRecordSpec>* records) {
    const Field* list = FieldReader::FindList(message, "record");
    for (int i = 0; i < FieldReader::SizeOf(message, list); ++i) {
      const Message& text = FieldReader::MessageOf(message, list, i);
      ListenerRecordSpec& record = records->emplace_back();
      reader_.ReadFields(text, &record);
      if (const Field* raw = FieldReader::FindField(text, "raw_type")) {
        reader_.Read(text, raw, {"type", 8}, &record.type);
      }
      record.sources = ReadAddresses(text, "source", &reader_);
    }
  }

  // The options of a message in the order of the text.
  void ReadOptions(const Message& message, Icmpv6Layer* layer) {
    std::vector<std::pair<sim::SourceLocation, NdpOptionSpec>> found;
    const google::protobuf::Descriptor* type = message.GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const Field* list = type->field(i);
      const auto empty = list->name() == "option" ? NdpOptionSpec() : EmptyNdpOption(list->name());
      if (!empty || !list->is_repeated()) continue;
      for (int j = 0; j < FieldReader::SizeOf(message, list); ++j) {
        NdpOptionSpec option = *empty;
        ReadOption(message, list, j, &option);
        found.emplace_back(reader_.Where(message, list, j), std::move(option));
      }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [where, option] : found) layer->options.push_back(std::move(option));
  }

  void ReadOption(const Message& message, const Field* list, int index, NdpOptionSpec* option) {
    if (list->cpp_type() == Field::CPPTYPE_MESSAGE) {
      const Message& text = FieldReader::MessageOf(message, list, index);
      reader_.ReadFields(text, option);
      std::visit([&](auto& body) { ReadOptionBody(text, option, body); }, option->body);
    } else if (auto* address = std::get_if<LinkLayerAddressOption>(&option->body)) {
      address->address =
          reader_.ReadMac(message, list, FieldReader::Text(message, list, index), index);
    } else if (auto* mtu = std::get_if<MtuOption>(&option->body)) {
      mtu->mtu = FieldReader::NumberOf(message, list, index);
    } else if (auto* nonce = std::get_if<NonceOption>(&option->body)) {
      nonce->nonce =
          reader_.ReadBytes(message, list, FieldReader::Text(message, list, index), index);
    }
  }

  template <typename B>
  void ReadOptionBody(const Message& text, NdpOptionSpec* option, B& body) {
    if constexpr (requires { body.quote; }) body.quote = ReadQuote(text);
    if constexpr (requires { body.addresses; }) {
      body.addresses = ReadAddresses(text, "address", &reader_);
    }
    if constexpr (requires { body.domains; }) ReadDomains(text, &body.domains);
    if constexpr (requires { body.prefix_length; }) {
      if (!body.prefix_length) body.prefix_length = LengthOfPrefix(text, 255);
    }
    if constexpr (requires { body.prefix_length_code; }) {
      if (!body.prefix_length_code) body.prefix_length_code = Pref64Code(text);
    }
    if constexpr (std::is_same_v<B, RawNdpOption>) {
      Number type;
      if (const Field* field = FieldReader::FindField(text, "type")) {
        reader_.Read(text, field, {"type", 8}, &type);
      } else {
        reader_.Error(text, "lacks 'type'");
      }
      option->type = static_cast<uint8_t>(type.value_or(0));
    }
  }

  void ReadDomains(const Message& text, std::vector<std::string>* domains) {
    const Field* list = FieldReader::FindList(text, "domain");
    for (int i = 0; i < FieldReader::SizeOf(text, list); ++i) {
      domains->push_back(FieldReader::Text(text, list, i));
      if (!IsDomain(domains->back())) {
        reader_.Error(text, list, "'" + domains->back() + "' is no domain name", i);
        domains->pop_back();
      }
    }
  }

  // The "64" of "2001:db8::/64"; not set where there is none.
  Number LengthOfPrefix(const Message& text, uint64_t most) {
    const Field* field = FieldReader::FindField(text, "prefix");
    if (field == nullptr) return std::nullopt;
    const std::string prefix = FieldReader::Text(text, field);
    const size_t slash = prefix.find('/');
    if (slash == std::string::npos || prefix.ends_with(')')) return std::nullopt;
    const std::string digits = prefix.substr(slash + 1);
    const bool number = !digits.empty() && digits.size() <= 3 &&
                        digits.find_first_not_of("0123456789") == std::string::npos;
    if (!number || std::stoul(digits) > most) {
      reader_.Error(text, field, "'" + digits + "' is no length of a prefix");
      return std::nullopt;
    }
    return std::stoul(digits);
  }

  // RFC 8781 §4.
  Number Pref64Code(const Message& text) {
    constexpr std::array<uint64_t, 6> kLengths = {96, 64, 56, 48, 40, 32};
    const Number length = LengthOfPrefix(text, 128);
    if (!length) return std::nullopt;
    const auto code = std::find(kLengths.begin(), kLengths.end(), *length);
    if (code != kLengths.end()) return static_cast<uint64_t>(code - kLengths.begin());
    reader_.Error(text, FieldReader::FindField(text, "prefix"),
                  "its length is one of 96, 64, 56, 48, 40 and 32");
    return std::nullopt;
  }

  const FrameReader& read_frame_;
  FieldReader& reader_;
};

}  // namespace

void ReadIcmpv6Parts(const Message& message, const FrameReader& read_frame, FieldReader* reader,
                     Icmpv6Layer* layer) {
  PartsReader(read_frame, reader).Read(message, layer);
}

std::vector<AddressTerm> ReadAddresses(const Message& message, std::string_view list,
                                       FieldReader* reader) {
  std::vector<AddressTerm> addresses;
  const Field* field = FieldReader::FindList(message, list);
  if (field == nullptr) return addresses;
  for (int i = 0; i < FieldReader::SizeOf(message, field); ++i) {
    if (auto address =
            reader->ReadAddress(message, field, FieldReader::Text(message, field, i), i)) {
      addresses.push_back(std::move(*address));
    }
  }
  return addresses;
}

}  // namespace dualsim::craft
