// SPDX-License-Identifier: GPL-2.0-only

package elfsec

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"kapilint/specmodel"
	"kapilint/specmodel/specjson"
)

// object compiles contracts for the first target and returns its bytes.
func object(t testing.TB, f form, apis ...*specmodel.API) (path string, b []byte) {
	t.Helper()
	path = targets[0].compile(t, f, emit(f, apis...))
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, b
}

func readBytes(b []byte) ([]*specmodel.API, []specmodel.Problem, error) {
	return Read("vmlinux", bytes.NewReader(b), int64(len(b)))
}

// TestStripped reads executables without a symbol table: those that keep the
// section tell by size and content, the others cannot be read.
func TestStripped(t *testing.T) {
	script := "SECTIONS { . = 0x400000; .text : { *(.text*) } .rodata : { *(.rodata*) } .kapi_specs : { *(.kapi_specs) } }"
	for _, f := range forms {
		t.Run(f.String(), func(t *testing.T) {
			want := []*specmodel.API{trim(f, everything()), trim(f, little())}
			for i := range want[0].Params {
				want[0].Params[i].Constraint.Validate = "" // names are gone, see Unknown
			}
			want[0].Return.IsSuccess = ""
			obj, _ := object(t, f, want...)
			lds := filepath.Join(t.TempDir(), "x.lds")
			if err := os.WriteFile(lds, []byte(script), 0o644); err != nil {
				t.Fatal(err)
			}
			out := strings.TrimSuffix(obj, ".o")
			run(t, "ld", "--no-warnings", "-e", "0", "-T", lds, "-s", "-o", out, obj)
			same(t, out, want...)
		})
	}
	t.Run("contracts amid other data", func(t *testing.T) {
		obj, _ := object(t, current(), little())
		if _, _, err := readFile(t, targets[0].link(t, obj, "-s")); err == nil || !strings.Contains(err.Error(), "there are no contracts in this file") {
			t.Errorf("error %v", err)
		}
	})
}

