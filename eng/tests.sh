# Sourced by ./test: runs test programs, and says in the last lines what came of them.

# Installs Debian packages, and starts none of their services: the tests start nginx, haproxy and PostgreSQL themselves.
ingest_install() {
  local policy=/usr/sbin/policy-rc.d mine=
  [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy && mine=1; }
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"
  [ -z "$mine" ] || rm $policy
}

# Servers and tests live for seconds here: to compile their code again, for speed, would cost more than it brings.
export DOTNET_TieredPGO=0 DOTNET_TC_CallCountingDelayMs=1000
export TESTINGPLATFORM_TELEMETRY_OPTOUT=1

# Runs each test program in its turn. A project that was cut off or crashed leaves no result file, or a wrong one.
# $1: how long nothing may happen in a project before its running tests count as hung, are named and dumped.
ingest_tests() {
  local hang=$1 project name code
  results="$root/artifacts/test-results"
  broken=() failed=0
  rm -rf "$results"
  for project in tests/*/*.csproj; do
    name=$(basename "$project" .csproj)
    echo "== $name"
    code=0
    "$(dirname "$project")/bin/Release/net10.0/$name" --results-directory "$results" --no-ansi --progress off \
      --report-trx --report-trx-filename "$name.trx" --crashdump --crashdump-type Mini \
      --hangdump --hangdump-timeout "$hang" --hangdump-type Mini --show-slowest-tests 10 || code=$?
    [ $code -eq 0 ] || failed=1
    # 0: all passed, 2: some failed. All else means that the project did not come to its end.
    if { [ $code -ne 0 ] && [ $code -ne 2 ]; } || ! [ -s "$results/$name.trx" ]; then
      broken+=("$name (exit code $code)")
    fi
  done
}

# The last lines: projects that broke off, tests that failed or were skipped with the reason, and "N passed, N failed".
ingest_results() {
  local files=("$results"/*.trx)
  ingest_named failed Failed Message
  ingest_named skipped NotExecuted StdOut
  [ ${#broken[@]} -eq 0 ] ||
    printf 'broke off: %s; dumps and the names of the tests that were running are in artifacts/test-results\n' "${broken[@]}"
  awk -v broken=${#broken[@]} '/<Counters / {
         total += count("total"); passed += count("passed"); failed += count("failed") + count("error") + count("timeout") + count("aborted")
       }
       function count(what) { return match($0, " " what "=\"[0-9]+\"") ? substr($0, RSTART + length(what) + 3) + 0 : 0 }
       END { skipped = total - passed - failed
             printf "%d passed, %d failed%s\n", passed, failed + broken, skipped ? ", " skipped " skipped" : "" }' "${files[@]}" /dev/null
}

# A line for each test with an outcome, with the first line of the reason.
# $1: the word for it, $2: the outcome as result files write it, $3: their element that has the reason.
ingest_named() {
  sed -n "/outcome=\"$2\"/,/<\/UnitTestResult>/p" "${files[@]}" |
    awk -v word="$1" -v begin="<$3>" -v end="</$3>.*" '
         /<UnitTestResult/ { match($0, /testName="[^"]*"/); name = substr($0, RSTART + 10, RLENGTH - 11) }
         at = index($0, begin) { reason = substr($0, at + length(begin)); sub(end, "", reason); print word ": " name ": " reason }' |
    sed "s/&lt;/</g; s/&gt;/>/g; s/&quot;/\"/g; s/&#xD;//g; s/&amp;/\&/g"
}
