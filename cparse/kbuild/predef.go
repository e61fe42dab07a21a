// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"fmt"
	"strconv"
	"strings"
)

// Predefined returns gcc's predefined macros for a target, as #define lines,
// for the options that every kernel is compiled with. Targets have the names
// of make's ARCH, with the word size where ARCH leaves it open: x86_64, i386,
// arm64, riscv64, powerpc64, s390.
//
// The text is made from a description of each ABI. For x86 it equals what gcc
// 12 defines, which a test compares; other machines have the types, sizes and
// byte order, and the macros that name the machine, but not every macro of an
// instruction set extension.
func Predefined(target string) string {
	c := Command{Target: target, Std: "gnu11", Flags: []string{"-O2", "-fshort-wchar", "-funsigned-char", "-fno-PIE"}}
	if machineOf(target).x86 {
		c.Flags = append(c.Flags, "-mno-sse", "-mno-mmx", "-mno-80387", "-mno-red-zone")
		if target == "x86_64" {
			c.Flags = append(c.Flags, "-mcmodel=kernel")
		}
	}
	if target == "arm64" {
		c.Flags = append(c.Flags, "-mgeneral-regs-only")
	}
	return c.Predefined()
}

// Predefined returns the macros that gcc predefines for this command line, as
// #define lines: those of c.Target as c.Std and c.Flags change them.
func (c *Command) Predefined() string {
	m := machineOf(c.Target)
	switch c.Bits {
	case 16, 32:
		if m.x86 {
			m = machineOf("i386")
		}
	case 64:
		if m.x86 {
			m = machineOf("x86_64")
		}
	}
	p := predefiner{mach: m, o: optionsOf(m, c)}
	p.standard()
	p.integers()
	p.floats()
	p.options()
	if m.x86 {
		p.x86()
	} else {
		p.other()
	}
	return p.b.String()
}

// machine describes an ABI.
type machine struct {
	name     string
	x86      bool
	bits     int    // of long and pointers
	big      bool   // most significant byte first
	wchar    string // type of wchar_t
	unsigned bool   // plain char is
	ldbl     string // format of long double
	define   string // further macros that name the machine, NAME or NAME=VALUE
}

// machines are the targets of a kernel build, by the names of Predefined.
var machines = []machine{
	{name: "x86_64", x86: true, bits: 64, wchar: "int", ldbl: "x87"},
	{name: "i386", x86: true, bits: 32, wchar: "long int", ldbl: "x87"},
	{name: "arm64", bits: 64, wchar: "unsigned int", unsigned: true, ldbl: "binary128", define: arm64Macros + " __AARCH64EL__"},
	{name: "arm64be", bits: 64, big: true, wchar: "unsigned int", unsigned: true, ldbl: "binary128", define: arm64Macros + " __AARCH64EB__ __ARM_BIG_ENDIAN"},
	{name: "riscv64", bits: 64, wchar: "int", unsigned: true, ldbl: "binary128", define: riscvMacros + " __riscv_xlen=64"},
	{name: "riscv32", bits: 32, wchar: "int", unsigned: true, ldbl: "binary128", define: riscvMacros + " __riscv_xlen=32"},
	{name: "arm", bits: 32, wchar: "unsigned int", unsigned: true, ldbl: "binary64", define: "__arm__ __ARMEL__ __ARM_EABI__ __ARM_ARCH=7 __ARM_32BIT_STATE __ARM_ARCH_ISA_ARM __ARM_SIZEOF_WCHAR_T=4 __ARM_SIZEOF_MINIMAL_ENUM=4 __APCS_32__ __USING_SJLJ_EXCEPTIONS__=0"},
	{name: "powerpc64", bits: 64, wchar: "int", unsigned: true, ldbl: "binary64", define: powerpcMacros + " __powerpc64__ __PPC64__ _ARCH_PPC64 _CALL_ELF=2 __LITTLE_ENDIAN__ _LITTLE_ENDIAN"},
	{name: "powerpc32", bits: 32, big: true, wchar: "long int", unsigned: true, ldbl: "binary64", define: powerpcMacros + " __BIG_ENDIAN__ _BIG_ENDIAN _CALL_SYSV"},
	{name: "s390", bits: 64, big: true, wchar: "int", unsigned: true, ldbl: "binary128", define: "__s390__ __s390x__ __zarch__ __ARCH__=10"},
	{name: "mips64", bits: 64, big: true, wchar: "int", ldbl: "binary128", define: mipsMacros + " __mips64 _MIPS_SZLONG=64 _MIPS_SZPTR=64 _MIPS_SIM=3 _ABI64=3 __mips=64 _MIPS_ISA=7"},
	{name: "mips32", bits: 32, big: true, wchar: "int", ldbl: "binary64", define: mipsMacros + " _MIPS_SZLONG=32 _MIPS_SZPTR=32 _MIPS_SIM=1 _ABIO32=1 __mips=32 _MIPS_ISA=5"},
	{name: "sparc64", bits: 64, big: true, wchar: "int", ldbl: "binary128", define: "__sparc__ __sparc __sparc64__ __arch64__ __sparc_v9__ __sparcv9"},
	{name: "sparc32", bits: 32, big: true, wchar: "long int", ldbl: "binary64", define: "__sparc__ __sparc __sparc_v8__"},
	{name: "parisc64", bits: 64, big: true, wchar: "int", ldbl: "binary128", define: "__hppa__ __hppa __hppa64__ _PA_RISC2_0 __LP64__"},
	{name: "parisc32", bits: 32, big: true, wchar: "long int", ldbl: "binary64", define: "__hppa__ __hppa _PA_RISC1_1"},
	{name: "loongarch64", bits: 64, wchar: "int", ldbl: "binary128", define: "__loongarch__ __loongarch64 __loongarch_lp64 __loongarch_grlen=64 _LOONGARCH_SIM=_ABILP64 _ABILP64=3 __loongarch_soft_float __loongarch_frlen=0"},
	{name: "loongarch32", bits: 32, wchar: "int", ldbl: "binary128", define: "__loongarch__ __loongarch_grlen=32"},
	{name: "m68k", bits: 32, big: true, wchar: "long int", ldbl: "x87", define: "__m68k__ __mc68000__ __mc68020__"},
	{name: "alpha", bits: 64, wchar: "int", ldbl: "binary128", define: "__alpha__ __alpha"},
	{name: "um", x86: true, bits: 64, wchar: "int", ldbl: "x87"},
}

