# Sourced by ./test: adds up the result files of all test projects.

ingest_results() {
  local files=("$1"/*.trx)
  sed -n '/outcome="NotExecuted"/,/<\/UnitTestResult>/p' "${files[@]}" |
    awk '/<UnitTestResult/ { match($0, /testName="[^"]*"/); name = substr($0, RSTART + 10, RLENGTH - 11) }
         /<Message>/ { sub(/.*<Message>/, ""); sub(/<\/Message>.*/, ""); print "skipped: " name ": " $0 }'
  awk '/<Counters / {
         total += count("total"); passed += count("passed"); failed += count("failed") + count("error") + count("timeout") + count("aborted")
       }
       function count(what) { return match($0, " " what "=\"[0-9]+\"") ? substr($0, RSTART + length(what) + 3) + 0 : 0 }
       END { skipped = total - passed - failed
             printf "%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : "" }' "${files[@]}"
}
