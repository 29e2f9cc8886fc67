# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: BSD-2-Clause
# How a recording is printed for run.t and refresh: the same whoever runs it. Sourced.
sockstate=${SOCKSTATE:-$(cd ../.. && pwd)/sockstate}
forms=(table ladder json)

print() # recording, form
{
	# argv differs between a person's replay and this one; the version will.
	env -i LC_ALL=C.UTF-8 TZ=UTC PATH="$PATH" "$sockstate" --replay "$1" -o "$2" |
		sed -E '1s/^sockstate [0-9.]+ /sockstate /; 1s/"argv":\[[^]]*\]/"argv":[]/; 1s/"version":"[^"]*"/"version":""/'
	return "${PIPESTATUS[0]}"
}
