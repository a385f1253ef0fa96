#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "stack/base/bytes.h"
#include "stack/base/packet.h"

namespace dualsim::os {

// A tap device could not be had or is gone: one line that says which and why.
class TapError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A Linux tap device: whole Ethernet frames, without blocking. An existing
// device is attached to; one that does not exist is made, brought up, and gone
// with the object.
class TapDevice {
 public:
  // Throws TapError: no permission, in use by another program, no such kind of device.
  explicit TapDevice(const std::string& name);
  ~TapDevice();
  TapDevice(const TapDevice&) = delete;
  TapDevice& operator=(const TapDevice&) = delete;

  int file_descriptor() const { return fd_; }
  const std::string& name() const { return name_; }
  uint32_t mtu() const { return mtu_; }
  // Whether it was not there before.
  bool made() const { return made_; }

  // The next frame of the kernel's; empty where none waits. Throws TapError where
  // the device was deleted.
  Packet Receive(PacketPool& pool);
  // False: the kernel did not take it (the device is down, or has no room).
  bool Send(ByteView frame);

 private:
  std::string name_;
  int fd_ = -1;
  uint32_t mtu_ = 0;
  bool made_ = false;
};

}  // namespace dualsim::os
