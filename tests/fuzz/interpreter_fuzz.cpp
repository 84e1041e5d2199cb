// Any bytes as a program that runs with bounded gas, once as it is and once traced: both must come
// to the same gas, output, logs and changes, whatever the program does.
#include "chain/base/assert.hpp"
#include "chain/evm/machine.hpp"
#include "chain/state/testing/map_view.hpp"

#include <algorithm>

namespace {

using namespace troupe::chain;
using namespace troupe::chain::evm;

constexpr Address kSender{{0xaa, 0x01}};
constexpr Address kContract{{0xaa, 0x02}};
constexpr std::size_t kProgramBytesMax = 4'096;
constexpr std::int64_t kGas = 200'000;

struct GasWatcher final : Tracer {
    std::vector<std::int64_t> left;  // by call
    void on_step(const Step& step) override {
        TROUPE_ASSERT(step.depth == left.size());
        TROUPE_ASSERT(step.gas >= 0 && step.gas <= left.back());
        TROUPE_ASSERT(step.stack.size() <= 1'024);
        left.back() = step.gas;
    }
    void on_enter(const Enter& enter) override { left.push_back(enter.gas); }
    void on_exit(const Exit& exit) override {
        TROUPE_ASSERT(exit.gas_left >= 0 && exit.gas_left <= left.back());
        left.pop_back();
    }
};

struct Ran {
    std::int64_t gas_left = 0;
    Bytes output;
    std::vector<Log> logs;
    state::Effects changes;
    friend bool operator==(const Ran&, const Ran&) = default;
};

Ran run(Machine& machine, const state::StateView& view, ByteView input, Tracer* tracer) {
    execution::BlockEnv env;
    env.number = 1'000;
    env.chain_id = 7;
    env.gas_limit = 30'000'000;
    state::Journal& journal = machine.begin(view, env, kSender, 1, {}, tracer);
    const Machine::Result result = machine.call(kSender, kContract, 5, input, kGas);
    Ran ran;
    ran.gas_left = result.gas_left;
    ran.output.assign(result.output.begin(), result.output.end());
    ran.logs = journal.logs();
    state::Effects effects;
    std::vector<state::DeployedCode> codes;
    journal.collect(effects, codes);
    for (const state::Effect& effect : effects) {
        if (effect.kind == state::EffectKind::kWrite || effect.kind == state::EffectKind::kDelta)
            ran.changes.push_back(effect);
    }
    // Records come in the order of the first look, and a trace looks at more.
    std::sort(ran.changes.begin(), ran.changes.end(), [](const auto& a, const auto& b) {
        return std::tie(a.address, a.field, a.slot) < std::tie(b.address, b.field, b.slot);
    });
    return ran;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > kProgramBytesMax) return 0;
    static Machine machine;
    state::testing::MapView view;
    view.put(kSender, 1'000'000, 1, {});
    view.put(kContract, 100, 1, Bytes(data, data + size));
    const ByteView input{data, std::min<std::size_t>(size, 100)};
    const Ran plain = run(machine, view, input, nullptr);
    TROUPE_ASSERT(plain.gas_left >= 0 && plain.gas_left <= kGas);
    GasWatcher watcher;
    const Ran traced = run(machine, view, input, &watcher);
    TROUPE_ASSERT(watcher.left.empty());
    TROUPE_ASSERT(plain == traced);
    return 0;
}
