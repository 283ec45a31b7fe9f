# Checks JSON values against a JSON Schema: the part of draft 2020-12 that oq-record.schema.json
# uses. A keyword that is not handled here is an error, so that the schema cannot say more than
# is checked. Needs $schema. Prints one line a violation: "line 3: /insured/number: is absent".

def known: ["$schema", "$id", "$ref", "$defs", "title", "description", "type", "enum", "pattern",
	"minimum", "required", "properties", "additionalProperties", "items", "if", "else"];

def is_type($t):
	if $t == "integer" then type == "number" and . == floor else type == $t end;

def one_of_types($t):
	. as $v | [$t] | flatten | any(. as $one | $v | is_type($one));

def violations($s; $path):
	. as $v
	| (($s | keys) - known | if . == [] then empty else error("keywords not checked: \(.)") end),
	(if $s["$ref"] then
		violations($schema["$defs"][$s["$ref"] | ltrimstr("#/$defs/")]; $path)
	else empty end),
	(if $s.type and (one_of_types($s.type) | not) then
		"\($path): is \(type), not \($s.type)"
	else
		(if $s.enum and ($s.enum | index([$v]) | not) then
			"\($path): is none of the words \($s.enum | join(" "))"
		else empty end),
		(if $s.pattern and type == "string" and (test($s.pattern) | not) then
			"\($path): does not match \($s.pattern)"
		else empty end),
		(if $s.minimum and type == "number" and . < $s.minimum then
			"\($path): is under \($s.minimum)"
		else empty end),
		(if type == "object" then
			(($s.required // [])[] | select(in($v) | not) | "\($path)/\(.): is absent"),
			(($s.properties // {}) | keys_unsorted[] | select(in($v)) as $name
			| $v[$name] | violations($s.properties[$name]; "\($path)/\($name)"))
		else empty end),
		(if type == "array" and $s.items then
			range(length) as $i | .[$i] | violations($s.items; "\($path)/\($i)")
		else empty end)
	end),
	(if $s.if and ([violations($s.if; $path)] | length > 0) then
		violations($s.else; $path)
	else empty end);

(if $schema | has("$defs") then . else error("not a schema of ours") end)
| input_line_number as $line
| violations($schema["$defs"][$object]; "") | "line \($line): \(.)"
