#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The manifests, without a cluster: yamllint reads them, kubectl's own types keep every field of the DaemonSet, kustomize puts
# them together. That a cluster accepts and runs them is NOT tested here; PodMonitor is a type that kubectl does not know.
# shellcheck source-path=SCRIPTDIR source=fleet.sh
needs="yamllint kubectl jq"
. "$(dirname "$0")/fleet.sh"

manifests=$root/packaging/kubernetes
ends 0 "yamllint has nothing to say" yamllint --strict -d '{extends: default, rules: {line-length: {max: 120}}}' "$manifests"
export HOME=$work KUBECONFIG=/dev/null
ends 0 "kustomize puts them together" kubectl kustomize "$manifests"
cp "$work/said" "$work/all.yaml"
is "$(sed -n 's/^kind: //p' "$work/all.yaml" | sort | paste -sd' ')" "DaemonSet Namespace PodMonitor ServiceAccount" "four objects"

# Alone: `kubectl set --local` wants objects with pods. It reads YAML into kubectl's types and writes what those have.
awk 'BEGIN { RS = "---\n" } /kind: DaemonSet/' "$work/all.yaml" >"$work/set.yaml"
ends 0 "kubectl reads the DaemonSet" kubectl set image --local -f "$work/set.yaml" sockstate=sockstate:typed -o json
cp "$work/said" "$work/typed.json"
# As text, the way kustomize has read it: each key with its path, by indentation, is in the typed object too.
paths() # of the keys of a block of YAML that kustomize wrote
{
	sed -nE 's/^( *)(- )?([A-Za-z.\/-]+):.*/\3/p' | sort -u
}
is "$(paths <"$work/set.yaml" | comm -23 - <(jq -r '[.. | objects | keys[]] | unique[]' "$work/typed.json" | sort -u))" "" "each of its fields is one that Kubernetes has"
sed 's/readOnlyRootFilesystem/readOnlyRoot/' "$work/set.yaml" >"$work/wrong.yaml"
kubectl set image --local -f "$work/wrong.yaml" sockstate=sockstate:typed -o json >"$work/typed-wrong.json" 2>"$work/err"
is "$(paths <"$work/wrong.yaml" | comm -23 - <(jq -r '[.. | objects | keys[]] | unique[]' "$work/typed-wrong.json" | sort -u))" readOnlyRoot \
	"(a field that it has not is found)"
: >"$work/err"
pod() { jq -cr ".spec.template.spec$1" "$work/typed.json"; }
is "$(pod '.containers[0].securityContext.capabilities')" '{"add":["BPF","PERFMON"],"drop":["ALL"]}' "two capabilities and no other"
is "$(pod '.containers[0].securityContext | [.privileged, .allowPrivilegeEscalation, .readOnlyRootFilesystem]')" "[false,false,true]" "not privileged, a root directory that is read-only"
is "$(pod ' | [.hostNetwork, .hostPID, .hostIPC, .volumes, .automountServiceAccountToken]')" "[null,null,null,null,false]" "nothing of the node, no token"
is "$(jq -cr '.spec.selector.matchLabels == .spec.template.metadata.labels' "$work/typed.json")" true "the set finds its pods"
port=$(pod '.containers[0].ports[] | select(.name == "metrics") | .containerPort')
is "$(pod '.containers[0].args | join(" ")')" "export --listen 0.0.0.0:$port" "the port of the metrics is that of the exporter"
is "$(awk 'BEGIN { RS = "---\n" } /kind: PodMonitor/' "$work/all.yaml" | sed -nE 's/^ *(- )?port: //p') $(pod '.containers[0].readinessProbe.httpGet.port')" \
	"metrics metrics" "who asks asks there"
is "$(pod '.containers[0].image')" "sockstate:typed" "its image is ours"
is "$(sed -n 's/^ *image: //p' "$work/set.yaml")" "sockstate:$version" "of this version"
done_testing
