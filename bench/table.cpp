// bench_table FILE...: prints the claims in the --json files of several benchmarks as one table.
#include <fmt/format.h>

#include "base/error.h"
#include "bench/claim.h"

int main(int argc, char** argv) {
  return pbn::run_and_report("bench_table", [&] {
    std::vector<pbn::bench::Claim> all;
    for (int i = 1; i < argc; ++i) {
      const std::vector<pbn::bench::Claim> claims = pbn::bench::claims_from_json(pbn::read_json(argv[i]));
      all.insert(all.end(), claims.begin(), claims.end());
    }
    fmt::print("{}", pbn::bench::table_of(all).to_text());
    return 0;
  });
}
