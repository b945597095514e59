# -DPBN_SANITIZE=address,undefined or thread: our own code under GCC's sanitizers. The libraries it calls are not
# instrumented; tests/sanitizers/ says what is not to be reported of them.

set(PBN_TEST_TIMEOUT 120)  # seconds
if(NOT PBN_SANITIZE)
  return()
endif()

# The instrumented code makes g++ see uninitialised values that are not there (GCC's manual on -fsanitize).
add_compile_options(-fsanitize=${PBN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
set(PBN_FALSE_WARNINGS -Wno-maybe-uninitialized)
add_link_options(-fsanitize=${PBN_SANITIZE})

set(PBN_TEST_TIMEOUT 1200)
# What every test finds in its environment.
set(rules ${PROJECT_SOURCE_DIR}/tests/sanitizers)
set(PBN_TEST_ENVIRONMENT
  "LSAN_OPTIONS=suppressions='${rules}/lsan.txt':print_suppressions=0"
  "TSAN_OPTIONS=suppressions='${rules}/tsan.txt':print_suppressions=0"
  "UBSAN_OPTIONS=print_stacktrace=1")
if(PBN_SANITIZE STREQUAL thread)
  list(APPEND PBN_TEST_ENVIRONMENT OMP_NUM_THREADS=1)  # LibTorch's OpenMP joins its threads by means that it does not see
endif()
