// SPDX-License-Identifier: GPL-2.0-only

package cli

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"kapilint/cmd/kapilint/internal/suggest"
)

// Parse reads the command line of c for the command that it names, and returns
// what runs it. The first argument that is neither a flag nor a flag's value
// names the command; where it names none, the first of the table is meant.
// Flags may stand before, between and after the names. The error is
// [flag.ErrHelp] where help is asked for; the command is known even then.
func Parse(c *Call, table []*Command) (*Command, Run, error) {
	every := tableFlags(c.Env, table)
	cmd, args := table[0], c.Args
	c.Compiler = compilerArgs(args)
	if c.Compiler != nil {
		flags, run := NewFlags(c, cmd)
		own, compiler := splitCheck(flags, args)
		c.Compiler = compiler
		if err := c.parse(flags, cmd, every, own); err != nil {
			return cmd, nil, err
		}
		return cmd, run, c.validate(cmd)
	}
	if at := firstName(args, every); at >= 0 {
		if i := slices.IndexFunc(table, func(k *Command) bool { return k.Name == args[at] }); i >= 0 {
			cmd, args = table[i], slices.Delete(slices.Clone(args), at, at+1)
		}
	}
	flags, run := NewFlags(c, cmd)
	if err := c.parse(flags, cmd, every, args); err != nil {
		return cmd, nil, err
	}
	return cmd, run, c.validate(cmd)
}

// commandFlags are the flags of one command of a table.
type commandFlags struct {
	name  string
	flags *Flags
}

// tableFlags returns the flags of each command, in the table's order. They
// belong to no call: they tell which flags there are.
func tableFlags(env Env, table []*Command) []commandFlags {
	var out []commandFlags
	for _, cmd := range table {
		flags, _ := NewFlags(&Call{Env: env}, cmd)
		out = append(out, commandFlags{cmd.Name, flags})
	}
	return out
}

// firstName returns the index of the first argument that is neither a flag nor
// a flag's value, or -1. Every command gives a flag of one name the same form.
func firstName(args []string, every []commandFlags) int {
	for i := 0; i < len(args); i++ {
		name, dash := strings.CutPrefix(args[i], "-")
		if !dash || name == "" {
			return i
		}
		name = strings.TrimPrefix(name, "-")
		if name == "" {
			return -1 // after -- there are only names
		}
		name, _, hasValue := strings.Cut(name, "=")
		for _, e := range every {
			if f := e.flags.set.Lookup(name); f != nil && !hasValue {
				if b, ok := f.Value.(interface{ IsBoolFlag() bool }); !ok || !b.IsBoolFlag() {
					i++
				}
				break
			}
		}
	}
	return -1
}

// parse reads the flags, wherever they stand, and keeps the other arguments.
func (c *Call) parse(flags *Flags, cmd *Command, every []commandFlags, args []string) error {
	for {
		if err := flags.set.Parse(args); err != nil {
			return flagError(flags, cmd, every, err)
		}
		rest := flags.set.Args()
		if len(rest) == 0 {
			return nil
		}
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			c.Names = append(c.Names, rest...)
			return nil
		}
		c.Names = append(c.Names, rest[0])
		args = rest[1:]
	}
}

// flagError says what package flag found in our own words.
func flagError(flags *Flags, cmd *Command, every []commandFlags, err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	if name, ok := strings.CutPrefix(err.Error(), "flag needs an argument: -"); ok {
		return fmt.Errorf("flag %s needs a value", dashed(name))
	}
	name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !ok {
		return err
	}
	if isGlued(name) {
		return fmt.Errorf("unknown flag -%s; write -%s %s", name, name[:1], name[1:])
	}
	var having []string
	for _, e := range every {
		if e.flags.Has(name) {
			having = append(having, e.name)
		}
	}
	if len(having) > 0 {
		return fmt.Errorf("%s is for %s, not for %s%s", dashed(name), and(having), cmd.Name, sameOption(flags, name))
	}
	var known []string
	flags.set.VisitAll(func(f *flag.Flag) { known = append(known, f.Name) })
	where := "kapilint help"
	if cmd != nil && cmd.Name != "lint" {
		where += " " + cmd.Name
	}
	return fmt.Errorf("unknown flag %s%s", dashed(name), suggest.HintAs(name, known, dashed, where))
}

// sameOption names the option of a check that is called like a flag of other
// commands.
func sameOption(flags *Flags, name string) string {
	option := ""
	flags.set.VisitAll(func(f *flag.Flag) {
		if strings.HasSuffix(f.Name, "."+name) {
			option = "; the option of a check is --" + f.Name
		}
	})
	return option
}

// and joins words as a sentence does.
func and(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
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

// validate checks what the shared flags say against each other.
func (c *Call) validate(cmd *Command) error {
	if c.Format == "" {
		c.Format = c.formats[0]
	}
	if !slices.Contains(c.formats, c.Format) {
		return fmt.Errorf("%s has no --format %s%s (%s)", cmd.Name, c.Format,
			suggest.Hint(c.Format, c.formats, ""), strings.TrimPrefix(strings.Join(c.formats, ", "), ", "))
	}
	if c.Jobs < 1 {
		return fmt.Errorf("-j %d: want 1 or more", c.Jobs)
	}
	if len(c.Objs) > 1 && (!c.severalObjs || c.Compiler != nil) {
		return errors.New("several -O are for lint, which then looks at several configurations")
	}
	if len(c.Objs) > 1 && c.Shard.N > 0 {
		return errors.New("--shard takes one -O: run the shards of each configuration, with the same cache")
	}
	if c.NoCache && (c.Cache != "" || c.Shard.N > 0) {
		return errors.New("--no-cache leaves nothing for --cache and --shard to work with")
	}
	if c.Out == "" || strings.HasSuffix(c.Out, "/") {
		return nil // no file, or a directory that is made
	}
	dir := filepath.Dir(c.Out)
	if st, err := os.Stat(c.Abs(dir)); err != nil || !st.IsDir() {
		return fmt.Errorf("-o %s: %s is no directory", c.Out, dir)
	}
	return nil
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
func splitCheck(flags *Flags, args []string) (own, compiler []string) {
	for i, a := range args {
		name, ok := strings.CutPrefix(a, "--")
		if ok {
			name, _, _ = strings.Cut(name, "=")
		}
		if ok && flags.Has(name) && !slices.Contains(args[:i], "--") {
			own = append(own, a)
			continue
		}
		compiler = append(compiler, a)
	}
	return own, compiler
}

// SameForms returns an error where commands of a table disagree on whether a
// flag takes a value: which argument names the command must not depend on the
// command.
func SameForms(env Env, table []*Command) error {
	takesValue := map[string]bool{}
	for _, e := range tableFlags(env, table) {
		var err error
		e.flags.set.VisitAll(func(f *flag.Flag) {
			b, ok := f.Value.(interface{ IsBoolFlag() bool })
			value := !ok || !b.IsBoolFlag()
			if before, ok := takesValue[f.Name]; ok && before != value {
				err = fmt.Errorf("%s: %s takes a value, or not, as it does not elsewhere", e.name, dashed(f.Name))
			}
			takesValue[f.Name] = value
		})
		if err != nil {
			return err
		}
	}
	return nil
}
