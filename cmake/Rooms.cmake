# A room is a folder and a static library pbn_<name>. It lists the rooms that it may use; data goes one way.

option(PBN_UNITS "Compile the sources of a target together, several at a time" ON)
option(PBN_WERROR "Warnings are errors" OFF)  # ON in the presets; other compilers and flags find other things

add_library(pbn_warnings INTERFACE)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)  # clang only fuzzes and runs clang-tidy
  # -Wno-restrict: g++ 12 warns falsely in std::string (GCC bug 105329).
  target_compile_options(pbn_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow=local -Wnon-virtual-dtor $<$<BOOL:${PBN_WERROR}>:-Werror> -Wno-restrict
    ${PBN_FALSE_WARNINGS})
  if(PBN_UNITS)  # GCC takes the sources in a unit for headers and warns of their file-local types
    target_compile_options(pbn_warnings INTERFACE -Wno-subobject-linkage)
  endif()
endif()

# For rooms of this folder and below whose work is reading, writing and waiting. bench_report and bench_sweep take as long
# with -O1, which compiles in two thirds of the time. GCC 12 then takes members of variants for uninitialised.
macro(pbn_compile_quickly)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_compile_options($<$<CONFIG:Release>:-O1> $<$<CONFIG:Release>:-Wno-maybe-uninitialized>)
  endif()
endmacro()

# pbn_units(UNITS target a.cpp b.cpp ...): sets UNITS to files that each include some of these sources, so that the headers
# they share, which are most of a compilation, are read once. CMake's own unity builds name sources by absolute paths,
# by which no checkout would find in ccache what another has compiled.
function(pbn_units units target)
  set(at_a_time 10)
  set(all ${ARGN})
  list(LENGTH all left)
  if(NOT PBN_UNITS OR left LESS 2)
    set(${units} ${all} PARENT_SCOPE)
    return()
  endif()
  math(EXPR number "(${left} + ${at_a_time} - 1) / ${at_a_time}")
  math(EXPR at_a_time "(${left} + ${number} - 1) / ${number}")
  while(all)
    list(LENGTH all left)
    math(EXPR unit "(${left} + ${at_a_time} - 1) / ${at_a_time}")
    set(file ${PROJECT_BINARY_DIR}/units/${target}_${unit}.cpp)
    set(content "")
    list(SUBLIST all 0 ${at_a_time} together)
    foreach(source ${together})
      cmake_path(ABSOLUTE_PATH source NORMALIZE)
      cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
      string(APPEND content "#include \"${source}\"\n")
    endforeach()
    file(CONFIGURE OUTPUT ${file} CONTENT "${content}" @ONLY)
    list(APPEND files ${file})
    list(REMOVE_ITEM all ${together})
  endwhile()
  set(${units} ${files} PARENT_SCOPE)
endfunction()

