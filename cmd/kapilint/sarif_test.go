// SPDX-License-Identifier: GPL-2.0-only

package main

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestSARIFIsValid holds the SARIF of a real run, with evidence, fixes and a
// unit that is not whole, to the schema.
func TestSARIFIsValid(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../testdata/kernel")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/fs/bad.c", []byte("#include <linux/nothere.h>\nint a;\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-C", dir, "--format", "sarif", "./...", "fs/bad.c")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asTool+"=1", "XDG_CACHE_HOME="+t.TempDir())
	out, err := cmd.Output()
	if cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{`"codeFlows"`, `"relatedLocations"`, `"fixes"`, `"unit-partial"`, `"paramrange/rejected"`, `"executionSuccessful": true`} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("no %s in the output", want)
		}
	}
	schema, err := jsonschema.NewCompiler().Compile("../../sarif/testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("%v", err)
	}
}

// TestDiffSARIFIsValid holds the SARIF of diff to the schema.
func TestDiffSARIFIsValid(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"old.c": "/**\n * sys_bell - Ring\n *\n * contexts: process\n *\n * error: EIO, No bell\n */\nSYSCALL_DEFINE0(bell)\n",
		"new.c": "/**\n * sys_bell - Ring\n *\n * contexts: process, sleepable\n *\n * error: EPERM, No right\n */\nSYSCALL_DEFINE0(bell)\n",
	} {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "diff", "--format", "sarif", "old.c", "new.c")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asTool+"=1")
	out, err := cmd.Output()
	if cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{`"ruleId": "context-sleep-added"`, `"ruleId": "errno-removed"`, `"relatedLocations"`} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("no %s in the output", want)
		}
	}
	schema, err := jsonschema.NewCompiler().Compile("../../sarif/testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("%v", err)
	}
}
