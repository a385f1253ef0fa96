#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/craft/layer_fields.h"
#include "sim/craft/packet_fields.h"
#include "sim/craft/packet_spec_reader.h"
#include "sim/scenario/diagnostics.h"
#include "sim/scenario/text_reader.h"

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace dualsim::craft {

// Reads the values of one message's fields, and says at their places what is
// wrong with them. What is wrong or not set leaves a value as it is.
class FieldReader {
 public:
  using Message = google::protobuf::Message;
  using Field = google::protobuf::FieldDescriptor;

  FieldReader(const sim::TextLocations& locations, const NameScope& names, FrameUse use,
              sim::Diagnostics* diagnostics)
      : locations_(locations), names_(names), use_(use), diagnostics_(*diagnostics) {}

  FrameUse use() const { return use_; }
  const NameScope& names() const { return names_; }

  // Every field of the layer that `message` has under the same name.
  template <typename L>
  void ReadFields(const Message& message, L* layer) {
    ForEachField(*layer, [&](const FieldInfo& info, auto& value) {
      const Field* field = FindField(message, info.name);
      if (field != nullptr) Read(message, field, info, &value);
    });
  }

  // The field of that name where it is singular and set; else null.
  static const Field* FindField(const Message& message, std::string_view name);
  // The repeated field of that name, or null where the message has none.
  static const Field* FindList(const Message& message, std::string_view name);
  static int SizeOf(const Message& message, const Field* list);
  // Of singular fields (index -1) or of a list.
  static std::string Text(const Message& message, const Field* field, int index = -1);
  static uint64_t NumberOf(const Message& message, const Field* field, int index = -1);
  static const Message& MessageOf(const Message& message, const Field* field, int index = -1);

  sim::SourceLocation Where(const Message& message) const { return locations_.Of(message); }
  sim::SourceLocation Where(const Message& message, const Field* field, int index = -1) const;
  void Error(const Message& message, const std::string& complaint);
  // "field: complaint".
  void Error(const Message& message, const Field* field, const std::string& complaint,
             int index = -1);

  void Read(const Message& message, const Field* field, const FieldInfo& info, Number* value);
  void Read(const Message& message, const Field* field, const FieldInfo& info, Flag* value);
  void Read(const Message& message, const Field* field, const FieldInfo& info, Bytes* value);
  void Read(const Message& message, const Field* field, const FieldInfo& info, Mac* value);
  void Read(const Message& message, const Field* field, const FieldInfo& info, Address* value);
  void Read(const Message& message, const Field* field, const FieldInfo& info, Ipv4* value);

  // A text that stands for one; nullopt where it is reported.
  Address ReadAddress(const Message& message, const Field* field, std::string_view text,
                      int index = -1);
  Mac ReadMac(const Message& message, const Field* field, std::string_view text, int index = -1);
  Bytes ReadBytes(const Message& message, const Field* field, std::string_view text,
                  int index = -1);
  // Reports a name that no packet before has.
  void CheckPacketName(const Message& message, const Field* field, const std::string& name);
  // Reports a number that the field has no place for.
  bool Fits(const Message& message, const Field* field, const FieldInfo& info, uint64_t value,
            int index = -1);

 private:
  bool CheckMayCount(const Message& message, const Field* field, int index);
  bool CheckNode(const Message& message, const Field* field, const NodeTerm& node, int index);
  Number ReadDurationIn(Unit unit, const Message& message, const Field* field,
                        const FieldInfo& info);

  const sim::TextLocations& locations_;
  const NameScope& names_;
  FrameUse use_;
  sim::Diagnostics& diagnostics_;
};

}  // namespace dualsim::craft
