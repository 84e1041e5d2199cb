// The one main() of all unit test executables. Spelt out, because BOOST_TEST_MODULE would have to
// be defined before the precompiled header that this file carries for all of them.
#include <boost/test/unit_test.hpp>

namespace {

bool name_suite() {
    boost::unit_test::framework::master_test_suite().p_name.value = "troupe";
    return true;
}

}  // namespace

int main(int argc, char* argv[]) {
    return boost::unit_test::unit_test_main(&name_suite, argc, argv);
}
