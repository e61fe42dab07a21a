// SPDX-License-Identifier: GPL-2.0-only

package patch

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const plain = `--- a/fs/a.c
+++ b/fs/a.c
@@ -2,3 +2,3 @@ int f(void)
 2
-3
+three
 4
`

func treeOf(files map[string]string) *Tree {
	return &Tree{Layer: map[string][]byte{}, Read: func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, errors.New("none")
	}}
}

// say prints what making patches has done.
func say(list []Patch, t *Tree) string {
	var b strings.Builder
	for _, p := range list {
		changes, notes := p.Apply(t)
		fmt.Fprintf(&b, "%q %d/%d\n", p.Subject, p.Number, p.Of)
		for _, c := range changes {
			fmt.Fprintf(&b, "%s -> %s", c.Old, c.New)
			for _, h := range c.Hunks {
				_, header, _ := strings.Cut(h.Head[2:], "@@ ")
				fmt.Fprintf(&b, " %s", strings.TrimSpace(fmt.Sprintf("%d-%d for %d-%d %s", h.Line, h.End, h.OldLine, h.OldEnd, header)))
			}
			fmt.Fprintln(&b)
			if c.New != "" {
				text, _ := t.Text(c.New)
				fmt.Fprintf(&b, "%q\n", text)
			}
		}
		for _, n := range notes {
			fmt.Fprintf(&b, "%s:%d: %s (%v)\n", n.File, n.Line, n.Message, n.Failed)
		}
	}
	return b.String()
}

func mailOf(subject, more, body string) string {
	return "From: A <a@example.org>\nSubject: " + subject + "\n" + more + "\n" + body
}

