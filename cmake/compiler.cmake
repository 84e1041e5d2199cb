# Compiler settings shared by every target. No -march: the binary starts on any x86-64, and wider
# code paths live in files that set their own flags and are chosen at run time.

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # time_macros,pch_defines: what ccache needs to cache files that use a precompiled header.
    set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
        CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

set(CMAKE_CXX_FLAGS_RELEASE "-O3")  # asserts of ours stay on; NDEBUG is only for libraries
set(CMAKE_C_FLAGS_RELEASE "-O3")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1 -fno-omit-frame-pointer")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O1 -g1 -fno-omit-frame-pointer")
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
include_directories(${PROJECT_SOURCE_DIR})

if(TROUPE_DEBUG_STL)
    add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()
if(TROUPE_SANITIZE)
    # Objects that chain/ makes have no type information (-fno-rtti) to compare with.
    add_compile_options(-fsanitize=${TROUPE_SANITIZE} -fno-sanitize-recover=all -fno-sanitize=vptr)
    add_link_options(-fsanitize=${TROUPE_SANITIZE})
    if(TROUPE_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # It does not know fences. Ours stand between atomics only (actors/admission/sender_cache.cpp).
        add_compile_options(-Wno-tsan)
    endif()
endif()

if(TROUPE_FUZZ)  # coverage counters in every object; the fuzz targets link libFuzzer's main()
    add_compile_options(-fsanitize=fuzzer-no-link)
    add_link_options(-fsanitize=fuzzer-no-link)
endif()

find_program(LLD NAMES ld.lld-19 ld.lld-16 ld.lld)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND LLD)
    add_link_options(--ld-path=${LLD})
endif()

add_library(troupe_warnings INTERFACE)
add_library(troupe::warnings ALIAS troupe_warnings)
target_compile_options(troupe_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align
    -Woverloaded-virtual -Wnull-dereference -Wdouble-promotion -Wformat=2
    -Wno-missing-field-initializers)  # designated initialisers name what differs from the defaults
if(TROUPE_WARNINGS_AS_ERRORS)
    target_compile_options(troupe_warnings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reports false positives of these inside std::vector and std::optional at -O3.
    target_compile_options(troupe_warnings INTERFACE
        -Wno-null-dereference -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread
        -Wno-maybe-uninitialized -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # std::stable_sort of libstdc++ 12 calls what the standard has deprecated since.
    target_compile_options(troupe_warnings INTERFACE -Wno-deprecated-declarations)
endif()
# __int128 is what 64-bit limb arithmetic is made of; -Wpedantic objects to its name only.

# Fat objects: the troupe binary links with LTO, everything else links the same objects without.
# GCC's linker plugin would take the LTO half of a fat object in every link, hence -fno-lto.
define_property(TARGET PROPERTY TROUPE_LTO_LINK BRIEF_DOCS "This target links with LTO")
function(troupe_lto_objects target)
    if(TROUPE_LTO AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(${target} PRIVATE -flto=auto -ffat-lto-objects)
    endif()
endfunction()
function(troupe_lto_link target)
    set_target_properties(${target} PROPERTIES TROUPE_LTO_LINK ON)
    if(TROUPE_LTO AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_link_options(${target} PRIVATE -flto=auto -O3 -Wno-stringop-overflow)
    endif()
endfunction()
if(TROUPE_LTO AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_link_options($<$<NOT:$<BOOL:$<TARGET_PROPERTY:TROUPE_LTO_LINK>>>:-fno-lto>)
endif()
