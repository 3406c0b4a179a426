# Sourced by ./run, ./test and loadtests/: the .NET SDK must be there.
command -v dotnet >/dev/null || { echo "OrleansIngest needs the .NET 10 SDK: https://dotnet.microsoft.com/download" >&2; exit 2; }
