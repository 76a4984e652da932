# SPDX-License-Identifier: BSD-2-Clause
# A manual page out of its frame: awk -f manual.awk TABLE FRAME >PAGE
#
# The frame is mdoc(7). In it these lines stand for what the program says of itself (probe/manual/table):
#   @synopsis           every command with its arguments
#   @command NAME       its part: arguments, what it does, options, exit code
#   @program NAME       what a program without commands does, its options, its exit code
#   @common             the options that every command takes
#   @key PATH           an item of the configuration: the key, and what it takes
#   @same PATH PATH2    the keys below PATH are those below PATH2, and stand there
# and @VERSION@ for the version. A frame that lacks a command or a key, or has one that there is not, is an
# error: then no page is made.

BEGIN { FS = "\t" }

FNR == 1 { file++ }
file == 1 && $1 == "version" { version = $2; sub(/[+].*/, "", version) }
file == 1 && $1 == "command" { order[++commands] = $2; does[$2] = $3 }
file == 1 && $1 == "synopsis" { forms[$2]++; form[$2, forms[$2]] = $3 }
file == 1 && $1 == "about" { about[$2] = $3 }
file == 1 && $1 == "after" { after[$2] = $3 }
file == 1 && $1 == "formats" { formats[$2] = $3 }
file == 1 && $1 == "option" { n = ++options[$2]; letter[$2, n] = $3; long[$2, n] = $4; argument[$2, n] = $5; says[$2, n] = $6 }
file == 1 && $1 == "key" { keys[++key_count] = $2; takes[$2] = $3 }
file == 1 { next }

/^@synopsis$/ { synopsis(); next }
/^@common$/ { print_options("common"); next }
/^@command / { command(substr($0, 10)); next }
/^@program / { program(substr($0, 10)); next }
/^@key / { key(substr($0, 6)); next }
/^@same / { split($0, words, " "); same(words[2], words[3]); next }
/^@/ { wrong("no such word: " $0); next }
{ gsub(/@VERSION@/, version); print }

END {
	for (i = 1; i <= commands && has_commands; i++)
		if (!(order[i] in seen))
			wrong("it lacks the command " order[i])
	for (i = 1; i <= key_count && has_keys; i++)
		if (!(keys[i] in seen))
			wrong("it lacks the key " keys[i])
	exit bad
}

function wrong(what) { printf "manual.awk: %s: %s\n", FILENAME, what >"/dev/stderr"; bad = 1 }

function capital(s) { return toupper(substr(s, 1, 1)) substr(s, 2) }

function starts(s, with) { return substr(s, 1, length(with)) == with }

# Plain text as lines of mdoc, a sentence a line, what stands in backquotes as a literal.
function say(s,    parts, n, i, lead, tail) {
	gsub(/\\/, "\\e", s)
	gsub(/…/, "...", s)
	gsub(/--/, "\\-\\-", s)
	n = split(s, parts, "`")
	for (i = 1; i <= n; i++) {
		if (i % 2 == 1) {
			lead = sub(/\($/, "", parts[i]) ? "( " : ""
			sentences(parts[i])
			continue
		}
		# What follows closely belongs to the macro's line.
		tail = ""
		if (match(parts[i + 1], /^[.,;:)]+/)) {
			tail = substr(parts[i + 1], 1, RLENGTH)
			parts[i + 1] = substr(parts[i + 1], RLENGTH + 1)
			gsub(/./, " &", tail)
		}
		print ".Ql " lead parts[i] tail
	}
}

function sentences(s,    at) {
	gsub(/^ +| +$/, "", s)
	while (match(s, /[a-z0-9)][.?] [A-Z]/)) {
		line(substr(s, 1, RSTART + 1))
		s = substr(s, RSTART + 3)
	}
	line(s)
}

