// SPDX-License-Identifier: GPL-2.0-only

package lower

import (
	"kapilint/cparse/cfg"

	"modernc.org/cc/v4"
)

// ends returns the leftmost and rightmost operand expressions of a node of
// operator syntax, with the tokens to use where there is none.
func ends(e cc.ExpressionNode) (left, right cc.ExpressionNode, first, last cc.Token) {
	switch n := e.(type) {
	case *cc.ExpressionList:
		l := n
		for l.ExpressionList != nil {
			l = l.ExpressionList
		}
		return n.AssignmentExpression, l.AssignmentExpression, n.Token, n.Token
	case *cc.PrimaryExpression:
		switch n.Case {
		case cc.PrimaryExpressionExpr:
			return nil, nil, n.Token, n.Token2
		case cc.PrimaryExpressionStmt:
			return nil, nil, n.Token, n.Token2
		case cc.PrimaryExpressionGeneric:
			return nil, nil, n.GenericSelection.Token, n.GenericSelection.Token4
		}
		return nil, nil, n.Token, n.Token
	case *cc.PostfixExpression:
		switch n.Case {
		case cc.PostfixExpressionPrimary:
			return n.PrimaryExpression, n.PrimaryExpression, n.Token, n.Token
		case cc.PostfixExpressionIndex, cc.PostfixExpressionCall, cc.PostfixExpressionSelect, cc.PostfixExpressionPSelect:
			return n.PostfixExpression, nil, n.Token, n.Token2
		case cc.PostfixExpressionInc, cc.PostfixExpressionDec:
			return n.PostfixExpression, nil, n.Token, n.Token
		}
		return nil, nil, n.Token, n.Token5
	case *cc.UnaryExpression:
		switch n.Case {
		case cc.UnaryExpressionPostfix:
			return n.PostfixExpression, n.PostfixExpression, n.Token, n.Token
		case cc.UnaryExpressionLabelAddr:
			return nil, nil, n.Token, n.Token2
		case cc.UnaryExpressionSizeofType, cc.UnaryExpressionAlignofType:
			return nil, nil, n.Token, n.Token3
		case cc.UnaryExpressionInc, cc.UnaryExpressionDec, cc.UnaryExpressionSizeofExpr,
			cc.UnaryExpressionAlignofExpr, cc.UnaryExpressionImag, cc.UnaryExpressionReal:
			return nil, n.UnaryExpression, n.Token, n.Token
		}
		return nil, n.CastExpression, n.Token, n.Token
	case *cc.CastExpression:
		if n.Case == cc.CastExpressionUnary {
			return n.UnaryExpression, n.UnaryExpression, n.Token, n.Token
		}
		return nil, n.CastExpression, n.Token, n.Token
	case *cc.MultiplicativeExpression:
		return n.MultiplicativeExpression, n.CastExpression, n.Token, n.Token
	case *cc.AdditiveExpression:
		return n.AdditiveExpression, n.MultiplicativeExpression, n.Token, n.Token
	case *cc.ShiftExpression:
		return n.ShiftExpression, n.AdditiveExpression, n.Token, n.Token
	case *cc.RelationalExpression:
		return n.RelationalExpression, n.ShiftExpression, n.Token, n.Token
	case *cc.EqualityExpression:
		return n.EqualityExpression, n.RelationalExpression, n.Token, n.Token
	case *cc.AndExpression:
		return n.AndExpression, n.EqualityExpression, n.Token, n.Token
	case *cc.ExclusiveOrExpression:
		return n.ExclusiveOrExpression, n.AndExpression, n.Token, n.Token
	case *cc.InclusiveOrExpression:
		return n.InclusiveOrExpression, n.ExclusiveOrExpression, n.Token, n.Token
	case *cc.LogicalAndExpression:
		return n.LogicalAndExpression, n.InclusiveOrExpression, n.Token, n.Token
	case *cc.LogicalOrExpression:
		return n.LogicalOrExpression, n.LogicalAndExpression, n.Token, n.Token
	case *cc.ConditionalExpression:
		return n.LogicalOrExpression, n.ConditionalExpression, n.Token, n.Token
	case *cc.AssignmentExpression:
		return n.UnaryExpression, n.AssignmentExpression, n.Token, n.Token
	case *cc.ConstantExpression:
		return n.ConditionalExpression, n.ConditionalExpression, cc.Token{}, cc.Token{}
	}
	return nil, nil, cc.Token{}, cc.Token{}
}

// firstToken returns the first token of an expression.
func firstToken(e cc.ExpressionNode) cc.Token {
	for {
		left, _, first, _ := ends(e)
		if absent(left) {
			return first
		}
		e = left
	}
}

// lastToken returns the last token of an expression.
func lastToken(e cc.ExpressionNode) cc.Token {
	for {
		_, right, _, last := ends(e)
		if absent(right) {
			return last
		}
		e = right
	}
}

// absent reports whether a field of expression type holds nothing, which can
// be a nil pointer inside the interface.
func absent(e cc.ExpressionNode) bool {
	switch n := e.(type) {
	case nil:
		return true
	case *cc.PrimaryExpression:
		return n == nil
	case *cc.ExpressionList:
		return n == nil
	case *cc.ConstantExpression:
		return n == nil
	}
	return false
}

// kept returns the name of the macro to keep that e is a use of, or "".
func (b *builder) kept(e cc.ExpressionNode) string {
	if len(b.src.KeepMacros) == 0 || b.src.MacroCall == nil {
		return ""
	}
	name, ok := b.src.MacroCall(firstToken(e), lastToken(e))
	if !ok || !b.src.KeepMacros[name] {
		return ""
	}
	return name
}

// at returns the site of an expression, that of its first token.
func (b *builder) at(e cc.ExpressionNode) cfg.Site { return b.src.site(firstToken(e)) }

// bare strips parentheses and other syntax without meaning, but not a use of a
// macro to keep.
func (b *builder) bare(e cc.ExpressionNode) cc.ExpressionNode {
	for {
		switch n := e.(type) {
		case *cc.PrimaryExpression:
			switch n.Case {
			case cc.PrimaryExpressionExpr:
				if b.kept(n) == "" {
					e = n.ExpressionList
					continue
				}
			case cc.PrimaryExpressionGeneric:
				if a := n.GenericSelection.Associated(); a != nil {
					e = a.AssignmentExpression
					continue
				}
			}
		case *cc.ExpressionList:
			if n.ExpressionList == nil {
				e = n.AssignmentExpression
				continue
			}
		case *cc.ConstantExpression:
			e = n.ConditionalExpression
			continue
		case *cc.PostfixExpression:
			if n.Case == cc.PostfixExpressionPrimary {
				e = n.PrimaryExpression
				continue
			}
		case *cc.UnaryExpression:
			if n.Case == cc.UnaryExpressionPostfix {
				e = n.PostfixExpression
				continue
			}
		case *cc.CastExpression:
			if n.Case == cc.CastExpressionUnary {
				e = n.UnaryExpression
				continue
			}
		case *cc.AssignmentExpression:
			if n.Case == cc.AssignmentExpressionCond {
				e = n.ConditionalExpression
				continue
			}
		case *cc.ConditionalExpression:
			if n.Case == cc.ConditionalExpressionLOr {
				e = n.LogicalOrExpression
				continue
			}
		}
		return e
	}
}
