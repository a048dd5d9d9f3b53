#!/usr/bin/env bash
# Checks text on a GPU, on a machine that has one with the CUDA 13 runtime and cuDNN 9, in under ten minutes: builds with -p:Cuda=true, compares the vectors with the CPU's, prints texts a
# second of both, and shows that `cuda` without a device fails with its reason and that `auto` says what it took. Exits with 1 at the first check that does not hold.
set -euo pipefail
cd "$(dirname "$0")/.."
export Cuda=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
jobs() { dotnet run -c Release --no-build --project Jobs -- "$@"; }
fail() { echo "FAILED: $1" >&2; exit 1; }

dotnet build Jobs -c Release --verbosity quiet
jobs doctor --out "$out/none" | tee "$out/doctor" || true
grep -qE 'CUDA +.*GPU 0' "$out/doctor" || fail "doctor finds no CUDA device"

echo "auto:"
jobs run embed --config data/online-retail/night.json --out "$out/auto"
grep -rhoE '"provider": *"[^"]*"' "$out/auto" | sort -u | tee "$out/provider"
grep -q 'cuda:0' "$out/provider" || fail "auto did not take the GPU"

echo "cuda without a device:"
code=0
CUDA_VISIBLE_DEVICES=-1 jobs run embed --config data/online-retail/night.json --out "$out/hidden" --set Embed:Device=cuda >"$out/hidden.log" 2>&1 || code=$?
cat "$out/hidden.log"
[ "$code" = 1 ] && grep -q 'CUDA cannot be used' "$out/hidden.log" || fail "without a device the exit code was $code; expected 1 and the reason"

echo "vectors:"
dotnet test Tests/Pipeline.Tests -c Release --filter 'FullyQualifiedName~Cuda' --logger 'console;verbosity=normal' | tee "$out/tests"
grep -qE 'Passed Encode_on_a_gpu_gives_the_vectors_of_the_cpu' "$out/tests" || fail "the vectors of GPU and CPU were not compared"

echo "texts a second:"
dotnet run -c Release --project Tests/Benchmarks -- embed --rounds 3
echo "CUDA: all checks hold"