const (
	arm64Macros = `__aarch64__ __ARM_64BIT_STATE __ARM_ARCH=8 __ARM_ARCH_8A __ARM_ARCH_ISA_A64 __ARM_ARCH_PROFILE=65
		__ARM_PCS_AAPCS64 __ARM_SIZEOF_MINIMAL_ENUM=4 __ARM_SIZEOF_WCHAR_T=4 __ARM_ALIGN_MAX_PWR=28 __ARM_ALIGN_MAX_STACK_PWR=16
		__ARM_FEATURE_CLZ __ARM_FEATURE_IDIV __ARM_FEATURE_UNALIGNED __AARCH64_CMODEL_SMALL__`
	riscvMacros   = "__riscv __riscv_atomic __riscv_mul __riscv_div __riscv_muldiv __riscv_compressed __riscv_float_abi_soft __riscv_cmodel_medany __riscv_arch_test"
	powerpcMacros = "__powerpc__ __PPC__ __PPC _ARCH_PPC __powerpc"
	mipsMacros    = "__mips__ _mips mips __MIPSEB__ _MIPSEB _MIPS_SZINT=32 __mips_soft_float"
)

func machineOf(target string) *machine {
	for i := range machines {
		if machines[i].name == target {
			return &machines[i]
		}
	}
	// A machine that is not described is taken for a plain one of 32 or 64 bits.
	switch sourceArch(target) {
	case "x86":
		return &machines[0]
	case "arm64":
		return &machines[2]
	case "riscv":
		return &machines[4]
	}
	return &machine{name: target, bits: 32, wchar: "int", ldbl: "binary64", define: "__" + target + "__"}
}

// gccOptions are the options that change predefined macros.
type gccOptions struct {
	std                     string
	bits                    int // of the x86 code: 16, 32, 64
	version                 [3]int
	opt                     byte // 0, 1, 2, 3, s, g
	pic, pie                int
	shortWchar, unsigned    bool
	hosted, unwind          bool
	sse                     int // 0, 1, 2, 3 and so on
	mmx, x87, generalOnly   bool
	model, march, tune      string
	ssp, cet                int
	kasan, ktsan, exception bool
}

func optionsOf(m *machine, c *Command) gccOptions {
	o := gccOptions{
		std: c.Std, bits: m.bits, version: [3]int{12, 2, 0}, opt: '0', unsigned: m.unsigned, hosted: true,
		unwind: true, x87: true, model: "small",
	}
	if v := strings.SplitN(c.GCC, ".", 4); len(v) >= 3 {
		for i := range o.version {
			o.version[i], _ = strconv.Atoi(v[i])
		}
	}
	if c.Bits == 16 {
		o.bits = 16
	}
	if m.x86 && m.bits == 64 {
		o.sse, o.mmx = 2, true
	}
	if m.x86 && m.bits == 32 {
		o.model, o.march = "32", "i686"
	}
	for _, f := range c.Flags {
		o.flag(f)
	}
	return o
}

