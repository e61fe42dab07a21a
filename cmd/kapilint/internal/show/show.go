// SPDX-License-Identifier: GPL-2.0-only

// Package show prints contracts in any of their forms.
package show

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kapilint/cmd/kapilint/internal/cli"
	"kapilint/cmd/kapilint/internal/engine"
	"kapilint/cparse/kbuild"
	"kapilint/specmodel"
	"kapilint/specmodel/render/kerneldoc"
	"kapilint/specmodel/render/macro"
	"kapilint/specmodel/render/man"
	"kapilint/specmodel/render/plain"
	"kapilint/specmodel/render/rst"
	"kapilint/specmodel/render/shall"
	"kapilint/specmodel/specjson"
)

// Forms returns the forms of contracts besides text, which plain is another
// word for.
func Forms() []string {
	return []string{"plain", "json", "rst", "man", "kerneldoc", "macro", "macro-r2", "shall"}
}

// textWidth is how wide text for people gets.
const textWidth = 80

// Contracts prints how units fared, and contracts in the form of --format.
func Contracts(c *cli.Call, tree *kbuild.Tree, got *engine.Contracts) error {
	if err := c.TellUnits(tree, got.Problems, got.Units); err != nil {
		return err
	}
	return (&call{c}).render(tree, got.Set)
}

// call is the command line that contracts are printed for.
type call struct{ *cli.Call }

// render writes contracts in the form of --format. A directory as -o gets a
// file for each contract where the form is one of pages.
func (c *call) render(tree *kbuild.Tree, set *specmodel.Set) error {
	sorted := specmodel.Set{APIs: slices.Clone(set.APIs)}
	sorted.Sort()
	apis := sorted.APIs
	if c.Format != "json" {
		apis = c.resolved(apis)
	}
	if c.intoDir() {
		switch c.Format {
		case "rst":
			return c.writeFiles(rst.Files(apis))
		case "man":
			files, err := manFiles(apis)
			if err != nil {
				return err
			}
			return c.writeFiles(files)
		}
		return fmt.Errorf("-o %s is a directory, and --format %s is one file", c.Out, c.Format)
	}
	c.tellLosses(apis)
	return c.Output(func(w io.Writer) error {
		switch c.Format {
		case "json":
			return specjson.Write(w, apis)
		case "rst":
			return rst.Write(w, apis)
		case "kerneldoc":
			return kerneldoc.Write(w, apis)
		case "macro":
			return macro.Write(w, apis, macro.Braces)
		case "macro-r2":
			return macro.Write(w, apis, macro.Ends)
		}
		for i, a := range apis {
			if i > 0 && c.Format != "man" {
				fmt.Fprintln(w)
			}
			if err := c.renderOne(w, tree, a); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *call) renderOne(w io.Writer, tree *kbuild.Tree, a *specmodel.API) error {
	switch c.Format {
	case "man":
		return man.Write(w, a, man.Options{Date: pageDate()})
	case "shall":
		return shall.Write(w, a)
	}
	opts := plain.Options{Width: textWidth, Evidence: plain.LastStep}
	if c.Verbose {
		opts.Evidence = plain.AllSteps
	}
	if tree != nil {
		opts.Name = c.Shown(tree)
	}
	return plain.Write(w, a, opts)
}

// resolved gives copies of contracts the numbers that names have on most
// architectures. Where errors and signals have others they stay names.
func (c *call) resolved(apis []*specmodel.API) []*specmodel.API {
	if slices.Contains([]string{"alpha", "mips", "parisc", "sparc", "sparc64"}, c.Arch) {
		return apis
	}
	var out []*specmodel.API
	for _, a := range apis {
		r := a.Clone()
		r.Resolve(nil)
		out = append(out, r)
	}
	return out
}

// tellLosses says what a form does not carry, on standard error.
func (c *call) tellLosses(apis []*specmodel.API) {
	if c.Quiet {
		return
	}
	lossy := map[string]func(*specmodel.API) []string{
		"kerneldoc": kerneldoc.Lossy, "shall": shall.Lossy,
		"macro":    func(a *specmodel.API) []string { return macro.Lossy(a, macro.Braces) },
		"macro-r2": func(a *specmodel.API) []string { return macro.Lossy(a, macro.Ends) },
	}[c.Format]
	if lossy == nil {
		return
	}
	for _, a := range apis {
		if lost := lossy(a); len(lost) > 0 {
			fmt.Fprintf(c.Stderr, "kapilint: note: %q: %s does not carry %s\n", a.Name, c.Format, strings.Join(lost, ", "))
		}
	}
}

// intoDir tells whether -o names a directory.
func (c *call) intoDir() bool {
	if c.Out == "" {
		return false
	}
	st, err := os.Stat(c.Abs(c.Out))
	return strings.HasSuffix(c.Out, "/") || err == nil && st.IsDir()
}

func (c *call) writeFiles(files []rst.File) error {
	dir := c.Abs(c.Out)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// manFiles makes a manual page of each contract. The second page of a name
// has a number in it.
func manFiles(apis []*specmodel.API) ([]rst.File, error) {
	var files []rst.File
	taken := map[string]int{}
	for _, a := range apis {
		var b bytes.Buffer
		if err := man.Write(&b, a, man.Options{Date: pageDate()}); err != nil {
			return nil, err
		}
		name := man.Name(a)
		if taken[name]++; taken[name] > 1 {
			name = fmt.Sprintf("%s-%d", name, taken[name])
		}
		files = append(files, rst.File{Name: cmp.Or(name, "_") + "." + man.Section(a), Text: b.Bytes()})
	}
	return files, nil
}

// pageDate is the date of a page: today, or what SOURCE_DATE_EPOCH says for
// pages that come out the same every time.
func pageDate() time.Time {
	var seconds int64
	if _, err := fmt.Sscan(os.Getenv("SOURCE_DATE_EPOCH"), &seconds); err == nil {
		return time.Unix(seconds, 0)
	}
	return time.Now()
}
