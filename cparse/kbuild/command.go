// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"errors"
	"path/filepath"
	"strings"
)

// The values of Command.Source.
const (
	SourceCheck    = "CHECK"
	SourceDatabase = "compile_commands.json"
	SourceCmd      = ".cmd"
	SourceTree     = "tree defaults"
)

// Define is one -D or -U of a command line.
type Define struct {
	Name  string // with the parameter list, if it is a function-like macro
	Value string // replacement list; 1 for a plain -DName
	Undef bool   // -U
}

// Command is what a reader of C must know of a command line. All file names
// are absolute; directories stand in the order given.
type Command struct {
	File     string   // the file that is compiled
	Source   string   // which of the Source constants the command comes from
	Quote    []string // -iquote
	Include  []string // -I
	ISystem  []string // -isystem
	After    []string // -idirafter
	Defines  []Define // -D and -U, in order
	Forced   []string // -include, in order
	Macros   []string // -imacros, in order
	NoStdInc bool     // -nostdinc
	Bits     int      // 16, 32 or 64 of the last -m option; 0 if none
	Std      string   // of -std=; "" if none
	Flags    []string // -m, -f and -O options, which change predefined macros
	Target   string   // machine, in the form Predefined takes; "" if not known
	GCC      string   // version of gcc that the tree was configured with: 12.2.0
}

// ErrNoInput is the error of ParseArgs for a command line without a C file.
var ErrNoInput = errors.New("no C file on the command line")

// separate lists options, beside those that Command keeps, whose argument is
// the next word.
var separate = map[string]bool{
	"-o": true, "-x": true, "-MF": true, "-MT": true, "-MQ": true, "-aux-info": true,
	"--param": true, "-Xassembler": true, "-Xlinker": true, "-Xpreprocessor": true, "-Xclang": true,
	"-T": true, "-u": true, "-z": true, "-L": true, "-l": true, "-mllvm": true, "-target": true,
	"-iprefix": true, "-iwithprefix": true, "-iwithprefixbefore": true, "-isysroot": true, "-imultilib": true,
	"-A": true, "-e": true, "-G": true, "-wrapper": true, "-specs": true, "-dumpbase": true, "-dumpdir": true,
}

// ParseArgs reads the arguments of a compiler, without its own name, as make
// gives them to CHECK=. Relative names are relative to dir. Options that do
// not change how C is read, and @file arguments, are ignored. The result's
// Source is SourceCheck.
func ParseArgs(argv []string, dir string) (*Command, error) {
	c := &Command{Source: SourceCheck}
	p := argParser{cmd: c, dir: dir}
	for i := 0; i < len(argv); i++ {
		a := argv[i]
		if len(a) < 2 || a[0] != '-' {
			p.input(a)
			continue
		}
		if a == "--" {
			for _, f := range argv[i+1:] {
				p.input(f)
			}
			break
		}
		if opt, rest := keptOption(a); opt != "" {
			// No directory or macro has such a name: the argument is missing,
			// as where a makefile asked a compiler that is not there for it.
			if rest == "" && i+1 < len(argv) && !strings.HasPrefix(argv[i+1], "-") {
				i++
				rest = argv[i]
			}
			p.keep(opt, rest)
			continue
		}
		if separate[a] {
			i++
			continue
		}
		p.plain(a)
	}
	if c.File == "" {
		return c, ErrNoInput
	}
	return c, nil
}

// kept lists the options with an argument that Command keeps, longest first
// where one is the start of another.
var kept = []string{"-include", "-imacros", "-isystem", "-iquote", "-idirafter", "-I", "-D", "-U"}

func keptOption(a string) (opt, rest string) {
	for _, k := range kept {
		if r, ok := strings.CutPrefix(a, k); ok {
			return k, r
		}
	}
	return "", ""
}

type argParser struct {
	cmd *Command
	dir string
}

func (p *argParser) path(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(p.dir, name)
}

func (p *argParser) input(a string) {
	switch filepath.Ext(a) {
	case ".c", ".h", ".i", ".S", ".s":
		p.cmd.File = p.path(a)
	}
}

func (p *argParser) keep(opt, arg string) {
	c := p.cmd
	if arg == "" {
		return
	}
	switch opt {
	case "-include":
		c.Forced = append(c.Forced, p.path(arg))
	case "-imacros":
		c.Macros = append(c.Macros, p.path(arg))
	case "-isystem":
		c.ISystem = append(c.ISystem, p.path(arg))
	case "-iquote":
		c.Quote = append(c.Quote, p.path(arg))
	case "-idirafter":
		c.After = append(c.After, p.path(arg))
	case "-I":
		if arg != "-" {
			c.Include = append(c.Include, p.path(arg))
		}
	case "-D":
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			value = "1"
		}
		c.Defines = append(c.Defines, Define{Name: name, Value: value})
	case "-U":
		c.Defines = append(c.Defines, Define{Name: arg, Undef: true})
	}
}

// plain takes an option without a separate argument.
func (p *argParser) plain(a string) {
	c := p.cmd
	switch {
	case a == "-nostdinc":
		c.NoStdInc = true
	case a == "-ansi":
		c.Std = "c90"
	case strings.HasPrefix(a, "-std="):
		c.Std = a[len("-std="):]
	case strings.HasPrefix(a, "--arch="):
		c.Target = a[len("--arch="):]
	case strings.HasPrefix(a, "-Wp,"):
		for _, w := range strings.Split(a[len("-Wp,"):], ",") {
			if opt, rest := keptOption(w); rest != "" {
				p.keep(opt, rest)
			}
		}
	case strings.HasPrefix(a, "-m"), strings.HasPrefix(a, "-f"), strings.HasPrefix(a, "-O"), a == "-pg":
		c.Flags = append(c.Flags, a)
		switch a {
		case "-m16":
			c.Bits = 16
		case "-m32", "-mx32":
			c.Bits = 32
		case "-m64":
			c.Bits = 64
		}
	}
}

// SplitCommand returns the words of the first simple command of a line of
// shell: quotes and backslashes are taken away, nothing is expanded, and the
// command ends at an operator such as ; or a pipe.
func SplitCommand(line string) []string {
	var words []string
	var w []byte
	in := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case ' ', '\t', '\r':
			if in {
				words = append(words, string(w))
				w, in = w[:0], false
			}
		case '\n', ';', '&', '|', '<', '>':
			i = len(line)
		case '\'':
			in = true
			n := strings.IndexByte(line[i+1:], '\'')
			if n < 0 {
				n = len(line) - i - 1
			}
			w = append(w, line[i+1:i+1+n]...)
			i += n + 1
		case '"':
			in = true
			for i++; i < len(line) && line[i] != '"'; i++ {
				if line[i] == '\\' && i+1 < len(line) && strings.IndexByte("\"\\$`", line[i+1]) >= 0 {
					i++
				}
				w = append(w, line[i])
			}
		case '\\':
			if i+1 < len(line) {
				i++
				in = true
				w = append(w, line[i])
			}
		default:
			in = true
			w = append(w, c)
		}
	}
	if in {
		words = append(words, string(w))
	}
	return words
}

// dropProgram takes the compiler's own name, and a wrapper's such as ccache,
// off the front of a command line.
func dropProgram(words []string) []string {
	for i, w := range words {
		if i > 0 && (strings.HasPrefix(w, "-") || strings.HasSuffix(w, ".c")) {
			return words[i:]
		}
	}
	return nil
}

// defines reports whether -D gives name a value.
func (c *Command) defines(name string) bool {
	for _, d := range c.Defines {
		if d.Name == name && !d.Undef {
			return true
		}
	}
	return false
}