function line(s) {
	if (s != "")
		print (s ~ /^[.']/ ? "\\&" : "") s
}

# An option's or a command's argument: what is in capitals stands for something, what is not is meant as written.
function meant(a,    parts, n, i, out) {
	n = split(a, parts, "|")
	for (i = 1; i <= n; i++)
		out = out (i > 1 ? " Ns | Ns " : "") (parts[i] ~ /[a-z]/ ? "Cm " : "Ar ") parts[i]
	return out
}

# "BUNDLE-OR-CAPTURE [OTHER]" as words of a macro's line.
function arguments(s,    words, n, i, w, dots, out) {
	n = split(s, words, " ")
	for (i = 1; i <= n; i++) {
		w = words[i]
		if (w ~ /^\[.*\]$/)
			out = out " Oo " meant(substr(w, 2, length(w) - 2)) " Oc"
		else
			out = out " " meant(w)
	}
	gsub(/[.][.][.]/, " ...", out)
	return out
}

function synopsis(    i, k, c) {
	for (i = 1; i <= commands; i++) {
		c = order[i]
		for (k = 1; k <= forms[c]; k++) {
			print ".Nm"
			print ".Cm " c
			print ".Op Ar option ..."
			if (form[c, k] != "")
				print "." substr(arguments(form[c, k]), 2)
		}
		if (!forms[c]) {
			print ".Nm"
			print ".Cm " c
			if (c == "help")
				print ".Op Ar COMMAND"
		}
	}
}

function print_options(c,    i, a, item) {
	if (!options[c])
		return
	print ".Bl -tag -width Ds -compact"
	for (i = 1; i <= options[c]; i++) {
		a = argument[c, i]
		item = ".It " (letter[c, i] != "" ? "Fl " letter[c, i] " , " : "") "Fl -" long[c, i]
		if (a ~ /^\[/)
			item = item " Ns Oo Ns = Ns " meant(substr(a, 2, length(a) - 2)) " Oc"
		else if (a != "")
			item = item " Ns = Ns " meant(a)
		print item
		say(capital(says[c, i]) ".")
	}
	print ".El"
}

function command(c,    k) {
	if (!(c in does) || c in seen)
		wrong("no command, or twice: " c)
	seen[c] = has_commands = 1
	print ".Ss " c
	for (k = 1; k <= forms[c]; k++)
		print ".D1 Nm Cm " c " Oo Ar option ... Oc" arguments(form[c, k])
	if (forms[c])
		print ".Pp"
	describe(c)
}

function program(name) {
	if (!options[name])
		wrong("no such program: " name)
	describe(name)
}

# What it does, its options, keys and exit code.
function describe(c,    at, text) {
	say(about[c] != "" ? about[c] : capital(does[c]) ".")
	if (formats[c] != "") {
		print ".Pp"
		text = formats[c]
		gsub(/ /, ", ", text)
		say("Formats: " text ".")
	}
	if (options[c])
		print ".Pp"
	print_options(c)
	if (after[c] == "")
		return
	print ".Pp"
	at = index(after[c], "Exit code: ")
	if (at > 1) {
		say(substr(after[c], 1, at - 2))
		print ".Pp"
	}
	if (at > 0)
		say(substr(after[c], at))
}

# A group's keys follow, and tell what it takes.
function is_group(path,    i) {
	for (i = 1; i <= key_count; i++)
		if (starts(keys[i], path "."))
			return 1
	return 0
}

function key(path,    text, required, fallback) {
	has_keys = 1
	if (!(path in takes) || path in seen)
		wrong("no key, or twice: " path)
	seen[path] = 1
	text = takes[path]
	required = sub(/ \(required\)$/, "", text)
	fallback = ""
	if (match(text, / \(default [^ ]*\)$/)) {
		fallback = substr(text, RSTART + 10, RLENGTH - 11)
		text = substr(text, 1, RSTART - 1)
	}
	print ".It Ic " path
	if (!is_group(path))
		say("Value: " text ".")
	if (fallback != "") {
		line("Default:")
		print ".Cm " fallback " ."
	}
	if (required)
		line("Required.")
}

function same(path, other,    i, twin, found) {
	for (i = 1; i <= key_count; i++) {
		if (!starts(keys[i], path "."))
			continue
		twin = other substr(keys[i], length(path) + 1)
		if (!(twin in takes) || takes[twin] != takes[keys[i]])
			wrong(keys[i] " is not as " twin)
		seen[keys[i]] = found = 1
	}
	if (!found)
		wrong("no keys below " path)
}
