#include "chain/base/error.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

namespace troupe::chain {

BOOST_AUTO_TEST_SUITE(error)

BOOST_AUTO_TEST_CASE(every_rule_has_a_name_of_its_own) {
    std::set<std::string_view> names;
    int named = 0;
    for (int number = 0; number < 256; ++number) {
        const auto name = to_string(static_cast<Error>(number));
        BOOST_TEST(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos);
        if (name == "unknown_error") continue;
        names.insert(name);
        ++named;
    }
    BOOST_TEST(names.size() == static_cast<std::size_t>(named));
    BOOST_TEST(to_string(Error::kRlpNonCanonical) == "rlp_non_canonical");
    BOOST_TEST(to_string(Error{}) == "unknown_error");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain
