#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# --help, the man page and the three completions name the same options and commands. No root.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

# Each prints one option per line, sorted: -P or --port.
from_help()
{
	for command in "" doctor fields; do "$sockstate" $command --help; done | sed -nE 's/^  ( {4}|(-.), )(--[a-z0-9-]+).*/\2\n\3/p'
}
from_man()
{
	# The lines after .TP that begin with a dash.
	sed -n '/^\.SH OPTIONS/,/^\.SH EXIT/p' "$root/docs/sockstate.8" | grep -A1 '^\.TP' | grep -E '^\.BR? \\-' |
		sed 's/\\fI.*//; s/\\-/-/g' | grep -oE -- '--?[A-Za-z0-9][a-z0-9-]*'
}
from_bash()
{
	bash -c '. "$1"; COMP_WORDS=(sockstate -); COMP_CWORD=1; _sockstate sockstate - sockstate
		printf "%s\n" "${COMPREPLY[@]}"' - "$root/completions/sockstate.bash"
}
from_zsh()
{
	sed -nE "s/^\t('\*'|)(['{])(-[^[']*).*/\3/p" "$root/completions/_sockstate" | tr ',' '\n' | tr -d "{}'" |
		sed 's/[+=]*$//'
}
from_fish()
{
	sed -nE 's/^complete -c sockstate (-s (.) )?-l ([a-z0-9-]+).*/\2 --\3/p' "$root/completions/sockstate.fish" |
		sed -E 's/^([^ ]+) /-\1\n/; s/^ //'
}

from_help | grep . | sort -u >"$work/help"
ok "$(test "$(wc -l <"$work/help")" -gt 30; echo $?)" "--help names more than 30 spellings"
for where in man bash zsh fish; do
	"from_$where" | grep . | sort -u >"$work/$where"
	if diff "$work/help" "$work/$where" >"$work/diff"; then
		ok 0 "$where agrees with --help"
	else
		ok 1 "$where agrees with --help"
		sed 's/^/# /' "$work/diff"
	fi
done

for command in doctor fields; do
	ok "$("$sockstate" --help | grep -q "^  $command "; echo $?)" "--help has $command"
	ok "$(grep -q "^\.B $command" "$root/docs/sockstate.8"; echo $?)" "the man page has $command"
	for file in sockstate.bash _sockstate sockstate.fish; do
		ok "$(grep -q "$command" "$root/completions/$file"; echo $?)" "$file has $command"
	done
done

# Every choice of an option is offered.
while read -r option values; do
	for shell in bash zsh fish; do
		case $shell in
		bash) file=sockstate.bash line=$(grep -F -- "$option)" "$root/completions/$file") ;;
		zsh) file=_sockstate line=$(grep -F -- "$option=" "$root/completions/$file") ;;
		fish) file=sockstate.fish line=$(grep -F -- "-l ${option#--} " "$root/completions/$file") ;;
		esac
		missing=
		for value in $values; do
			[[ $line == *"$value"* ]] || missing+=" $value"
		done
		is "$missing" "" "$file offers the values of $option"
	done
	for value in $values; do
		ok "$(timeout 5 "$sockstate" "$option" "$value" --version >/dev/null; echo $?)" "$option $value is taken"
	done
done <<-END
	--side both server client
	--output table ladder json summary
	--color auto always never
END

ok "$("$sockstate" fields | diff -q - "$root/docs/fields.md" >/dev/null; echo $?)" "docs/fields.md is what 'sockstate fields' prints"

if command -v man >/dev/null; then
	is "$(LC_ALL=C.UTF-8 man --warnings -l "$root/docs/sockstate.8" 2>&1 >/dev/null)" "" "the man page has no warnings"
else
	skip "the man page has no warnings" "man is not installed"
fi
done_testing
