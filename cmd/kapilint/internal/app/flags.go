// SPDX-License-Identifier: GPL-2.0-only

package app

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// options are the flags that every command shares.
type options struct {
	tree, arch     string
	objs           list
	jobs           int
	specs          list
	checks         string
	format, out    string
	kind           string
	verbose, quiet bool
	callbacks      bool
	fix, diff      bool
	fail           optionalBool
	failOn         string
	accepted       string
	cache          string
	noCache        bool
	stats          bool
	shard          shard
}

// shard is one of several parts of the units of a tree.
type shard struct{ i, n int } // the zero shard is all of them

func (s *shard) String() string {
	if s.n == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.i, s.n)
}

func (s *shard) Set(text string) error {
	i, n, ok := strings.Cut(text, "/")
	var err, err2 error
	s.i, err = strconv.Atoi(i)
	s.n, err2 = strconv.Atoi(n)
	if !ok || err != nil || err2 != nil || s.i < 1 || s.i > s.n {
		return errors.New("want I/N, such as 1/4 for the first of four parts")
	}
	return nil
}

// of returns the shard's part of sorted files: every n-th, so that the large
// files of one directory are spread.
func (s shard) of(files []string) []string {
	if s.n == 0 {
		return files
	}
	var out []string
	for k := s.i - 1; k < len(files); k += s.n {
		out = append(out, files[k])
	}
	return out
}

// obj is the object directory that is looked at, "" if none is named.
func (o *options) obj() string {
	if len(o.objs) == 0 {
		return ""
	}
	return o.objs[0]
}

// list is a flag that may be given more than once.
type list []string

func (l *list) String() string { return strings.Join(*l, " ") }

func (l *list) Set(s string) error {
	if s == "" {
		return errors.New("empty name")
	}
	*l = append(*l, s)
	return nil
}

// optionalBool is a boolean flag whose default depends on the call.
type optionalBool struct{ set, value bool }

func (b *optionalBool) String() string   { return "" }
func (b *optionalBool) IsBoolFlag() bool { return true }

func (b *optionalBool) Set(s string) error {
	switch strings.ToLower(s) {
	case "true", "1", "yes":
		b.value = true
	case "false", "0", "no":
		b.value = false
	default:
		return errors.New("want true or false")
	}
	b.set = true
	return nil
}

func (c *call) flagSet() *flag.FlagSet {
	o := &c.opt
	fs := flag.NewFlagSet("kapilint", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	fs.StringVar(&o.tree, "C", "", "kernel source `directory`")
	fs.Var(&o.objs, "O", "object `directory`; several for several configurations")
	fs.StringVar(&o.arch, "arch", "", "architecture")
	fs.IntVar(&o.jobs, "j", runtime.GOMAXPROCS(0), "how many units at once")
	fs.Var(&o.specs, "spec", "contracts outside the source")
	fs.StringVar(&o.checks, "checks", "", "checks to run")
	fs.StringVar(&o.format, "format", "", "output form")
	fs.StringVar(&o.kind, "kind", "", "kinds of contracts")
	fs.StringVar(&o.out, "o", "", "output `file`")
	fs.BoolVar(&o.callbacks, "callbacks", false, "infer errors that come from callbacks too")
	fs.BoolVar(&o.verbose, "verbose", false, "say more")
	fs.BoolVar(&o.quiet, "q", false, "no summary, no progress")
	fs.BoolVar(&o.fix, "fix", false, "change the files")
	fs.BoolVar(&o.diff, "diff", false, "show what -fix would change")
	fs.Var(&o.fail, "fail", "exit status 1 for findings")
	fs.StringVar(&o.failOn, "fail-on", "", "what makes diff end with exit status 1")
	fs.StringVar(&o.accepted, "accepted", "", "`file` of accepted changes")
	fs.StringVar(&o.cache, "cache", "", "`directory` of what is kept from run to run")
	fs.BoolVar(&o.noCache, "no-cache", false, "keep nothing, use nothing kept")
	fs.BoolVar(&o.stats, "stats", false, "print what is known of how many interfaces")
	fs.Var(&o.shard, "shard", "analyse one part of the units, `I/N`")
	for _, a := range c.Engine.Checks {
		a.Flags.VisitAll(func(f *flag.Flag) { fs.Var(f.Value, a.Name+"."+f.Name, f.Usage) })
	}
	return fs
}

// parse reads the flags, wherever they stand, and returns the other arguments.
func (c *call) parse(args []string) ([]string, error) {
	fs := c.flagSet()
	var names []string
	for {
		if err := fs.Parse(args); err != nil {
			return nil, flagError(fs, err)
		}
		rest := fs.Args()
		if len(rest) == 0 {
			return names, nil
		}
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			return append(names, rest...), nil
		}
		names = append(names, rest[0])
		args = rest[1:]
	}
}

// flagError says what package flag found in our own words.
func flagError(fs *flag.FlagSet, err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	if name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -"); ok {
		if isGlued(name) {
			return fmt.Errorf("unknown flag -%s; write -%s %s", name, name[:1], name[1:])
		}
		var known []string
		fs.VisitAll(func(f *flag.Flag) { known = append(known, f.Name) })
		return fmt.Errorf("unknown flag %s%s", dashed(name), hint(name, known, dashed, "kapilint help"))
	}
	if name, ok := strings.CutPrefix(err.Error(), "flag needs an argument: -"); ok {
		return fmt.Errorf("flag %s needs a value", dashed(name))
	}
	return err
}