func TestApply(t *testing.T) {
	const five = "1\n2\n3\n4\n5\n"
	done := "fs/a.c -> fs/a.c 3-3 for 3-3 int f(void)\n\"1\\n2\\nthree\\n4\\n5\\n\"\n"
	for _, tt := range []struct {
		name, patch, want string
		files             map[string]string
	}{
		{"plain", plain, "\"\" 0/0\n" + done, nil},
		{"below another directory", strings.NewReplacer("a/fs", "linux.orig/fs", "b/fs", "linux/fs").Replace(plain), "\"\" 0/0\n" + done, nil},
		{"further down", plain, "\"\" 0/0\nfs/a.c -> fs/a.c 5-5 for 5-5 int f(void)\n\"0\\n0\\n1\\n2\\nthree\\n4\\n\"\n",
			map[string]string{"fs/a.c": "0\n0\n1\n2\n3\n4\n"}},
		{"not there", plain, "\"\" 0/0\nfs/a.c -> fs/a.c\n\"x\\n\"\nfs/a.c:2: hunk 1 of 1 does not apply: its old lines are not in the file (true)\n",
			map[string]string{"fs/a.c": "x\n"}},
		{"there already", plain, "\"\" 0/0\nfs/a.c -> fs/a.c\n\"1\\n2\\nthree\\n4\\n\"\nfs/a.c:2: hunk 1 of 1 does not apply: the file has its new lines already (true)\n",
			map[string]string{"fs/a.c": "1\n2\nthree\n4\n"}},
		{"no such file", plain, "\"\" 0/0\nfs/a.c:0: there is no such file in the tree, so its change does not apply (true)\n",
			map[string]string{}},
		{"mail", mailOf("[PATCH v2 3/7] =?utf-8?q?fs=3A_say?= three", "", "Text.\n---\n fs/a.c | 2 +-\n\n"+plain+"-- \n2.39\n"), "\"fs: say three\" 3/7\n" + done, nil},
		{"quoted-printable", mailOf("x", "Content-Transfer-Encoding: quoted-printable\n", strings.ReplaceAll(plain, "three", "thr=\nee")), "\"x\" 0/0\n" + done, nil},
		{"base64", mailOf("x", "Content-Transfer-Encoding: base64\n", "LS0tIGEvZnMvYS5jCisrKyBiL2ZzL2EuYwpAQCAtMiwzICsyLDMgQEAgaW50IGYodm9pZCkKIDIK\nLTMKK3RocmVlCiA0Cg==\n"), "\"x\" 0/0\n" + done, nil},
		{"attached", mailOf("x", "Content-Type: multipart/mixed; boundary=zz\n", "--zz\nContent-Type: text/plain\n\nHello.\n--zz\nContent-Type: text/x-patch\n\n"+plain+"\n--zz--\n"), "\"x\" 0/0\n" + done, nil},
		{"line ends of mail", strings.ReplaceAll(mailOf("x", "", plain), "\n", "\r\n"), "\"x\" 0/0\n" + done, nil},
		{"two mails, the second first", "From x Mon Sep 17 00:00:00 2001\n" + mailOf("[PATCH 2/2] b", "", strings.NewReplacer("-3", "-three", "+three", "+3").Replace(plain)) +
			"From x Mon Sep 17 00:00:00 2001\n" + mailOf("[PATCH 1/2] a", "", plain), "\"a\" 1/2\n" + done + "\"b\" 2/2\nfs/a.c -> fs/a.c 3-3 for 3-3 int f(void)\n\"1\\n2\\n3\\n4\\n5\\n\"\n", nil},
		{"new, renamed, deleted and binary", `diff --git a/n.c b/n.c
new file mode 100644
--- /dev/null
+++ b/n.c
@@ -0,0 +1 @@
+int n;
diff --git a/fs/a.c b/fs/b.c
similarity index 100%
rename from fs/a.c
rename to fs/b.c
diff --git a/old.c b/old.c
deleted file mode 100644
--- a/old.c
+++ /dev/null
@@ -1 +0,0 @@
-int o;
diff --git a/p.png b/p.png
index 111..222 100644
Binary files a/p.png and b/p.png differ
`, "\"\" 0/0\n -> n.c 1-1 for 1-1\n\"int n;\\n\"\nfs/a.c -> fs/b.c\n\"1\\n2\\n3\\n4\\n5\\n\"\nold.c -> \np.png:0: a binary file is passed over (false)\n",
			map[string]string{"fs/a.c": five, "old.c": "int o;\n", "p.png": "x"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := tt.files
			if files == nil {
				files = map[string]string{"fs/a.c": five}
			}
			list, err := Read([]byte(tt.patch))
			if err != nil {
				t.Fatal(err)
			}
			if got := say(list, treeOf(files)); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestRefuse(t *testing.T) {
	named := func(name string) string { return strings.ReplaceAll(plain, "b/fs/a.c", name) }
	for _, tt := range []struct{ name, patch, want string }{
		{"empty", "", "no patch in it"},
		{"words", "Hello.\n", "no patch in it"},
		{"up", named("b/../../etc/passwd"), `"b/../../etc/passwd" leaves the tree`},
		{"absolute", named("/etc/passwd"), `"/etc/passwd" is an absolute name: names in a patch are relative to the tree`},
		{"git's", named("b/.git/config"), `"b/.git/config" lies in git's own directory`},
		{"control", "diff --git \"a/x\\001.c\" \"b/x\\001.c\"\n--- \"a/x\\001.c\"\n+++ \"b/x\\001.c\"\n@@ -1 +1 @@\n-a\n+b\n", `"x\x01.c" has a control character in its name`},
		{"link", "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n\\ No newline at end of file\n", `"l" is a symbolic link: a patch with links is not read`},
		{"short hunk", plain[:len(plain)-4], "line"},
		{"huge", strings.Repeat("x", MaxSize+1), "more than 64 MB: too large for a patch"},
		{"huge hunk", strings.Replace(plain, "-2,3", "-2,999999999999999999999", 1), "line 3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := Read([]byte(tt.patch))
			if err == nil {
				t.Fatalf("read: %+v", list)
			}
			if !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %q, want %q", err, tt.want)
			}
		})
	}
}

// FuzzRead looks for input that panics, or makes a name that leaves the tree.
func FuzzRead(f *testing.F) {
	f.Add([]byte(plain))
	f.Add([]byte(mailOf("[PATCH 1/2] x", "Content-Transfer-Encoding: quoted-printable\n", plain)))
	f.Add([]byte("From x Mon Sep 17 00:00:00 2001\n" + mailOf("[PATCH 2/2] b", "", plain) + "From x Mon Sep 17 00:00:00 2001\n" + mailOf("[PATCH 1/2] a", "", plain)))
	f.Add([]byte(mailOf("x", "Content-Type: multipart/mixed; boundary=zz\n", "--zz\nContent-Type: text/plain\n\n"+plain+"\n--zz--\n")))
	f.Add([]byte("diff --git a/a b/b\nrename from a\nrename to b\n"))
	f.Add([]byte("diff --git a/p b/p\nGIT binary patch\nliteral 1\nIcmZPo000310RR91\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := Read(text)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Fatalf("more than one line: %q", err)
			}
			return
		}
		tree := treeOf(map[string]string{"fs/a.c": "1\n2\n3\n4\n5\n"})
		for _, p := range list {
			p.Apply(tree)
		}
		for name := range tree.Layer {
			if safe(name) != nil {
				t.Fatalf("a file %q", name)
			}
		}
	})
}
