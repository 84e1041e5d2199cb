#include "sequencer/jsonrpc/exchange.hpp"

#include "sequencer/jsonrpc/door.hpp"
#include "sequencer/jsonrpc/json_writer.hpp"
#include "sequencer/jsonrpc/submission.hpp"

#include <algorithm>

namespace troupe::node::jsonrpc {
namespace {

using Kind = JsonValue::Kind;

constexpr std::size_t kIdBytesMax = 256;  // it is said back

// The id as it is said back; nothing where it is none (section 4: a string, a number or null).
std::optional<std::string> id_of(const JsonValue& item) {
    const auto id = item.find("id");
    if (!id) return std::string();
    const Kind kind = id->kind();
    if (kind != Kind::kString && kind != Kind::kInteger && kind != Kind::kFraction &&
        kind != Kind::kNull)
        return std::nullopt;
    std::string json = id->json();
    if (json.size() > kIdBytesMax) return std::nullopt;
    return json;
}

std::string response(std::string_view id, std::string_view part, std::string_view json) {
    std::string out;
    out.reserve(id.size() + json.size() + 40);
    out.append("{\"jsonrpc\":\"2.0\",\"id\":").append(id.empty() ? "null" : id);
    out.append(",\"").append(part).append("\":").append(json).append("}");
    return out;
}

std::string error_response(std::string_view id, const RpcError& error) {
    return response(id, "error", json_of(error));
}

}  // namespace

Exchange::Exchange(
    Door& door, std::shared_ptr<Connection> connection, std::function<void(std::string)> done,
    Caller caller)
    : door_(door),
      connection_(std::move(connection)),
      caller_(std::move(caller)),
      done_(std::move(done)) {}

void Exchange::run(std::string body) {
    document_ = JsonDocument::parse(std::move(body), door_.config.depth_max);
    const auto refuse = [this](const RpcError& error) {
        door_.stats.finished(SIZE_MAX, false, 0);
        std::exchange(done_, nullptr)(error_response("null", error));
    };
    if (!document_) return refuse(parse_error());
    const JsonValue root = document_->root();
    if (root.is(Kind::kArray)) {
        auto items = root.elements();
        if (items.empty()) return refuse(empty_batch());
        batch_ = true;
        return run_batch(std::move(items));
    }
    slots_.resize(1);
    remaining_ = 1;
    begin(0, root);
    run_pooled();
}

void Exchange::run_batch(std::vector<JsonValue> items) {
    if (items.size() > door_.config.batch_calls_max) {
        // As geth: one answer, to the first call that has an id.
        std::string id;
        for (const JsonValue& item : items)
            if (id.empty()) id = id_of(item).value_or("");
        door_.stats.finished(SIZE_MAX, false, 0);
        std::exchange(done_, nullptr)("[" + error_response(id, batch_too_large()) + "]");
        return;
    }
    slots_.resize(items.size());
    remaining_ = items.size();
    SubmissionGroup group(door_);
    group_ = &group;
    for (std::size_t i = 0; i < items.size(); ++i)
        begin(i, items[i]);
    group_ = nullptr;
    group.start();
    run_pooled();
    run_calls();
}

void Exchange::begin(std::size_t index, const JsonValue& item) {
    const auto id = id_of(item);
    const auto version = item.find("jsonrpc");
    const auto name = item.find("method");
    if (id) slots_[index].id = *id;
    const bool valid =
        id && version && version->text() == "2.0" && name && name->text() && !name->text()->empty();
    if (!valid) {
        if (slots_[index].id.empty()) slots_[index].id = "null";  // never a notification
        return answer(index, invalid_request());
    }
    const Method* method = find_method(*name->text());
    if (method == nullptr) return answer(index, method_not_found(*name->text()));
    slots_[index].method = static_cast<std::size_t>(method - all_methods().data());
    std::vector<JsonValue> arguments;
    if (const auto params = item.find("params"); params && !params->is(Kind::kNull)) {
        if (!params->is(Kind::kArray)) return answer(index, params_not_a_list());
        arguments = params->elements();
    }
    const std::size_t most = method->used_params().size();
    if (arguments.size() > most) return answer(index, too_many_arguments(most));
    call(index, *method, Params(std::move(arguments)));
}

void Exchange::call(std::size_t index, const Method& method, Params params) {
    if (auto refused = door_.refusal_now()) return answer(index, std::move(*refused));
    auto call = std::make_shared<Call>(Call{
        door_, std::move(params), document_, connection_, group_, batch_ ? &calls_ : nullptr,
        caller_});
    if (method.inline_handler != nullptr) {
        answer(index, method.inline_handler(*call));
    } else if (method.pool_handler != nullptr) {
        pooled_.emplace_back(index, std::move(call));
    } else {
        method.async_handler(call, [self = shared_from_this(), index](Answer<std::string> given) {
            self->answer(index, std::move(given));
        });
        if (calls_.size() > call_indices_.size()) call_indices_.push_back(index);
    }
}

// All of a batch's calls that may block run one after the other: a batch takes one thread.
void Exchange::run_pooled() {
    if (pooled_.empty()) return;
    const auto calls = std::make_shared<Pooled>(std::move(pooled_));
    const auto steps = std::make_shared<Steps>();
    steps->reserve(calls->size());
    for (const auto& [index, call] : *calls)
        steps->push_back([self = shared_from_this(), index = index, call = call] {
            const Method& method = all_methods()[self->slots_[index].method];
            self->answer(index, method.pool_handler(*call));
        });
    FairPool& pool = door_.reads_of(caller_);
    const bool posted = pool.try_post(
        [self = shared_from_this(), &pool, steps] { self->run_slices(pool, steps, 0); },
        caller_.peer);
    if (posted) return;
    for (const auto& [index, call] : *calls)
        answer(index, too_many_requests());
}

// So do those that run code; for a slice on this thread, where it may.
void Exchange::run_calls() {
    if (calls_.empty()) return;
    const auto steps = std::make_shared<Steps>(std::move(calls_));
    FairPool& pool = door_.calls_of(caller_);
    {
        const Door::Place place(door_, caller_);
        if (place.taken()) return run_slices(pool, steps, 0);
    }
    const bool posted = pool.try_post(
        [self = shared_from_this(), &pool, steps] { self->run_slices(pool, steps, 0); },
        caller_.peer);
    if (posted) return;
    for (const std::size_t index : call_indices_)
        answer(index, too_many_requests());
}

// After each slice the thread is let go of, so that whoever waits behind a batch waits for a slice
// of it and not for a thousand calls. What has had its slice goes on among what takes long.
void Exchange::run_slices(FairPool& pool, std::shared_ptr<Steps> steps, std::size_t next) {
    constexpr std::chrono::milliseconds kSlice{2};
    const auto until = std::chrono::steady_clock::now() + kSlice;
    const std::size_t first = next;
    const SlowCallers::Watch watch(door_.slow_callers, caller_.peer, false);
    while (next < steps->size()) {
        if (finished()) return;  // timed out
        if (next > first && std::chrono::steady_clock::now() > until) break;
        (*steps)[next++]();
    }
    if (next == steps->size()) return;
    const auto on = [this, steps, next](FairPool& other) {
        return [self = shared_from_this(), &other, steps, next] {
            self->run_slices(other, steps, next);
        };
    };
    FairPool& heavy = door_.heavy_pool;
    if (&pool != &heavy && heavy.try_post(on(heavy), caller_.peer)) return;
    pool.go_on(on(pool), caller_.peer);
}

void Exchange::store(Slot& slot, Answer<std::string> given) {
    if (slot.answered) return;
    slot.answered = true;
    slot.ok = given.ok();
    --remaining_;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin_;
    door_.stats.finished(slot.method, slot.ok, took.count());
    if (slot.id.empty()) return;  // a notification
    slot.response =
        given ? response(slot.id, "result", *given) : error_response(slot.id, given.error());
    if (response_bytes_ + slot.response.size() > door_.config.response_bytes_max)
        slot.response = error_response(slot.id, response_too_large());
    response_bytes_ += slot.response.size();
}

void Exchange::answer(std::size_t index, Answer<std::string> given) {
    std::function<void(std::string)> done;
    std::string whole;
    {
        const std::lock_guard lock(mutex_);
        store(slots_[index], std::move(given));
        if (remaining_ != 0 || !done_) return;
        done = std::exchange(done_, nullptr);
        whole = body();
    }
    done(std::move(whole));
}

void Exchange::give_up(const RpcError& error) {
    std::function<void(std::string)> done;
    std::string whole;
    {
        const std::lock_guard lock(mutex_);
        if (!done_) return;
        for (Slot& slot : slots_)
            store(slot, error);
        done = std::exchange(done_, nullptr);
        whole = body();
    }
    done(std::move(whole));
}

bool Exchange::finished() const {
    const std::lock_guard lock(mutex_);
    return !done_;
}

std::string Exchange::body() {
    if (!batch_) return std::move(slots_[0].response);
    std::string out;
    out.reserve(response_bytes_ + slots_.size() + 2);
    for (const Slot& slot : slots_) {
        if (slot.response.empty()) continue;
        out += out.empty() ? '[' : ',';
        out += slot.response;
    }
    return out.empty() ? out : out + "]";
}

}  // namespace troupe::node::jsonrpc
