#include "sequencer/load/transaction_file.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

namespace troupe::node::test {

BOOST_AUTO_TEST_SUITE(transaction_file)

namespace {

class Folder {
  public:
    Folder() : path_(std::filesystem::temp_directory_path() / "troupe-load-test-XXXXXX") {
        std::string name = path_.string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string file() const { return (path_ / "transactions").string(); }

  private:
    std::filesystem::path path_;
};

chain::Bytes number_as_bytes(std::uint64_t i) {
    return chain::Bytes(1 + i % 200, static_cast<std::uint8_t>(i));
}
std::string write(const std::string& path, const std::string& description, std::uint64_t count) {
    return write_transaction_file(
        path, description, count,
        [](std::uint64_t first, std::size_t some) {
            std::vector<chain::Bytes> raw;
            for (std::uint64_t i = first; i < first + some; ++i)
                raw.push_back(number_as_bytes(i));
            return raw;
        },
        [](std::uint64_t) {});
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_written_is_read_in_order) {
    const Folder folder;
    BOOST_TEST(write(folder.file(), "a mix", 70'000).empty());  // more than are signed together
    std::string failure;
    const auto file = TransactionFile::open(folder.file(), "a mix", failure);
    BOOST_TEST_REQUIRE(file, failure);
    BOOST_TEST(file->count() == 70'000u);
    std::uint64_t next = 0;
    std::vector<chain::ByteView> views;
    for (file->next(777, views); !views.empty(); file->next(777, views)) {
        for (const auto view : views)
            BOOST_REQUIRE(chain::equal(view, number_as_bytes(next++)));
        file->forget_read();
    }
    BOOST_TEST(next == 70'000u);
}

BOOST_AUTO_TEST_CASE(a_file_made_otherwise_is_not_taken) {
    const Folder folder;
    BOOST_TEST(write(folder.file(), "1000 wallets", 10).empty());
    std::string failure;
    BOOST_TEST(!TransactionFile::open(folder.file(), "2000 wallets", failure));
    BOOST_TEST(failure == folder.file() + ": holds other transactions");
    BOOST_TEST(!TransactionFile::open(folder.file() + "no", "1000 wallets", failure));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_cut_short_ends_where_it_is_cut) {
    const Folder folder;
    BOOST_TEST(write(folder.file(), "", 10).empty());
    for (std::uintmax_t size = std::filesystem::file_size(folder.file()); size-- > 0;) {
        std::filesystem::resize_file(folder.file(), size);
        std::string failure;
        const auto file = TransactionFile::open(folder.file(), "", failure);
        if (!file) {
            BOOST_TEST(size < 24u);  // not even the header
            continue;
        }
        std::vector<chain::ByteView> views;
        file->next(100, views);
        BOOST_TEST(views.size() < 10u);
    }
    std::ofstream(folder.file(), std::ios::binary) << "something else, and long enough";
    std::string failure;
    BOOST_TEST(!TransactionFile::open(folder.file(), "", failure));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node::test
