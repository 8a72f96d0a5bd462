#!/bin/sh
# assemble.sh OUT: lays out in OUT what the image runs, from a checkout that has been built: the compiled services, the
# libraries they import and the npm packages that package-lock.json fixes for them; no sources, no tests, no development
# tools, no embedded database. The dates of all files are SOURCE_DATE_EPOCH, so that the same commit gives the same bytes.
set -eu

OUT=$1
APPS='trading risk clearing audit provision'
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-0}"

mkdir -p "$OUT"
cp package.json package-lock.json .npmrc LICENSE "$OUT/"
for manifest in apps/*/package.json libs/*/package.json libs/*/*/package.json; do
  mkdir -p "$OUT/$(dirname "$manifest")"
  cp "$manifest" "$OUT/$manifest"
done

workspaces=
for app in $APPS; do workspaces="$workspaces --workspace=apps/$app"; done
# The optional packages are Postgres for laptops; install scripts are nobody's business here.
# shellcheck disable=SC2086 # one word an option
(cd "$OUT" && npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund $workspaces)

# Of the workspaces, npm has linked those that the services need. Only they stay, compiled.
for folder in "$OUT"/apps/* "$OUT"/libs/* "$OUT"/libs/*/*; do
  [ -f "$folder/package.json" ] || continue
  workspace=${folder#"$OUT/"}
  name=$(sed -n 's/^  "name": "@clearway\/\(.*\)",$/\1/p' "$folder/package.json")
  if [ -L "$OUT/node_modules/@clearway/$name" ]; then
    (cd "$workspace" && find dist -type f -name '*.js' ! -name '*.spec.js' ! -path '*/fixtures/*') |
      while read -r file; do
        mkdir -p "$folder/$(dirname "$file")"
        cp "$workspace/$file" "$folder/$file"
      done
  else
    rm -rf "$folder"
  fi
done
find -L "$OUT/node_modules/@clearway" -maxdepth 1 -type l -delete
rm -rf "$OUT/node_modules/.package-lock.json" "$OUT/node_modules/.bin" "$OUT/node_modules/@types" "$OUT/.npmrc" \
  "$OUT/package-lock.json"
find "$OUT/node_modules" -type f \( -name '*.d.ts' -o -name '*.map' -o -name '*.md' \) -delete
find "$OUT" -type d -empty -delete
find "$OUT" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
