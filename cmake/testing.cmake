# Tests: one executable per folder, Boost.Test, registered with CTest under its target's name.

find_package(Boost 1.81 REQUIRED COMPONENTS unit_test_framework)

# Precompiled once, reused by every test executable: Boost.Test is the most expensive header here.
add_library(troupe_test_main STATIC ${PROJECT_SOURCE_DIR}/cmake/test_main.cpp)
target_compile_definitions(troupe_test_main PUBLIC BOOST_TEST_DYN_LINK)
target_link_libraries(troupe_test_main PUBLIC Boost::unit_test_framework PRIVATE troupe::warnings)
target_precompile_headers(troupe_test_main PUBLIC <boost/test/unit_test.hpp>
    <boost/test/data/test_case.hpp> <boost/test/data/monomorphic.hpp> <vector> <string> <map>)

# troupe_unit_test(name SOURCES a_test.cpp ... LIBRARIES lib ... [TIMEOUT seconds] [LABELS l...])
function(troupe_unit_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} troupe_test_main troupe::warnings)
    target_precompile_headers(${name} REUSE_FROM troupe_test_main)
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    if(NOT ARG_LABELS)
        set(ARG_LABELS unit)
    endif()
    add_test(NAME ${name} COMMAND ${name} --log_level=test_suite --color_output=no)
    set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()

# troupe_fuzz_target(name_fuzz SOURCE name_fuzz.cpp LIBRARIES lib ...): a libFuzzer binary under the
# preset `fuzz`; under the others a test that replays the kept corpus, tests/fuzz/corpus/name.
function(troupe_fuzz_target target)
    cmake_parse_arguments(ARG "" "SOURCE" "LIBRARIES" ${ARGN})
    add_executable(${target} ${ARG_SOURCE})
    target_link_libraries(${target} PRIVATE ${ARG_LIBRARIES} troupe::warnings)
    if(TROUPE_FUZZ)
        target_link_options(${target} PRIVATE -fsanitize=fuzzer)
        set_property(GLOBAL APPEND PROPERTY TROUPE_FUZZ_TARGETS ${target})
    else()
        string(REGEX REPLACE "_fuzz$" "" name ${target})
        target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
        add_test(NAME ${target}_corpus
            COMMAND ${target} ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
        set_tests_properties(${target}_corpus PROPERTIES TIMEOUT 60 LABELS fuzz)
    endif()
endfunction()
