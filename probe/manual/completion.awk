# SPDX-License-Identifier: BSD-2-Clause
# The completion for bash, or zsh, out of its frame: awk -f completion.awk TABLE FRAME
#
# In the frame the line @tables@ stands for three functions, made of what the program says of itself
# (probe/manual/table): _erprobe_options COMMAND, _erprobe_value COMMAND OPTION, _erprobe_words COMMAND.

BEGIN { FS = "\t" }

FNR == 1 { file++ }
file == 1 && $1 == "command" { order[++commands] = $2 }
file == 1 && $1 == "synopsis" { forms[$2] = forms[$2] " " $3 }
file == 1 && $1 == "formats" { formats[$2] = $3 }
file == 1 && $1 == "option" { n = ++options[$2]; letter[$2, n] = $3; long[$2, n] = $4; argument[$2, n] = $5; says[$2, n] = $6 }
file == 1 && $1 == "fault" { faults = faults " " $2 }
file == 1 { next }
$0 == "@tables@" { tables(); next }
{ print }

# What may stand for an option's argument: words, or @file, @folder, @interface; nothing where nobody can tell.
function kind(c, i,    a, name) {
	a = argument[c, i]
	name = long[c, i]
	if (a ~ /\|/)
		return lower_words(a)
	if (name == "format")
		return "text json jsonl"
	if (a == "IFACE" || name == "interface")
		return "@interface"
	if (a == "DIR")
		return "@folder"
	if (a == "FILE" || a == "PATH" || a == "KEY")
		return "@file"
	return choice(says[c, i])
}

# "N|max": the words that are meant as written.
function lower_words(a,    parts, n, i, out) {
	n = split(a, parts, "|")
	for (i = 1; i <= n; i++)
		if (parts[i] ~ /[a-z]/)
			out = out " " parts[i]
	return substr(out, 2)
}

# A text that lists what is accepted: "how to sign in: azure_cli (default), token_file".
function choice(s,    parts, n, i, out) {
	sub(/.*: /, "", s)
	sub(/;.*/, "", s)
	gsub(/ \(default\)/, "", s)
	gsub(/ or /, ", ", s)
	n = split(s, parts, ", ")
	for (i = 1; i <= n; i++) {
		if (n < 2 || parts[i] !~ /^[A-Za-z_]+$/)
			return ""
		out = out " " parts[i]
	}
	return substr(out, 2)
}

function tables(    i, c) {
	print "_erprobe_commands=(" joined() ")"
	print "_erprobe_faults=(" substr(faults, 2) ")"
	print ""
	print "_erprobe_options() {"
	print "\tcase $1 in"
	for (i = 1; i <= commands; i++) {
		c = order[i]
		if (forms[c] != "")
			print "\t" c ") echo '" names(c) names("common") "' ;;"
	}
	print "\tesac"
	print "}"
	print ""
	print "# Fails where an option takes no value, or only behind a \"=\"."
	print "_erprobe_value() {"
	print "\tcase $1:$2 in"
	for (i = 1; i <= commands; i++)
		if (order[i] in formats)
			print "\t" order[i] ":--format) echo '" formats[order[i]] "' ;;"
	for (i = 1; i <= commands; i++)
		values(order[i], order[i])
	values("common", "*")
	print "\t*) return 1 ;;"
	print "\tesac"
	print "}"
	print ""
	print "# What stands beside the options, in its order; the last again for all that follows."
	print "_erprobe_words() {"
	print "\tcase $1 in"
	for (i = 1; i <= commands; i++)
		print "\t" order[i] ") echo '" words(order[i]) "' ;;"
	print "\tesac"
	print "}"
}

function joined(    i, out) {
	for (i = 1; i <= commands; i++)
		out = out (i > 1 ? " " : "") order[i]
	return out
}

function names(c,    i, out) {
	for (i = 1; i <= options[c]; i++) {
		out = out "--" long[c, i] (argument[c, i] != "" && argument[c, i] !~ /^\[/ ? "=" : "") " "
		if (letter[c, i] != "" && argument[c, i] == "")
			out = out "-" letter[c, i] " "
	}
	return out
}

function values(c, pattern,    i, what) {
	for (i = 1; i <= options[c]; i++) {
		if (argument[c, i] == "" || argument[c, i] ~ /^\[/)
			continue
		what = pattern ":--" long[c, i]
		if (letter[c, i] != "")
			what = what " | " pattern ":-" letter[c, i]
		print "\t" what ") echo '" kind(c, i) "' ;;"
	}
}

function words(c,    s) {
	s = forms[c]
	if (c == "help")
		return "@command"
	if (s ~ /DEST/)
		return "@host"
	if (s ~ /FAULT-ID/)
		return "@fault @nothing"
	if (s ~ /CIRCUIT/)
		return s ~ /diff/ ? "@circuit,diff @circuit" : "@circuit"
	if (s ~ /^ [a-z]+\|/)
		return first_words(s) (s ~ /BUNDLE/ ? " @file" : "") " @nothing"
	return s ~ /BUNDLE/ ? "@file" : "@nothing"
}

function first_words(s,    parts) {
	split(substr(s, 2), parts, " ")
	gsub(/\|/, ",", parts[1])
	return parts[1]
}
