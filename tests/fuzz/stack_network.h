#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/scenario/plan.h"
#include "sim/scenario/world.h"
#include "tests/fuzz/stack_program.h"

namespace dualsim::testing {

// Whole hosts and routers on links, driven by a program. Ends the fuzzer where a
// stack sends what no reader accepts, or never comes to rest.
class StackNetwork final : public sim::WorldObserver {
 public:
  // The networks of kNetworks, by number.
  static constexpr size_t kNetworks = 5;

  // Three seconds after its boot.
  explicit StackNetwork(uint8_t number);

  void Play(const StackProgram& program);

  void OnFrame(Time now, const sim::FrameEvent& event) override;
  void OnAddress(Time now, sim::NodeId node, const AddressFact& fact) override;

 private:
  void Run(Duration time);
  void Act(uint8_t choice);
  void Inject(uint8_t link, ByteView frame);
  std::vector<uint8_t> React(std::vector<uint8_t> frame) const;
  void RequireWellFormed(const sim::FrameEvent& event) const;

  const sim::Plan& plan_;
  std::vector<uint8_t> last_sent_;  // By a stack.
  size_t sent_ = 0;                 // Frames, since the last step.
  std::unique_ptr<sim::World> world_;
};

}  // namespace dualsim::testing
