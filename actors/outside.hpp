#pragma once

#include "actors/metrics_sink.hpp"
#include "actors/ports.hpp"
#include "actors/sequencer/sequencer_engine.hpp"

namespace troupe::actors {

/// Everything beyond the actors, as Engine::start was given it. Outlives them.
struct Outside {
    OrderLog& log;
    BlockStore& store;
    EventSink& events;
    MetricsSink& metrics;
    L1Port& l1;
    std::function<Now()> clock;                     ///< read in message handlers only
    std::function<void(const std::string&)> ready;  ///< once; empty: ready to accept
    std::function<void(bool)> drained;              ///< once, after Drain
};
using OutsidePtr = std::shared_ptr<const Outside>;

}  // namespace troupe::actors
