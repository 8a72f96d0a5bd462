#!/usr/bin/env bash
# previous-build.sh DIR [COMMIT]: builds an earlier commit (default: the one before this) in DIR, which must not exist, with the packages
# installed here, or its own where it does not build with these. Status 3 when the history does not reach that far.
set -euo pipefail
dir=$1 commit=${2:-HEAD~1}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
git rev-parse --verify --quiet "$commit^{commit}" >/dev/null || { echo "there is no commit $commit here" >&2; exit 3; }
mkdir "$dir"
git archive "$commit" | tar -x -C "$dir"
cp -al node_modules "$dir/node_modules" 2>/dev/null || { rm -rf "$dir/node_modules"; cp -a node_modules "$dir/node_modules"; }
if ! (cd "$dir" && npm run --silent build); then
  echo "the packages installed here do not build it: its own are installed" >&2
  rm -rf "$dir/node_modules"
  (cd "$dir" && npm ci --prefer-offline --no-audit --no-fund >/dev/null && npm run --silent build)
fi
git rev-parse --short "$commit"
