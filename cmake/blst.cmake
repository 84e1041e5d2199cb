# blst and c-kzg from the sources that the npm package c-kzg ships. Gives
#   troupe::blst           BLS12-381; on x86-64 its assembly, chosen at run time by what the CPU has
#   troupe::blst_portable  the same library in C alone: what other machines run, and a test's twin
#   troupe::ckzg_referee   c-kzg, for tests of our own KZG verification only
set(c_kzg ${PROJECT_SOURCE_DIR}/node_modules/c-kzg/deps)
if(NOT EXISTS ${c_kzg}/blst/src/server.c)
    message(FATAL_ERROR "The npm package c-kzg is missing: run ./dev setup (or npm ci)")
endif()

function(troupe_blst_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;DEFINITIONS" ${ARGN})
    add_library(${name} STATIC EXCLUDE_FROM_ALL ${ARG_SOURCES})
    target_include_directories(${name} SYSTEM PUBLIC ${c_kzg}/blst/bindings PRIVATE ${c_kzg}/blst/src)
    target_compile_definitions(${name} PRIVATE ${ARG_DEFINITIONS})
    # Foreign code: no warnings, and no sanitizers, whose rules it was not written for.
    target_compile_options(${name} PRIVATE -w -fno-sanitize=all -fno-builtin -fvisibility=hidden)
    string(REGEX REPLACE "^troupe_" "troupe::" alias ${name})
    add_library(${alias} ALIAS ${name})
endfunction()

troupe_blst_library(troupe_blst_portable
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/blst_portable.c)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|AMD64)$")
    enable_language(ASM)
    troupe_blst_library(troupe_blst
        SOURCES ${c_kzg}/blst/src/server.c ${c_kzg}/blst/build/assembly.S
        DEFINITIONS __BLST_PORTABLE__)  # the assembly asks cpuid for ADX before it uses it
else()
    troupe_blst_library(troupe_blst
        SOURCES ${c_kzg}/blst/src/server.c
        DEFINITIONS __BLST_NO_ASM__)
endif()

add_library(troupe_ckzg_referee STATIC EXCLUDE_FROM_ALL ${c_kzg}/c-kzg/ckzg.c)
target_include_directories(troupe_ckzg_referee SYSTEM PUBLIC ${c_kzg}/c-kzg)
target_compile_definitions(troupe_ckzg_referee
    INTERFACE TROUPE_TRUSTED_SETUP="${c_kzg}/c-kzg/trusted_setup.txt")
target_compile_options(troupe_ckzg_referee PRIVATE -w -fno-sanitize=all)
target_link_libraries(troupe_ckzg_referee PUBLIC troupe_blst)
add_library(troupe::ckzg_referee ALIAS troupe_ckzg_referee)
