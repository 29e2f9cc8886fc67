#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# `make dist`: the same bytes from two clones, and a bill of materials that fits the archive. The witnesses are tar,
# sha1sum and sha256sum.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

git -C "$root" rev-parse HEAD >/dev/null 2>&1 || { echo "1..0 # SKIP no git repository here"; exit 0; }
for name in one another/place; do
	git clone -q "$root" "$work/$name"
	(umask 0077 && make -C "$work/$name" dist) >"$work/out" 2>"$work/err"
	is "$?" 0 "make dist"
	umask 0022
done
bom=$(cd "$work/one" && ls build/*.spdx.json)
tar=$(cd "$work/one" && ls build/*.tar.gz)
ok "$(cmp -s "$work/one/$tar" "$work/another/place/$tar"; echo $?)" "the archive is the same from another directory"
ok "$(cmp -s "$work/one/$bom" "$work/another/place/$bom"; echo $?)" "so is the bill of materials"

mkdir "$work/tree"
tar -x -C "$work/tree" --strip-components 1 -f "$work/one/$tar"
cd "$work/tree" || exit 1
bom=$work/one/$bom
for algorithm in SHA1 SHA256; do
	sum=$(tr '[:upper:]' '[:lower:]' <<<"$algorithm")sum
	is "$(jq -r --arg a $algorithm '.files[] | "\(.checksums[] | select(.algorithm == $a).checksumValue)  \(.fileName)"' "$bom" | sort | cksum)" \
		"$(find . -type f -exec "$sum" {} + | sort | cksum)" "$algorithm of every file of the archive"
done
is "$(jq -r '.packages[0].packageVerificationCode.packageVerificationCodeValue' "$bom")" \
	"$(find . -type f -exec sha1sum {} + | cut -c 1-40 | sort | tr -d '\n' | sha1sum | cut -c 1-40)" "the code that stands for all of them"
is "$(jq -r '.files[] | select(.fileName | test("^./(bpf|user)/.*[.][ch]$")) | select(.licenseConcluded == "NOASSERTION") | .fileName' "$bom")" "" \
	"every source file has its license"
is "$(jq -r '[.files[] | select(.fileName | startswith("./user/")).licenseConcluded] | unique | join(" ")' "$bom")" "BSD-2-Clause" "user/: BSD-2-Clause"
is "$(jq -r '[.packages[1:][].name] | sort | join(" ")' "$bom")" "bpftool clang libbpf libcurl libelf libmicrohttpd libncursesw libseccomp libtinfo liburing zlib" "what it is linked with and built by"
is "$(jq '([.packages[], .files[] | .SPDXID] + [.SPDXID]) as $ids | [.relationships[] | .spdxElementId, .relatedSpdxElement | select(IN($ids[]) | not)] |
	length' "$bom")" 0 "each relationship is between what it holds"
is "$(jq -r '[.files[].SPDXID, .packages[].SPDXID] | length - (unique | length)' "$bom")" 0 "no identifier twice"
is "$(jq -r '.creationInfo.created' "$bom")" "$(TZ=UTC git -C "$root" show -s --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ HEAD)" "its time is that of the commit"
# Libraries that the program really needs, as readelf tells.
if command -v readelf >/dev/null; then
	is "$(readelf -d "$sockstate" | sed -n 's/.*NEEDED.*\[\(lib[a-z]*\)\.so.*/\1/p' | grep -vE '^lib(c|asan|ubsan|pthread|m)$' | sed 's/^libz$/zlib/' |
		grep -vxFf <(jq -r '.packages[].name' "$bom"))" "" "no library that it does not name"
else
	skip "no library that it does not name" "readelf is not installed"
fi
done_testing
