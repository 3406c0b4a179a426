# Sourced by ./run, ./test and loadtests/: which packages are used, the real Orleans, gRPC and NBomber or standins/ in their place.
# It finds out once (restore, build, a self-test; bounded in time) and keeps the answer in artifacts/packages.props,
# which the build reads. UseStandIns=true|false in the environment overrides it.

ingest_packages() {
  local answer="$root/artifacts/packages.props"
  command -v dotnet >/dev/null || { echo "OrleansIngest needs the .NET 10 SDK: https://dotnet.microsoft.com/download" >&2; exit 2; }
  if [ -n "${UseStandIns:-}" ]; then
    echo "Packages: UseStandIns=$UseStandIns, as the environment says."
    return
  fi
  if [ ! -f "$answer" ] || [ "$root/Directory.Packages.props" -nt "$answer" ]; then
    mkdir -p "$root/artifacts"
    local standins=true
    if ingest_real_packages_work >"$root/artifacts/probe.log" 2>&1; then standins=false; fi
    echo "<Project><PropertyGroup><UseStandIns Condition=\"'\$(UseStandIns)' == ''\">$standins</UseStandIns></PropertyGroup></Project>" >"$answer"
  fi
  if grep -q '>true<' "$answer"; then
    echo "Packages: standins/ for Orleans, gRPC and NBomber; artifacts/probe.log says why not the real ones. Delete artifacts/packages.props to look again."
  else
    echo "Packages: the real Orleans, gRPC and NBomber."
  fi
}

ingest_real_packages_work() {
  local out="$root/artifacts/probe"
  UseStandIns=false timeout 120 dotnet restore "$root/loadtests/Scenarios" --artifacts-path "$out" &&
    UseStandIns=false timeout 300 dotnet build "$root/loadtests/Scenarios" -c Release --no-restore --artifacts-path "$out" &&
    ingest_self_test "$out/bin/OrleansIngest.Gateway/release/OrleansIngest.Gateway.dll"
}

# Starts the server on ports of its own, stores a photo (a job's grain) and reports a queue (gRPC, a device's grain with
# stored state), and stops it. A gRPC error answers 200 too: only grpc-status: 0 is success.
ingest_self_test() {
  local data; data=$(mktemp -d)
  local port=$((10000 + RANDOM % 10000)) works=1
  local http="http://127.0.0.1:$port"
  timeout 60 dotnet "$1" --Ingest:DataDir="$data" --Ingest:Http="$http" --Ingest:Grpc=http://127.0.0.1:$((port + 1)) &
  local server=$!
  for _ in $(seq 60); do
    if curl -sf "$http/readyz"; then
      printf photo | curl -sf -X POST "$http/files" -H 'Tus-Resumable: 1.0.0' -H 'Upload-Length: 5' \
        -H 'Content-Type: application/offset+octet-stream' --data-binary @- &&
        printf '\0\0\0\0\005\n\001d\020\001' | curl -sf --data-binary @- -H 'Content-Type: application/grpc-web+proto' \
          "$http/ingest.v1.Devices/ReportQueue" | grep -aq 'grpc-status: *0' && works=0
      break
    fi
    sleep 0.5
  done
  kill "$server"; wait "$server" || true
  rm -rf "$data"
  return $works
}