# pbn_check_includes(STAMP target SOURCES ... USES pbn_base ...): sets STAMP to a file that is made when these sources, and
# the headers beside them, include headers of their own folder and of the rooms used alone, also of those that they use.
function(pbn_check_includes stamp target)
  cmake_parse_arguments(CHECK "" "" "SOURCES;USES" ${ARGN})
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE own)
  set(may_include ${own})
  foreach(room ${CHECK_USES})
    get_property(theirs GLOBAL PROPERTY ${room}_may_include)
    list(APPEND may_include ${theirs})
  endforeach()
  list(REMOVE_DUPLICATES may_include)
  set_property(GLOBAL PROPERTY ${target}_may_include ${may_include})

  foreach(source ${CHECK_SOURCES})
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(APPEND CMAKE_CURRENT_SOURCE_DIR "${folder}" OUTPUT_VARIABLE folder)
    file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} ${folder}/*.h)
    list(APPEND files ${source} ${headers})
  endforeach()
  list(REMOVE_DUPLICATES files)
  set(file ${PROJECT_BINARY_DIR}/units/${target}.includes)
  add_custom_command(OUTPUT ${file} DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/CheckIncludes.cmake
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} VERBATIM COMMENT "Checking the includes of ${own}/"
    COMMAND ${CMAKE_COMMAND} "-DFILES=${files}" "-DMAY_INCLUDE=${may_include}" -DSTAMP=${file}
      -P ${PROJECT_SOURCE_DIR}/cmake/CheckIncludes.cmake)
  set(${stamp} ${file} PARENT_SCOPE)
endfunction()

# pbn_room(data SOURCES a.cpp ... ALONE b.cpp USES base config LIBRARIES hdf5 ...); ALONE: sources that are compiled by
# themselves, since they have options or macros of their own
function(pbn_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;ALONE;USES;LIBRARIES" ${ARGN})
  pbn_units(units pbn_${name} ${ROOM_SOURCES})
  list(TRANSFORM ROOM_USES PREPEND pbn_)
  pbn_check_includes(checked pbn_${name} SOURCES ${ROOM_SOURCES} ${ROOM_ALONE} USES ${ROOM_USES})
  add_library(pbn_${name} STATIC ${units} ${ROOM_ALONE} ${checked})
  target_include_directories(pbn_${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
  target_link_libraries(pbn_${name} PUBLIC ${ROOM_USES} ${ROOM_LIBRARIES} PRIVATE pbn_warnings)
endfunction()

# pbn_program(pbn SOURCES main.cpp USES orchestrator): build/bin/pbn, made by the target pbn_program_<name>
function(pbn_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  set(target pbn_program_${name})
  pbn_units(units ${target} ${PROGRAM_SOURCES})
  add_executable(${target} ${units})
  list(TRANSFORM PROGRAM_USES PREPEND pbn_)
  target_link_libraries(${target} PRIVATE ${PROGRAM_USES} ${PROGRAM_LIBRARIES} pbn_warnings)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
endfunction()

add_custom_target(pbn_fast_tests)  # the programs whose label is fast
add_custom_target(pbn_sanitized_tests DEPENDS pbn_fast_tests)  # what ./run test runs under a sanitizer

# pbn_test(data_tests LABELS fast SOURCES ... USES data): one program; each of its cases is a ctest test with these labels
# (under a sanitizer all of them are one). A case that calls GTEST_SKIP() is shown by ctest as skipped, with its
# reason in the log.
function(pbn_test name)
  cmake_parse_arguments(TEST "" "TIMEOUT;PROCESSORS" "LABELS;SOURCES;USES;LIBRARIES;ENVIRONMENT" ${ARGN})
  pbn_units(units ${name} ${TEST_SOURCES})
  add_executable(${name} ${units})
  list(TRANSFORM TEST_USES PREPEND pbn_)
  target_link_libraries(${name} PRIVATE ${TEST_USES} ${TEST_LIBRARIES} pbn_places GTest::gmock GTest::gtest_main pbn_warnings)
  target_compile_options(${name} PRIVATE -O0)  # the rooms are optimised; to optimise the cases too takes half as long again
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT ${PBN_TEST_TIMEOUT})
  endif()
  if(NOT TEST_PROCESSORS)
    set(TEST_PROCESSORS 1)
  endif()
  if(TEST_LABELS STREQUAL fast)
    add_dependencies(pbn_fast_tests ${name})
  endif()
  if(PBN_SANITIZE)
    set(environment ${TEST_ENVIRONMENT} ${PBN_TEST_ENVIRONMENT})
    add_test(NAME ${name} COMMAND ${name})  # all cases in one process: to start an instrumented one costs more than most
    set_tests_properties(${name} PROPERTIES
      LABELS "${TEST_LABELS}" PROCESSORS ${TEST_PROCESSORS} TIMEOUT ${PBN_TEST_TIMEOUT}
      ENVIRONMENT "${environment}")
  else()
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60  # COST: what may take longest begins first
      PROPERTIES COST ${TEST_TIMEOUT} LABELS "${TEST_LABELS}" PROCESSORS ${TEST_PROCESSORS} TIMEOUT ${TEST_TIMEOUT} ENVIRONMENT "${TEST_ENVIRONMENT}")
  endif()
endfunction()
