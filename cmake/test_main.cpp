// The one main() of all unit test executables.
#define BOOST_TEST_MODULE troupe
#include <boost/test/unit_test.hpp>
