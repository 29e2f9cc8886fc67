# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Debian's packages of any architecture and of newer releases, without a change to this system's apt. Sourced.
#
#	own_apt DIRECTORY ARCHITECTURE	an apt of its own there; its index is read if it is older than a day
#	with_apt apt-get ...		with that one

own_apt() # directory, architecture
{
	local uri suite key=/usr/share/keyrings/debian-archive-keyring.gpg
	APT_OWN=$1/apt.conf
	mkdir -p "$1"/{lists/partial,cache/archives/partial}
	: >"$1/status"
	# The archives that this system has its packages from.
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sort -u | while read -r uri; do
		case $uri in
		*debian-security*) echo "deb [arch=$2 signed-by=$key] $uri bookworm-security main" ;;
		*/debian | */debian/)
			for suite in bookworm trixie-backports; do echo "deb [arch=$2 signed-by=$key] $uri $suite main"; done
			;;
		esac
	done >"$1/sources"
	cat >"$APT_OWN" <<-END
		Dir::State "$1";
		Dir::State::lists "$1/lists";
		Dir::State::status "$1/status";
		Dir::Cache "$1/cache";
		Dir::Etc::sourcelist "$1/sources";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		APT::Architecture "$2";
		APT::Architectures { "$2"; };
		APT::Sandbox::User "root";
	END
	[ -n "$(find "$1/updated" -mtime -1 2>/dev/null)" ] && return
	with_apt apt-get -q update >"$1/log" 2>&1 && touch "$1/updated"
}
with_apt() { APT_CONFIG=$APT_OWN "$@"; }
