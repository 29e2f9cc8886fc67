#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# `make image`: an OCI archive with the static program and nothing else, built without network. It is then unpacked and run
# with the rights and the view of a container, by unshare and setpriv: no container engine has run it here.
# shellcheck source-path=SCRIPTDIR source=fleet.sh
needs="buildah jq unshare setpriv"
. "$(dirname "$0")/fleet.sh"

[ "$(id -u)" = 0 ] || skip_all "buildah without root needs a set-up of its own"
[ -x "$static" ] || skip_all "build/static/sockstate is not built (make static)"
ends 0 "it is made, without a network" unshare -n "$root/packaging/build-image" "$version" "$static"
grep -q 'user namespace\|operation not permitted' "$work/said" && skip_all "buildah is not allowed to work here"
mkdir "$work/oci" "$work/rootfs"
tar -x -C "$work/oci" -f "$root/build/image.tar"
blob() { echo "$work/oci/blobs/${1/://}"; }
manifest=$(blob "$(jq -r '.manifests[0].digest' "$work/oci/index.json")")
config=$(blob "$(jq -r .config.digest "$manifest")")
for digest in $(jq -r '.layers[].digest, .config.digest' "$manifest"); do
	[ "$(sha256sum <"$(blob "$digest")" | cut -c 1-64)" = "${digest#sha256:}" ] || wrong+=" $digest"
done
is "${wrong:-}" "" "its parts have the sums that it names"
is "$(jq -r '.layers | length' "$manifest")" 1 "one layer"
tar -x -C "$work/rootfs" -f "$(blob "$(jq -r '.layers[0].digest' "$manifest")")"
is "$(cd "$work/rootfs" && find . ! -type d)" ./usr/bin/sockstate "with one file"
ok "$(cmp -s "$work/rootfs/usr/bin/sockstate" "$static"; echo $?)" "which is the static program"
is "$(jq -cr '[.config.Entrypoint[], .config.Cmd[]] | join(" ")' "$config")" "/usr/bin/sockstate export --listen 0.0.0.0:9435" "what it starts"
is "$(jq -r '.config.Labels["org.opencontainers.image.version"]' "$config")" "$version" "its version"

if ! traces; then
	skip "it counts where nothing else is" "tracing is not possible here"
	done_testing
	exit
fi
# As the DaemonSet has it: user 0, two capabilities, namespaces of its own, /proc and /sys as engines mount them, all read-only.
mkdir -p "$work/rootfs"/{proc,sys}
# shellcheck disable=SC2016
unshare -m -n -p -u -i --fork sh -c '
	mount --bind "$1" "$1" && mount -t proc proc "$1/proc" && mount -t sysfs -o ro sysfs "$1/sys" && mount -o remount,bind,ro "$1" &&
	exec setpriv --inh-caps=-all --ambient-caps=-all --bounding-set=-all,+bpf,+perfmon,+sys_chroot --no-new-privs \
		chroot "$1" /usr/bin/sockstate export --once --duration 0.5' sh "$work/rootfs" >"$work/page" 2>"$work/err" </dev/null
is "$?" 0 "it runs where nothing else is"
is "$(grep -c '^sockstate_build_info' "$work/page")" 1 "and has metrics to show"
done_testing
