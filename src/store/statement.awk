# SPDX-License-Identifier: Apache-2.0
#
# sql/query/*.sql -> statement.def: one STATEMENT row for each named statement, one COLUMN row for each column of its answer.
#
#   STATEMENT(LOAD_EPISODE, "load_episode", "uu", "itl", 0, "text of the statement")
#   COLUMN(LOAD_EPISODE_PHASE, 0)
#
# Types are letters (statement.h has the list): lower case for a value, upper case for an array of it.
# A statement begins with `-- name:` and ends with the line that ends in `;`. `-- in:` and `-- out:` are comma lists of
# `name type` (`-`: none) and may go on over several comment lines; `-- why:` and `-- kind:` are for the reader.
#
# `-- many: NAME` names a later statement that does the same for many at once (param_join makes its parameters). Its first parameter, the
# clinic, is the same one; each other is an array with a value for each. Arrays stand end to end instead, and after those that follow
# each other comes an int4[] with the place before the first element of each, and one more for where they end. It returns the column
# `place`, which of them a row is of, counted from 1, then the same columns; its rows are ordered by place.

function die(message)
{
    printf "%s:%d: %s\n", FILENAME, FNR, message > "/dev/stderr"
    failed = 1
    exit 1
}

function letter(type)
{
    if (type ~ /\[\]$/) {
        sub(/\[\]$/, "", type)
        return toupper(letter(type))
    }
    if (!(type in letters)) die("type `" type "` is not one the store can carry")
    return letters[type]
}

# `name type, name type` -> letters; the names of columns are kept in order
function types(list, keep,    item, word, n, i, out)
{
    out = ""
    n = split(list, item, ",")
    for (i = 1; i <= n; i++) {
        gsub(/^[ \t]+|[ \t]+$/, "", item[i])
        if (item[i] == "" || item[i] == "-") continue
        if (split(item[i], word, /[ \t]+/) != 2) die("`" item[i] "` should read `name type`")
        out = out letter(word[2])
        if (keep) column[columns++] = toupper(word[1])
    }
    return out
}

function finish(    i, text)
{
    if (name == "") return
    if (name in seen) die("statement " name " stands twice")
    seen[name] = 1
    delete awaited[name]
    text = body
    if (sub(/;[ \t\n]*$/, "", text) == 0) die("statement " name " does not end in `;`")
    if (text == "") die("statement " name " has no text")
    gsub(/\\/, "\\\\", text)
    gsub(/"/, "\\\"", text)
    gsub(/\n/, "\\n\"\n          \"", text)
    columns = 0
    in_types = types(ins, 0)
    out_types = types(outs, 1)
    if (many != "") awaited[many] = 1
    printf "STATEMENT(%s, \"%s\", \"%s\", \"%s\", %s,\n          \"%s\")\n", toupper(name), name, in_types, out_types,
        many == "" ? 0 : "STATEMENT_" toupper(many), text
    for (i = 0; i < columns; i++) printf "COLUMN(%s_%s, %d)\n", toupper(name), column[i], i
}

BEGIN {
    split("bool b int2 s int4 i int8 l text t uuid u bytea y timestamptz z date d jsonb j numeric n", pair, " ")
    for (i = 1; i in pair; i += 2) letters[pair[i]] = pair[i + 1]
    print "/* made from sql/query by src/store/statement.awk */"
}

FNR == 1 { part = "" }

/^-- *name:/ {
    finish()
    name = $0
    sub(/^-- *name:[ \t]*/, "", name)
    sub(/[ \t]+$/, "", name)
    if (name !~ /^[a-z][a-z0-9_]*$/) die("`" name "` is not a statement name")
    ins = outs = body = many = ""
    part = "name"
    next
}

part == "" { next } # what stands before the first statement of a file is for the reader

part == "body" && body ~ /;[ \t]*$/ { next } # after its end

/^-- *in:/ { sub(/^-- *in:/, ""); ins = ins " " $0 ","; part = "in"; next }
/^-- *out:/ { sub(/^-- *out:/, ""); outs = outs " " $0 ","; part = "out"; next }
/^-- *many:/ { many = $3; part = "many"; next }
/^-- *(why|kind):/ { part = "why"; next }
/^--/ && part != "body" {
    sub(/^--/, "")
    if (part == "in") ins = ins " " $0
    if (part == "out") outs = outs " " $0
    next
}
part != "body" && /^[ \t]*$/ { next }

{
    body = part == "body" ? body "\n" $0 : $0
    part = "body"
}

END {
    if (failed) exit 1
    finish()
    for (name in awaited) die("there is no later statement " name)
}
