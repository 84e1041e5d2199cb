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

# troupe_fuzz_target(name SOURCE f.cpp LIBRARIES lib ...): a libFuzzer binary under the fuzz preset.
function(troupe_fuzz_target name)
    if(NOT TROUPE_FUZZ)
        return()
    endif()
    cmake_parse_arguments(ARG "" "SOURCE" "LIBRARIES" ${ARGN})
    add_executable(${name} ${ARG_SOURCE})
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} troupe::warnings)
    set_property(GLOBAL APPEND PROPERTY TROUPE_FUZZ_TARGETS ${name})
endfunction()
