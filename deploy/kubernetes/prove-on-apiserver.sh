#!/usr/bin/env bash
# Applies both overlays to a real API server, without nodes: the server's own strict decoding, defaults, validation and Pod
# Security admission judge them, and a pod is made from every template. Everything listens on loopback and goes away again.
#
#   KUBE_APISERVER=… ETCD=… CRDS=… deploy/kubernetes/prove-on-apiserver.sh
#
# KUBE_APISERVER and ETCD are the programs, CRDS a folder with cert-manager's CustomResourceDefinitions; kubectl is on PATH.
# docs/OPERATIONS.md tells where to get them. Exit status 0 when everything was taken without a warning.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

work=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>&- || true; done
  wait || true
  rm -rf "$work"
}
trap cleanup EXIT

openssl genrsa -out "$work/sa.key" 2048 2>&-
openssl rsa -in "$work/sa.key" -pubout -out "$work/sa.pub" 2>&-
echo 'proof,admin,admin,system:masters' >"$work/tokens.csv"
port=${PORT:-16443} etcd_port=${ETCD_PORT:-12379}

"$ETCD" --data-dir "$work/etcd" --unsafe-no-fsync --listen-client-urls "http://127.0.0.1:$etcd_port" \
  --advertise-client-urls "http://127.0.0.1:$etcd_port" --listen-peer-urls "http://127.0.0.1:$((etcd_port + 1))" \
  >"$work/etcd.log" 2>&1 &
pids+=($!)
"$KUBE_APISERVER" --etcd-servers "http://127.0.0.1:$etcd_port" --secure-port "$port" --bind-address 127.0.0.1 \
  --cert-dir "$work/certs" --service-cluster-ip-range 10.96.0.0/16 --authorization-mode RBAC \
  --token-auth-file "$work/tokens.csv" --service-account-issuer https://proof.example --service-account-key-file "$work/sa.pub" \
  --service-account-signing-key-file "$work/sa.key" --disable-admission-plugins ServiceAccount >"$work/apiserver.log" 2>&1 &
pids+=($!)

k() { kubectl --server "https://127.0.0.1:$port" --insecure-skip-tls-verify --token proof "$@"; }
for _ in $(seq 120); do k get --raw /readyz >"$work/ready" 2>&1 && break; sleep 0.5; done
grep -q ok "$work/ready" || { tail -20 "$work/apiserver.log"; exit 1; }
k apply --server-side -f "$CRDS" >"$work/crds"
k wait --for condition=established --timeout 60s crd --all >>"$work/crds"

status=0
for overlay in dev production; do
  k kustomize "overlays/$overlay" >"$work/$overlay.yaml"
  k apply --server-side --force-conflicts --validate=strict -f "$work/$overlay.yaml" >"$work/applied" 2>"$work/warnings" || status=1
  printf '%s: %d objects taken, %d warnings or errors\n' "$overlay" "$(wc -l <"$work/applied")" "$(wc -l <"$work/warnings")"
  if [ -s "$work/warnings" ]; then
    cat "$work/warnings"
    status=1
  fi
  # Pod Security admission refuses pods, not their templates: so one pod of each is made.
  k get statefulsets,deployments,jobs -n clearway -o json |
    node -e '
      const { items } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
      const pods = items.map(({ kind, metadata, spec }) => ({
        apiVersion: "v1", kind: "Pod",
        metadata: { ...spec.template.metadata, name: `${kind.toLowerCase()}-${metadata.name}`, namespace: metadata.namespace },
        spec: {
          ...spec.template.spec,
          volumes: [
            ...(spec.template.spec.volumes ?? []),
            ...(spec.volumeClaimTemplates ?? []).map(({ metadata }) => ({ name: metadata.name, emptyDir: {} })),
          ],
        },
      }));
      console.log(JSON.stringify({ apiVersion: "v1", kind: "List", items: pods }));' >"$work/pods.json"
  k apply --server-side --validate=strict -f "$work/pods.json" >"$work/pods" 2>"$work/refused" || status=1
  printf '%s: %d pods admitted under Pod Security "restricted"\n' "$overlay" "$(wc -l <"$work/pods")"
  if [ -s "$work/refused" ]; then
    cat "$work/refused"
    status=1
  fi
  k delete pods --all -n clearway --force --grace-period 0 >"$work/delete" 2>&1
done
exit $status
