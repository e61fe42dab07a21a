// SPDX-License-Identifier: GPL-2.0-only

package macro

import (
	"fmt"
	"strings"

	"kapilint/specmodel"
)

// constants joins names with a prefix, as a set of flags is written.
func constants(prefix string, names []string) string {
	var parts []string
	for _, n := range names {
		parts = append(parts, prefix+strings.ToUpper(n))
	}
	return strings.Join(parts, " | ")
}

// token is the constant for a word.
func token[T ~string](prefix string, word T) string {
	if name(string(word)) == "" {
		return ""
	}
	return prefix + strings.ToUpper(string(word))
}

func (w *writer) tok(macro, constant string) {
	if constant != "" {
		w.call(macro, constant)
	}
}

func (w *writer) top() {
	a := w.api
	w.raw("version", valid(a.Version))
	w.str("KAPI_DESCRIPTION", a.Description)
	w.str("KAPI_LONG_DESC", a.LongDescription)
	w.tok("KAPI_CONTEXT", constants("KAPI_CTX_", a.Context.Flags.Names()))
}

// typeOf is the constant for a class. Only the older form has those of sysfs.
func (w *writer) typeOf(t specmodel.ParamType) string {
	switch t {
	case specmodel.TypeString, specmodel.TypeBool, specmodel.TypeHex, specmodel.TypeBinary, specmodel.TypeBitmap:
		if w.form == Braces {
			return ""
		}
	}
	return token("KAPI_TYPE_", t)
}

const sysfsFlags = specmodel.FlagSysfsReadonly | specmodel.FlagSysfsWriteonly | specmodel.FlagSysfsRW | specmodel.FlagSysfsBinary

func (w *writer) flagsOf(f specmodel.ParamFlags) string {
	if w.form == Braces {
		f &^= sysfsFlags
	}
	return constants("KAPI_PARAM_", f.Names())
}

// kindOf is the constant for a kind of constraint. The older form has few.
func (w *writer) kindOf(k specmodel.ConstraintKind) string {
	switch k {
	case specmodel.ConstraintSet:
		return ""
	case specmodel.ConstraintNone, specmodel.ConstraintRange, specmodel.ConstraintMask, specmodel.ConstraintEnum, specmodel.ConstraintCustom:
	default:
		if w.form == Ends {
			return ""
		}
	}
	return token("KAPI_CONSTRAINT_", k)
}

func (w *writer) params() {
	w.count("KAPI_PARAM_COUNT", len(w.api.Params))
	for i := range w.api.Params {
		p := &w.api.Params[i]
		c := &p.Constraint
		w.open("KAPI_PARAM", fmt.Sprint(p.Index), literal(p.Name), literal(p.TypeName), literal(p.Description))
		w.tok("KAPI_PARAM_TYPE", w.typeOf(p.Type))
		w.tok("KAPI_PARAM_FLAGS", w.flagsOf(p.Flags))
		w.num("KAPI_PARAM_SIZE", p.Size)
		w.tok("KAPI_PARAM_CONSTRAINT_TYPE", w.kindOf(c.Kind))
		w.pair("KAPI_PARAM_RANGE", c.Min, c.Max, "min_value", "max_value")
		w.mask(c)
		w.values(c)
		if w.form == Braces {
			w.num("KAPI_PARAM_ALIGNMENT", c.Alignment)
			w.num("KAPI_PARAM_SIZE_PARAM", p.SizeParam)
		} else {
			w.raw("alignment", valid(c.Alignment))
			w.num("KAPI_PARAM_SIZE_PARAM_IDX", p.SizeParam)
		}
		w.raw("size_multiplier", valid(p.SizeMultiplier))
		w.raw("validate", name(c.Validate))
		w.str("KAPI_PARAM_CONSTRAINT", c.Text)
		if p.Sysfs != nil && w.form == Ends {
			w.sysfs(p.Sysfs)
		}
		w.end("KAPI_PARAM")
	}
}

// archConfigs are the architectures whose option is not their name.
var archConfigs = map[string]string{"powerpc": "PPC", "sh": "SUPERH", "um": "UML"}

