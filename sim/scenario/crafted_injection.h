#pragma once

#include <cstdint>
#include <string>

#include "sim/scenario/action.h"
#include "sim/scenario/address_book.h"
#include "sim/scenario/plan.h"
#include "sim/scenario/world.h"

namespace dualsim::sim {

// Sends what an injection of the plan says, and keeps its packet where it has a
// name; `count`: how often that was done before. Returns "", or what is missing for making its
// frame: then nothing is sent.
std::string SendInjection(const action::Inject& inject, const Plan& plan, World& world,
                          AddressBook& book, uint64_t count = 0);

}  // namespace dualsim::sim
