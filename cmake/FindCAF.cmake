# Debian's CAF 0.17 has no CMake package. Gives CAF::core, and CAF::io where it is installed.
find_path(CAF_INCLUDE_DIR caf/all.hpp)
find_library(CAF_CORE_LIBRARY caf_core)
find_library(CAF_IO_LIBRARY caf_io)
if(CAF_INCLUDE_DIR AND EXISTS ${CAF_INCLUDE_DIR}/caf/config.hpp)
    file(STRINGS ${CAF_INCLUDE_DIR}/caf/config.hpp line REGEX "#define CAF_VERSION [0-9]+")
    string(REGEX MATCH "[0-9]+" number "${line}")  # 1706 is 0.17.6
    math(EXPR major "${number} / 10000")
    math(EXPR minor "${number} / 100 % 100")
    math(EXPR patch "${number} % 100")
    set(CAF_VERSION ${major}.${minor}.${patch})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CAF
    REQUIRED_VARS CAF_CORE_LIBRARY CAF_INCLUDE_DIR VERSION_VAR CAF_VERSION)

foreach(part core io)
    string(TOUPPER ${part} upper)
    if(CAF_FOUND AND CAF_${upper}_LIBRARY AND NOT TARGET CAF::${part})
        add_library(CAF::${part} UNKNOWN IMPORTED)
        set_target_properties(CAF::${part} PROPERTIES
            IMPORTED_LOCATION ${CAF_${upper}_LIBRARY}
            INTERFACE_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR})
    endif()
endforeach()
if(TARGET CAF::io)
    set_target_properties(CAF::io PROPERTIES INTERFACE_LINK_LIBRARIES CAF::core)
endif()
mark_as_advanced(CAF_INCLUDE_DIR CAF_CORE_LIBRARY CAF_IO_LIBRARY)
