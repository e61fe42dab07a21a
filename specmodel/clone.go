// SPDX-License-Identifier: GPL-2.0-only

package specmodel

import "reflect"

// Clone returns a copy that shares nothing with the contract, so that it can
// be resolved for another unit.
func (a *API) Clone() *API {
	c := &API{}
	reflect.ValueOf(c).Elem().Set(clone(reflect.ValueOf(a).Elem()))
	return c
}

func clone(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		c := reflect.New(v.Type().Elem())
		c.Elem().Set(clone(v.Elem()))
		return c
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			c.Index(i).Set(clone(v.Index(i)))
		}
		return c
	case reflect.Struct:
		c := reflect.New(v.Type()).Elem()
		for i := range v.NumField() {
			c.Field(i).Set(clone(v.Field(i)))
		}
		return c
	}
	return v
}
