# SPDX-License-Identifier: BSD-2-Clause
# Whether lines of --json keep to the JSON Schema, as far as ours uses that language: $ref, allOf, const, enum, type,
# minimum, maximum, pattern, required, properties, propertyNames, additionalProperties, items.
#
#	jq -rn --slurpfile schema FILE -f schema.jq LINES...
#
# prints what is wrong, one line each, and nothing where all is well. A keyword that it does not know is wrong, too.

def known: ["$ref", "allOf", "const", "enum", "type", "minimum", "maximum", "pattern", "format", "required", "properties",
	"propertyNames", "additionalProperties", "items", "description"];

def is_a($kind):
	if $kind == "integer" then type == "number" and . == floor else type == $kind end;

# errors($defs; $s; $at): what is wrong with the input by schema $s; $at names the input.
def errors($defs; $s; $at):
	. as $v |
	($s | keys_unsorted - known | .[] | "\($at): the schema says \"\(.)\", which this program does not know"),
	(if $s["$ref"] then errors($defs; $defs[$s["$ref"] | ltrimstr("#/$defs/")]; $at) else empty end),
	($s.allOf // [] | .[] as $one | $v | errors($defs; $one; $at)),
	(if $s | has("const") then select($v != $s.const) | "\($at) is \(tojson), not \($s.const | tojson)" else empty end),
	(if $s.enum then select($s.enum | index([$v]) == null) | "\($at) is \($v | tojson), no word of its list" else empty end),
	(if $s.type then select(is_a($s.type) | not) | "\($at) is \($v | tojson), no \($s.type)" else empty end),
	(if $s | has("minimum") then select($v < $s.minimum) | "\($at) is \($v), less than \($s.minimum)" else empty end),
	(if $s | has("maximum") then select($v > $s.maximum) | "\($at) is \($v), more than \($s.maximum)" else empty end),
	(if $s.pattern then select(test($s.pattern) | not) | "\($at) is \($v | tojson), not like \($s.pattern)" else empty end),
	(if type == "object" then
		($s.required // [] | .[] | select(. as $key | $v | has($key) | not) | "\($at) has no \(.)"),
		(keys_unsorted[] as $key |
			(if $s.propertyNames then $key | errors($defs; $s.propertyNames; "\($at): the name \($key)") else empty end),
			(if $s.properties[$key] then .[$key] | errors($defs; $s.properties[$key]; "\($at).\($key)")
			elif $s.additionalProperties == false then "\($at) has \($key), which stands on no such line"
			elif $s.additionalProperties then .[$key] | errors($defs; $s.additionalProperties; "\($at).\($key)")
			else empty end))
	elif type == "array" and $s.items then
		(to_entries[] | .key as $i | .value | errors($defs; $s.items; "\($at)[\($i)]"))
	else empty end);

$schema[0]["$defs"] as $defs |
inputs | (.type | tostring) as $type |
if $defs["line.\($type)"] then errors($defs; $defs["line.\($type)"]; "seq \(.seq) \($type)")
else "no line has the type \($type)" end
