// SPDX-License-Identifier: GPL-2.0-only

package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
)

// Options are the values of flags that more than one command has. Those that a
// command does not have keep their defaults.
type Options struct {
	Tree, Arch     string
	Objs           List
	Jobs           int
	Cache          string
	NoCache        bool
	Shard          Shard
	Specs          List
	Format, Out    string
	Verbose, Quiet bool
	formats        []string // that --format may name
	severalObjs    bool
}

// Obj is the object directory that is looked at, "" if none is named.
func (o *Options) Obj() string {
	if len(o.Objs) == 0 {
		return ""
	}
	return o.Objs[0]
}

// Flags are those of one command, in the order in which help lists them.
type Flags struct {
	call *Call
	set  *flag.FlagSet
	docs []flagDoc
}

// flagDoc is what help says of a flag.
type flagDoc struct {
	form string // "-C DIR"
	text string
}

// NewFlags returns the flags of a command, and what runs it, for one call.
func NewFlags(c *Call, cmd *Command) (*Flags, Run) {
	c.Options = Options{Jobs: runtime.GOMAXPROCS(0), formats: []string{""}}
	f := &Flags{call: c, set: flag.NewFlagSet("kapilint "+cmd.Name, flag.ContinueOnError)}
	f.set.SetOutput(io.Discard)
	f.set.Usage = func() {}
	return f, cmd.Bind(f)
}

// Has tells whether the command has a flag of that name.
func (f *Flags) Has(name string) bool { return f.set.Lookup(name) != nil }

// Var binds a flag. arg names its value in help, "" for a boolean flag.
func (f *Flags) Var(v flag.Value, name, arg, text string) {
	f.set.Var(v, name, text)
	f.doc(name, arg, text)
}

// Bool binds a boolean flag.
func (f *Flags) Bool(p *bool, name, text string) {
	f.set.BoolVar(p, name, false, text)
	f.doc(name, "", text)
}

// String binds a flag with a value.
func (f *Flags) String(p *string, name, arg, text string) {
	f.set.StringVar(p, name, "", text)
	f.doc(name, arg, text)
}

func (f *Flags) doc(name, arg, text string) {
	f.docs = append(f.docs, flagDoc{strings.TrimSpace(dashed(name) + " " + arg), text})
}

// Kernel binds -C, -O and --arch, which say which kernel is looked at.
func (f *Flags) Kernel() {
	f.Source()
	f.Var(&f.call.Objs, "O", "DIR", "object directory, where it is not the source")
	f.String(&f.call.Arch, "arch", "ARCH", "architecture, as make's ARCH; default: that of the configuration")
}

// Kernels is Kernel for a command that looks at several configurations.
func (f *Flags) Kernels() {
	f.Kernel()
	f.call.severalObjs = true
	f.docs[len(f.docs)-2].text = "object directory, where it is not the source; give several to look at several configurations and report once what all of them say"
}

// Source binds -C alone.
func (f *Flags) Source() {
	f.String(&f.call.Tree, "C", "DIR", "kernel source tree; default: found upward from the first path, or from the current directory")
}

// Work binds what says how units are analysed and what is kept of it: that of
// Whole, and --shard.
func (f *Flags) Work() {
	f.Whole()
	f.Var(&f.call.Shard, "shard", "I/N", "analyse the I-th of N parts of the units, keep what becomes of it and report nothing; see docs/scale.md")
}

// Whole binds -j, --cache and --no-cache.
func (f *Flags) Whole() {
	f.set.IntVar(&f.call.Jobs, "j", f.call.Jobs, "")
	f.doc("j", "N", "analyse N units at once; default: one for each processor")
	f.CacheDir()
	f.Bool(&f.call.NoCache, "no-cache", "keep nothing, and use nothing that was kept")
}

// CacheDir binds --cache.
func (f *Flags) CacheDir() {
	f.String(&f.call.Cache, "cache", "DIR", "where results are kept from run to run, at most 4 GB; default: below the user's cache directory")
}

// Outside binds --spec.
func (f *Flags) Outside(text string) {
	f.Var(&f.call.Specs, "spec", "SOURCE", text)
}

// Format binds --format. The first form is the default; "" is one that depends
// on other arguments.
func (f *Flags) Format(forms ...string) {
	var named []string
	for _, form := range forms {
		if form != "" {
			named = append(named, form)
		}
	}
	last := len(named) - 1
	text := named[last]
	if last > 0 {
		text = strings.Join(named[:last], ", ") + " or " + text
	}
	f.call.formats = forms
	f.String(&f.call.Format, "format", "FORM", text)
}

// Output binds -o.
func (f *Flags) Output(more string) {
	f.String(&f.call.Out, "o", "FILE", "write the result to FILE instead of standard output"+more)
}

// Said binds --verbose and -q. verbose is what --verbose adds.
func (f *Flags) Said(verbose, quiet string) {
	f.Bool(&f.call.Verbose, "verbose", verbose)
	f.Bool(&f.call.Quiet, "q", quiet)
}

// Checks binds the options of every check of the catalogue.
func (f *Flags) Checks() {
	for _, a := range f.call.Engine.Checks {
		a.Flags.VisitAll(func(o *flag.Flag) { f.set.Var(o.Value, a.Name+"."+o.Name, o.Usage) })
	}
	f.docs = append(f.docs, flagDoc{"--NAME.OPT=V", "option of a check; `kapilint explain NAME` lists them"})
}

// Shard is one of several parts of the units of a tree. The zero shard is all
// of them.
type Shard struct{ I, N int }

func (s *Shard) String() string {
	if s.N == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.I, s.N)
}

// Set reads I/N.
func (s *Shard) Set(text string) error {
	i, n, ok := strings.Cut(text, "/")
	var err, err2 error
	s.I, err = strconv.Atoi(i)
	s.N, err2 = strconv.Atoi(n)
	if !ok || err != nil || err2 != nil || s.I < 1 || s.I > s.N {
		return errors.New("want I/N, such as 1/4 for the first of four parts")
	}
	return nil
}

// Of returns the shard's part of sorted files: every n-th, so that the large
// files of one directory are spread.
func (s Shard) Of(files []string) []string {
	if s.N == 0 {
		return files
	}
	var out []string
	for k := s.I - 1; k < len(files); k += s.N {
		out = append(out, files[k])
	}
	return out
}

// List is a flag that may be given more than once.
type List []string

func (l *List) String() string { return strings.Join(*l, " ") }

// Set adds a value.
func (l *List) Set(s string) error {
	if s == "" {
		return errors.New("empty name")
	}
	*l = append(*l, s)
	return nil
}

// OptionalBool is a boolean flag whose default depends on the call.
type OptionalBool struct{ Given, Value bool }

func (b *OptionalBool) String() string { return "" }

// IsBoolFlag tells package flag that the value may be left out.
func (b *OptionalBool) IsBoolFlag() bool { return true }

// Set reads true or false.
func (b *OptionalBool) Set(s string) error {
	switch strings.ToLower(s) {
	case "true", "1", "yes":
		b.Value = true
	case "false", "0", "no":
		b.Value = false
	default:
		return errors.New("want true or false")
	}
	b.Given = true
	return nil
}

// Silent binds -q alone.
func (f *Flags) Silent() { f.Bool(&f.call.Quiet, "q", "no summary") }
