// SPDX-License-Identifier: GPL-2.0-only

package app

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

// contractFormats are the forms of contracts besides text, which plain is
// another word for.
var contractFormats = []string{"plain", "json", "rst", "man", "kerneldoc", "macro", "macro-r2", "shall"}

// textWidth is how wide text for people gets.
const textWidth = 80

// render writes contracts in the form of --format. A directory as -o gets a
// file for each contract where the form is one of pages.
func (c *call) render(tree *kbuild.Tree, set *specmodel.Set) error {
	sorted := specmodel.Set{APIs: slices.Clone(set.APIs)}
	sorted.Sort()
	apis := sorted.APIs
	if c.opt.format != "json" {
		apis = c.resolved(apis)
	}
	if c.intoDir() {
		switch c.opt.format {
		case "rst":
			return c.writeFiles(rst.Files(apis))
		case "man":
			files, err := manFiles(apis)
			if err != nil {
				return err
			}
			return c.writeFiles(files)
		}
		return fmt.Errorf("-o %s is a directory, and --format %s is one file", c.opt.out, c.opt.format)
	}
	c.tellLosses(apis)
	return c.output(func(w io.Writer) error {
		switch c.opt.format {
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
			if i > 0 && c.opt.format != "man" {
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
	switch c.opt.format {
	case "man":
		return man.Write(w, a, man.Options{Date: pageDate()})
	case "shall":
		return shall.Write(w, a)
	}
	opts := plain.Options{Width: textWidth, Evidence: plain.LastStep}
	if c.opt.verbose {
		opts.Evidence = plain.AllSteps
	}
	if tree != nil {
		opts.Name = c.shown(tree)
	}
	return plain.Write(w, a, opts)
}

// resolved gives copies of contracts the numbers that names have on most
// architectures. Where errors and signals have others they stay names.
func (c *call) resolved(apis []*specmodel.API) []*specmodel.API {
	if slices.Contains([]string{"alpha", "mips", "parisc", "sparc", "sparc64"}, c.opt.arch) {
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
	if c.opt.quiet {
		return
	}
	lossy := map[string]func(*specmodel.API) []string{
		"kerneldoc": kerneldoc.Lossy, "shall": shall.Lossy,
		"macro":    func(a *specmodel.API) []string { return macro.Lossy(a, macro.Braces) },
		"macro-r2": func(a *specmodel.API) []string { return macro.Lossy(a, macro.Ends) },
	}[c.opt.format]
	if lossy == nil {
		return
	}
	for _, a := range apis {
		if lost := lossy(a); len(lost) > 0 {
			fmt.Fprintf(c.Stderr, "kapilint: note: %q: %s does not carry %s\n", a.Name, c.opt.format, strings.Join(lost, ", "))
		}
	}
}

// intoDir tells whether -o names a directory.
func (c *call) intoDir() bool {
	if c.opt.out == "" {
		return false
	}
	st, err := os.Stat(c.abs(c.opt.out))
	return strings.HasSuffix(c.opt.out, "/") || err == nil && st.IsDir()
}

func (c *call) writeFiles(files []rst.File) error {
	dir := c.abs(c.opt.out)
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