// flag takes one option. A later one overrides an earlier one.
func (o *gccOptions) flag(f string) {
	if march, ok := strings.CutPrefix(f, "-march="); ok {
		o.march = march
		o.tune = march
		o.arch()
		return
	}
	if tune, ok := strings.CutPrefix(f, "-mtune="); ok {
		if o.tune = tune; tune == "generic" {
			o.tune = ""
		}
		return
	}
	if model, ok := strings.CutPrefix(f, "-mcmodel="); ok {
		o.model = model
		return
	}
	if cet, ok := strings.CutPrefix(f, "-fcf-protection="); ok {
		o.cet = map[string]int{"branch": 1, "return": 2, "full": 3}[cet]
		return
	}
	if level, ok := strings.CutPrefix(f, "-O"); ok {
		o.opt = '1'
		if level != "" {
			o.opt = level[0]
		}
		if level == "fast" {
			o.opt = '3'
		}
		return
	}
	switch f {
	case "-fPIC":
		o.pic, o.pie = 2, 0
	case "-fpic":
		o.pic, o.pie = 1, 0
	case "-fPIE":
		o.pic, o.pie = 2, 2
	case "-fpie":
		o.pic, o.pie = 1, 1
	case "-fno-PIC", "-fno-pic", "-fno-PIE", "-fno-pie":
		o.pic, o.pie = 0, 0
	case "-fshort-wchar":
		o.shortWchar = true
	case "-fno-short-wchar":
		o.shortWchar = false
	case "-funsigned-char", "-fno-signed-char":
		o.unsigned = true
	case "-fsigned-char", "-fno-unsigned-char":
		o.unsigned = false
	case "-ffreestanding", "-fno-hosted":
		o.hosted = false
	case "-fhosted", "-fno-freestanding":
		o.hosted = true
	case "-fasynchronous-unwind-tables":
		o.unwind = true
	case "-fno-asynchronous-unwind-tables":
		o.unwind = false
	case "-fexceptions":
		o.exception = true
	case "-fcf-protection":
		o.cet = 3
	case "-fstack-protector":
		o.ssp = 1
	case "-fstack-protector-all":
		o.ssp = 2
	case "-fstack-protector-strong":
		o.ssp = 3
	case "-fstack-protector-explicit":
		o.ssp = 4
	case "-fno-stack-protector":
		o.ssp = 0
	case "-fsanitize=kernel-address", "-fsanitize=address":
		o.kasan = true
	case "-fsanitize=thread":
		o.ktsan = true
	case "-mgeneral-regs-only":
		o.generalOnly, o.sse, o.mmx, o.x87 = true, 0, false, false
	case "-msoft-float", "-mno-80387":
		o.x87 = false
	case "-mhard-float", "-m80387":
		o.x87 = true
	case "-mmmx":
		o.mmx = true
	case "-mno-mmx":
		o.mmx = false
	case "-msse":
		o.sse = max(o.sse, 1)
	case "-msse2":
		o.sse = max(o.sse, 2)
	case "-mno-sse":
		o.sse = 0
	case "-mno-sse2":
		o.sse = min(o.sse, 1)
	}
}

// arch sets what an x86 processor has beyond the least of its word size.
func (o *gccOptions) arch() {
	switch o.march {
	case "nocona":
		o.sse, o.mmx = 3, true
	case "core2", "atom", "bonnell":
		o.sse, o.mmx = 4, true
	}
}

type predefiner struct {
	b    strings.Builder
	mach *machine
	o    gccOptions
}

func (p *predefiner) def(name, value string) {
	p.b.WriteString("#define ")
	p.b.WriteString(name)
	p.b.WriteByte(' ')
	p.b.WriteString(value)
	p.b.WriteByte('\n')
}

// on defines names as 1, or as the value after an equals sign.
func (p *predefiner) on(names string) {
	for n := range strings.FieldsSeq(names) {
		name, value, ok := strings.Cut(n, "=")
		if !ok {
			value = "1"
		}
		p.def(name, value)
	}
}

func (p *predefiner) int(name string, v int) { p.def(name, strconv.Itoa(v)) }

