#!/usr/bin/env bash
# What a newcomer does, from a clone of this commit: npm ci, npm start, an order, stop; a second start; kill -9 and a third.
# In a folder closed to other users, as the user that calls, and, when that is root, as an ordinary user made for it too.
# It asks for no port: everything listens on free ones. Exit status 0 when all of it worked; otherwise the last log is shown.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

READY_TIMEOUT_S=60
STOP_TIMEOUT_S=20
READY_S_MAX=20

work=$(mktemp -d)
user=
npm=
devstack=

cleanup() {
  # npm hands the signal on to what it started.
  if [ -n "$npm" ] && ! gone "$npm"; then kill -TERM "$npm" && await "$STOP_TIMEOUT_S" gone "$npm"; fi
  if [ -n "$user" ]; then userdel --remove "$user" >"$work/userdel.log" 2>&1 || true; fi
  rm -rf "$work"
}
trap cleanup EXIT

fail() {
  printf 'fresh clone: %s\n' "$1" >&2
  if [ -f "$work/log" ]; then (head -n 20 && echo '...' && tail -n 20) <"$work/log" >&2; fi
  exit 1
}

# Looks until a command succeeds, five times a second, for so many seconds.
await() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    if [ "$SECONDS" -ge "$deadline" ]; then return 1; fi
    sleep 0.2
  done
}

gone() { ! kill -0 "$1" 2>&-; }

# Runs a command line in the clone as the user of this round.
as() {
  if [ -z "$user" ]; then (cd "$clone" && bash -c "$1"); else
    runuser -u "$user" -- env HOME="$home" npm_config_cache="$home/.npm" npm_config_registry="$registry" \
      bash -c "cd '$clone' && $1"
  fi
}

ready_or_dead() { grep -q '"event":"ready"' "$work/log" || gone "$npm"; }

# Starts the stack, waits until it is ready and places the order that its closing message proposes.
start() {
  local started=$SECONDS order
  as 'exec npm start -- --no-sim --no-color --ports-from 0' >"$work/log" 2>&1 &
  npm=$!
  await "$READY_TIMEOUT_S" ready_or_dead || fail "$1: not ready after $READY_TIMEOUT_S s"
  grep -q '"event":"ready"' "$work/log" || fail "$1: npm start ended"
  [ -f "$clone/.clearway/stack.json" ] || fail "$1: ready without stack.json"
  devstack=$(grep '"event":"ready"' "$work/log" | grep -o '"pid":[0-9]*' | cut -d: -f2)
  [ $((SECONDS - started)) -le "$READY_S_MAX" ] || printf '   note: ready only after %d s\n' $((SECONDS - started))
  order=$(grep -o 'npx buf curl .*' "$work/log" | head -n 1)
  as "$order" >"$work/order.json" 2>"$work/order.log" || { cat "$work/order.log" >&2; fail "$1: the order was refused"; }
  grep -q '"ordStatus"' "$work/order.json" || fail "$1: the order has no state"
  printf '   %s: ready and trading after %d s\n' "$1" $((SECONDS - started))
}

# Process ids of the services that run, as devstack wrote them down.
children() { cat "$clone"/.clearway/run/*.pid.json | grep -o '"pid":[0-9]*' | cut -d: -f2; }

all_gone() {
  local pid
  for pid in "$@"; do gone "$pid" || return 1; done
}

stop() {
  local pids
  mapfile -t pids < <(children)
  [ "${#pids[@]}" -eq 4 ] || fail "${#pids[@]} services run, not 4"
  kill -TERM "$devstack"
  await "$STOP_TIMEOUT_S" all_gone "$devstack" "${pids[@]}" || fail 'something outlived the stop'
  wait "$npm" || fail "npm start ended with status $?"
  [ ! -e "$clone/.clearway/stack.json" ] || fail 'stack.json outlived the stop'
  npm=
}

round() {
  local pids started=$SECONDS
  printf '== fresh clone as %s in %s\n' "${user:-$(id -un)}" "$clone"
  as "git -c advice.detachedHead=false clone --quiet '$bundle' ."
  as 'npm ci --prefer-offline --no-audit --no-fund' >"$work/log" 2>&1 || fail 'npm ci'
  printf '   npm ci took %d s\n' $((SECONDS - started))
  start 'first start' && stop
  start 'second start'
  mapfile -t pids < <(children)
  kill -KILL "$devstack"
  wait "$npm" || true
  start 'start after kill -9'
  await "$STOP_TIMEOUT_S" all_gone "${pids[@]}" || fail 'a service outlived kill -9 of devstack'
  stop
  # Root's Postgres may have had to keep its data outside of the closed folder, and says where.
  local elsewhere
  elsewhere=$(grep -ohE 'the data is kept in [^ ]+/data-[0-9a-f]+' "$work/log" | head -n 1 | sed 's/.* //' || true)
  if [ -n "$elsewhere" ]; then rm -rf "$elsewhere"; fi
  printf '== fresh clone as %s passed in %d s\n' "${user:-$(id -un)}" $((SECONDS - started))
}

bundle="$work/clearway.bundle"
git bundle create --quiet "$bundle" HEAD
registry=$(npm config get registry)

# mktemp made the folder for its owner alone.
clone="$work/clone"
mkdir "$clone"
round

if [ "$(id -u)" -eq 0 ] && command -v useradd >"$work/useradd.path"; then
  user="clearway-fresh-$$"
  useradd --create-home "$user"
  home=$(getent passwd "$user" | cut -d: -f6)
  chmod 700 "$home"
  cp "$bundle" "$home/clearway.bundle"
  chmod 644 "$home/clearway.bundle"
  bundle="$home/clearway.bundle"
  clone="$home/clone"
  mkdir "$clone"
  chown "$user" "$clone"
  round
else
  echo 'fresh clone: not root, so no other user was tried'
fi
printf 'fresh clone: all passed in %d s\n' "$SECONDS"
