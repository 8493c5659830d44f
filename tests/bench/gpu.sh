#!/usr/bin/env bash
# Everything for a machine with an NVIDIA GPU: conformance, the bench, and PyTorch on the same card.
#
#   ../shared/gpu/pack.sh          first, where that machine is bare and has no network
#   tests/bench/gpu.sh [FOLDER]    there, in the repository; results go to FOLDER, default out/gpu
#
# Sources .gpu/enter.sh where pack.sh made it; else node and node_modules have to be in place. ../shared has to lie beside
# the repository there too: reference data and workloads come from it. Exits with 1 if a part failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
out=${1:-out/gpu}
mkdir -p "$out"
export FACET_ADAPTER=gpu
# shellcheck source=/dev/null
if [ -f .gpu/enter.sh ]; then source .gpu/enter.sh; fi

status=0
part() { # NAME COMMAND...: its output goes to the terminal and to FOLDER/NAME.txt
  local name=$1
  shift
  echo "== $name"
  "$@" 2>&1 | tee "$out/$name.txt" || { echo "== $name failed"; status=1; }
}

nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null | tee "$out/card.txt"
part conformance node --import tsx tests/conformance/run.ts
part bench node --import tsx tests/bench/run.ts --profile --json "$out/bench.json" --markdown "$out/bench.md"
baseline=../shared/gpu/torch_baseline.py
if [ -f .gpu/torch_baseline.py ]; then baseline=.gpu/torch_baseline.py; fi
part torch python3 "$baseline" --out "$out/torch.json"
exit $status