// mask writes the mask, with bits of one architecture under its option.
func (w *writer) mask(c *specmodel.Constraint) {
	base, bits := valid(c.Mask), ""
	for _, m := range c.ArchMasks {
		if valid(m.Bits) == "" || name(m.Arch) == "" {
			continue
		}
		bits += "\n#ifdef CONFIG_" + or(archConfigs[m.Arch], strings.ToUpper(m.Arch)) + "\n| " + joinable(m.Bits) + "\n#endif"
	}
	switch {
	case base != "" && bits != "":
		// the lines of the preprocessor begin in the first column
		w.line(".valid_mask = (" + joinable(c.Mask) + bits + "\n" + strings.Repeat("\t", w.depth) + "),")
	case base != "":
		w.call("KAPI_PARAM_VALID_MASK", base)
	}
}

// joinable is an expression that can stand beside a |.
func joinable(e specmodel.Expr) string {
	if text := valid(e); strings.Contains(text, "?") || strings.Contains(text, "||") || strings.Contains(text, "&&") {
		return "(" + text + ")"
	}
	return valid(e)
}

// values writes the values of a list.
func (w *writer) values(c *specmodel.Constraint) {
	text, from := list(c.Values), name(c.ValuesFrom)
	switch {
	case text != "" && w.form == Braces:
		w.call("KAPI_PARAM_ENUM_VALUES", text)
	case text != "":
		w.call("KAPI_PARAM_ENUM_VALUES", "((const s64[]){"+text+"})")
	case from != "" && w.form == Ends:
		w.call("KAPI_PARAM_ENUM_VALUES", from)
	case from != "":
		w.raw("enum_values", from)
		w.raw("enum_count", "ARRAY_SIZE("+from+")")
	}
}

func (w *writer) sysfs(s *specmodel.SysfsParam) {
	w.str("KAPI_PATH", s.Path)
	w.num("KAPI_PERMISSIONS", s.Permissions)
	w.str("KAPI_DEFAULT", s.Default)
	w.str("KAPI_UNITS", s.Units)
	w.num("KAPI_STEP", s.Step)
	if len(s.AllowedStrings) > 0 {
		var parts []string
		for _, t := range s.AllowedStrings {
			parts = append(parts, strings.ReplaceAll(literal(t), "\n", " "))
		}
		w.call("KAPI_ALLOWED_STRINGS", "((const char *[]){"+strings.Join(parts, ", ")+"})", fmt.Sprint(len(parts)))
	}
}

func (w *writer) returns() {
	r := w.api.Return
	if r == nil {
		return
	}
	w.open("KAPI_RETURN", literal(r.TypeName), literal(r.Description))
	w.tok("KAPI_RETURN_TYPE", w.typeOf(r.Type))
	w.tok("KAPI_RETURN_CHECK_TYPE", token("KAPI_RETURN_", r.Check))
	w.num("KAPI_RETURN_SUCCESS", r.Success)
	w.pair("KAPI_RETURN_SUCCESS_RANGE", r.SuccessMin, r.SuccessMax, "success_min", "success_max")
	if text := list(r.ErrorValues); text != "" {
		w.call("KAPI_RETURN_ERROR_VALUES", "((const s64[]){"+text+"})")
		w.call("KAPI_RETURN_ERROR_COUNT", fmt.Sprint(len(r.ErrorValues)))
	} else if from := name(r.ErrorsFrom); from != "" {
		w.call("KAPI_RETURN_ERROR_VALUES", from)
		w.call("KAPI_RETURN_ERROR_COUNT", "ARRAY_SIZE("+from+")")
	}
	w.raw("is_success", name(r.IsSuccess))
	w.end("KAPI_RETURN")
}

func (w *writer) errors() {
	w.count("KAPI_ERROR_COUNT", len(w.api.Errors))
	for i := range w.api.Errors {
		e := &w.api.Errors[i]
		code := valid(e.Code)
		if code == "" {
			code = "-" + name(e.Name)
		}
		if code == "-" {
			code = "0"
		}
		w.call("KAPI_ERROR", fmt.Sprint(i), code, literal(e.Name), literal(e.Condition), literal(e.Description))
	}
}