// standard defines what the C standard and gcc's version decide.
func (p *predefiner) standard() {
	o := &p.o
	p.on("__STDC__ __FINITE_MATH_ONLY__=0")
	if stdInline(o.std) && stdVersion(o.std) >= "201112L" || strings.HasPrefix(o.std, "gnu") && stdInline(o.std) {
		p.on("__STDC_UTF_16__ __STDC_UTF_32__")
	}
	hosted := 0
	if o.hosted {
		hosted = 1
	}
	p.int("__STDC_HOSTED__", hosted)
	if v := stdVersion(o.std); v != "" {
		p.def("__STDC_VERSION__", v)
	}
	if stdInline(o.std) {
		p.on("__GNUC_STDC_INLINE__")
	} else {
		p.on("__GNUC_GNU_INLINE__")
	}
	p.on("__unix __unix__ __linux __linux__ __gnu_linux__ __ELF__")
	if !strings.HasPrefix(o.std, "c") && !strings.HasPrefix(o.std, "iso") {
		p.on("unix linux")
	} else {
		p.on("__STRICT_ANSI__")
	}
	v := o.version
	p.int("__GNUC__", v[0])
	p.int("__GNUC_MINOR__", v[1])
	p.int("__GNUC_PATCHLEVEL__", v[2])
	p.def("__VERSION__", fmt.Sprintf("\"%d.%d.%d\"", v[0], v[1], v[2]))
	p.int("__GXX_ABI_VERSION", 1005+max(v[0], 8))
	p.def("__GNUC_EXECUTION_CHARSET_NAME", `"UTF-8"`)
	wide := "UTF-32"
	if o.shortWchar {
		wide = "UTF-16"
	}
	end := "LE"
	if p.mach.big {
		end = "BE"
	}
	p.def("__GNUC_WIDE_EXECUTION_CHARSET_NAME", `"`+wide+end+`"`)
	p.on("__ATOMIC_RELAXED=0 __ATOMIC_CONSUME=1 __ATOMIC_ACQUIRE=2 __ATOMIC_RELEASE=3 __ATOMIC_ACQ_REL=4 __ATOMIC_SEQ_CST=5")
	p.on("__ORDER_LITTLE_ENDIAN__=1234 __ORDER_BIG_ENDIAN__=4321 __ORDER_PDP_ENDIAN__=3412")
	order := "__ORDER_LITTLE_ENDIAN__"
	if p.mach.big {
		order = "__ORDER_BIG_ENDIAN__"
	}
	p.def("__BYTE_ORDER__", order)
	p.def("__FLOAT_WORD_ORDER__", order)
	p.on("__USER_LABEL_PREFIX__= __REGISTER_PREFIX__= __HAVE_SPECULATION_SAFE_VALUE __PRAGMA_REDEFINE_EXTNAME")
	p.on("__GCC_ATOMIC_TEST_AND_SET_TRUEVAL")
}

func stdVersion(std string) string {
	switch std {
	case "c90", "c89", "gnu90", "gnu89", "iso9899:1990":
		return ""
	case "iso9899:199409":
		return "199409L"
	case "c99", "gnu99", "c9x", "gnu9x", "iso9899:1999":
		return "199901L"
	case "c11", "gnu11", "c1x", "gnu1x", "iso9899:2011":
		return "201112L"
	case "c2x", "gnu2x", "c23", "gnu23":
		return "202000L"
	}
	return "201710L"
}

// stdInline reports whether inline means what C99 says.
func stdInline(std string) bool {
	return stdVersion(std) != "" && stdVersion(std) != "199409L"
}

// options defines what the common options decide.
func (p *predefiner) options() {
	o := &p.o
	switch o.opt {
	case '0':
		p.on("__NO_INLINE__")
	case 's':
		p.on("__OPTIMIZE__ __OPTIMIZE_SIZE__")
	default:
		p.on("__OPTIMIZE__")
	}
	if o.pic > 0 {
		p.int("__pic__", o.pic)
		p.int("__PIC__", o.pic)
	}
	if o.pie > 0 {
		p.int("__pie__", o.pie)
		p.int("__PIE__", o.pie)
	}
	if o.ssp > 0 {
		p.int([]string{"", "__SSP__", "__SSP_ALL__", "__SSP_STRONG__", "__SSP_EXPLICIT__"}[o.ssp], o.ssp)
	}
	if o.unwind || o.exception {
		p.on("__GCC_HAVE_DWARF2_CFI_ASM")
	}
	if o.exception {
		p.on("__EXCEPTIONS")
	}
	if o.kasan {
		p.on("__SANITIZE_ADDRESS__")
	}
	if o.ktsan {
		p.on("__SANITIZE_THREAD__")
	}
	if o.unsigned {
		p.on("__CHAR_UNSIGNED__")
	}
}

