// SPDX-License-Identifier: GPL-2.0-only

package diff

import (
	"strings"
	"testing"
	"time"

	"kapilint/specmodel"
)

func TestAccept(t *testing.T) {
	old, new := bell(), bell()
	new.Errors = append(new.Errors, specmodel.Error{Name: "EIO", Condition: "It fell"}, specmodel.Error{Name: "EPERM"})
	changes := compare(old, new)
	if ids(changes) != "errno-added errno-added" {
		t.Fatalf("got:%s", list(changes))
	}
	now := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	entry := EntryFor(&changes[0], "Known.")
	with := func(change func(*Accepted)) []Accepted {
		e := entry
		e.Pos = specmodel.Pos{File: "a.json", Line: 4, Col: 3}
		change(&e)
		return []Accepted{e}
	}
	tests := []struct {
		name    string
		entries []Accepted
		want    string
		taken   int
	}{
		{"none", nil, "errno-added errno-added", 0},
		{"one", with(func(e *Accepted) {}), "errno-added", 1},
		{"last day", with(func(e *Accepted) { e.Expires = "2026-06-15" }), "errno-added", 1},
		{"over", with(func(e *Accepted) { e.Expires = "2026-06-14" }), "errno-added errno-added accepted-entry-expired", 0},
		{"other value", with(func(e *Accepted) { e.New = "It flew" }), "errno-added errno-added accepted-entry-stale", 0},
		{"other element", with(func(e *Accepted) { e.Element = "error EIDRM" }), "errno-added errno-added accepted-entry-stale", 0},
		{"other contract", with(func(e *Accepted) { e.Symbol = "sys_gong" }), "errno-added errno-added accepted-entry-stale", 0},
		{"over and stale", with(func(e *Accepted) { e.Symbol, e.Expires = "sys_gong", "2026-06-14" }), "errno-added errno-added accepted-entry-stale", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			left, taken := Accept(changes, tt.entries, now)
			if ids(left) != tt.want || taken != tt.taken {
				t.Errorf("%d taken, left:%s", taken, list(left))
			}
			if last := left[len(left)-1]; last.Rule.Area == "accepted" && last.NewPos.Line != 4 {
				t.Errorf("place %v", last.NewPos)
			}
		})
	}
}

func TestReadAccepted(t *testing.T) {
	const head = "{\"schema\": \"kapilint.accepted/1\",\n\"accepted\": [\n"
	tests := []struct{ name, src, want string }{
		{"good", head + `{"rule":"errno-added","symbol":"s","reason":"r","expires":"2026-01-31"},
  {"rule":"errno-removed","symbol":"s","reason":"r"}]}`, ""},
		{"empty list", head + "]}", ""},
		{"no file", "", "a.json:1:1: the file ends too early"},
		{"cut off", head + `{"rule":"errno-added"`, "the file ends too early"},
		{"no object", "[]", `a.json:1:1: want an object with "schema" and "accepted"`},
		{"no schema", `{"accepted": []}`, `the file names no schema`},
		{"other schema", `{"schema": "kapilint.accepted/9"}`, `a.json:1:12: the schema is "kapilint.accepted/9"`},
		{"unknown key", head + `], "rejected": []}`, `a.json:3:4: "rejected" is not a key`},
		{"unknown key in an entry", head + `{"rule":"errno-added","symbol":"s","reason":"r","line":4}]}`, `a.json:3:1: unknown field "line"`},
		{"unknown rule", head + `{"rule":"errno-vanished","symbol":"s","reason":"r"}]}`, `a.json:3:1: there is no rule "errno-vanished"`},
		{"no reason", head + `{"rule":"errno-added","symbol":"s","reason":" "}]}`, "a.json:3:1: an entry needs a reason"},
		{"no symbol", head + `{"rule":"errno-added","reason":"r"}]}`, "a.json:3:1: an entry needs a rule and a symbol"},
		{"bad date", head + `{"rule":"errno-added","symbol":"s","reason":"r","expires":"soon"}]}`, `a.json:3:1: "soon" is no date`},
		{"its own rule", head + `{"rule":"accepted-entry-stale","symbol":"s","reason":"r"}]}`, "there is no rule"},
		{"something behind", head + "]} {}", "something follows the object"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			entries, err := ReadAccepted("a.json", []byte(tt.src))
			switch {
			case tt.want == "" && err != nil, tt.want != "" && err == nil:
				t.Fatalf("error %v, want %q", err, tt.want)
			case err != nil && !strings.Contains(err.Error(), tt.want):
				t.Errorf("error %q, want %q", err, tt.want)
			case tt.name == "good" && (len(entries) != 2 || entries[1].Pos.Line != 4 || entries[1].Pos.Col != 3):
				t.Errorf("%+v", entries)
			}
		})
	}
}

func FuzzReadAccepted(f *testing.F) {
	f.Add([]byte(`{"schema": "kapilint.accepted/1", "accepted": [{"rule":"errno-added","symbol":"s","reason":"r"}]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		if _, err := ReadAccepted("a.json", src); err != nil && !strings.HasPrefix(err.Error(), "a.json:") {
			t.Errorf("no place: %v", err)
		}
	})
}