// TestRelocatable reads an executable whose pointers are in relocations.
func TestRelocatable(t *testing.T) {
	f := current()
	want := []*specmodel.API{trim(f, everything()), trim(f, little())}
	tg := targets[0]
	obj := tg.compile(t, f, emit(f, want...))
	out := strings.TrimSuffix(obj, ".o")
	script, err := os.ReadFile("testdata/kernel.lds")
	if err != nil {
		t.Fatal(err)
	}
	lds := obj + ".lds"
	if err := os.WriteFile(lds, bytes.Replace(script, []byte("0x400000"), []byte("0x1000"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, "ld", "--no-warnings", "-pie", "--no-dynamic-linker", "-T", lds, "-o", out, obj)
	same(t, out, want...)
}

// TestUndefinedFunction names a function of another file.
func TestUndefinedFunction(t *testing.T) {
	source := emit(current(), little())
	source = strings.Replace(source, ".type_name = \"long\",", ".type_name = \"long\", .is_success = elsewhere,", 1)
	source = strings.Replace(source, "int entry;", "int entry; bool elsewhere(s64);", 1)
	want := little()
	want.Return.IsSuccess = "elsewhere"
	same(t, targets[0].compile(t, current(), source), want)
}

// TestSymbolKind: the oldest form tells an ioctl only by its symbol.
func TestSymbolKind(t *testing.T) {
	for prefix, kind := range map[string]specmodel.Kind{"__kapi_ioctl_spec_": specmodel.Ioctl, "__kapi_sysfs_spec_": specmodel.Sysfs} {
		want := little()
		want.Kind = kind
		source := "#define __kapi_spec_sys_little " + prefix + "little\n" + emit(forms[0], want)
		obj := targets[0].compile(t, forms[0], source)
		same(t, obj, want)
		same(t, targets[0].link(t, obj), want)
	}
}

// TestJSON writes what was read as JSON; read back, it says the same.
func TestJSON(t *testing.T) {
	for _, f := range []form{current(), widest()} {
		want := trim(f, everything())
		path, _ := object(t, f, want)
		var b bytes.Buffer
		if err := specjson.Write(&b, same(t, path, want)); err != nil {
			t.Fatal(err)
		}
		got, problems := specjson.Read("x.json", b.Bytes())
		if len(problems) > 0 || len(got) != 1 {
			t.Fatal(problems)
		}
		for _, d := range specmodel.Differences(got[0], want) {
			t.Error(d)
		}
	}
}

// TestNoMagicsNoCounts: both may be missing where fields are set by hand.
func TestNoMagicsNoCounts(t *testing.T) {
	source := emit(current(), little())
	source = strings.Replace(source, ".return_magic = 0x4b415232,", ".errors[3] = { .error_code = -22, .name = \"EINVAL\" },", 1)
	want := little()
	want.Errors = []specmodel.Error{{Name: "EINVAL", Code: specmodel.Lit(specmodel.Int(-22))}}
	path := targets[0].compile(t, current(), source)
	got, problems, err := readFile(t, path)
	if err != nil || len(problems) > 0 || len(got) != 1 {
		t.Fatal(got, problems, err)
	}
	for _, d := range specmodel.Differences(got[0], want) {
		t.Error(d)
	}
	if n := got[0].Counts; len(n) != 1 || n[0].Section != "errors" || n[0].N.Text != "0" {
		t.Errorf("counts %v", n)
	}
}

// TestOddValues keeps what has no meaning.
func TestOddValues(t *testing.T) {
	source := emit(current(), little())
	source = strings.Replace(source, ".type_name = \"long\",", ".check_type = 77,", 1)
	source = strings.Replace(source, ".check_type = KAPI_RETURN_EXACT,", "", 1)
	source = strings.Replace(source, ".description = \"quiet\",", ".context_flags = 0x10001, .params[1] = { .name = \"x\", .flags = 4, .size_param_idx = 1 },", 1)
	got, problems, err := readFile(t, targets[0].compile(t, current(), source))
	if err != nil || len(got) != 1 {
		t.Fatal(err)
	}
	a := got[0]
	if len(problems) != 2 || len(a.Unknown) != 2 || a.Unknown[0].Raw != "0x10000" || a.Unknown[1].Key != "check_type" || a.Unknown[1].Raw != "77" {
		t.Errorf("problems %v, unknown %v", problems, a.Unknown)
	}
	if p := a.Params[0]; p.Index != 1 || p.Flags != specmodel.FlagIn|specmodel.FlagOut || p.SizeParam.Text != "0" {
		t.Errorf("parameter %+v", p)
	}
	if a.Context.Flags != specmodel.CtxProcess {
		t.Errorf("context %v", a.Context.Flags)
	}
}

func TestUnstated(t *testing.T) {
	has := func(f form, name string) bool {
		return strings.Contains(" "+strings.Join(f.unstated(), " ")+" ", " "+name+" ")
	}
	for _, name := range []string{"socket", "ioctl", "sysfs", "params.sysfs", "since_version", "deprecated", "replacement", "params.constraint.arch_masks"} {
		if !has(current(), name) {
			t.Errorf("the newest form has no place for %s", name)
		}
	}
	if has(widest(), "socket") || !has(widest(), "struct_specs.fields.constraint.values_from") {
		t.Error(widest().unstated())
	}
}

// TestRefused holds the reader to its words about files it cannot read.
func TestRefused(t *testing.T) {
	bzImage := append(make([]byte, 0x202), "HdrS"...)
	_, packed := object(t, forms[0], little(), everythingElse("sys_other"))
	_, pointers := object(t, current(), little())
	section := func(b []byte, name string) *elf.Section {
		f, err := elf.NewFile(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		return f.Section(name)
	}
	poke := func(b []byte, off int, with ...byte) []byte {
		b = bytes.Clone(b)
		copy(b[off:], with)
		return b
	}
	specs := int(section(packed, ".kapi_specs").Offset)
	dup := bytes.Clone(packed)
	copy(dup[specs+132:], bytes.Repeat([]byte{7, 0, 7}, 200)) // the description
	shoff := int(binary.LittleEndian.Uint64(pointers[40:]))
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"gzip", []byte("\x1f\x8b\x08\x00"), "vmlinux: this is compressed with gzip; give the uncompressed vmlinux"},
		{"xz", []byte("\xfd7zXZ\x00\x00"), "compressed with xz; give"},
		{"zstd", []byte("\x28\xb5\x2f\xfd\x00"), "compressed with zstd; give"},
		{"bzImage", bzImage, "this is a bzImage, in which the kernel is compressed; give the uncompressed vmlinux"},
		{"text", []byte("hello"), "neither an ELF executable nor an object file"},
		{"empty", nil, "neither an ELF"},
		{"only magic", []byte("\x7fELF"), "offset 0x0: the ELF header (16 bytes) is beyond the end of the file"},
		{"word size", poke(pointers, 4, 9), "offset 0x4: 9 is no word size"},
		{"byte order", poke(pointers, 5, 9), "offset 0x5: 9 is no byte order"},
		{"no sections", poke(pointers, 40, 0, 0, 0, 0, 0, 0, 0, 0), "no section headers"},
		{"section headers outside", poke(pointers, 40, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "a section header (64 bytes) is beyond the end of the file"},
		{"cut off", pointers[:shoff+10], "a section header (64 bytes) is beyond the end"},
		{"no contracts", poke(pointers, bytes.Index(pointers, []byte(".kapi_specs\x00")), '.', 'x'), "there are no contracts in this file"},
		{"unknown relocation", poke(pointers, int(section(pointers, ".rela.kapi_specs").Offset)+8, 42), "relocation type 42 of machine EM_X86_64 is not known"},
		{"unknown size", poke(packed, symbolSize(t, packed, "__kapi_spec_sys_little"), 1, 2, 3), "the contracts have different sizes"},
		{"lost sync", dup, ""},
		{"magic", poke(pointers, bytes.Index(pointers, []byte("2RAK")), 'X'), "return_magic cannot be 0x4b415258, which is neither 0 nor the magic word 0x4b415232"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			apis, problems, err := readBytes(tt.file)
			if tt.want == "" {
				if err != nil || len(apis) != 1 || len(problems) != 1 || !strings.Contains(problems[0].Message, "cannot be") {
					t.Errorf("%d contracts, problems %v, error %v", len(apis), problems, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "vmlinux: ") {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func everythingElse(name string) *specmodel.API {
	a := trim(forms[0], everything())
	a.Name = name
	return a
}

// symbolSize finds where the size of a symbol is stored.
func symbolSize(t *testing.T, b []byte, name string) int {
	f, err := elf.NewFile(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	symbols, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range symbols {
		if s.Name == name {
			return int(f.SectionByType(elf.SHT_SYMTAB).Offset) + elf.Sym64Size*(i+1) + 16
		}
	}
	t.Fatal("no symbol", name)
	return 0
}

func TestRelocInfo(t *testing.T) {
	tests := []struct {
		name     string
		im       image
		word     []byte
		sym, typ uint32
	}{
		{"x86-64", image{is64: true, order: binary.LittleEndian, machine: elf.EM_X86_64}, []byte{1, 0, 0, 0, 7, 0, 0, 0}, 7, 1},
		{"i386", image{order: binary.LittleEndian, machine: elf.EM_386}, []byte{1, 7, 0, 0}, 7, 1},
		{"s390x", image{is64: true, order: binary.BigEndian, machine: elf.EM_S390}, []byte{0, 0, 0, 7, 0, 0, 0, 22}, 7, 22},
		{"powerpc", image{order: binary.BigEndian, machine: elf.EM_PPC}, []byte{0, 0, 7, 1}, 7, 1},
		{"mips64", image{is64: true, order: binary.BigEndian, machine: elf.EM_MIPS}, []byte{0, 0, 0, 7, 0, 0, 0, 18}, 7, 18},
		{"mips64el", image{is64: true, order: binary.LittleEndian, machine: elf.EM_MIPS}, []byte{7, 0, 0, 0, 0, 0, 0, 18}, 7, 18},
		{"sparc64", image{is64: true, order: binary.BigEndian, machine: elf.EM_SPARCV9}, []byte{0, 0, 0, 7, 1, 2, 3, 54}, 7, 54},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if sym, typ := tt.im.relocInfo(tt.word); sym != tt.sym || typ != tt.typ {
				t.Errorf("symbol %d, type %d", sym, typ)
			}
		})
	}
}

func TestSniff(t *testing.T) {
	tests := []struct {
		name, head string
		want       bool
	}{
		{"ELF", "\x7fELF\x02", true},
		{"gzip", "\x1f\x8b", true},
		{"JSON", "{\"schema\": 1}", false},
		{"C", "int x;", false},
		{"empty", "", false},
		{"a magic cut off", "\x7fEL", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Sniff([]byte(tt.head)); got != tt.want {
				t.Errorf("Sniff = %v", got)
			}
		})
	}
}

// TestMemory: a small file cannot make the reader take much memory.
func TestMemory(t *testing.T) {
	_, file := object(t, current(), little())
	le := binary.LittleEndian
	shoff := int(le.Uint64(file[40:]))
	bombs := map[string]func(b []byte) []byte{
		"all sections are relocations of everything": func(b []byte) []byte {
			for i := range int(le.Uint16(b[60:])) {
				h := b[shoff+64*i:]
				le.PutUint32(h[4:], uint32(elf.SHT_RELA))
				le.PutUint64(h[24:], 0)
				le.PutUint64(h[32:], uint64(len(b)))
			}
			return b
		},
		"sections of any size": func(b []byte) []byte {
			for i := range int(le.Uint16(b[60:])) {
				le.PutUint64(b[shoff+64*i+32:], 1<<40)
			}
			return b
		},
		"any number of sections": func(b []byte) []byte {
			le.PutUint16(b[60:], 0)
			le.PutUint64(b[shoff+32:], 1<<40)
			return b
		},
	}
	for name, bomb := range bombs {
		t.Run(name, func(t *testing.T) {
			b := bomb(bytes.Clone(file))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			readBytes(b)
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > 64*uint64(len(b)) {
				t.Errorf("%d bytes for a file of %d", used, len(b))
			}
		})
	}
}

// FuzzRead changes bytes of good files: a packed one is too large for the
// fuzzer to change as a whole. Each edit is 6 bytes: where to look (the ELF
// header, section headers, symbols, relocations, anywhere), the place there,
// and what to write.
func FuzzRead(f *testing.F) {
	var files [][]byte
	for _, form := range []form{current(), widest()} {
		for _, tg := range []target{targets[0], targets[1], targets[4]} {
			want := trim(form, everything())
			want.Params, want.Errors, want.Structs = want.Params[:2], want.Errors[:2], want.Structs[:1]
			obj := tg.compile(f, form, emit(form, little(), want))
			for _, path := range []string{obj, tg.link(f, obj)} {
				b, err := os.ReadFile(path)
				if err != nil {
					f.Fatal(err)
				}
				files = append(files, b)
			}
		}
	}
	for i := range files {
		f.Add(byte(i), []byte{})
		f.Add(byte(i), []byte{0, 0, 0, 4, 255, 1, 1, 0, 0, 40, 255, 2, 2, 0, 0, 40, 128, 3})
		f.Add(byte(i), []byte{3, 0, 0, 8, 1, 1, 4, 1, 0, 8, 77, 4})
	}
	f.Fuzz(func(t *testing.T, which byte, edits []byte) {
		b := bytes.Clone(files[int(which)%len(files)])
		places := placesOf(b)
		for ; len(edits) >= 6; edits = edits[6:] {
			p := places[int(edits[0])%len(places)]
			at := p[0] + (int(edits[1])<<16|int(edits[2])<<8|int(edits[3]))%p[1]
			for i := range 1 + int(edits[5])%8 {
				if at+i < len(b) {
					b[at+i] = edits[4]
				}
			}
		}
		checkFuzzed(t, b)
	})
}

// placesOf lists offset and size of the parts of a good file.
func placesOf(b []byte) [][2]int {
	places := [][2]int{{0, 64}, {0, len(b)}}
	im, err := openImage(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return places
	}
	headers := 0
	for i := range im.sections {
		s := &im.sections[i]
		headers += 64
		if s.typ != elf.SHT_NOBITS && s.size > 0 {
			places = append(places, [2]int{int(s.off), int(s.size)})
		}
	}
	return append(places, [2]int{max(0, len(b)-headers), headers})
}

// FuzzBytes reads anything.
func FuzzBytes(f *testing.F) {
	f.Add([]byte("\x7fELF\x02\x01"))
	for _, tg := range []target{targets[0], targets[1], targets[4]} {
		b, err := os.ReadFile(tg.compile(f, current(), emit(current(), little())))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkFuzzed(t, b) })
}

func checkFuzzed(t *testing.T, b []byte) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	apis, problems, err := readBytes(b)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 100*uint64(len(b))+1<<22 {
		t.Errorf("%d bytes of memory for a file of %d", used, len(b))
	}
	if err != nil && !strings.HasPrefix(err.Error(), "vmlinux: ") {
		t.Errorf("no file in %v", err)
	}
	for _, p := range problems {
		if p.Pos.File == "" || p.Message == "" {
			t.Errorf("no file or message: %+v", p)
		}
	}
	for _, a := range apis {
		a.Validate()
	}
}
