# SPDX-License-Identifier: BSD-2-Clause
# Picture.pm - the look of the pictures in docs/: plain SVG, readable on light and dark ground.
package Picture;
use strict;
use warnings;
use Exporter qw(import);

our @EXPORT_OK = qw(escape thousands picture);

sub escape { my $s = shift; $s =~ s/&/&amp;/g; $s =~ s/</&lt;/g; return $s }
sub thousands { my $s = sprintf '%.0f', shift; 1 while $s =~ s/^(\d+)(\d{3})/$1 $2/; return $s }

# label: for who does not see it. style, dark: more CSS, and that of dark ground.
sub picture {
	my %p = @_;

	return sprintf <<'SVG', @p{qw(width height width height)}, escape($p{label}), $p{style} // '', $p{dark} // '', escape($p{head}), $p{body}, $p{height} - 8, escape($p{foot});
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">
<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
.head { font-size: 19px; font-weight: 600 } .title { font-size: 14px; font-weight: 600 }
.unit, .legend, .foot { font-size: 12px } text.name { text-anchor: end } text.name.ours { font-weight: 600 }
.value { font-variant-numeric: tabular-nums; font-size: 12px }
.mark { stroke-dasharray: 3 3 } .whisker { fill: none; stroke-width: 1.2 }
text { fill: #1f2328 } .ground { fill: #ffffff } .unit, .legend, .foot, text.name { fill: #656d76 } text.name.ours { fill: #1f2328 }
rect.ours { fill: #0969da } rect.ref { fill: #afb8c1 } rect.peer { fill: #d4762c }
.axis { stroke: #d0d7de } .mark { stroke: #656d76 } .whisker { stroke: #57606a }
%s@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .ground { fill: #0d1117 } .unit, .legend, .foot, text.name { fill: #8d96a0 } text.name.ours { fill: #e6edf3 }
rect.ours { fill: #4493f8 } rect.ref { fill: #656d76 } rect.peer { fill: #e3924f }
.axis { stroke: #30363d } .mark { stroke: #8d96a0 } .whisker { stroke: #c9d1d9 }
%s}
</style>
<rect class="ground" width="100%%" height="100%%" rx="8"/>
<text class="head" x="24" y="45">%s</text>
%s<text class="foot" x="24" y="%d">%s</text>
</svg>
SVG
}

1;
