#pragma once

#include "chain/evm/tracer.hpp"

#include <functional>

namespace troupe::chain::evm {

/// What a trace may use, of one transaction or of a block's together. A tracer that finds it spent
/// stops the execution.
class TraceBudget {
  public:
    enum class Spent : std::uint8_t {
        kNot,
        kTime,  ///< `expired` said so
        kSize,  ///< more bytes than `bytes_max`
    };

    /// @param bytes_max  of what tracers keep or write
    /// @param expired    asked once in kStepsPerLook instructions; this layer has no clock
    TraceBudget(std::size_t bytes_max, std::function<bool()> expired)
        : bytes_left_(bytes_max), expired_(std::move(expired)) {}

    static constexpr std::uint32_t kStepsPerLook = 1'024;

    /// An instruction runs.
    void step() {
        if (++steps_ % kStepsPerLook == 0) look();
    }
    void look() {
        if (spent_ == Spent::kNot && expired_ && expired_()) spent_ = Spent::kTime;
    }
    void take(std::size_t bytes) {
        if (bytes > bytes_left_ && spent_ == Spent::kNot) spent_ = Spent::kSize;
        bytes_left_ -= std::min(bytes, bytes_left_);
    }
    [[nodiscard]] Spent spent() const noexcept { return spent_; }

  private:
    std::size_t bytes_left_;
    std::function<bool()> expired_;
    std::uint64_t steps_ = 0;
    Spent spent_ = Spent::kNot;
};

/// A tracer that stops when its budget is spent.
class BudgetedTracer : public Tracer {
  public:
    explicit BudgetedTracer(TraceBudget& budget) : budget_(budget) {}
    void on_step(const Step& /*step*/) override { budget_.step(); }
    void on_enter(const Enter& /*enter*/) override {}
    void on_exit(const Exit& /*exit*/) override {}
    [[nodiscard]] bool stopped() const override {
        return budget_.spent() != TraceBudget::Spent::kNot;
    }

  protected:
    TraceBudget& budget_;
};

}  // namespace troupe::chain::evm
