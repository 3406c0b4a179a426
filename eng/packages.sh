# Sourced by ./run and ./test: which packages are used, the real Orleans and gRPC or standins/ in their place.
# It finds out once (restore, build, a self-test; bounded in time) and keeps the answer in artifacts/packages.props,
# which the build reads. UseStandIns=true|false in the environment overrides it.

ingest_packages() {
  local answer="$root/artifacts/packages.props"
  command -v dotnet >/dev/null || { echo "OrleansIngest needs the .NET 10 SDK: https://dotnet.microsoft.com/download" >&2; exit 2; }
  if [ -n "${UseStandIns:-}" ]; then
    echo "Packages: UseStandIns=$UseStandIns, as the environment says."
    return
  fi
  if [ ! -f "$answer" ]; then
    mkdir -p "$root/artifacts"
    local standins=true
    if ingest_real_packages_work >"$root/artifacts/probe.log" 2>&1; then standins=false; fi
    echo "<Project><PropertyGroup><UseStandIns Condition=\"'\$(UseStandIns)' == ''\">$standins</UseStandIns></PropertyGroup></Project>" >"$answer"
  fi
  if grep -q '>true<' "$answer"; then
    echo "Packages: standins/ for Orleans and gRPC, because the real ones do not restore and work here (artifacts/probe.log)."
  else
    echo "Packages: the real Orleans and gRPC."
  fi
}

ingest_real_packages_work() {
  local out="$root/artifacts/probe"
  UseStandIns=false timeout 120 dotnet restore "$root/src/Gateway" --artifacts-path "$out" &&
    UseStandIns=false timeout 300 dotnet build "$root/src/Gateway" -c Release --no-restore --artifacts-path "$out" &&
    ingest_self_test "$out/bin/OrleansIngest.Gateway/release/OrleansIngest.Gateway.dll"
}

# Starts the server on ports of its own, stores a photo, and stops it.
ingest_self_test() {
  local data; data=$(mktemp -d)
  local port=$((20000 + RANDOM % 20000)) ok=1 i
  timeout 60 dotnet "$1" --Ingest:DataDir="$data" --Ingest:Http=http://127.0.0.1:$port --Ingest:Grpc=http://127.0.0.1:$((port + 1)) &
  local server=$!
  for i in $(seq 60); do
    if curl -sf "http://127.0.0.1:$port/readyz"; then
      printf photo | curl -sf -X POST "http://127.0.0.1:$port/files" -H 'Tus-Resumable: 1.0.0' -H 'Upload-Length: 5' \
        -H 'Content-Type: application/offset+octet-stream' --data-binary @- && ok=0
      break
    fi
    sleep 0.5
  done
  kill "$server"; wait "$server" || true
  rm -rf "$data"
  return $ok
}
