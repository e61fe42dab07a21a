// SPDX-License-Identifier: GPL-2.0-only

package pp

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// gccUnit is one compilation of a kernel build.
type gccUnit struct {
	source string
	cfg    Config
	mode   []string // the arguments that decide gcc's predefined macros
	argv   []string // the arguments for gcc -E, the source included
}

// kernelUnits reads the command lines of a kernel build from the file that
// KAPILINT_COMMANDS names (kapilint-commands.txt in the object dir): one gcc command a
// line, as make -n V=1 prints them. It keeps those that compile C for the
// kernel itself, which are the ones with -nostdinc.
func kernelUnits(tb testing.TB) (src, obj string, units []gccUnit) {
	src, obj = os.Getenv("KAPILINT_LINUX"), os.Getenv("KAPILINT_OBJ")
	if src == "" || obj == "" {
		tb.Skip("KAPILINT_LINUX and KAPILINT_OBJ name no kernel tree")
	}
	name := os.Getenv("KAPILINT_COMMANDS")
	if name == "" {
		name = filepath.Join(obj, "kapilint-commands.txt")
	}
	data, err := os.ReadFile(name)
	if err != nil {
		tb.Skipf("no command lines: %v", err)
	}
	for line := range strings.Lines(string(data)) {
		argv := splitShell(strings.TrimSpace(line))
		if u, ok := parseUnit(argv, obj); ok {
			units = append(units, u)
		}
	}
	return src, obj, units
}

// splitShell cuts a command line into words as a shell does, without
// expansions.
func splitShell(s string) (words []string) {
	var w strings.Builder
	in := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case ' ', '\t':
			if in {
				words = append(words, w.String())
				w.Reset()
				in = false
			}
		case '\'':
			in = true
			for i++; i < len(s) && s[i] != '\''; i++ {
				w.WriteByte(s[i])
			}
		case '"':
			in = true
			for i++; i < len(s) && s[i] != '"'; i++ {
				if s[i] == '\\' && i+1 < len(s) && strings.IndexByte("\\\"$`", s[i+1]) >= 0 {
					i++
				}
				w.WriteByte(s[i])
			}
		case '\\':
			in = true
			if i++; i < len(s) {
				w.WriteByte(s[i])
			}
		default:
			in = true
			w.WriteByte(c)
		}
	}
	if in {
		words = append(words, w.String())
	}
	return words
}

func parseUnit(argv []string, dir string) (u gccUnit, ok bool) {
	if len(argv) == 0 || filepath.Base(argv[0]) != "gcc" {
		return u, false
	}
	nostdinc := false
	var isystem []string
	for i := 1; i < len(argv); i++ {
		a := argv[i]
		take := func(flag string) string {
			if a != flag {
				return strings.TrimPrefix(a, flag)
			}
			if i++; i < len(argv) {
				return argv[i]
			}
			return ""
		}
		from := i
		switch {
		case a == "-c" || strings.HasPrefix(a, "-Wp,"):
			continue
		case a == "-o":
			i++
			continue
		case a == "-nostdinc":
			nostdinc = true
		case a == "-include":
			u.cfg.Forced = append(u.cfg.Forced, take("-include"))
		case strings.HasPrefix(a, "-isystem"):
			isystem = append(isystem, take("-isystem"))
		case strings.HasPrefix(a, "-iquote"):
			u.cfg.Quote = append(u.cfg.Quote, take("-iquote"))
		case strings.HasPrefix(a, "-I"):
			u.cfg.Angle = append(u.cfg.Angle, take("-I"))
		case strings.HasPrefix(a, "-D"):
			name, value, found := strings.Cut(take("-D"), "=")
			if !found {
				value = "1"
			}
			u.cfg.Defines = append(u.cfg.Defines, Define{Name: name, Value: value})
		case strings.HasPrefix(a, "-U"):
			u.cfg.Defines = append(u.cfg.Defines, Define{Name: take("-U"), Undef: true})
		case strings.HasSuffix(a, ".c"):
			if u.source = a; !filepath.IsAbs(a) { // generated
				u.source = filepath.Join(dir, a)
			}
			u.argv = append(u.argv, u.source)
			continue
		default:
			u.mode = append(u.mode, a)
		}
		u.argv = append(u.argv, argv[from:i+1]...)
	}
	u.cfg.Angle = append(u.cfg.Angle, isystem...)
	u.cfg.Dir = dir
	return u, nostdinc && u.source != ""
}