func (p *predefiner) x86() {
	o := &p.o
	p.on("__ATOMIC_HLE_ACQUIRE=65536 __ATOMIC_HLE_RELEASE=131072 __SEG_FS __SEG_GS __GCC_ASM_FLAG_OUTPUTS__ __DECIMAL_BID_FORMAT__")
	if o.version[0] >= 12 {
		p.on("__GCC_DESTRUCTIVE_SIZE=64 __GCC_CONSTRUCTIVE_SIZE=64")
	}
	if p.mach.bits == 64 {
		p.on("__x86_64 __x86_64__ __amd64 __amd64__ __FXSR__")
	} else {
		p.on("__i386 __i386__")
		if !strings.HasPrefix(o.std, "c") {
			p.on("i386")
		}
	}
	p.def("__code_model_"+o.model+"__", "1")
	p.processor()
	if o.cet > 0 {
		p.int("__CET__", o.cet)
	}
	if !o.x87 {
		p.on("_SOFT_FLOAT")
	}
	if o.mmx {
		p.on("__MMX__")
	}
	for i, name := range []string{"__SSE__", "__SSE2__", "__SSE3__", "__SSSE3__"} {
		if o.sse > i {
			p.on(name)
		}
	}
	if p.mach.bits == 64 {
		if o.sse > 0 {
			p.on("__SSE_MATH__")
		}
		if o.sse > 1 {
			p.on("__SSE2_MATH__ __MMX_WITH_SSE__")
		}
	}
}

// processor defines what -march and -mtune decide.
func (p *predefiner) processor() {
	o := &p.o
	name := func(n string) { p.on("__" + n + " __" + n + "__") }
	free, swap := 2, 8
	switch o.march {
	case "":
		name("k8")
	case "i386":
		free, swap = 1, 0
	case "i486":
		name("i486")
		free, swap = 2, 4
	case "i586", "pentium":
		name("i586")
		name("pentium")
	case "i686", "pentiumpro":
		name("i686")
		name("pentiumpro")
	case "core2", "nocona", "atom":
		name(o.march)
		swap = 16
		if o.march == "atom" {
			name("bonnell")
			p.on("__MOVBE__")
		}
	case "x86-64":
		name("k8")
	case "k8":
		name("k8")
		if o.mmx {
			p.on("__3dNOW__ __3dNOW_A__")
		}
	default:
		name(strings.NewReplacer("-", "_").Replace(o.march))
	}
	if p.mach.bits == 32 || o.march == "core2" || o.march == "atom" {
		p.on("__LAHF_SAHF__")
	}
	if o.tune != "" && o.tune != "x86-64" {
		p.on("__tune_" + strings.ReplaceAll(o.tune, "-", "_") + "__")
		switch o.tune {
		case "atom":
			p.on("__tune_bonnell__")
		case "i586":
			p.on("__tune_pentium__")
		}
	}
	p.atomics(free, swap)
}

// atomics defines which sizes are lock free: 1 is sometimes, 2 always. Up to
// swap bytes can be compared and swapped.
func (p *predefiner) atomics(free, swap int) {
	for _, t := range []string{"BOOL", "CHAR", "CHAR16_T", "CHAR32_T", "WCHAR_T", "SHORT", "INT", "LONG", "POINTER"} {
		p.int("__GCC_ATOMIC_"+t+"_LOCK_FREE", free)
	}
	long := free
	if swap < 8 {
		long = 1
	}
	p.int("__GCC_ATOMIC_LLONG_LOCK_FREE", long)
	for n := 1; n <= swap; n *= 2 {
		p.on("__GCC_HAVE_SYNC_COMPARE_AND_SWAP_" + strconv.Itoa(n))
	}
}

// other defines what the machines beside x86 have.
func (p *predefiner) other() {
	p.on(p.mach.define)
	if p.mach.name == "arm64" || p.mach.name == "arm64be" {
		if !p.o.generalOnly {
			p.on("__ARM_NEON __ARM_FP=14 __ARM_FP16_ARGS __ARM_FP16_FORMAT_IEEE __ARM_FEATURE_FMA __ARM_FEATURE_NUMERIC_MAXMIN")
		}
		p.on("__GCC_ASM_FLAG_OUTPUTS__")
	}
	p.atomics(2, p.mach.bits/8)
}
