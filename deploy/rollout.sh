#!/usr/bin/env bash
# rollout.sh OVERLAY: brings a release out on the cluster that kubectl points at, without losing an order:
#   1 applies what is no service's own: settings, policies, telemetry and the migrations, and waits for these; old code goes on
#     with a newer schema;
#   2 applies one service after the other, callees before callers, so that an old caller finds what it knows; pods are replaced one
#     by one, each only when the one before serves;
#   3 of what is updated only on request (audit) replaces standbys first, and the owner when a new standby is up to take over.
# It can be run again at any time: what is done already is not done twice.
#
#   deploy/rollout.sh deploy/kubernetes/overlays/production
#   deploy/rollout.sh --hand-over audit        moves the owner elsewhere, for example to drain its node
set -euo pipefail

NAMESPACE=${NAMESPACE:-clearway}
TIMEOUT_S=${TIMEOUT_S:-600}
SERVICES='risk clearing trading audit'

k() { kubectl --namespace "$NAMESPACE" "$@"; }
fail() {
  printf 'rollout: %s\n' "$1" >&2
  exit 1
}

# Looks until a command succeeds, once a second.
await() {
  local what=$1 deadline=$((SECONDS + TIMEOUT_S))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || fail "waited $TIMEOUT_S s in vain for $what"
    sleep 1
  done
}

field() { k get "$1" "$2" --ignore-not-found --output "jsonpath=$3"; }
uid_of() { field pod "$1" '{.metadata.uid}'; }
is_started() { [ "$(field pod "$1" '{.status.containerStatuses[0].started}')" = true ]; }
is_ready() { [ "$(field pod "$1" '{.status.conditions[?(@.type=="Ready")].status}')" = True ]; }
is_replaced() { local uid; uid=$(uid_of "$1"); [ -n "$uid" ] && [ "$uid" != "$2" ] && is_started "$1"; }
pods_of() { k get pods --selector "app.kubernetes.io/name=$1,app.kubernetes.io/component=service" --output name | sed 's#^pod/##'; }
owner_of() { for pod in $(pods_of "$1"); do if is_ready "$pod"; then echo "$pod"; return; fi; done; }
has_owner() { [ -n "$(owner_of "$1")" ]; }
has_standby() { for pod in $(pods_of "$1"); do if is_started "$pod" && ! is_ready "$pod"; then return 0; fi; done; return 1; }

# Ends a pod and waits until its successor has started.
replace() {
  local uid
  uid=$(uid_of "$1")
  printf 'rollout: replacing %s\n' "$1"
  k delete pod "$1" --wait=false
  await "$1 to start" is_replaced "$1" "$uid"
}

hand_over() {
  local service=$1 owner
  owner=$(owner_of "$service")
  [ -n "$owner" ] || fail "$service has no owner"
  has_standby "$service" || fail "$service has no standby that could take over"
  replace "$owner"
  await "an owner of $service" has_owner "$service"
}

is_observed() {
  [ "$(field statefulset "$1" '{.status.observedGeneration}')" = "$(field statefulset "$1" '{.metadata.generation}')" ]
}

replace_on_request() {
  local service=$1 revision owner
  await "the controller to see $service" is_observed "$service"
  revision=$(field statefulset "$service" '{.status.updateRevision}')
  is_current() { [ "$(k get pod "$1" --output 'jsonpath={.metadata.labels.controller-revision-hash}')" = "$revision" ]; }
  await "an owner of $service" has_owner "$service"
  owner=$(owner_of "$service")
  for pod in $(pods_of "$service"); do
    if [ "$pod" != "$owner" ] && ! is_current "$pod"; then replace "$pod"; fi
  done
  if is_current "$owner"; then return; fi
  if [ "$(pods_of "$service" | wc -l)" -gt 1 ]; then hand_over "$service"; else replace "$owner"; fi
  await "an owner of $service" has_owner "$service"
}

if [ "${1:-}" = --hand-over ]; then
  hand_over "${2:?which service?}"
  exit
fi

overlay=${1:?which overlay?}
rendered=$(mktemp)
trap 'rm -f "$rendered"' EXIT
kubectl kustomize "$overlay" >"$rendered"
kubectl apply --filename "$rendered" --selector 'app.kubernetes.io/component!=service'
k wait --for=condition=complete job --selector app.kubernetes.io/component=migration --timeout "${TIMEOUT_S}s"
for service in $SERVICES; do
  kubectl apply --filename "$rendered" --selector "app.kubernetes.io/component=service,app.kubernetes.io/name=$service"
  case "$(field statefulset "$service" '{.spec.updateStrategy.type}')" in
    RollingUpdate) k rollout status "statefulset/$service" --timeout "${TIMEOUT_S}s" ;;
    OnDelete) replace_on_request "$service" ;;
  esac
done
echo 'rollout: done'
