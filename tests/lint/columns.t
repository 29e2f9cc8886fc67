#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# No line of code is wider than 100 columns, a tab being 8.
#
# A line that is mostly one string literal may be wider: breaking it hides the message from grep.
# The rows of user/event/fields.def and user/fact/hooks.c are such, and the expected screens.
cd "$(dirname "$0")/../.." || exit 1

mapfile -t files < <(find bpf user tests packaging -name '*.[ch]' | sort; echo Makefile)
found=$(perl -CSD -ne '
	chomp;
	1 while s/\t/" " x (8 - length($`) % 8)/e;
	my $code = s/"(?:[^"\\]|\\.)*"/""/gr;
	print "$ARGV:$.: ", length($_), " columns\n" if length($_) > 100 && ($code eq $_ || length($code) > 100);
	close ARGV if eof' "${files[@]}")
echo 1..1
if [ -z "$found" ]; then
	echo "ok 1 - ${#files[@]} files stay within 100 columns"
	exit 0
fi
echo "not ok 1 - ${#files[@]} files stay within 100 columns"
awk '{ print "# " $0 }' <<<"$found"
exit 1