// predefiner asks gcc for its predefined macros, once for each set of flags.
type predefiner map[string]string

func (d predefiner) get(tb testing.TB, mode []string) string {
	key := strings.Join(mode, "\x00")
	if s, ok := d[key]; ok {
		return s
	}
	out, err := exec.Command("gcc", append(append([]string{}, mode...), "-dM", "-E", "-x", "c", "/dev/null")...).Output()
	if err != nil {
		tb.Fatalf("gcc -dM: %v", err)
	}
	d[key] = string(out)
	return d[key]
}

// gccTokens runs gcc -E and cuts its output into tokens.
func gccTokens(dir string, argv ...string) (toks []string, stderr string, err error) {
	cmd := exec.Command("gcc", append([]string{"-E", "-P"}, argv...)...)
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return textTokens(out.String()), errs.String(), err
}

// textTokens cuts preprocessed text into tokens, without #pragma lines.
func textTokens(text string) (toks []string) {
	lx := &lexer{in: newInterner()}
	src := newSource(lx.in, 1, text, lx)
	skip := uint32(0)
	n := 0
	for i := range src.toks {
		if n < len(src.dirs) && src.dirs[n].tok == uint32(i) {
			if k := src.dirs[n].kind; k == symPragma || k == symIdent {
				skip = src.dirs[n].end
			}
			n++
		}
		if uint32(i) >= skip {
			toks = append(toks, src.spelling(uint32(i)))
		}
	}
	return toks
}

func texts(toks []Token) []string {
	out := make([]string, len(toks))
	for i := range toks {
		out[i] = toks[i].Text
	}
	return out
}

// firstDiff describes where two token streams part.
func firstDiff(got, want []string) string {
	for i := 0; i < len(got) || i < len(want); i++ {
		if i < len(got) && i < len(want) && got[i] == want[i] {
			continue
		}
		from := max(0, i-12)
		show := func(s []string) string { return strings.Join(s[min(from, len(s)):min(i+8, len(s))], " ") }
		return fmt.Sprintf("token %d of %d (gcc: %d)\n got: %s\nwant: %s", i, len(got), len(want), show(got), show(want))
	}
	return ""
}

// TestKernelEqualsGCC compares with gcc -E, token for token, on units of a real
// kernel build.
func TestKernelEqualsGCC(t *testing.T) {
	src, obj, units := kernelUnits(t)
	step := 25
	if s := os.Getenv("KAPILINT_SAMPLE"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			t.Fatalf("KAPILINT_SAMPLE=%s is no positive number", s)
		}
		step = n
	}
	fs := NewFiles(src)
	pre := predefiner{}
	tried, failed := 0, 0
	for i := 0; i < len(units); i += step {
		u := units[i]
		tried++
		want, stderr, err := gccTokens(obj, u.argv...)
		if err != nil {
			failed++
			t.Logf("gcc itself fails: %s: %s", u.source, strings.SplitN(stderr, "\n", 3))
			continue
		}
		cfg := u.cfg
		cfg.Predefined = pre.get(t, u.mode)
		r, err := Process(fs, &cfg, u.source)
		if err != nil {
			t.Errorf("%s: %v", u.source, err)
			continue
		}
		for _, e := range r.Errors {
			if !e.Warning {
				t.Errorf("%s: %v", u.source, e)
			}
		}
		if d := firstDiff(texts(r.Tokens), want); d != "" {
			t.Errorf("%s: %s", u.source, d)
		}
	}
	t.Logf("%d units compared, gcc failed on %d of %d", tried-failed, failed, tried)
	if failed*10 > tried {
		t.Errorf("gcc fails on %d of %d units", failed, tried)
	}
}
