# A room is a folder and a static library pbn_<name>. It lists the rooms that it may use; data goes one way.

add_library(pbn_warnings INTERFACE)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)  # clang only fuzzes
  # -Wno-restrict: g++ 12 warns falsely in std::string (GCC bug 105329).
  target_compile_options(pbn_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow=local -Wnon-virtual-dtor -Werror -Wno-restrict ${PBN_FALSE_WARNINGS})
endif()

# pbn_room(data SOURCES a.cpp ... USES base config LIBRARIES hdf5 ...)
function(pbn_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  add_library(pbn_${name} STATIC ${ROOM_SOURCES})
  list(TRANSFORM ROOM_USES PREPEND pbn_)
  target_include_directories(pbn_${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
  target_link_libraries(pbn_${name} PUBLIC ${ROOM_USES} ${ROOM_LIBRARIES} PRIVATE pbn_warnings)
endfunction()

# pbn_program(pbn SOURCES main.cpp USES orchestrator): build/bin/pbn, made by the target pbn_program_<name>
function(pbn_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  set(target pbn_program_${name})
  add_executable(${target} ${PROGRAM_SOURCES})
  list(TRANSFORM PROGRAM_USES PREPEND pbn_)
  target_link_libraries(${target} PRIVATE ${PROGRAM_USES} ${PROGRAM_LIBRARIES} pbn_warnings)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
endfunction()

add_custom_target(pbn_fast_tests)  # the programs whose label is fast

# pbn_test(data_tests LABELS fast SOURCES ... USES data): one program; each of its cases is a ctest test with these labels
# (under a sanitizer all of them are one). A case that calls GTEST_SKIP() is shown by ctest as skipped, with its
# reason in the log.
function(pbn_test name)
  cmake_parse_arguments(TEST "" "TIMEOUT;PROCESSORS" "LABELS;SOURCES;USES;LIBRARIES;ENVIRONMENT" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  list(TRANSFORM TEST_USES PREPEND pbn_)
  target_link_libraries(${name} PRIVATE ${TEST_USES} ${TEST_LIBRARIES} pbn_places GTest::gmock GTest::gtest_main pbn_warnings)
  target_compile_options(${name} PRIVATE -O0)  # the rooms are optimised; to optimise the cases too takes half as long again
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 120)
  endif()
  if(NOT TEST_PROCESSORS)
    set(TEST_PROCESSORS 1)
  endif()
  if(TEST_LABELS STREQUAL fast)
    add_dependencies(pbn_fast_tests ${name})
  endif()
  if(PBN_SANITIZE)
    add_test(NAME ${name} COMMAND ${name})  # all cases in one process: to start an instrumented one costs more than most
    set_tests_properties(${name} PROPERTIES
      LABELS "${TEST_LABELS}" PROCESSORS ${TEST_PROCESSORS} TIMEOUT 1200 ENVIRONMENT "${TEST_ENVIRONMENT}")
  else()
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60  # COST: what may take longest begins first
      PROPERTIES COST ${TEST_TIMEOUT} LABELS "${TEST_LABELS}" PROCESSORS ${TEST_PROCESSORS} TIMEOUT ${TEST_TIMEOUT} ENVIRONMENT "${TEST_ENVIRONMENT}")
  endif()
endfunction()