// isGlued tells a flag of one letter and its value (j2, O../obj) from a word.
func isGlued(name string) bool {
	switch value := name[1:]; name[:1] {
	case "j":
		_, err := strconv.Atoi(value)
		return err == nil
	case "C", "O", "o":
		return strings.ContainsAny(value, "./")
	}
	return false
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// validate checks what the flags say against each other and the command.
func (c *call) validate(cmd command) error {
	o := &c.opt
	if o.format == "" {
		o.format = cmd.formats[0]
	}
	if !slices.Contains(cmd.formats, o.format) {
		return fmt.Errorf("%s has no --format %s%s", cmd.name, o.format,
			hint(o.format, cmd.formats, func(s string) string { return s }, "")+
				" ("+strings.TrimPrefix(strings.Join(cmd.formats, ", "), ", ")+")")
	}
	if o.kind != "" && cmd.name != "spec" {
		return fmt.Errorf("--kind is for spec, not for %s", cmd.name)
	}
	if o.callbacks && cmd.name != "infer" {
		return fmt.Errorf("--callbacks is for infer, not for %s; the option of a check is --errunlisted.callbacks", cmd.name)
	}
	if o.jobs < 1 {
		return fmt.Errorf("-j %d: want 1 or more", o.jobs)
	}
	if cmd.name != "lint" {
		for _, f := range []struct {
			name string
			set  bool
		}{{"fix", o.fix}, {"diff", o.diff}, {"fail", o.fail.set}, {"checks", o.checks != ""}} {
			if f.set {
				return fmt.Errorf("%s is for lint, not for %s", dashed(f.name), cmd.name)
			}
		}
	}
	if o.stats && (cmd.name != "infer" || o.format != "text" && o.format != "json") {
		return errors.New("--stats is for infer, as text or as --format json")
	}
	if len(o.objs) > 1 && (cmd.name != "lint" || c.check != nil) {
		return errors.New("several -O are for lint, which then looks at several configurations")
	}
	if len(o.objs) > 1 && o.shard.n > 0 {
		return errors.New("--shard takes one -O: run the shards of each configuration, with the same cache")
	}
	if o.noCache && (o.cache != "" || o.shard.n > 0 || cmd.name == "merge") {
		return errors.New("--no-cache leaves nothing for --cache, --shard and merge to work with")
	}
	if o.shard.n > 0 && cmd.name != "lint" && cmd.name != "infer" {
		return fmt.Errorf("--shard is for lint and infer, not for %s", cmd.name)
	}
	if o.shard.n > 0 && (o.fix || o.diff) {
		return errors.New("--shard reports nothing, so there is nothing to fix: merge the caches of all shards first")
	}
	if cmd.name != "diff" && (o.failOn != "" || o.accepted != "") {
		return fmt.Errorf("--fail-on and --accepted are for diff, not for %s", cmd.name)
	}
	if o.failOn != "" && !slices.Contains(failOn, o.failOn) {
		return fmt.Errorf("--fail-on %s: want %s", o.failOn, strings.Join(failOn, ", "))
	}
	if o.fix && o.diff {
		return errors.New("--fix and --diff exclude each other: the one changes files, the other shows the changes")
	}
	if o.diff && o.format != "text" {
		return fmt.Errorf("--diff writes a diff and no findings, so it takes no --format %s", o.format)
	}
	return c.checkOut()
}

// hint names the nearest known word, or else where the words are listed.
func hint(word string, known []string, show func(string) string, where string) string {
	if near := nearest(word, known); near != "" {
		return "; did you mean " + show(near) + "?"
	}
	if where == "" {
		return ""
	}
	return "; `" + where + "` lists them"
}

// nearest returns the known word that differs least from word, or "" where
// none is like it.
func nearest(word string, known []string) string {
	word = strings.ToLower(word)
	best, least := "", max(1, len(word)/3)+1
	for _, k := range known {
		lower := strings.ToLower(k)
		d := distance(word, lower)
		if len(word) >= 3 && (strings.HasPrefix(lower, word) || strings.HasPrefix(word, lower) && len(lower) >= 3) {
			d = min(d, 1)
		}
		if d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts insertions, deletions, replacements and swaps of neighbours.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// compilerArgs returns args if make called: CHECK= gets the options of the
// compiler, none of which kapilint has, and the file last.
func compilerArgs(args []string) []string {
	for _, a := range args {
		if a == "--" {
			return nil
		}
		if a == "-nostdinc" || strings.HasPrefix(a, "-D") || strings.HasPrefix(a, "-I") || strings.HasPrefix(a, "-Wp,") {
			return args
		}
	}
	return nil
}

// splitCheck takes kapilint's own flags, which CHECK="kapilint --flag" puts in
// front, out of the compiler's. They need two dashes and an equals sign for a
// value; -O and -o are the compiler's.
func splitCheck(fs *flag.FlagSet, args []string) (own, compiler []string) {
	for i, a := range args {
		name, ok := strings.CutPrefix(a, "--")
		if ok {
			name, _, _ = strings.Cut(name, "=")
		}
		if ok && fs.Lookup(name) != nil && !slices.Contains(args[:i], "--") {
			own = append(own, a)
			continue
		}
		compiler = append(compiler, a)
	}
	return own, compiler
}
